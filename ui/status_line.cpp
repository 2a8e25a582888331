// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/status_line.h"

#include "ui/criteria_strip.h"
#include "ui/elided.h"
#include "ui/facts.h"
#include "ui/format.h"
#include "ui/session.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QProgressBar>
#include <algorithm>

namespace ui {

StatusLine::StatusLine(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_text(new ElidedLabel(Qt::ElideRight, this))
    , m_progress(new QProgressBar(this))
    , m_command(new ElidedButton(this))
    , m_criteria(new CriteriaStrip(session, this))
{
    setObjectName(QStringLiteral("status"));
    setAttribute(Qt::WA_StyledBackground);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 3, 8, 3);
    layout->setSpacing(16);
    layout->addWidget(m_text, 3);
    layout->addWidget(m_progress, 2);
    layout->addWidget(m_command, 4);
    layout->addWidget(m_criteria, 4);
    m_progress->setTextVisible(false);
    m_progress->setMaximumWidth(240);
    m_progress->setAccessibleName(tr("Progress of the sweep"));
    QSizePolicy keepsRoom = m_progress->sizePolicy();
    keepsRoom.setRetainSizeWhenHidden(true); // the command does not jump when a sweep starts
    m_progress->setSizePolicy(keepsRoom);
    setRole(*m_command, "quiet");
    m_command->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_command->setStyleSheet(QStringLiteral("text-align: right;"));
    connect(m_command, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(m_command->fullText());
        showRemark(tr("Copied the command."));
    });
    setMinimumHeight(m_command->sizeHint().height() + 6); // also while there is no button
    connect(&session, &Session::setupChanged, this, &StatusLine::refreshCommand);
    connect(&session, &Session::setupChanged, this, &StatusLine::refresh);
    connect(&session, &Session::stateChanged, this, &StatusLine::refresh);
    connect(&session, &Session::progressChanged, this, &StatusLine::refresh);
    connect(&session, &Session::pauseChanged, this, &StatusLine::refresh);
    connect(&session, &Session::runReplaced, this, &StatusLine::refresh);
    connect(&session, &Session::modelChanged, this, &StatusLine::refresh);
    refresh();
    refreshCommand();
}

void StatusLine::showRemark(const QString& text)
{
    m_text->setFullText(text);
}

void StatusLine::refresh()
{
    const bool running = m_session.state() == State::Running;
    m_progress->setVisible(running);
    m_criteria->setVisible(running);
    refreshCommand();
    m_progress->setRange(0, std::max(m_session.progress().total, 1));
    m_progress->setValue(m_session.progress().finished);
    m_text->setFullText(running                      ? runningText()
            : m_session.state() == State::Tracing    ? tr("Tracing every node…")
            : m_session.state() == State::Quantising ? tr("Quantising the model…")
            : m_session.state() == State::Serving    ? tr("Real engines serve, see the lab…")
                                                     : restingText());
}

QString StatusLine::runningText() const
{
    const Progress& progress = m_session.progress();
    if (progress.cell < 0)
        return tr("Preparing the sweep…");
    const core::CellKey& key = m_session.run().cells[static_cast<std::size_t>(progress.cell)].key;
    QString what = engineTitle(key.engine);
    if (key.precision != core::Precision::Model)
        what += QLatin1Char(' ') + precisionText(key.precision);
    if (key.threads > 0)
        what += key.threads == 1 ? tr(", 1 thread") : tr(", %1 threads").arg(key.threads);
    QString text = progress.phase == core::CellPhase::Compiling ? tr("Compiling for %1, batch %2")
        : progress.phase == core::CellPhase::Tuning             ? tr("Tuning kernels for %1, batch %2")
        : progress.phase == core::CellPhase::WarmingUp          ? tr("Warming up %1, batch %2")
        : progress.phase == core::CellPhase::Paused             ? tr("Paused at %1, batch %2")
        : progress.phase == core::CellPhase::CoolingDown        ? tr("Cooling down before %1, batch %2")
                                                                : tr("Measuring %1, batch %2");
    text = text.arg(what).arg(key.batch);
    if (key.requests > 1)
        text += tr(", %1 at once").arg(key.requests);
    if (key.tuning != core::Tuning {})
        text += tr(", %1").arg(tuningText(key.tuning));
    text += tr(" · cell %1 of %2").arg(std::min(progress.finished + 1, progress.total)).arg(progress.total);
    if (m_session.isPaused() && progress.phase != core::CellPhase::Paused)
        return text + tr(" · pauses after it");
    if (progress.remaining > 0)
        text += tr(" · %1 left").arg(formatRemaining(progress.remaining));
    return text;
}

QString StatusLine::restingText() const
{
    if (m_session.state() == State::Loading)
        return tr("Opening…");
    if (!m_session.hasResults()) {
        if (!m_session.model())
            return tr("Ready: open a model.");
        if (!m_session.checked().problem.isEmpty())
            return m_session.checked().problem;
        const Estimate estimate = m_session.estimated();
        if (estimate.seconds <= 0)
            return tr("Ready: %1, all recorded. Press F5 to run.").arg(cellsText(estimate.cells));
        return tr("Ready: %1, about %2. Press F5 to run.")
            .arg(cellsText(estimate.cells), formatRemaining(estimate.seconds));
    }
    const core::Run& run = m_session.run();
    const auto good = std::count_if(run.cells.begin(), run.cells.end(),
        [](const core::Cell& cell) { return cell.summary.median.has_value(); });
    const auto recorded = std::count_if(run.cells.begin(), run.cells.end(),
        [](const core::Cell& cell) { return cell.finished && cell.finished->recorded; });
    QString counted = tr("%1 of %2 cells measured").arg(good - recorded).arg(run.cells.size());
    if (recorded > 0)
        counted += tr(", %1 recorded").arg(recorded);
    if (!run.finished)
        return tr("Run without an end · %1 · Ctrl+F5 measures the rest").arg(counted);
    if (recorded > 0 && !run.finished->stoppedByUser)
        return tr("Finished · %1").arg(counted); // its clock ran as if all had been measured
    const QString took = formatDuration(seconds(run.finished->at));
    if (!run.finished->stoppedByUser)
        return tr("Finished in %1 · %2").arg(took, counted);
    return tr("Stopped after %1 · %2 · Ctrl+F5 measures the rest").arg(took, counted);
}

void StatusLine::refreshCommand()
{
    const CheckedSetup& checked = m_session.checked();
    const bool complete = checked.problem.isEmpty();
    m_command->setVisible(complete && m_session.state() != State::Running);
    if (!complete)
        return;
    const QString command = QString::fromStdString(core::commandLine(checked.spec));
    m_command->setFullText(command);
    m_command->setAccessibleName(tr("Copy the command: %1").arg(command));
    m_command->setToolTip(tr("%1\nClick to copy").arg(command));
}

} // namespace ui
