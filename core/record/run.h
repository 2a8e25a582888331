// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep_event.h"

#include <string_view>
#include <vector>

namespace core {

/// How a cell stands; what the glyph in the table says.
enum class CellStatus { Waiting, Running, Ok, Unstable, Disturbed, Refused, OutOfMemory, Failed, Cancelled };

/// "waiting", "running", "ok", "unstable", "disturbed", "refused", "out-of-memory", "failed", "cancelled".
std::string_view cellStatusName(CellStatus status);
std::optional<CellStatus> cellStatusFromName(std::string_view name);

/// One cell of a run with everything known about it. Raw samples are always kept; `summary` can be computed
/// again.
struct Cell {
    CellKey key;
    CellStatus status = CellStatus::Waiting;
    std::string reason; // why it failed, or why it is unstable or disturbed
    CellPhase phase = CellPhase::Compiling; // while running
    std::vector<TimedSample> samples;
    std::vector<std::size_t> blocks; // where blocks begin in `samples`; empty: it was measured in one piece
    /// Of `samples`, kept by Run::apply: exact once the cell has ended, up to 5 % of the samples behind
    /// before.
    Summary summary;
    std::optional<CellFinished> finished;

    /// Items per second: batch / median latency.
    std::optional<double> throughput() const;
    void refreshSummary();
};

/// A run as a value: the fold of its events. The window, the CSV and the run file read this.
struct Run {
    RunStarted header;
    std::vector<Cell> cells;
    std::vector<SensorReading> readings;
    std::optional<RunFinished> finished;

    /// Applies the next event. Events for a cell the header does not have are ignored.
    void apply(const SweepEvent& event);
};

/// The device that an engine of the run is; null where its head has none of that id.
const DeviceInfo* deviceOf(const Run& run, const std::string& id);

/// Above this share of a cell's time in hiccups it is marked disturbed (2 %).
inline constexpr double kDisturbedPercent = 2.0;

} // namespace core
