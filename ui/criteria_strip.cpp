// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/criteria_strip.h"

#include "core/measure/criteria.h"
#include "ui/facts.h"
#include "ui/session.h"

#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QLabel>
#include <algorithm>

namespace ui {
namespace {

constexpr std::size_t kLines = 4; // as many as there are criteria
constexpr int kEvery = 250; // ms
constexpr int kSpacing = 18;
constexpr int kShare = 50; // looking takes at most this part of the window's time

} // namespace

CriteriaStrip::CriteriaStrip(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
{
    setObjectName(QStringLiteral("criteria"));
    setAccessibleName(tr("Stop rules and the running cell"));
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // what does not fit is left out
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 6, 0);
    layout->setSpacing(kSpacing);
    layout->addStretch();
    for (std::size_t line = 0; line < kLines; ++line)
        layout->addWidget(m_lines.emplace_back(new QLabel(this)));
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &CriteriaStrip::look);
    connect(&session, &Session::samplesTaken, this, [this] {
        if (!m_timer.isActive())
            m_timer.start(kEvery);
    });
    connect(&session, &Session::stateChanged, this, &CriteriaStrip::refresh);
    refresh();
}

void CriteriaStrip::refresh()
{
    for (QLabel* line : m_lines)
        line->clear();
    m_timer.stop();
}

void CriteriaStrip::look()
{
    const int cell = m_session.progress().cell;
    if (m_session.state() != State::Running || cell < 0)
        return;
    QElapsedTimer took;
    took.start();
    const core::Run& run = m_session.run();
    const core::StopRule& rule = run.header.spec.rule;
    const core::Cell& running = run.cells[static_cast<std::size_t>(cell)];
    std::vector<core::CriterionState> states = core::statesOf(rule, running.samples, running.blocks);
    std::stable_partition(states.begin(), states.end(),
        [&](const core::CriterionState& state) { return state.criterion == rule.criterion; });
    int room = width();
    for (std::size_t line = 0; line < kLines; ++line) {
        QLabel& label = *m_lines[line];
        if (line >= states.size()) {
            label.hide();
            continue;
        }
        const core::CriterionState& state = states[line];
        const bool own = state.criterion == rule.criterion;
        setRole(label, own ? "" : "muted");
        label.setText(
            (state.met ? QStringLiteral("✓ ") : QStringLiteral("… ")) + QString::fromStdString(state.brief));
        label.setToolTip(QString::fromStdString(state.words)
            + (own ? tr("\nThe chosen rule.") : tr("\nNot the chosen rule: for comparison.")));
        room -= label.sizeHint().width() + kSpacing;
        label.setVisible(room >= 0);
    }
    m_timer.start(std::max(kEvery, kShare * static_cast<int>(took.elapsed())));
}

} // namespace ui
