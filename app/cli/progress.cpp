// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress.h"

#include "app/cli/context.h"
#include "app/cli/summary_table.h"
#include "core/measure/estimate.h"

#include <fmt/format.h>

namespace app {

namespace {

const char* phrase(core::CellPhase phase)
{
    switch (phase) {
    case core::CellPhase::Compiling:
        return "compiling";
    case core::CellPhase::WarmingUp:
        return "warming up";
    case core::CellPhase::Measuring:
        return "measuring";
    case core::CellPhase::Tuning:
        return "tuning kernels";
    case core::CellPhase::Paused:
        return "paused";
    case core::CellPhase::CoolingDown:
        return "cooling down";
    }
    return "";
}

std::string lineOf(const core::Run& run, const core::CellProgress& progress)
{
    const core::Cell& cell = run.cells[static_cast<std::size_t>(progress.cell)];
    std::string text = fmt::format(
        "[{}/{}] {}: {}", progress.cell + 1, run.cells.size(), nameOf(cell.key), phrase(progress.phase));
    if (cell.summary.median)
        text
            += fmt::format(", median {} ms", figure(static_cast<double>(cell.summary.median->count()) / 1e6));
    return text + fmt::format(", {} left", core::formatDuration(progress.remaining));
}

} // namespace

void Progress::show(const core::Run& run, const core::SweepEvent& event)
{
    if (const auto* progress = std::get_if<core::CellProgress>(&event))
        m_line.show([&] { return lineOf(run, *progress); });
}

} // namespace app
