// SPDX-License-Identifier: GPL-3.0-or-later
// What the shown run speaks for, by what was asked.
#include "core/analyse/report.h"
#include "ui/session.h"

#include <utility>

namespace ui {
namespace {

/// What decisions read: samples are summarised already, and long.
core::Run withoutSamples(const core::Run& run)
{
    core::Run brief { .header = run.header, .cells = {}, .readings = {}, .finished = run.finished };
    for (const core::Cell& cell : run.cells)
        brief.cells.push_back({ .key = cell.key,
            .status = cell.status,
            .reason = cell.reason,
            .phase = cell.phase,
            .samples = {},
            .blocks = {},
            .summary = cell.summary,
            .finished = cell.finished });
    return brief;
}

} // namespace

void Session::decideBy(const DecisionWish& wish)
{
    if (wish == m_wish)
        return;
    m_wish = wish;
    emit wishChanged();
    redecide();
}

/// Nothing stays that another run, or a sweep that begins, makes untrue.
void Session::dropDecision()
{
    ++m_decisionsAsked;
    m_deciding = false;
    m_decided.reset();
    m_decisionProblem.clear();
    emit decisionChanged();
}

/// Resampling takes some tens of milliseconds a pair of curves: on the worker thread. The last decision stays
/// until the next one is there, so that the page does not flicker while somebody types.
void Session::redecide()
{
    if (m_state == State::Running || m_run.cells.empty())
        return dropDecision();
    CheckedWish checked = check(m_wish, m_run);
    const int asked = ++m_decisionsAsked;
    const auto failed = [this, asked](const QString& sentence) {
        if (asked != m_decisionsAsked)
            return;
        m_deciding = false;
        m_decided.reset();
        m_decisionProblem = sentence;
        emit decisionChanged();
    };
    if (!checked.problem.isEmpty())
        return failed(checked.problem);
    JobRunner::Job job
        = decideJob(withoutSamples(m_run), std::move(checked.settings), [this, asked](Decided decided) {
              if (asked != m_decisionsAsked)
                  return;
              m_deciding = false;
              m_decided = std::move(decided);
              m_decisionProblem.clear();
              emit decisionChanged();
          });
    job.failed = failed;
    m_deciding = true;
    emit decisionChanged();
    m_runner.start(std::move(job));
}

/// A sweep that begins has no decision; one that has ended, in whatever way, gets one.
void Session::decideAtRest()
{
    if (m_state == State::Running)
        dropDecision();
    else if (hasResults() && !m_decided && !m_deciding && m_decisionProblem.isEmpty())
        redecide();
}

void Session::writeReport(const QString& path)
{
    if (!m_decided)
        return emit message(noDecision(tr("report")));
    write(path, "report", [decided = *m_decided](const core::Run&) {
        return core::htmlReport(decided.decision, *decided.run, decided.settings);
    });
}

void Session::writeBytes(const QString& path, const char* what, std::string bytes)
{
    write(path, what, [bytes = std::move(bytes)](const core::Run&) { return bytes; });
}

/// Why there is nothing to export.
QString Session::noDecision(const QString& what) const
{
    const QString why = !m_decisionProblem.isEmpty() ? m_decisionProblem
        : m_deciding                                 ? tr("The decision is still being made.")
                                                     : tr("There is no decision yet.");
    return tr("Cannot write %1: %2").arg(what, why);
}

} // namespace ui
