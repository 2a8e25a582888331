// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/tuning.h"
#include "core/measure/stop_rule.h"
#include "core/model/element_type.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// One engine of a sweep with the settings to try on it.
struct EngineChoice {
    std::string id; // DeviceInfo::id
    std::vector<int> threads { 1 }; // empty for devices without threads
    std::vector<Precision> precisions { Precision::Model };
    std::vector<Tuning> tunings { Tuning {} };
};

/// Everything a sweep needs to be repeated: a plain value with a JSON form.
struct SweepSpec {
    std::string model; // path or "zoo:NAME"
    std::vector<EngineChoice> engines;
    std::vector<std::int64_t> batches { 1 };
    std::vector<int> requests { 1 }; // batches that come in at once
    std::map<std::string, std::int64_t> dims; // other dynamic dimensions
    StopRule rule;
    std::uint64_t seed = 1;
    std::vector<std::string> inputs; // files and folders of inputs as typed; the rest is made from the seed
    bool checkOutputs = false; // compare each cell's outputs with the reference engine (slow)
    bool tuneKernels = false; // Engine::tuneKernels() for each cell whose kernels are not yet known (seconds)
};

/// More requests at once could not be stopped for a long time.
inline constexpr int kMostRequests = 100'000;

/// One point of the sweep: the order in SweepSpec's cells() is the order of measuring.
struct CellKey {
    std::string engine;
    Precision precision = Precision::Model;
    int threads = 0; // 0: the device has none
    std::int64_t batch = 1;
    int requests = 1; // at once, served side by side as far as there are cores
    Tuning tuning;

    /// Items that one latency is for.
    std::int64_t items() const { return batch * requests; }
    bool operator==(const CellKey&) const = default;
};

/// The cells of a spec: batches outermost, then requests, so that both devices' curves grow together.
std::vector<CellKey> cells(const SweepSpec& spec);

/// "1,2,4-64x2" to 1, 2, 4, 8, 16, 32, 64; "1-4" to 1, 2, 3, 4; "8-32+8" to 8, 16, 24, 32. Duplicates go,
/// order rises. The multiplication sign U+00D7 is read as x. Throws Error: `Cannot read batch list: "0" is
/// not a whole number of at least 1.`
std::vector<std::int64_t> parseBatches(std::string_view text);

/// The shortest text parseBatches() reads as these.
std::string formatBatches(const std::vector<std::int64_t>& batches);

/// Throws Error with one sentence when a spec cannot be run at all: no engine, no batch, unknown id.
void checkSpec(const SweepSpec& spec);

/// One word for a POSIX shell.
std::string shellQuoted(const std::string& word);

/// " --input NAME=FILE" and " --inputs FOLDER" for sources of inputs, quoted for a shell.
std::string inputOptions(const std::vector<std::string>& sources);

/// The `breakeven-cli sweep ...` line that runs this spec, quoted for a shell.
std::string commandLine(const SweepSpec& spec);

} // namespace core
