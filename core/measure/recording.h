// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/recorded_cell.h"
#include "core/measure/run_clock.h"
#include "core/measure/sweep.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace core {

/// What an engine is besides whose figures were taken elsewhere: a sweep asks it for a cell instead of
/// measuring one. Its DeviceInfo says so (`recordedOn`).
class Recording {
public:
    virtual ~Recording() = default;

    /// A cell that is not there ends as CellFailed, with one sentence that says what there is instead.
    virtual RecordedCell find(const ModelSummary& model, const std::map<std::string, std::int64_t>& dims,
        const CellKey& key) const = 0;
    /// What a reader of the figures must know of the machine they were taken on, as Environment::warnings.
    virtual std::vector<std::string> warnings() const = 0;
};

/// Null for an engine that computes.
const Recording* recordingOf(const Engine& engine);

/// The ids of the spec's engines that are recordings.
std::set<std::string> recordedIds(const SweepSpec& spec, std::span<Engine* const> engines);

/// Says in the head of a run which of its figures were not measured on its machine.
void sayRecorded(RunStarted& started, std::span<Engine* const> engines);

/// Emits the events of cell `cell` as if it ran now. The run's clock moves on by the time it took then, so
/// that cells still follow each other.
void replay(int cell, RecordedCell recorded, RunClock& clock, const EventSink& emit);

/// "NVIDIA H200, recorded on 2026-12-02".
std::string recordedText(const DeviceInfo& device);

} // namespace core
