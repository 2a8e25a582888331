// SPDX-License-Identifier: GPL-3.0-or-later
// What the page on real engines says.
#include "ui/format.h"
#include "ui/lab_live_page.h"
#include "ui/live_trial.h"
#include "ui/session.h"

namespace ui {
namespace {

/// CPU time of other programs above which figures are said to be disturbed, in per cent; as breakeven-cli.
constexpr double kMuchOfOthers = 5;

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

} // namespace

QString LabLivePage::answer() const
{
    const LiveTrial& trial = m_session.live();
    if (trial.running())
        return trial.stopping() ? tr("Stopping: what is being served is finished first…")
                                : tr("Real engines serve “%1”…").arg(text(m_session.model()->model.name));
    if (!trial.problem().isEmpty())
        return trial.problem();
    if (const LiveOutcome* outcome = trial.outcome()) {
        const QString conclusion = text(outcome->comparison.live.conclusion);
        return outcome->comparison.stopped ? tr("Stopped before the end. %1").arg(conclusion).trimmed()
                                           : conclusion;
    }
    if (!m_session.model())
        return tr("Open a model: real engines can then serve it here, under the policies that are ticked.");
    return trial.checked().problem.isEmpty() ? tr("Press Start: real engines serve the open model.")
                                             : trial.checked().problem;
}

const char* LabLivePage::role() const
{
    const LiveTrial& trial = m_session.live();
    if (trial.running())
        return "muted";
    if (!trial.problem().isEmpty())
        return "bad";
    if (trial.outcome()) {
        const core::PolicyComparison& live = trial.outcome()->comparison.live;
        return live.best && live.runs[*live.best].keepsUp && !trial.outcome()->comparison.stopped ? "value"
                                                                                                  : "warning";
    }
    return m_session.model() && !trial.checked().problem.isEmpty() ? "bad" : "muted";
}

QStringList LabLivePage::warnings() const
{
    QStringList all;
    if (const LiveOutcome* outcome = m_session.live().outcome()) {
        for (const std::string& warning : outcome->comparison.live.warnings)
            all << text(warning);
    }
    return all;
}

QStringList LabLivePage::notes() const
{
    const LiveOutcome* outcome = m_session.live().outcome();
    if (!outcome)
        return {};
    const core::LiveComparison& found = outcome->comparison;
    QStringList all, disturbed;
    for (const core::Device& device : outcome->devices)
        all << tr("%1: %2 items/s at best, up to %3 at once.")
                   .arg(text(device.name), formatSignificant(device.bestRate(), 4))
                   .arg(device.most);
    if (!found.runs.empty())
        all << tr("%1 requests at %2 a second under each policy, latencies from the scheduled time.")
                   .arg(formatInteger(static_cast<std::int64_t>(found.requests)),
                       formatSignificant(found.rate, 4));
    for (std::size_t i = 0; i < found.runs.size(); ++i) {
        const QString policy = text(found.live.runs[i].policy);
        for (const core::LiveEnergy& part : found.runs[i].energy) {
            if (!part.watts && i == 0) // for the same reason each time
                all << tr("Unknown is what %1 uses: %2").arg(text(part.name), text(part.watts.unknown));
        }
        const core::Figure& others = found.runs[i].others;
        if (others && *others.value > kMuchOfOthers)
            disturbed << tr("%1 % under %2").arg(QString::number(*others.value, 'f', 0), policy);
        if (const double error = found.live.runs[i].result.littleError(); error > 0.02)
            all << tr("%1: Little's law is off by %2 %.").arg(policy, QString::number(error * 100, 'f', 1));
    }
    for (const std::string& note : outcome->notes)
        all << text(note);
    if (!disturbed.isEmpty())
        all.prepend(tr("Disturbed: other programs had %1 of the CPUs' time.").arg(disturbed.join(tr(", "))));
    return all;
}

QString LabLivePage::progress() const
{
    const LiveTrial& trial = m_session.live();
    const LiveGlance* glance = trial.glance();
    if (!trial.running())
        return {};
    if (!glance || glance->policy.empty())
        return tr("Making programs for every batch size, and timing them…");
    const QString place = tr("policy %1 of %2").arg(glance->place).arg(glance->policies);
    if (glance->preparing)
        return tr("%1, making programs: %2").arg(place, text(glance->policy));
    return (glance->rehearsal ? tr("%1, rehearsal: %2 · %3 s") : tr("%1: %2 · %3 s"))
        .arg(place, text(glance->policy), QString::number(glance->seconds, 'f', 0));
}

std::vector<std::pair<QString, QString>> LabLivePage::state() const
{
    std::vector<std::pair<QString, QString>> facts;
    const LiveGlance* glance = m_session.live().glance();
    if (!glance || glance->preparing)
        return facts;
    const auto number = [](std::size_t value) { return formatInteger(static_cast<std::int64_t>(value)); };
    facts.emplace_back(tr("came in"), number(glance->arrived));
    facts.emplace_back(tr("answered"), number(glance->answered));
    facts.emplace_back(tr("last after"),
        glance->lastLatency ? tr("%1 ms").arg(formatMilliseconds(*glance->lastLatency)) : unknownFigure());
    for (std::size_t line = 0; line < glance->lines.size(); ++line)
        facts.emplace_back(glance->lines.size() == 1 ? tr("waiting") : tr("line %1").arg(line + 1),
            number(glance->lines[line]));
    for (std::size_t device = 0; device < glance->devices.size(); ++device) {
        const std::int64_t items = glance->items[device];
        facts.emplace_back(text(glance->devices[device]),
            items == 0       ? tr("idles")
                : items == 1 ? tr("serves 1 item")
                             : tr("serves %1 items").arg(items));
    }
    return facts;
}

} // namespace ui
