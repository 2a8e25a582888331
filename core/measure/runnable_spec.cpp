// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/runnable_spec.h"

#include "core/error.h"
#include "core/measure/model_summary.h"

#include <fmt/ranges.h>

namespace core {

namespace {

/// Tunings that mean something to the device; others are not tried on it, as threads are not.
void dropMeaningless(std::vector<Tuning>& tunings, const DeviceInfo& device)
{
    std::erase_if(tunings, [&](const Tuning& tuning) {
        return (tuning.isa != InstructionSet::All && device.instructionSets.empty())
            || (tuning.plain && !device.plainLoops) || (tuning.rules && !device.tunesKernels)
            || (!tuning.graph && !device.recordsWork) || (!tuning.transfers && !device.ownMemory);
    });
    if (tunings.empty())
        tunings = { Tuning {} };
}

} // namespace

Engine& engineOf(const std::string& id, std::span<Engine* const> engines)
{
    std::vector<std::string> known;
    for (Engine* engine : engines) {
        const DeviceInfo info = engine->device();
        if (info.id == id) {
            if (!info.absent.empty())
                throw Error("Cannot start the sweep: engine \"{}\" is absent: {}", id, info.absent);
            return *engine;
        }
        known.push_back(info.id);
    }
    throw Error(
        "Cannot start the sweep: there is no engine \"{}\"; there are {}.", id, fmt::join(known, ", "));
}

SweepSpec runnable(SweepSpec spec, const Graph& graph, std::span<Engine* const> engines)
{
    checkSpec(spec);
    for (EngineChoice& choice : spec.engines) {
        const DeviceInfo device = engineOf(choice.id, engines).device();
        const int most = device.maxThreads;
        dropMeaningless(choice.tunings, device);
        if (most == 0)
            choice.threads.clear();
        else if (choice.threads.empty())
            choice.threads = { 1 };
        for (const int threads : choice.threads) {
            if (threads > most)
                throw Error("Cannot start the sweep: engine \"{}\" has {} threads, not {}.", choice.id, most,
                    threads);
        }
    }
    checkDims(graph, spec.dims, "start the sweep");
    return spec;
}

} // namespace core
