// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs_panel.h"

#include "ui/elided.h"
#include "ui/facts.h"
#include "ui/figure_delegate.h"
#include "ui/format.h"
#include "ui/run_list_model.h"
#include "ui/session.h"
#include "ui/table_style.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kColumnPadding = 18;
constexpr int kFilterWidth = 430;

QString runsText(std::size_t runs)
{
    return runs == 1 ? RunsPanel::tr("1 run")
                     : RunsPanel::tr("%1 runs").arg(formatInteger(static_cast<std::int64_t>(runs)));
}

} // namespace

RunsPanel::RunsPanel(Session& session, QWidget* parent)
    : QFrame(parent)
    , m_session(session)
    , m_model(new RunListModel(session, this))
    , m_filter(new QLineEdit(this))
    , m_remark(new ElidedLabel(Qt::ElideRight, this))
    , m_problem(makeText("warning", this))
    , m_stack(new QStackedWidget(this))
    , m_empty(makeText("muted", this))
    , m_table(new QTableView(this))
    , m_menu(new QMenu(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    buildActions();
    auto* top = new QHBoxLayout;
    buildTop(*top);
    column->addLayout(top);
    column->addWidget(m_problem);
    auto* card = new QFrame(this);
    card->setObjectName(QStringLiteral("tableCard"));
    auto* cardLayout = new QVBoxLayout(card);
    cardLayout->setContentsMargins(6, 4, 6, 6);
    buildTable();
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setContentsMargins(24, 0, 24, 0);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_table);
    cardLayout->addWidget(m_stack);
    column->addWidget(card, 1);
    connect(m_model, &QAbstractItemModel::modelAboutToBeReset, this, &RunsPanel::keepSelection);
    connect(m_model, &QAbstractItemModel::modelReset, this, &RunsPanel::selectAgain);
    connect(m_model, &RunListModel::nameEdited, &session.library(), &RunLibrary::rename);
    connect(m_model, &RunListModel::tagsEdited, this, &RunsPanel::applyTags);
    connect(&session.library(), &RunLibrary::changed, this, &RunsPanel::refresh);
    connect(&session, &Session::stateChanged, this, &RunsPanel::refresh);
    connect(&session, &Session::runReplaced, this, &RunsPanel::refreshActions);
    refresh();
}

void RunsPanel::buildTop(QBoxLayout& top)
{
    top.setSpacing(8);
    m_filter->setPlaceholderText(tr("resnet  tag:nightly  machine:vm  after:2026-11-01"));
    m_filter->setAccessibleName(tr("Filter of the runs"));
    m_filter->setMinimumWidth(
        std::min(kFilterWidth, m_filter->fontMetrics().horizontalAdvance(m_filter->placeholderText()) + 30));
    m_filter->setMaximumWidth(kFilterWidth);
    m_filter->installEventFilter(this);
    setRole(*m_remark, "muted");
    top.addWidget(m_filter, 5);
    top.addWidget(m_remark, 6);
    top.addWidget(button(open));
    top.addWidget(button(pin));
    top.addWidget(button(remove));
    auto* more = new QPushButton(tr("More"), this);
    setRole(*more, "menu");
    more->setAccessibleName(tr("More that can be done with runs"));
    more->setToolTip(tr("Rename, tag, export, import, undo"));
    more->setMenu(m_menu);
    top.addWidget(more);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_model->setSearch(RunSearch(text));
        refresh();
    });
}

void RunsPanel::buildTable()
{
    m_table->setModel(m_model);
    styleTable(*m_table);
    m_table->setAccessibleName(tr("Runs that are kept"));
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    QHeaderView* header = m_table->horizontalHeader();
    m_table->setSortingEnabled(true);
    header->setSortIndicatorShown(false); // the header's text says it
    m_table->sortByColumn(RunListModel::Started, Qt::DescendingOrder);
    setColumnWidths();
    header->setSectionResizeMode(RunListModel::Name, QHeaderView::Stretch);
    connect(m_table, &QTableView::doubleClicked, open, &QAction::trigger);
    connect(m_table, &QWidget::customContextMenuRequested, this,
        [this](const QPoint& at) { m_menu->popup(m_table->viewport()->mapToGlobal(at)); });
    connect(
        m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunsPanel::refreshActions);
    connect(
        m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &RunsPanel::refreshActions);
}

void RunsPanel::setColumnWidths()
{
    const QFontMetricsF metrics(m_table->font()), headers(font());
    for (int column = 0; column < RunListModel::ColumnCount; ++column) {
        const QString header = m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        const double width = std::max(tabularWidth(RunListModel::widestText(column), metrics),
            headers.horizontalAdvance(QStringLiteral("▾ ") + header));
        m_table->setColumnWidth(column, static_cast<int>(std::ceil(width)) + kColumnPadding);
    }
}

QString RunsPanel::remark() const
{
    return m_remark->accessibleName();
}

QString RunsPanel::problem() const
{
    const RunLibrary& library = m_session.library();
    if (!m_model->search().problem().isEmpty())
        return m_model->search().problem();
    return m_model->rowCount() > 0 ? library.problem() : QString(); // else it stands where the rows would
}

QString RunsPanel::emptyText() const
{
    const RunLibrary& library = m_session.library();
    if (m_model->rowCount() > 0)
        return {};
    if (!library.place().off.isEmpty())
        return library.place().off;
    if (!library.problem().isEmpty())
        return library.problem();
    if (!library.known())
        return tr("Looking for runs.");
    if (!library.runs().empty())
        return tr("No run fits these words. Say them shorter, or clear the filter (Esc).");
    return tr(
        "No run is kept yet. Every sweep that is started here or with breakeven-cli will be listed, cell by "
        "cell as it is measured, to be opened, compared and exported again.");
}

void RunsPanel::refresh()
{
    const RunLibrary& library = m_session.library();
    const bool off = !library.place().off.isEmpty();
    const bool some = m_model->rowCount() > 0;
    m_empty->setText(emptyText());
    m_empty->setAccessibleName(emptyText());
    m_stack->setCurrentWidget(some ? static_cast<QWidget*>(m_table) : m_empty);
    m_table->setEnabled(library.usable());
    m_filter->setEnabled(!off && !library.runs().empty());
    const QString& wrong = m_model->search().problem();
    m_filter->setProperty("invalid", !wrong.isEmpty());
    setRole(*m_filter, "filter"); // polishes it anew
    const QString command = m_model->search().command();
    m_filter->setToolTip(
        tr("Words of a run's name or model, machine:, tag:, model:, after:, before: and on: a day "
           "(2026-11-01) or a month (2026-11); each must fit.")
        + (command.isEmpty() ? QString() : QLatin1Char('\n') + command));
    const std::size_t all = library.runs().size();
    QString said = static_cast<std::size_t>(m_model->rowCount()) == all
        ? runsText(all)
        : tr("%1 of %2").arg(m_model->rowCount()).arg(runsText(all));
    if (!library.usable())
        said = tr("The library waits while something is measured.");
    else if (off || all == 0)
        said.clear();
    m_problem->setText(problem());
    m_problem->setVisible(!problem().isEmpty());
    m_remark->setFullText(said);
    refreshActions();
}

/// The model is filled anew; whoever looks at a run goes on looking at it.
void RunsPanel::keepSelection()
{
    const QStringList ids = selectedIds();
    m_kept = QSet<QString>(ids.begin(), ids.end());
    m_firstRow = ids.isEmpty() ? -1 : selectedRows().front();
    const QModelIndex current = m_table->currentIndex();
    m_current = current.isValid() ? m_model->id(current.row()) : QString();
}

void RunsPanel::selectAgain()
{
    QItemSelection selection;
    for (int row = 0; row < m_model->rowCount() && !m_kept.isEmpty(); ++row) {
        if (m_kept.contains(m_model->id(row)))
            selection.select(m_model->index(row, 0), m_model->index(row, RunListModel::ColumnCount - 1));
    }
    QItemSelectionModel* selected = m_table->selectionModel();
    if (!selected)
        return;
    if (const int row = m_current.isEmpty() ? -1 : m_model->rowOf(m_current); row >= 0)
        selected->setCurrentIndex(m_model->index(row, 0), QItemSelectionModel::NoUpdate);
    selected->select(selection, QItemSelectionModel::ClearAndSelect);
    if (selection.isEmpty() && m_firstRow >= 0 && m_model->rowCount() > 0)
        m_table->selectRow(std::min(m_firstRow, m_model->rowCount() - 1)); // what follows a deleted run
    refresh();
}

std::vector<int> RunsPanel::selectedRows() const
{
    std::vector<int> rows;
    if (!m_table->selectionModel())
        return rows;
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        rows.push_back(index.row());
    std::sort(rows.begin(), rows.end());
    return rows;
}

QStringList RunsPanel::selectedIds() const
{
    QStringList ids;
    for (const int row : selectedRows())
        ids << m_model->id(row);
    return ids;
}

void RunsPanel::focusFilter()
{
    QWidget* first = m_filter->isEnabled() ? static_cast<QWidget*>(m_filter) : m_table;
    first->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void RunsPanel::showEvent(QShowEvent* event)
{
    QFrame::showEvent(event);
    if (m_session.library().known())
        m_session.library().refresh(); // others may have added some
}

bool RunsPanel::eventFilter(QObject* watched, QEvent* event)
{
    const int key = event->type() == QEvent::KeyPress ? static_cast<QKeyEvent*>(event)->key() : 0;
    if (watched == m_filter && key == Qt::Key_Escape) {
        m_filter->clear();
        return true;
    }
    if (watched == m_filter && (key == Qt::Key_Down || key == Qt::Key_Return) && m_model->rowCount() > 0) {
        m_table->setFocus(Qt::OtherFocusReason);
        if (!m_table->selectionModel()->hasSelection())
            m_table->selectRow(0);
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace ui
