// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"
#include "tests/support/runs.h"

/// A run of many cells, for stores that are filled while they fail.
namespace support {

/// One cell more of a long run, its samples told by its index.
inline constexpr int kLongRun = 2000;

inline core::Run longRun()
{
    core::RunStarted start = exampleStart();
    start.cells.assign(kLongRun, start.cells.front());
    core::Run run;
    run.apply(start);
    return run;
}

inline void finishCell(core::Run& run, int index)
{
    run.apply(core::SamplesTaken { index,
        exampleSamples(static_cast<std::size_t>(index % 50 + 1), std::chrono::milliseconds(index + 1)) });
    core::CellFinished finished { .cell = index };
    finished.peakResidentBytes = finished.powerMeanWatts = finished.energyPerInferenceJoules
        = finished.outputMaxAbsDiff = finished.othersPercent = core::Figure::missing("not read");
    run.apply(finished);
}

} // namespace support
