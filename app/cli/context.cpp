// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"

#include "app/engine_catalog.h"
#include "app/recorded_profiles.h"
#include "core/error.h"
#include "core/record/profile_list.h"
#include "core/record/recorded_engine.h"

#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <cstdio>

namespace app {

CLI::App* addCommand(CLI::App& app, const char* name, const char* about)
{
    return app.add_subcommand(name, about);
}

std::vector<core::Engine*> Context::engines()
{
    if (m_engines.empty())
        m_engines = makeEngines();
    std::vector<core::Engine*> engines;
    for (const auto& engine : m_engines)
        engines.push_back(engine.get());
    return engines;
}

core::Engine& Context::engine(const std::string& id, const char* task)
{
    if (id.starts_with(core::kRecordedPrefix))
        throw core::Error("Cannot {}: {}.", task,
            core::computesNothing(core::openRecorded(id, profileFolders())->device()));
    std::vector<std::string> known;
    for (core::Engine* engine : engines()) {
        const core::DeviceInfo info = engine->device();
        if (info.id == id && !info.absent.empty())
            throw core::Error("Cannot {}: engine \"{}\" is absent: {}", task, id, info.absent);
        if (info.id == id)
            return *engine;
        known.push_back(info.id);
    }
    throw core::Error(
        "Cannot {}: there is no engine \"{}\"; there are {}.", task, id, fmt::join(known, ", "));
}

core::Engine& Context::sweepEngine(const std::string& id)
{
    if (!id.starts_with(core::kRecordedPrefix))
        return engine(id, "start the sweep");
    engines(); // the others come first
    for (const auto& engine : m_engines) {
        if (engine->device().id == id)
            return *engine;
    }
    m_engines.push_back(core::openRecorded(id, profileFolders()));
    return *m_engines.back();
}

std::vector<core::Engine*> Context::recorded()
{
    m_recorded = core::recordedEngines(profileFolders());
    std::vector<core::Engine*> engines;
    for (const auto& engine : m_recorded)
        engines.push_back(engine.get());
    return engines;
}

void ModelOptions::addTo(CLI::App& command)
{
    command.add_option("MODEL", model, "ONNX file, or zoo:NAME for a built-in model")
        ->type_name("")
        ->required();
    command.add_option("--dim", dims, "Value of a dynamic dimension other than the batch (repeat)")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
}

std::map<std::string, std::int64_t> ModelOptions::dimValues() const
{
    std::map<std::string, std::int64_t> values;
    for (const std::string& text : dims) {
        const auto pair = split(text);
        std::int64_t value = 0;
        if (pair) {
            const char* end = pair->second.data() + pair->second.size();
            const auto [last, error] = std::from_chars(pair->second.data(), end, value);
            if (error != std::errc() || last != end)
                value = 0;
        }
        if (value < 1)
            throw UsageError(fmt::format(
                "Cannot read --dim: \"{}\" is not NAME=VALUE with a whole number of at least 1.", text));
        values[pair->first] = value;
    }
    return values;
}

void EngineOptions::addTo(CLI::App& command)
{
    command.add_option("-e,--engine", engine, "Engine to run on (see devices)")
        ->type_name("ID")
        ->capture_default_str();
    command.add_option("-t,--threads", threads, "Threads of a CPU engine (default: all)")
        ->type_name("N")
        ->check(silent(CLI::Range(1, 4096)));
    command.add_option("--precision", precision, "model, fp32, tf32, fp16, bf16 or int8")
        ->type_name("WORD")
        ->capture_default_str();
    command.add_option("--seed", seed, "Seed of made-up inputs")->type_name("N")->capture_default_str();
}

core::CompileOptions EngineOptions::compileOptions(
    const core::DeviceInfo& device, core::DimBindings dims) const
{
    if (device.maxThreads > 0 && threads > device.maxThreads)
        throw core::Error(
            "Cannot use {} threads: engine \"{}\" has {}.", threads, device.id, device.maxThreads);
    return { .dims = std::move(dims),
        .precision = asUsage([&] { return core::precisionFromName(precision); }),
        .threads = threads > 0 ? threads : std::max(1, device.maxThreads) };
}

CLI::Validator silent(CLI::Validator check)
{
    return check.description("");
}

int wholeNumber(const std::string& word, const char* what)
{
    int number = 0;
    const char* const end = word.data() + word.size();
    const auto [last, error] = std::from_chars(word.data(), end, number);
    if (error != std::errc() || last != end || number < 1)
        throw UsageError(
            fmt::format("Cannot read {}: \"{}\" is not a whole number of at least 1.", what, word));
    return number;
}

std::optional<std::pair<std::string, std::string>> split(const std::string& text)
{
    const auto at = text.rfind('=');
    if (at == text.npos || at == 0)
        return {};
    return std::pair(text.substr(0, at), text.substr(at + 1));
}

void print(const std::string& text)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw core::Error("Cannot write to standard output: {}.", std::strerror(errno));
}

std::string figure(double value)
{
    if (value == 0 || !std::isfinite(value))
        return fmt::format("{:g}", value);
    const int digits = 3 - static_cast<int>(std::floor(std::log10(std::abs(value))));
    return digits > 6 ? fmt::format("{:.3g}", value) : fmt::format("{:.{}f}", value, std::max(0, digits));
}

} // namespace app
