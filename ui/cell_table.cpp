// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cell_table.h"

#include "core/record/csv.h"
#include "ui/cell_table_model.h"
#include "ui/figure_delegate.h"
#include "ui/session.h"
#include "ui/table_style.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QTableView>
#include <QVBoxLayout>
#include <cmath>

namespace ui {
namespace {

constexpr int kColumnPadding = 14;

} // namespace

CellTable::CellTable(Session& session, QWidget* parent)
    : QFrame(parent)
    , m_session(session)
    , m_model(new CellTableModel(session, this))
    , m_view(new QTableView(this))
{
    setObjectName(QStringLiteral("tableCard"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 4, 6, 6);
    layout->addWidget(m_view);
    m_view->setModel(m_model);
    styleTable(*m_view);
    m_view->setAccessibleName(tr("Cells of the run"));
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    auto* copyAction = new QAction(tr("Copy as CSV"), this);
    copyAction->setShortcut(QKeySequence::Copy);
    copyAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(copyAction, &QAction::triggered, this, &CellTable::copy);
    m_view->addAction(copyAction);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);
    setColumnWidths();
    connect(m_model, &QAbstractItemModel::modelReset, this, &CellTable::spanAll);
    connect(m_model, &CellTableModel::statusChanged, this, &CellTable::spanReason);
    connect(&session, &Session::cellChanged, this, &CellTable::followRunningCell);
    spanAll();
}

void CellTable::setTheme(const Theme& theme)
{
    m_model->setTheme(theme);
}

void CellTable::setColumnWidths()
{
    const QFontMetricsF metrics(m_view->font()),
        headers(font()); // the style sheet gives headers the window's font
    for (int column = 0; column < CellTableModel::ColumnCount; ++column) {
        const QString header = m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        const double text = tabularWidth(CellTableModel::widestText(column), metrics);
        m_view->setColumnWidth(column,
            static_cast<int>(std::ceil(std::max(text, headers.horizontalAdvance(header)))) + kColumnPadding);
    }
}

void CellTable::spanAll()
{
    m_view->clearSpans();
    for (const int column : { CellTableModel::Ratio, CellTableModel::Verdict })
        m_view->setColumnHidden(column, m_session.baseline() == nullptr);
    m_view->setColumnHidden(CellTableModel::Tuning, !m_model->tuningsDiffer());
    showAgreement();
    for (int row = 0; row < m_model->rowCount(); ++row)
        spanReason(row);
}

void CellTable::showAgreement()
{
    m_view->setColumnHidden(CellTableModel::LargestError, !m_model->outputsCompared());
    m_view->setColumnHidden(CellTableModel::Top1, !m_model->outputsRanked());
}

void CellTable::spanReason(int row)
{
    showAgreement();
    const bool spans = m_view->columnSpan(row, CellTableModel::Median) > 1;
    const bool wanted = m_model->showsReason(row);
    if (spans != wanted)
        m_view->setSpan(row, CellTableModel::Median, 1,
            wanted ? CellTableModel::ColumnCount - CellTableModel::Median : 1);
}

void CellTable::followRunningCell(int row)
{
    // Whoever has selected a row is reading it.
    if (!m_view->selectionModel()->hasSelection() && row >= 0 && row < m_model->rowCount())
        m_view->scrollTo(m_model->index(row, 0));
}

QString CellTable::selectedCsv() const
{
    core::Run chosen;
    chosen.header = m_session.run().header;
    const QModelIndexList rows = m_view->selectionModel()->selectedRows();
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (rows.isEmpty() || rows.contains(m_model->index(row, 0)))
            chosen.cells.push_back(m_session.run().cells[static_cast<std::size_t>(row)]);
    }
    return QString::fromStdString(core::toCsv(chosen));
}

void CellTable::copy()
{
    QApplication::clipboard()->setText(selectedCsv());
}

} // namespace ui
