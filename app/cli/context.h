// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/model/model.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

/// The command line: one file a command. Each adds its subcommand to the CLI::App and says what runs when it
/// is chosen.
namespace app {

/// Wrong usage, one sentence: exit status 2.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What commands share. Engines are made when a command first asks for them.
class Context {
public:
    /// Present and absent ones, with the recorded ones that sweepEngine() was asked for.
    std::vector<core::Engine*> engines();
    /// Throws Error when it is unknown or absent, or a recording, which computes nothing; `task` is "run
    /// inference".
    core::Engine& engine(const std::string& id, const char* task);
    /// The same for a sweep, which recordings answer: "recorded:NAME" is opened when it is first asked for.
    core::Engine& sweepEngine(const std::string& id);
    /// All recorded profiles that are found; those that cannot be used are absent.
    std::vector<core::Engine*> recorded();

    /// What main() runs after parsing, set by the chosen command; returns the exit status.
    std::function<int()> command;

private:
    std::vector<std::unique_ptr<core::Engine>> m_engines, m_recorded;
};

inline constexpr int kOk = 0, kFailed = 1, kUsage = 2;

/// A new subcommand. CLI11 is headers alone: whoever makes a command compiles all of its help and
/// configuration files, so only one place does.
CLI::App* addCommand(CLI::App& app, const char* name, const char* about);

void addDevices(CLI::App& app, Context& context);
void addSensors(CLI::App& app, Context& context);
void addProfiles(CLI::App& app, Context& context);
void addZoo(CLI::App& app, Context& context);
void addInspect(CLI::App& app, Context& context);
void addInfer(CLI::App& app, Context& context);
void addVerify(CLI::App& app, Context& context);
void addQuantise(CLI::App& app, Context& context);
void addSweep(CLI::App& app, Context& context);
void addTrace(CLI::App& app, Context& context);
void addRoofline(CLI::App& app, Context& context);
void addTune(CLI::App& app, Context& context);
void addCache(CLI::App& app, Context& context);
void addOperators(CLI::App& app, Context& context);
void addConformance(CLI::App& app, Context& context);
void addCompare(CLI::App& app, Context& context);
void addContinue(CLI::App& app, Context& context);
void addDecide(CLI::App& app, Context& context);
void addSimulate(CLI::App& app, Context& context);
void addCapacity(CLI::App& app, Context& context);
void addLive(CLI::App& app, Context& context);
void addPrices(CLI::App& app, Context& context);
void addRuns(CLI::App& app, Context& context);
void addAb(CLI::App& app, Context& context);
void addWorker(CLI::App& app, Context& context);
void addCompletion(CLI::App& app, Context& context);

/// Options that several commands have, as they were typed.
struct ModelOptions {
    std::string model;
    std::vector<std::string> dims; // NAME=VALUE

    /// MODEL and --dim.
    void addTo(CLI::App& command);
    /// Throws UsageError for what is not NAME=VALUE.
    std::map<std::string, std::int64_t> dimValues() const;
};

struct EngineOptions {
    std::string engine = "cpu";
    int threads = 0; // 0: all the device has
    std::string precision = "model";
    std::uint64_t seed = 1;

    /// --engine, --threads, --precision, --seed.
    void addTo(CLI::App& command);
    core::CompileOptions compileOptions(const core::DeviceInfo& device, core::DimBindings dims) const;
};

/// Runs `parse`, turning core::Error into UsageError: for words the user typed.
template <typename Parse> auto asUsage(const Parse& parse)
{
    try {
        return parse();
    } catch (const std::exception& error) {
        throw UsageError(error.what());
    }
}

/// A check whose name does not clutter the help.
CLI::Validator silent(CLI::Validator check);

/// A whole number of at least 1; throws UsageError: `Cannot read --requests: "0" is not a whole number of at
/// least 1.`
int wholeNumber(const std::string& word, const char* what);

/// "NAME=VALUE" in two; nullopt without '=' or without a name.
std::optional<std::pair<std::string, std::string>> split(const std::string& text);

/// `text` to standard output; throws Error when it cannot be written (a full disk behind a pipe).
void print(const std::string& text);

/// What stands in the place of a list of profiles that is empty: where to put some.
std::string noProfiles();

/// Four significant digits, "1.234", "1234": latency, throughput.
std::string figure(double value);

} // namespace app
