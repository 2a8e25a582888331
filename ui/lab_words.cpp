// SPDX-License-Identifier: GPL-3.0-or-later
// What the lab says beside its table.
#include "ui/format.h"
#include "ui/lab.h"
#include "ui/lab_page.h"
#include "ui/session.h"

namespace ui {

QString LabPage::restingText() const
{
    if (m_session.state() == State::Running)
        return tr("The lab opens when the sweep has ended: it would disturb what is measured.");
    if (m_session.state() == State::Serving)
        return tr("Simulations wait while real engines serve.");
    if (m_lab.simulating())
        return tr("Simulating…");
    return m_session.state() == State::Loading
        ? tr("Opening.")
        : tr("Run a sweep, or open a run: policies can then be tried here on its devices.");
}

/// How far the best is from what cannot be beaten.
QString LabPage::distance() const
{
    const core::PolicyComparison& found = m_lab.simulated()->comparison;
    const double bound = found.oracle.meanSeconds;
    if (!found.best || bound <= 0 || !found.runs[*found.best].keepsUp)
        return {};
    const core::SimulationResult& best = found.runs[*found.best].result;
    if (best.dropped > 0) // who drops the slow ones can lie below it
        return {};
    return tr("Its mean is %1 times the oracle's, which none can beat.")
        .arg(formatSignificant(best.latency.meanSeconds / bound, 3));
}

QString LabPage::omission() const
{
    const Simulated* found = m_lab.simulated();
    if (!found || !found->comparison.best)
        return {};
    const core::SimulationResult& best = found->comparison.runs[*found->comparison.best].result;
    if (!best.latency.p99 || !best.closedLoop.p99)
        return tr("A client that waits for each answer would have sent %1 of %2 requests: too few for a p99.")
            .arg(formatInteger(static_cast<std::int64_t>(best.closedLoop.samples)),
                formatInteger(static_cast<std::int64_t>(best.arrived)));
    return tr(
        "A client that waits for each answer would have sent %1 of %2 requests, and seen of the best a p99 "
        "of %3 ms against %4 ms.")
        .arg(formatInteger(static_cast<std::int64_t>(best.closedLoop.samples)),
            formatInteger(static_cast<std::int64_t>(best.arrived)), formatMilliseconds(*best.closedLoop.p99),
            formatMilliseconds(*best.latency.p99));
}

} // namespace ui
