// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/event_json.h"
#include "tests/support/sweeps.h"

/// Sweeps of child processes, and what such a child says.
namespace support {

inline core::Tuning within(core::InstructionSet isa)
{
    return { .isa = isa };
}

/// One cell within AVX2, then one with all there is.
inline core::SweepSpec twoCells()
{
    core::SweepSpec spec = support::spec();
    spec.batches = { 2 };
    spec.engines[0].tunings = { within(core::InstructionSet::Avx2), {} };
    return spec;
}

/// What a child that stays within `limit` says of a sweep of one cell.
inline std::vector<core::SweepEvent> eventsOfAChild(core::InstructionSet limit, std::int64_t batch = 2)
{
    core::DeviceInfo info = FakeEngine::cpu();
    info.limit = limit;
    info.library = "scripted times, AVX2";
    FakeEngine cpu({}, info);
    core::SweepSpec spec = support::spec();
    spec.batches = { batch };
    spec.engines[0].tunings = { within(core::InstructionSet::Avx2) };
    if (limit == core::InstructionSet::Avx2)
        return sweep(spec, { &cpu }).events;
    // A child whose limit does not hold would refuse; here it says so and goes on.
    info.limit = core::InstructionSet::Avx2;
    FakeEngine pretender({}, info);
    auto events = sweep(spec, { &pretender }).events;
    std::get<core::RunStarted>(events.front()).devices.front().limit = limit;
    return events;
}

inline std::string linesOf(std::span<const core::SweepEvent> events)
{
    std::string lines;
    for (const core::SweepEvent& event : events)
        lines += core::toJsonLine(event) + "\n";
    return lines;
}

} // namespace support
