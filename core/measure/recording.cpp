// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/recording.h"

#include "core/measure/runnable_spec.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

const Recording* recordingOf(const Engine& engine)
{
    return dynamic_cast<const Recording*>(&engine); // Engine itself knows no cells
}

std::set<std::string> recordedIds(const SweepSpec& spec, std::span<Engine* const> engines)
{
    std::set<std::string> ids;
    for (const EngineChoice& choice : spec.engines) {
        if (recordingOf(engineOf(choice.id, engines)))
            ids.insert(choice.id);
    }
    return ids;
}

void sayRecorded(RunStarted& started, std::span<Engine* const> engines)
{
    auto& warnings = started.environment.warnings;
    const auto add = [&](std::string sentence) {
        if (std::ranges::find(warnings, sentence) == warnings.end())
            warnings.push_back(std::move(sentence));
    };
    for (const DeviceInfo& device : started.devices) {
        if (!device.recordedOn)
            continue;
        const std::string& machine = device.recordedOn->machine;
        started.environment.facts.emplace_back("recorded",
            fmt::format("{}: {} on {}, {}", device.id, device.name, machine, device.recordedOn->date));
        add(fmt::format("Figures of {} were recorded on {} on {}, not measured here.", device.name, machine,
            device.recordedOn->date));
        if (const Recording* recording = recordingOf(engineOf(device.id, engines))) {
            for (const std::string& warning : recording->warnings())
                add(fmt::format("On {}: {}", machine, warning));
        }
    }
}

void replay(int cell, RecordedCell recorded, RunClock& clock, const EventSink& emit)
{
    if (!recorded.samples.empty()) {
        const Nanoseconds later = clock.now() - recorded.samples.front().at;
        for (TimedSample& sample : recorded.samples)
            sample.at += later;
        clock.atLeast(recorded.samples.back().at + recorded.samples.back().latency);
        const auto& starts = recorded.blocks;
        const std::span<const TimedSample> samples = recorded.samples;
        for (std::size_t block = 0; block < std::max<std::size_t>(1, starts.size()); ++block) {
            const std::size_t begin = starts.empty() ? 0 : starts[block];
            const std::size_t end = block + 1 < starts.size() ? starts[block + 1] : samples.size();
            const auto part = samples.subspan(begin, end - begin);
            emit(SamplesTaken { cell, { part.begin(), part.end() }, static_cast<int>(block) });
        }
    }
    std::visit(
        [&](auto& end) {
            end.cell = cell;
            end.at = clock.now();
            emit(end);
        },
        recorded.end);
}

std::string recordedText(const DeviceInfo& device)
{
    return device.recordedOn ? fmt::format("{}, recorded on {}", device.name, device.recordedOn->date)
                             : device.name;
}

} // namespace core
