// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lab_page.h"

#include "ui/chart.h"
#include "ui/elided.h"
#include "ui/facts.h"
#include "ui/figure_delegate.h"
#include "ui/lab_form.h"
#include "ui/lab_live_page.h"
#include "ui/lab_sweep_page.h"
#include "ui/lab_watch_page.h"
#include "ui/live_trial.h"
#include "ui/session.h"
#include "ui/table_style.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kFormWidth = 280;
constexpr int kWidestPolicy = 260; // pixels of the table's column
constexpr int kColumnPadding = 14;

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

} // namespace

LabPage::LabPage(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_lab(session.lab())
    , m_theme(lightTheme())
    , m_answer(makeText("value", this))
    , m_note(new ElidedLabel(Qt::ElideRight, this))
    , m_model(new LabTableModel(m_lab, this))
    , m_command(new ElidedLabel(Qt::ElideMiddle, this))
    , m_copy(new QPushButton(tr("Copy"), this))
    , m_stop(new QPushButton(tr("Stop"), this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, kChartTitleHeight, 14, 8);
    column->setSpacing(6);
    m_answer->setObjectName(QStringLiteral("answer"));
    m_answer->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_answer);
    for (int i = 0; i < 2; ++i) { // who falls behind, and who adds the CPU and loses by it
        m_warnings.push_back(new ElidedLabel(Qt::ElideRight, this));
        setRole(*m_warnings.back(), "warning");
        column->addWidget(m_warnings.back());
    }
    setRole(*m_note, "muted");
    column->addWidget(m_note);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(18);
    auto* form = new LabForm(m_lab, this);
    auto* left = new QScrollArea(this);
    left->setObjectName(QStringLiteral("labAsked"));
    left->setWidget(form);
    left->setWidgetResizable(true);
    left->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    form->setAutoFillBackground(false);
    left->viewport()->setAutoFillBackground(false);
    left->setFixedWidth(kFormWidth);
    left->setFocusPolicy(Qt::NoFocus);
    columns->addWidget(left);
    columns->addWidget(makeParts(), 1);
    column->addLayout(columns, 1);
    column->addWidget(makeBottom());
    connect(&m_lab, &Lab::changed, this, &LabPage::refresh);
    connect(&m_lab, &Lab::wishChanged, this, &LabPage::refresh);
    connect(&m_lab, &Lab::sweepChanged, this, &LabPage::refreshStop);
    connect(&session, &Session::stateChanged, this, &LabPage::refresh);
    connect(&session, &Session::progressChanged, this, &LabPage::refresh);
    connect(&session, &Session::saved, this, &LabPage::refresh); // the run may have a name now
    setAccessibleName(tr("Lab"));
    refresh();
}

QWidget* LabPage::makeTable()
{
    auto* card = new QWidget(this);
    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(0, 0, 0, 0);
    m_table = new QTableView(card);
    m_table->setObjectName(QStringLiteral("labTable"));
    m_table->setModel(m_model);
    styleTable(*m_table);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setAccessibleName(tr("Policies on the same requests"));
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    layout->addWidget(m_table);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& row) {
            if (const core::PolicyRun* run = m_model->run(row.row()))
                m_watch->choose(run->policy);
        });
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& row) {
        if (m_model->run(row.row()))
            showPart(Watch);
    });
    return card;
}

QWidget* LabPage::makeParts()
{
    auto* right = new QWidget(this);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto* top = new QHBoxLayout;
    m_parts = new QTabBar(right);
    m_parts->setObjectName(QStringLiteral("axes"));
    m_parts->setAccessibleName(
        tr("Table of policies, sweep, one policy over simulated time, or real engines"));
    m_parts->setDrawBase(false);
    m_parts->setExpanding(false);
    m_parts->addTab(tr("Policies"));
    m_parts->addTab(tr("Sweep"));
    m_parts->addTab(tr("Over simulated time"));
    m_parts->addTab(tr("On real engines"));
    m_waits = new QCheckBox(tr("as a waiting client sees it"), right);
    m_waits->setAccessibleName(m_waits->text());
    m_waits->setObjectName(QStringLiteral("waits"));
    m_waits->setToolTip(tr("Latencies that a client sees which sends nothing before it has its answer:\n"
                           "what it leaves out is what coordinated omission hides."));
    top->addWidget(m_parts);
    top->addStretch();
    top->addWidget(m_waits);
    column->addLayout(top);
    m_stack = new QStackedWidget(right);
    m_watch = new LabWatchPage(m_lab, m_stack);
    m_stack->addWidget(makeTable());
    m_stack->addWidget(m_sweep = new LabSweepPage(m_lab, m_stack));
    m_stack->addWidget(m_watch);
    m_stack->addWidget(m_live = new LabLivePage(m_session, m_stack));
    connect(m_live, &LabLivePage::changed, this, &LabPage::refresh);
    column->addWidget(m_stack, 1);
    connect(m_parts, &QTabBar::currentChanged, this, [this](int at) {
        m_stack->setCurrentIndex(at);
        m_waits->setVisible(part() != Live);
        m_lab.setShown(isVisible(), part() == Sweep);
        update();
        refresh(); // another command
    });
    connect(m_waits, &QCheckBox::toggled, this,
        [this](bool on) { setView(on ? LabView::WaitingClient : LabView::Requests); });
    return right;
}

QWidget* LabPage::makeBottom()
{
    auto* bottom = new QWidget(this);
    auto* row = new QHBoxLayout(bottom);
    row->setContentsMargins(0, 0, 0, 0);
    setRole(*m_command, "muted");
    m_command->setNote(tr("Does the same without a window."));
    row->addWidget(m_command, 1);
    setRole(*m_stop, "quiet");
    m_stop->setAccessibleName(tr("Stop the simulation"));
    connect(m_stop, &QPushButton::clicked, &m_lab, &Lab::stop);
    row->addWidget(m_stop);
    setRole(*m_copy, "quiet");
    m_copy->setAccessibleName(tr("Copy the command that does the same"));
    connect(m_copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(command()); });
    row->addWidget(m_copy);
    return bottom;
}

void LabPage::setTheme(const Theme& theme)
{
    m_theme = theme;
    m_model->setTheme(theme);
    m_sweep->setTheme(theme);
    m_watch->setTheme(theme);
    m_live->setTheme(theme);
    update();
}

LabPage::Part LabPage::part() const
{
    return static_cast<Part>(m_parts->currentIndex());
}

void LabPage::showPart(Part part)
{
    m_parts->setCurrentIndex(part);
}

void LabPage::setView(LabView view)
{
    m_view = view;
    m_model->setView(view);
    m_watch->setView(view);
    m_sweep->setView(view);
    refreshWarnings();
}

QString LabPage::answer() const
{
    return m_answer->text();
}

QString LabPage::command() const
{
    if (part() == Live)
        return m_session.live().command();
    return simulateCommand(m_lab.wish(), m_lab.checked(), m_session.origin(),
        part() == Sweep ? LabCommand::Sweep : LabCommand::Compare);
}

void LabPage::showAnswer(const QString& sentence, const char* role)
{
    if (m_answer->text() != sentence)
        m_answer->setText(sentence);
    m_answer->setAccessibleName(sentence);
    setRole(*m_answer, role);
}

/// The same places, for what real engines did.
void LabPage::refreshLive()
{
    showAnswer(m_live->answer(), m_live->role());
    showWarnings(m_live->warnings(), m_live->isRoomy() ? QStringList() : m_live->notes());
    const QString said = command();
    m_command->setFullText(said);
    m_copy->setEnabled(!said.isEmpty());
    m_copy->setVisible(!said.isEmpty());
    m_stop->hide(); // the page has its own
}

void LabPage::refresh()
{
    if (part() == Live)
        return refreshLive();
    const Simulated* found = m_lab.simulated();
    if (found)
        showAnswer(text(found->comparison.conclusion),
            found->comparison.best && found->comparison.runs[*found->comparison.best].keepsUp ? "value"
                                                                                              : "warning");
    else if (!m_lab.problem().isEmpty())
        showAnswer(m_lab.problem(), "bad");
    else
        showAnswer(restingText(), "muted");
    refreshWarnings();
    refreshTable();
    // What cannot be read here cannot be read there.
    const bool sayable
        = m_session.hasResults() && !m_lab.curves().empty() && m_lab.checked().problem.isEmpty();
    m_command->setFullText(sayable ? command() : QString());
    m_copy->setEnabled(sayable);
    m_copy->setVisible(m_session.hasResults());
    refreshStop();
}

void LabPage::refreshStop()
{
    m_stop->setVisible(part() != Live && (m_lab.simulating() || m_lab.sweeping()));
}

void LabPage::refreshWarnings()
{
    const Simulated* found = m_lab.simulated();
    QStringList warnings, notes;
    if (found) {
        for (const std::string& warning : found->comparison.warnings)
            warnings << text(warning);
        if (m_view == LabView::WaitingClient)
            notes << omission();
        if (found->plan.devices.size() == 1)
            notes << (m_lab.curves().size() > 1
                    ? tr("One device leaves nothing to mix: tick another on the left.")
                    : tr("One device leaves nothing to mix: sweep another engine or number of threads."));
        notes << distance();
        for (const std::string& note : found->notes)
            notes << text(note);
    }
    notes.removeAll(QString());
    showWarnings(warnings, notes);
}

void LabPage::showWarnings(const QStringList& warnings, const QStringList& notes)
{
    m_said = warnings;
    for (std::size_t i = 0; i < m_warnings.size(); ++i) {
        const bool there = static_cast<qsizetype>(i) < m_said.size();
        m_warnings[i]->setFullText(
            there ? QStringLiteral("! ") + m_said[static_cast<qsizetype>(i)] : QString());
        m_warnings[i]->setVisible(there && (part() == Table || part() == Live)); // charts want the room
    }
    m_noted = notes.join(QLatin1Char(' '));
    m_note->setFullText(m_noted);
    m_note->setVisible(
        !notes.isEmpty() && (part() == Table || part() == Live || m_view == LabView::WaitingClient));
}

void LabPage::refreshTable()
{
    m_table->setVisible(m_model->rowCount() > 0);
    m_table->setColumnHidden(LabTableModel::Missed, !m_model->hasDeadlines());
    const QFontMetricsF headers(font());
    QFont bold = m_table->font();
    bold.setWeight(QFont::DemiBold);
    const QFontMetricsF wide(bold);
    for (int column = 0; column < LabTableModel::ColumnCount; ++column) {
        double width = headers.horizontalAdvance(
            m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        for (int row = 0; row < m_model->rowCount(); ++row)
            width = std::max(width,
                tabularWidth(m_model->data(m_model->index(row, column), Qt::DisplayRole).toString(), wide));
        if (column == LabTableModel::Policy)
            width = std::min<double>(width, kWidestPolicy);
        m_table->setColumnWidth(column, static_cast<int>(std::ceil(width)) + kColumnPadding);
    }
}

void LabPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_lab.setShown(true, part() == Sweep);
}

void LabPage::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_lab.setShown(false, false);
}

void LabPage::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(font());
    paintChartCard(painter, rect(), m_theme, tr("Lab"),
        part() == Live ? tr("queues in front of real engines that serve the open model")
                       : tr("queues in front of this run's devices, simulated: which policy serves best"),
        false);
}

} // namespace ui
