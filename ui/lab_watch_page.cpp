// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lab_watch_page.h"

#include "ui/facts.h"
#include "ui/format.h"
#include "ui/lab_timeline.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <algorithm>

namespace ui {
namespace {

constexpr int kTickMs = 33; // thirty pictures a second: only the cursor is drawn anew
constexpr int kStateWidth = 236;
constexpr std::size_t kMostBatches = 3; // of a device that are said one by one

QString since(core::Nanoseconds time)
{
    return formatDuration(seconds(time));
}

QString deviceText(const Busy& device, core::Nanoseconds at)
{
    if (device.running.empty())
        return LabWatchPage::tr("idle");
    if (device.running.size() > kMostBatches) {
        std::int64_t items = 0;
        for (const core::RecordedBatch& batch : device.running)
            items += batch.items;
        return LabWatchPage::tr("%1 batches, %2 items").arg(device.running.size()).arg(items);
    }
    QStringList batches;
    for (const core::RecordedBatch& batch : device.running)
        batches << LabWatchPage::tr("%1 items · %2").arg(batch.items).arg(since(at - batch.started));
    return batches.join(QLatin1Char('\n'));
}

Facts::List factsOf(const Watched& watched, double cursor)
{
    const Moment moment = momentAt(watched, core::Nanoseconds(std::llround(cursor * 1e9)));
    const auto known = [&](std::size_t count) {
        return moment.recorded ? formatInteger(static_cast<std::int64_t>(count))
                               : LabWatchPage::tr("not recorded");
    };
    Facts::List facts { { LabWatchPage::tr("time"), LabWatchPage::tr("%1 s").arg(cursor, 0, 'f', 3) },
        { LabWatchPage::tr("waiting"), known(moment.waiting) } };
    for (std::size_t i = 0; i < moment.devices.size(); ++i)
        facts.emplace_back(QString::fromStdString(watched.devices[i].name),
            moment.recorded ? deviceText(moment.devices[i], moment.at) : LabWatchPage::tr("not recorded"));
    facts.emplace_back(
        LabWatchPage::tr("answered"), formatInteger(static_cast<std::int64_t>(moment.answered)));
    if (watched.result.dropped > 0)
        facts.emplace_back(LabWatchPage::tr("dropped"), known(moment.dropped));
    facts.emplace_back(LabWatchPage::tr("last %1").arg(moment.lastAnswers),
        moment.median ? LabWatchPage::tr("median %1").arg(since(*moment.median))
                      : LabWatchPage::tr("no answer yet"));
    if (moment.largest)
        facts.emplace_back(QString(), LabWatchPage::tr("at most %1").arg(since(*moment.largest)));
    return facts;
}

/// Without a cursor: the whole run.
Facts::List factsOf(const Watched& watched)
{
    const core::SimulationResult& result = watched.result;
    std::uint32_t longest = 0;
    for (const core::QueueOverTime::Stretch& stretch : result.queue.stretches)
        longest = std::max(longest, stretch.largest);
    Facts::List facts { { LabWatchPage::tr("whole run"), formatDuration(seconds(result.duration)) },
        { LabWatchPage::tr("requests"), formatInteger(static_cast<std::int64_t>(result.arrived)) },
        { LabWatchPage::tr("answered"), formatInteger(static_cast<std::int64_t>(result.completed)) } };
    if (result.dropped > 0)
        facts.emplace_back(
            LabWatchPage::tr("dropped"), formatInteger(static_cast<std::int64_t>(result.dropped)));
    facts.emplace_back(LabWatchPage::tr("waiting"), LabWatchPage::tr("%1 at most").arg(longest));
    for (std::size_t i = 0; i < watched.devices.size(); ++i)
        facts.emplace_back(QString::fromStdString(watched.devices[i].name),
            LabWatchPage::tr("busy %1, %2 batches")
                .arg(formatPercent(result.devices[i].utilisation * 100, 0),
                    formatInteger(static_cast<std::int64_t>(result.devices[i].batches))));
    return facts;
}

} // namespace

LabWatchPage::LabWatchPage(Lab& lab, QWidget* parent)
    : QWidget(parent)
    , m_lab(lab)
    , m_policy(new QComboBox(this))
    , m_speed(new QComboBox(this))
    , m_play(new QPushButton(this))
    , m_timeline(new LabTimeline(this))
    , m_facts(new Facts(this))
    , m_note(makeText("muted", this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto* top = new QHBoxLayout;
    top->setSpacing(8);
    m_policy->setObjectName(QStringLiteral("watchPolicy"));
    m_policy->setAccessibleName(tr("Policy whose run is shown"));
    m_policy->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_policy->setMinimumContentsLength(30);
    m_play->setObjectName(QStringLiteral("play"));
    m_play->setToolTip(
        tr("Moves the cursor through the run; it begins anew at the end (Space in the chart)"));
    m_speed->setAccessibleName(tr("Speed"));
    m_speed->setToolTip(tr("Simulated seconds a second"));
    for (const int speed : { 1, 10, 100 })
        m_speed->addItem(tr("%1x real time").arg(speed), speed);
    m_speed->setCurrentIndex(1);
    m_speed->setObjectName(QStringLiteral("speed"));
    top->addWidget(m_policy);
    top->addWidget(m_play);
    top->addWidget(m_speed);
    top->addStretch();
    column->addLayout(top);
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(m_timeline, 1);
    auto* beside = new QWidget(this);
    beside->setFixedWidth(kStateWidth);
    auto* side = new QVBoxLayout(beside);
    side->setContentsMargins(0, 4, 0, 0);
    side->addWidget(m_facts);
    side->addWidget(m_note);
    side->addStretch();
    row->addWidget(beside);
    column->addLayout(row, 1);
    m_tick.setInterval(kTickMs);
    connect(&m_tick, &QTimer::timeout, this, &LabWatchPage::advance);
    connect(m_play, &QPushButton::clicked, this, [this] { play(!playing()); });
    connect(m_policy, &QComboBox::activated, this, [this] {
        m_lab.watch(picked());
        emit chosen(picked());
    });
    connect(m_timeline, &LabTimeline::playToggled, this, [this] { play(!playing()); });
    connect(m_timeline, &LabTimeline::cursorMoved, this, &LabWatchPage::showState);
    connect(&lab, &Lab::changed, this, &LabWatchPage::refreshPolicies);
    connect(&lab, &Lab::watchedChanged, this, &LabWatchPage::refreshRun);
    refreshPolicies();
    refreshRun();
}

void LabWatchPage::setTheme(const Theme& theme)
{
    m_timeline->setTheme(theme);
}

void LabWatchPage::setView(LabView view)
{
    m_timeline->setView(view);
}

std::string LabWatchPage::picked() const
{
    return m_policy->currentText().toStdString();
}

void LabWatchPage::choose(const std::string& policy)
{
    const int at = m_policy->findText(QString::fromStdString(policy));
    if (at < 0)
        return;
    m_policy->setCurrentIndex(at);
    if (isVisible())
        m_lab.watch(picked());
}

/// The policies that were compared; the one that was shown stays, else the best is.
void LabWatchPage::refreshPolicies()
{
    const Simulated* found = m_lab.simulated();
    if (!found)
        return; // the list stays until there is another
    const std::string before = picked();
    m_policy->clear();
    for (const core::PolicyRun& run : found->comparison.runs)
        m_policy->addItem(QString::fromStdString(run.policy));
    const int same = m_policy->findText(QString::fromStdString(before));
    const int best = static_cast<int>(found->comparison.best.value_or(0));
    m_policy->setCurrentIndex(same >= 0 ? same : best);
    if (isVisible())
        m_lab.watch(picked());
}

void LabWatchPage::refreshRun()
{
    play(false);
    const Watched* watched = m_lab.watched();
    const QString why = !m_lab.watchProblem().isEmpty() ? m_lab.watchProblem()
        : m_lab.simulating() || m_lab.simulated()       ? tr("Simulating…")
                                                        : tr("Nothing is simulated.");
    m_timeline->setRun(watched, why);
    m_play->setEnabled(watched != nullptr);
    showState();
}

void LabWatchPage::showState()
{
    m_play->setText(playing() ? tr("Pause") : tr("Play"));
    m_play->setAccessibleName(m_play->text());
    if (!isVisible())
        return; // a window that is being destroyed hides its children first: no time to make new ones
    const Watched* watched = m_lab.watched();
    m_state.clear();
    if (watched)
        m_state = m_timeline->cursor() ? factsOf(*watched, *m_timeline->cursor()) : factsOf(*watched);
    m_facts->setFacts(m_state);
    m_note->setText(watched && watched->record.cut
            ? tr("The first %1 batches are kept, up to %2.")
                  .arg(formatInteger(core::kMostRecorded), formatDuration(seconds(*watched->record.cut)))
            : QString());
    m_note->setVisible(!m_note->text().isEmpty());
}

void LabWatchPage::play(bool on)
{
    if (on && m_lab.watched()) {
        const double at = m_timeline->cursor().value_or(0);
        m_timeline->showCursor(at >= m_timeline->duration() ? 0 : at);
        m_elapsed.start();
        m_tick.start();
    } else {
        m_tick.stop();
    }
    showState();
}

void LabWatchPage::advance()
{
    const double passed = static_cast<double>(m_elapsed.restart()) * 1e-3;
    const double at = m_timeline->cursor().value_or(0) + passed * m_speed->currentData().toInt();
    const bool ended = at >= m_timeline->duration();
    m_timeline->showCursor(std::min(at, m_timeline->duration()));
    if (ended)
        return play(false);
    showState();
}

void LabWatchPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_lab.simulated())
        m_lab.watch(picked());
    showState();
}

void LabWatchPage::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    play(false);
    m_lab.watch({}); // a run of a million requests need not be kept for nobody
}

} // namespace ui
