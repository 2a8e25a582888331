// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include "ui/cell_table.h"
#include "ui/charts_page.h"
#include "ui/decision_pdf.h"
#include "ui/elided.h"
#include "ui/engines_panel.h"
#include "ui/facts.h"
#include "ui/lab.h"
#include "ui/live_trial.h"
#include "ui/message_bar.h"
#include "ui/model_panel.h"
#include "ui/render.h"
#include "ui/runs_panel.h"
#include "ui/settings.h"
#include "ui/status_line.h"
#include "ui/sweep_panel.h"
#include "ui/window_actions.h"

#include <QActionGroup>
#include <QApplication>
#include <QChildEvent>
#include <QDockWidget>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QScrollArea>
#include <QStatusBar>
#include <QTabBar>
#include <QToolBar>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr int kSideWidth = 308;
constexpr int kTableHeight = 236;
constexpr QSize kFirstSize { 1440, 900 };

/// What stands below the charts, with the room round it that charts have.
QWidget* makeLower(QWidget* content, QWidget* parent)
{
    auto* lower = new QWidget(parent);
    lower->setObjectName(QStringLiteral("central"));
    auto* layout = new QVBoxLayout(lower);
    layout->setContentsMargins(14, 6, 14, 10);
    layout->addWidget(content);
    return lower;
}

/// A dock without a title bar: its sections have their own headings.
QDockWidget* makeDock(const QString& title, const char* name, QWidget* content, QMainWindow* window)
{
    auto* dock = new QDockWidget(title, window);
    dock->setObjectName(QLatin1String(name));
    dock->setTitleBarWidget(new QWidget(dock));
    dock->setFeatures(QDockWidget::DockWidgetClosable);
    dock->setWidget(content);
    return dock;
}

} // namespace

MainWindow::MainWindow(Session& session, std::optional<ThemeChoice> theme, QWidget* parent)
    : QMainWindow(parent)
    , m_session(session)
    , m_themeChoice(theme.value_or(loadThemeChoice()))
    , m_actions(new WindowActions(session, this))
{
    applyTheme(*qApp, themeFor(m_themeChoice)); // before any widget measures its font
    setWindowTitle(tr("Breakeven"));
    setAcceptDrops(true);
    m_actions->fillMenuBar(*menuBar());
    buildToolBar();
    buildSide();
    buildCentre();
    buildRuns();
    buildViewMenu();
    connectActions();
    connect(&session, &Session::message, m_messages, &MessageBar::showMessage);
    connect(&session, &Session::stateChanged, this, [this] {
        if (m_session.state() == State::Running || m_session.state() == State::Loading
            || m_session.state() == State::Tracing || m_session.state() == State::Serving)
            m_messages->hide(); // what it said belongs to the attempt before
    });
    connect(&session, &Session::saved, this,
        [this](const QString& path) { m_status->showRemark(tr("Saved %1.").arg(path)); });
    connect(&session, &Session::modelChanged, this, &MainWindow::refreshTitle);
    connect(&session, &Session::runReplaced, this, &MainWindow::refreshTitle);
    connect(&session, &Session::runFinished, this, &MainWindow::refreshTitle);
    const auto remember = [this](const QString& file) {
        const bool zoo = file.startsWith(QLatin1String("zoo:"));
        addRecentFile(zoo ? file : QFileInfo(file).absoluteFilePath());
        fillRecentMenu();
    };
    connect(&session, &Session::modelOpened, this, remember);
    connect(&session, &Session::runOpened, this, remember);
    fillRecentMenu();
    restore();
    setFocusPolicy(Qt::StrongFocus);
    setFocus(); // no control is marked before somebody uses the keyboard
    applyChosenTheme();
    refreshTitle();
}

void MainWindow::buildToolBar()
{
    auto* bar = new QToolBar(tr("Actions"), this);
    bar->setObjectName(QStringLiteral("tools"));
    bar->setMovable(false);
    bar->setFloatable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    m_actions->fillToolBar(*bar);
    m_title = new ElidedLabel(Qt::ElideMiddle, bar);
    m_title->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_title->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setRole(*m_title, "muted");
    bar->addWidget(m_title);
    addToolBar(Qt::TopToolBarArea, bar);
}

void MainWindow::buildSide()
{
    auto* sections = new QWidget;
    auto* layout = new QVBoxLayout(sections);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_model = new ModelPanel(m_session, sections);
    layout->addWidget(m_model);
    layout->addWidget(new EnginesPanel(m_session, sections));
    m_sweep = new SweepPanel(m_session, sections);
    layout->addWidget(m_sweep);
    layout->addStretch();
    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("side"));
    scroll->setWidget(sections);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumWidth(270);
    scroll->setFocusPolicy(Qt::NoFocus);
    m_side = makeDock(tr("Set-up"), "setup", scroll, this);
    addDockWidget(Qt::LeftDockWidgetArea, m_side);
}

void MainWindow::buildCentre()
{
    auto* centre = new QWidget(this);
    centre->setObjectName(QStringLiteral("central"));
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(14, 10, 14, 6);
    layout->setSpacing(8);
    m_messages = new MessageBar(centre);
    m_charts = new ChartsPage(m_session, centre);
    layout->addWidget(m_messages);
    layout->addWidget(m_charts, 1);
    setCentralWidget(centre);
    m_table = new CellTable(m_session, this);
    m_cells = makeDock(tr("Cells"), "cells", makeLower(m_table, this), this);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    addDockWidget(Qt::BottomDockWidgetArea, m_cells);
    m_status = new StatusLine(m_session, this);
    statusBar()->addWidget(m_status, 1);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setContentsMargins(0, 0, 0, 0);
}

void MainWindow::buildRuns()
{
    m_runs = new RunsPanel(m_session, this);
    m_kept = makeDock(tr("Runs"), "runs", makeLower(m_runs, this), this);
    setTabPosition(Qt::BottomDockWidgetArea, QTabWidget::North);
    tabifyDockWidget(m_cells, m_kept);
    m_cells->raise();
    connect(m_runs, &RunsPanel::exportRequested, this, &MainWindow::exportKeptDialog);
    connect(m_runs, &RunsPanel::importRequested, this, &MainWindow::importRunDialog);
    connect(&m_session.library(), &RunLibrary::removed, this, &MainWindow::offerUndo);
    connect(m_actions->findRun, &QAction::triggered, this, &MainWindow::showRuns);
    connect(m_actions->clearOverlays, &QAction::triggered, &m_session, &Session::clearOverlays);
    connect(&m_session, &Session::stateChanged, this, [this] {
        if (m_session.state() == State::Running)
            m_cells->raise(); // what is measured now is there
    });
}

void MainWindow::showRuns()
{
    m_kept->show();
    m_kept->raise();
    m_runs->focusFilter();
}

/// The window makes the tabs between docks when it likes.
bool MainWindow::event(QEvent* event)
{
    if (event->type() == QEvent::ChildPolished) {
        auto* tabs = qobject_cast<QTabBar*>(static_cast<QChildEvent*>(event)->child());
        if (tabs) {
            tabs->setObjectName(QStringLiteral("docks"));
            tabs->setAccessibleName(tr("Cells of the run, or runs that are kept"));
            tabs->setDrawBase(false);
            tabs->setExpanding(false);
        }
    }
    return QMainWindow::event(event);
}

void MainWindow::buildViewMenu()
{
    QMenu& view = m_actions->viewMenu();
    view.addSeparator();
    view.addAction(m_side->toggleViewAction());
    view.addAction(m_cells->toggleViewAction());
    view.addAction(m_kept->toggleViewAction());
    QMenu* themes = view.addMenu(tr("&Theme"));
    auto* group = new QActionGroup(this);
    const std::pair<ThemeChoice, QString> choices[] = { { ThemeChoice::System, tr("As the &system") },
        { ThemeChoice::Light, tr("&Light") }, { ThemeChoice::Dark, tr("&Dark") } };
    for (const auto& [choice, name] : choices) {
        QAction* action = group->addAction(name);
        action->setCheckable(true);
        action->setChecked(choice == m_themeChoice);
        connect(action, &QAction::triggered, this, [this, picked = choice] { chooseTheme(picked); });
        themes->addAction(action);
    }
}

void MainWindow::connectActions()
{
    connect(m_model, &ModelPanel::openRequested, this, &MainWindow::openModelDialog);
    connect(m_model, &ModelPanel::quantiseRequested, this, &MainWindow::showQuantise);
    connect(m_sweep, &SweepPanel::inputsFolderRequested, this, &MainWindow::chooseInputsFolder);
    connect(m_sweep, &SweepPanel::inputsFileRequested, this, &MainWindow::chooseInputsFile);
    connect(m_actions->open, &QAction::triggered, this, &MainWindow::openModelDialog);
    connect(m_actions->openRun, &QAction::triggered, this, &MainWindow::openRunDialog);
    connect(m_actions->openProfile, &QAction::triggered, this, &MainWindow::openProfileDialog);
    connect(m_actions->run, &QAction::triggered, &m_session, &Session::start);
    connect(m_actions->trace, &QAction::triggered, this, [this] {
        m_charts->showNodes();
        m_session.trace();
    });
    connect(m_actions->traceUnderRoof, &QAction::triggered, this, [this] {
        m_charts->showNodes();
        m_session.traceUnderRoof();
    });
    connect(m_actions->nodes, &QAction::triggered, m_charts, &ChartsPage::showNodes);
    connect(m_actions->roof, &QAction::triggered, m_charts, &ChartsPage::showRoof);
    connect(m_actions->decision, &QAction::triggered, m_charts, &ChartsPage::showDecision);
    connect(m_actions->lab, &QAction::triggered, m_charts, &ChartsPage::showLab);
    connect(m_actions->stop, &QAction::triggered, &m_session, &Session::stop);
    connect(m_actions->pause, &QAction::triggered, &m_session,
        [this] { m_session.isPaused() ? m_session.resume() : m_session.pause(); });
    connect(m_actions->goOn, &QAction::triggered, &m_session, &Session::goOn);
    connect(m_actions->baseline, &QAction::triggered, this,
        [this] { m_session.baseline() ? m_session.unpinBaseline() : m_session.pinBaseline(); });
    connect(m_actions->byBatch, &QAction::triggered, this, [this] { m_charts->setXAxis(XAxis::Batch); });
    connect(m_actions->overTime, &QAction::triggered, this, [this] { m_charts->setXAxis(XAxis::Time); });
    connect(m_actions->fit, &QAction::triggered, m_charts, &ChartsPage::fit);
    connect(m_actions->explain, &QAction::triggered, this, &MainWindow::explainChart);
    connect(m_actions->about, &QAction::triggered, this, &MainWindow::showAbout);
    connect(m_actions->quit, &QAction::triggered, this, &QWidget::close);
    connect(m_actions->exportCsv, &QAction::triggered, this,
        [this] { saveCsv(askSavePath(tr("Export the table"), QStringLiteral("csv"), tr("CSV (*.csv)"))); });
    connect(m_actions->exportJson, &QAction::triggered, this,
        [this] { saveJson(askSavePath(tr("Export the run"), QStringLiteral("json"), tr("Run (*.json)"))); });
    connect(m_actions->exportPng, &QAction::triggered, this, [this] {
        savePng(askSavePath(tr("Export the charts"), QStringLiteral("png"), tr("Picture (*.png)")));
    });
    connect(m_actions->exportReport, &QAction::triggered, this, [this] {
        saveReport(askSavePath(tr("Export the decision"), QStringLiteral("html"), tr("Page (*.html)")));
    });
    connect(m_actions->exportPdf, &QAction::triggered, this, [this] {
        savePdf(askSavePath(tr("Export the decision"), QStringLiteral("pdf"), tr("PDF (*.pdf)")));
    });
}

void MainWindow::saveCsv(const QString& path)
{
    if (!path.isEmpty())
        m_session.writeCsv(path);
}

void MainWindow::saveJson(const QString& path)
{
    if (!path.isEmpty())
        m_session.writeJson(path);
}

void MainWindow::savePng(const QString& path)
{
    if (path.isEmpty() || !m_session.hasResults())
        return;
    m_session.writePicture(
        path, renderRun(m_session.run(), m_session.company(), m_theme, m_charts->xAxis(), kPictureSize, 2));
}

void MainWindow::saveReport(const QString& path)
{
    if (!path.isEmpty())
        m_session.writeReport(path);
}

void MainWindow::savePdf(const QString& path)
{
    if (path.isEmpty())
        return;
    if (!m_session.decided())
        return m_messages->showMessage(m_session.noDecision(tr("PDF")));
    m_session.writeBytes(
        path, "PDF", decisionPdf(*m_session.decided(), m_session.run(), m_session.company()));
}

void MainWindow::restore()
{
    resize(kFirstSize);
    restoreGeometry(loadGeometry());
    if (!restoreState(loadLayout())) {
        resizeDocks({ m_side }, { kSideWidth }, Qt::Horizontal);
        resizeDocks({ m_cells }, { kTableHeight }, Qt::Vertical);
    }
}

void MainWindow::chooseTheme(ThemeChoice choice)
{
    m_themeChoice = choice;
    saveThemeChoice(choice);
    applyChosenTheme();
}

void MainWindow::applyChosenTheme()
{
    m_applyingTheme = true;
    m_theme = themeFor(m_themeChoice);
    applyTheme(*qApp, m_theme);
    m_charts->setTheme(m_theme);
    m_table->setTheme(m_theme);
    m_applyingTheme = false;
}

void MainWindow::changeEvent(QEvent* event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::ThemeChange && m_themeChoice == ThemeChoice::System && !m_applyingTheme)
        applyChosenTheme();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    saveWindow(saveGeometry(), saveState());
    saveSetup(m_session.setup());
    saveDecisionWish(m_session.wish());
    saveLabWish(m_session.lab().wish());
    saveLiveWish(m_session.live().wish());
    QMainWindow::closeEvent(event);
}

} // namespace ui
