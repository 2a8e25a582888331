// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window_actions.h"

#include "ui/facts.h"
#include "ui/session.h"

#include <QAction>
#include <QMenu>
#include <QMenuBar>
#include <QToolBar>
#include <QToolButton>

namespace ui {
namespace {

QAction* make(QObject* parent, const QString& text, const QKeySequence& keys, const QString& tip)
{
    auto* action = new QAction(text, parent);
    action->setShortcut(keys);
    action->setToolTip(
        keys.isEmpty() ? tip : QStringLiteral("%1 (%2)").arg(tip, keys.toString(QKeySequence::NativeText)));
    action->setStatusTip(tip);
    return action;
}

} // namespace

WindowActions::WindowActions(Session& session, QObject* parent)
    : QObject(parent)
    , open(make(parent, tr("&Open…"), QKeySequence(tr("Ctrl+O")), tr("Open an ONNX model")))
    , openRun(make(parent, tr("Open a saved &run…"), QKeySequence(tr("Ctrl+Shift+O")),
          tr("Show a run that was saved as JSON")))
    , openProfile(make(parent, tr("Open recorded &profile…"), {},
          tr("Compare with a run that was measured on another machine")))
    , run(make(parent, tr("&Run"), QKeySequence(tr("F5")), tr("Run the sweep")))
    , trace(make(parent, tr("&Trace"), QKeySequence(tr("F6")), tr("Time every node of the model")))
    , traceUnderRoof(make(parent, tr("Trace under the r&oof"), QKeySequence(tr("Shift+F6")),
          tr("Time every node, and say how near it comes to this machine's peaks; measuring those takes some "
             "seconds, once")))
    , stop(make(parent, tr("&Stop"), QKeySequence(tr("Shift+F5")),
          tr("Stop after the run in flight; what was measured stays")))
    , pause(make(parent, tr("&Pause"), QKeySequence(tr("F7")),
          tr("Wait before the next run; a cell in a process of its own is finished first")))
    , goOn(make(parent, tr("&Continue"), QKeySequence(tr("Ctrl+F5")),
          tr("Measure the cells that a stopped run has no figures of; breakeven-cli continue")))
    , exportCsv(make(parent, tr("Table as &CSV…"), {}, tr("One row a cell")))
    , exportJson(
          make(parent, tr("Run as &JSON…"), {}, tr("Everything, with raw samples; can be opened again")))
    , exportPng(
          make(parent, tr("Charts as &PNG…"), {}, tr("A picture with the model, the machine and the date")))
    , exportReport(make(parent, tr("Decision as &HTML…"), {},
          tr("One page with reasons and charts; breakeven-cli decide --html")))
    , exportPdf(make(parent, tr("&Decision as PDF…"), {}, tr("The same texts and charts on paper")))
    , baseline(make(parent, tr("Pin &baseline"), QKeySequence(tr("Ctrl+B")),
          tr("Keep this run in grey behind the next ones and show the difference")))
    , byBatch(make(parent, tr("By &batch size"), QKeySequence(tr("Ctrl+1")), tr("Charts over batch sizes")))
    , overTime(make(parent, tr("Over &time"), QKeySequence(tr("Ctrl+2")), tr("Charts over time")))
    , nodes(make(parent, tr("&Nodes"), QKeySequence(tr("Ctrl+3")), tr("Every node with its kernel and time")))
    , roof(make(parent, tr("&Roofline"), QKeySequence(tr("Ctrl+4")),
          tr("Batch sizes under this machine's measured peaks")))
    , decision(make(parent, tr("&Decision"), QKeySequence(tr("Ctrl+5")),
          tr("Which device and which batch the run speaks for; breakeven-cli decide")))
    , lab(make(parent, tr("&Lab"), QKeySequence(tr("Ctrl+6")),
          tr("Try scheduling policies on the run's devices; breakeven-cli simulate")))
    , fit(make(parent, tr("Show &everything"), QKeySequence(tr("Ctrl+0")), tr("Undo all zooming")))
    , findRun(make(parent, tr("&Find a kept run…"), QKeySequence(tr("Ctrl+L")),
          tr("List the runs that are kept on this machine; breakeven-cli runs")))
    , clearOverlays(make(parent, tr("Clear o&verlays"), QKeySequence(tr("Ctrl+Shift+L")),
          tr("Draw the shown run without others behind it")))
    , explain(make(parent, tr("Explain the &chart"), QKeySequence(tr("F1")),
          tr("What the chart under the cursor shows")))
    , about(make(parent, tr("&About Breakeven"), {}, tr("Version and licence")))
    , quit(make(parent, tr("&Quit"), QKeySequence(tr("Ctrl+Q")), tr("Close the window")))
    , m_session(session)
{
    baseline->setCheckable(true);
    connect(&session, &Session::stateChanged, this, &WindowActions::refresh);
    connect(&session, &Session::runReplaced, this, &WindowActions::refresh);
    connect(&session, &Session::runFinished, this, &WindowActions::refresh);
    connect(&session, &Session::baselineChanged, this, &WindowActions::refresh);
    connect(&session, &Session::overlaysChanged, this, &WindowActions::refresh);
    connect(&session, &Session::pauseChanged, this, &WindowActions::refresh);
    connect(&session, &Session::setupChanged, this, &WindowActions::refreshTrace);
}

void WindowActions::fillMenuBar(QMenuBar& bar)
{
    QMenu* file = bar.addMenu(tr("&File"));
    file->addAction(open);
    file->addAction(openRun);
    file->addAction(findRun);
    file->addAction(openProfile);
    m_recent = file->addMenu(tr("Open re&cent"));
    file->addSeparator();
    m_export = file->addMenu(tr("&Export"));
    m_export->addActions({ exportCsv, exportJson, exportPng, exportReport, exportPdf });
    file->addSeparator();
    file->addAction(quit);
    QMenu* sweep = bar.addMenu(tr("&Run"));
    sweep->addActions({ run, pause, stop, goOn });
    sweep->addSeparator();
    sweep->addActions({ trace, traceUnderRoof });
    sweep->addSeparator();
    sweep->addActions({ baseline, clearOverlays });
    m_view = bar.addMenu(tr("&View"));
    m_view->addActions({ byBatch, overTime, nodes, roof, decision, lab, fit });
    QMenu* help = bar.addMenu(tr("&Help"));
    help->addActions({ explain, about });
    refresh();
}

void WindowActions::fillToolBar(QToolBar& bar)
{
    bar.addAction(open);
    bar.addAction(run);
    bar.addAction(pause);
    bar.addAction(stop);
    bar.addAction(trace);
    auto* button = new QToolButton(&bar);
    button->setText(tr("Export…"));
    button->setMenu(m_export);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setObjectName(QStringLiteral("export"));
    button->setAccessibleName(tr("Export"));
    button->setToolTip(tr("Export the run, its charts or the decision (Ctrl+E)"));
    button->setShortcut(QKeySequence(tr("Ctrl+E")));
    button->setFocusPolicy(Qt::TabFocus);
    bar.addWidget(button);
    bar.addAction(baseline);
    for (QAction* action : { open, run, pause, stop, trace, baseline }) {
        auto* tool = qobject_cast<QToolButton*>(bar.widgetForAction(action));
        tool->setFocusPolicy(Qt::TabFocus);
        tool->setAccessibleName(action->text().remove(QLatin1Char('&')));
        if (action == run)
            setRole(*tool, "primary");
    }
    run->setIconText(QStringLiteral("▶  ") + tr("Run"));
    stop->setIconText(QStringLiteral("■  ") + tr("Stop"));
    refresh();
}

void WindowActions::refresh()
{
    const EnabledActions enabled = enabledActions(m_session.state(), m_session.hasResults());
    open->setEnabled(enabled.open);
    openRun->setEnabled(enabled.openRun);
    openProfile->setEnabled(enabled.open);
    run->setEnabled(enabled.run);
    trace->setEnabled(enabled.trace);
    traceUnderRoof->setEnabled(enabled.trace);
    refreshTrace();
    stop->setEnabled(enabled.stop);
    pause->setEnabled(enabled.pause);
    const bool paused = m_session.isPaused();
    pause->setText(paused ? tr("Res&ume") : tr("&Pause"));
    pause->setIconText(paused ? tr("Resume") : tr("Pause"));
    goOn->setEnabled(enabled.goOn && m_session.cellsLeft() > 0);
    if (m_recent)
        m_recent->setEnabled(enabled.open);
    if (m_export)
        m_export->setEnabled(enabled.exportRun);
    for (QAction* action : { exportCsv, exportJson, exportPng, exportReport, exportPdf })
        action->setEnabled(enabled.exportRun);
    clearOverlays->setEnabled(!m_session.overlays().empty());
    const bool pinned = m_session.baseline() != nullptr;
    baseline->setEnabled(enabled.baseline || pinned);
    baseline->setChecked(pinned);
    baseline->setText(pinned ? tr("Unpin &baseline") : tr("Pin &baseline"));
}

/// Its tooltip names the commands that do the same.
void WindowActions::refreshTrace()
{
    QStringList lines { tr("Time every node of the model (F6)") };
    if (m_session.checked().traceProblem.isEmpty())
        for (const core::TraceSpec& spec : m_session.traceSpecs())
            lines << QString::fromStdString(core::commandLine(spec));
    trace->setToolTip(lines.join(QLatin1Char('\n')));
}

} // namespace ui
