// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/roofline.h"
#include "core/measure/sweep.h"
#include "core/model/model.h"

namespace core {

/// Everything traced runs on one engine need to be repeated: a plain value.
struct TraceSpec {
    std::string model; // path or "zoo:NAME"
    CellKey cell; // engine, precision, threads, batch
    std::map<std::string, std::int64_t> dims; // other dynamic dimensions
    std::vector<std::string> inputs; // files and folders of inputs as typed; the rest is made from the seed
    std::uint64_t seed = 1;
    std::size_t runs = 20;
    bool roof = false; // measure the peaks where they are not known yet
};

/// What one engine made of it.
struct EngineTrace {
    TraceSpec spec;
    NodePlacement placement;
    std::optional<Roof> roof; // where the peaks are known
    std::string why; // one sentence why there is none; empty: there is one
};

/// Compiles `graph` (optimised) and traces it on what `inputs` makes; without that on inputs made from the
/// seed. Throws Error; a stop before the first run ended is one.
NodePlacement runTrace(const TraceSpec& spec, std::shared_ptr<const Graph> graph, Engine& engine,
    std::stop_token stop, const InputMaker& inputs = {});

/// The `breakeven-cli trace ...` line that does the same, quoted for a shell.
std::string commandLine(const TraceSpec& spec);

} // namespace core
