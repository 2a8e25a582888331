// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/run_clock.h"
#include "core/measure/sweep.h"

namespace core {

/// The events of a sweep of one cell, run by another process, as events of a cell of this run: with its index
/// and its times. What ends the cell is held back until that process has ended well.
class ForwardedCell {
public:
    /// `later`: what the run's cells after this one will take.
    ForwardedCell(int cell, const CellKey& key, std::chrono::duration<double> later, RunClock& clock,
        const EventSink& emit);

    /// Throws Error for events that do not belong to such a run, and where the other process's kernels do not
    /// stay within the cell's instruction set.
    void take(const SweepEvent& event);

    /// How the cell ended. Throws Error when the process did not say.
    CellEnd end() const;

private:
    void check(const RunStarted& started) const;
    void pass(const SamplesTaken& taken);

    const int m_cell;
    const CellKey& m_key;
    const std::chrono::duration<double> m_later;
    RunClock& m_clock;
    const EventSink& m_emit;
    std::optional<Nanoseconds> m_begin; // the other run's start on this run's clock
    std::optional<CellEnd> m_end;
};

/// The part of `spec` that is this cell alone.
SweepSpec specOfCell(const SweepSpec& spec, const CellKey& key);

} // namespace core
