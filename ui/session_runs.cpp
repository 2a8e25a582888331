// SPDX-License-Identifier: GPL-3.0-or-later
// Runs beside the shown one: kept in the library, pinned as the baseline, drawn as overlays.
#include "core/analyse/compare_runs.h"
#include "ui/run_text.h"
#include "ui/session.h"

#include <utility>

namespace ui {

Keeping Session::keeping()
{
    return { .place = m_library.place(),
        .kept = [this](const QString& id) { m_origin.id = id; },
        .failed = [this](const QString& sentence) { emit message(sentence); } };
}

void Session::openKept(const QStringList& ids)
{
    if (ids.isEmpty())
        return;
    if (!enabledActions(m_state, hasResults()).openRun)
        return emit message(busyText(shortened(m_library.originOf(ids.first()).name)));
    std::vector<RunOrigin> wanted;
    for (const QString& id : ids.mid(0, kMostOverlays + 1))
        wanted.push_back(m_library.originOf(id));
    const QString tooMany = ids.size() > kMostOverlays + 1
        ? tr("Drawing the first %1 of %2 runs: a chart stays readable with %3 behind the one shown.")
              .arg(kMostOverlays + 1)
              .arg(ids.size())
              .arg(kMostOverlays)
        : QString();
    JobRunner::Job job = readRunsJob(m_library.place().path, std::move(wanted),
        [this, tooMany](std::vector<OpenedRun> runs, const QString& problem) {
            takeKept(std::move(runs), problem.isEmpty() ? tooMany : problem);
        });
    job.done = [this] { setState(restingState()); };
    job.failed = [this](const QString& sentence) { fail(sentence); };
    setState(State::Loading);
    m_runner.start(std::move(job));
}

void Session::takeKept(std::vector<OpenedRun> runs, const QString& problem)
{
    if (runs.empty())
        return;
    takeRun(std::move(runs.front().run), std::move(runs.front().origin));
    runs.erase(runs.begin());
    for (OpenedRun& behind : runs) {
        for (core::Cell& cell : behind.run.cells)
            cell.samples = {}; // curves come from the summaries
        behind.run.readings = {};
    }
    m_overlays = std::move(runs);
    if (!m_overlays.empty())
        emit overlaysChanged();
    if (!problem.isEmpty())
        emit message(problem);
}

void Session::clearOverlays()
{
    if (m_overlays.empty())
        return;
    m_overlays.clear();
    emit overlaysChanged();
}

void Session::pinBaseline()
{
    if (!enabledActions(m_state, hasResults()).baseline)
        return;
    OpenedRun pinned { m_run, m_origin };
    if (pinned.origin.name.isEmpty())
        pinned.origin.name
            = tr("%1 · %2").arg(oneLine(m_run.header.model.name), localTime(m_run.header.startedAt));
    setBaseline(std::move(pinned));
}

void Session::pinKept(const QString& id)
{
    if (!enabledActions(m_state, hasResults()).openRun)
        return emit message(busyText(shortened(m_library.originOf(id).name)));
    JobRunner::Job job = readRunsJob(m_library.place().path, { m_library.originOf(id) },
        [this](std::vector<OpenedRun> runs, const QString&) { setBaseline(std::move(runs.front())); });
    job.failed = [this](const QString& sentence) { emit message(sentence); };
    m_runner.start(std::move(job));
}

void Session::unpinBaseline()
{
    setBaseline(std::nullopt);
}

void Session::setBaseline(std::optional<OpenedRun> run)
{
    m_baseline = std::move(run);
    compareAll();
    emit baselineChanged();
}

/// At rest on the worker thread: hundreds of cells take a second. While a sweep runs its cells are compared
/// one by one as they end.
void Session::compareAll()
{
    ++m_compared;
    m_comparison = {};
    if (!m_baseline)
        return emit comparisonChanged();
    m_comparison.cells.resize(m_run.cells.size());
    m_comparison.differences = core::differencesOf(m_baseline->run, m_run);
    if (m_run.cells.empty())
        m_comparison = {};
    emit comparisonChanged();
    if (m_state == State::Running || m_run.cells.empty())
        return;
    JobRunner::Job job = compareJob(m_baseline->run, m_run, [this, asked = m_compared](Comparison compared) {
        if (asked != m_compared)
            return;
        m_comparison = std::move(compared);
        emit comparisonChanged();
    });
    job.failed = [this](const QString& sentence) { emit message(sentence); };
    m_runner.start(std::move(job));
}

void Session::compareEnded(int cell)
{
    const auto place = static_cast<std::size_t>(cell);
    if (m_baseline && place < m_comparison.cells.size() && place < m_run.cells.size())
        m_comparison.cells[place] = verdictOn(m_run.cells[place], m_baseline->run, m_run);
}

} // namespace ui
