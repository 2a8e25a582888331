// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep.h"
#include "core/record/run.h"
#include "tests/support/fake_engine.h"

#include <utility>
#include <vector>

/// Sweeps over fake engines, for tests of what they emit.
namespace support {

inline core::PowerMeterOr noMeter()
{
    return { nullptr, "No power reading: this is a test." };
}

/// A machine without sensors, with 8 GB of free memory.
inline core::Machine machine()
{
    core::Machine fake;
    fake.environment = [] { return core::Environment { .host = "test" }; };
    fake.cpuMeter = noMeter;
    fake.gpuMeter = [](const std::string&) { return noMeter(); };
    fake.gpuMonitor = [](const std::string&) {
        return core::GpuMonitorOr { nullptr, "No GPU clocks: this is a test." };
    };
    fake.systemMeter = noMeter;
    fake.cpuMonitor = [] { return core::CpuMonitor("/nowhere/at/all"); };
    fake.freeMemory = [] { return std::optional<std::size_t>(8'000'000'000); };
    return fake;
}

/// Batches 1, 2 and 4 of the tiny model on the CPU.
inline core::SweepSpec spec()
{
    return { .model = "tiny", .engines = { { "cpu" } }, .batches = { 1, 2, 4 } };
}

/// What a sweep emitted, and the run it adds up to.
struct SweepResult {
    core::Run run;
    std::vector<core::SweepEvent> events;
};

inline SweepResult sweep(const core::SweepSpec& what, std::vector<core::Engine*> engines,
    const core::Machine& on = machine(), std::stop_token stop = {})
{
    SweepResult result;
    const core::Model model = support::tinyModel();
    core::runSweep(
        what, model, engines, std::move(stop),
        [&](const core::SweepEvent& event) {
            result.run.apply(event);
            result.events.push_back(event);
        },
        on);
    return result;
}

} // namespace support
