// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress.h"

#include "app/cli/context.h"
#include "app/cli/summary_table.h"
#include "core/measure/estimate.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace app {

namespace {

using namespace std::chrono_literals;

constexpr auto kEvery
    = 200ms; // five times a second: more would be noise to the reader and to the measurement
constexpr const char* kWipe = "\r\033[K";

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

Progress::Progress()
    : m_terminal(isatty(STDERR_FILENO) == 1)
{
}

void Progress::show(const core::Run& run, const core::SweepEvent& event)
{
    const auto* progress = std::get_if<core::CellProgress>(&event);
    if (!m_terminal || !progress)
        return;
    const auto now = std::chrono::steady_clock::now();
    if (m_shown && now - m_last < kEvery)
        return;
    m_last = now;
    m_shown = true;
    std::fprintf(stderr, "%s%s", kWipe, lineOf(run, *progress).c_str());
    std::fflush(stderr);
}

void Progress::clear()
{
    if (m_shown)
        std::fputs(kWipe, stderr);
    m_shown = false;
}

} // namespace app
