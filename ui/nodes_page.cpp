// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/nodes_page.h"

#include "core/record/csv.h"
#include "ui/facts.h"
#include "ui/figure_delegate.h"
#include "ui/node_table_model.h"
#include "ui/operator_chart.h"
#include "ui/session.h"
#include "ui/table_style.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kColumnPadding = 18;
constexpr int kKernelWidth = 136, kOperatorWidth = 104; // names longer than that are cut in the middle
constexpr int kLeastNodeWidth = 190; // enough of a name to know it; other columns give way to it

/// Finds words in any of the columns of words, and marks the column it is sorted by: a style sheet's arrow
/// would take room from every header.
class NodeFilter final : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        const QVariant header = QSortFilterProxyModel::headerData(section, orientation, role);
        if (role != Qt::DisplayRole || orientation != Qt::Horizontal || section != sortColumn())
            return header;
        return (sortOrder() == Qt::AscendingOrder ? QStringLiteral("▴ ") : QStringLiteral("▾ "))
            + header.toString();
    }

    void sort(int column, Qt::SortOrder order) override
    {
        QSortFilterProxyModel::sort(column, order);
        emit headerDataChanged(Qt::Horizontal, 0, NodeTableModel::ColumnCount - 1);
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override
    {
        const QString wanted = filterRegularExpression().pattern();
        for (int column = 0; column <= NodeTableModel::Type && !wanted.isEmpty(); ++column) {
            const QModelIndex cell = sourceModel()->index(row, column, parent);
            if (cell.data().toString().contains(filterRegularExpression()))
                return true;
        }
        return wanted.isEmpty();
    }
};

} // namespace

NodesPage::NodesPage(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_model(new NodeTableModel(session, this))
    , m_sorted(new NodeFilter(this))
    , m_filter(new QLineEdit(this))
    , m_summary(makeText("muted", this))
    , m_stack(new QStackedWidget(this))
    , m_empty(makeText("muted", this))
    , m_table(new QTableView(this))
    , m_chart(new OperatorChart(session, this))
{
    buildLayout();
    buildTable();
    connect(&session, &Session::tracesChanged, this, &NodesPage::refresh);
    connect(&session, &Session::modelChanged, this, &NodesPage::refresh);
    connect(&session, &Session::setupChanged, this, &NodesPage::refreshEnabled);
    connect(&session, &Session::stateChanged, this, &NodesPage::refresh);
    refresh();
}

void NodesPage::buildLayout()
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto* top = new QHBoxLayout;
    buildTop(*top);
    column->addLayout(top);
    auto* card = new QFrame(this);
    card->setObjectName(QStringLiteral("tableCard"));
    auto* cardLayout = new QVBoxLayout(card);
    cardLayout->setContentsMargins(6, 4, 6, 6);
    m_empty->setAlignment(Qt::AlignCenter);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_table);
    cardLayout->addWidget(m_stack);
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(card, 7);
    row->addWidget(m_chart, 3);
    column->addLayout(row, 1);
}

void NodesPage::buildTop(QHBoxLayout& top)
{
    m_filter->setPlaceholderText(tr("Filter nodes, operators, kernels"));
    m_filter->setAccessibleName(tr("Filter of the table of nodes"));
    m_filter->setMaximumWidth(260);
    top.addWidget(m_filter, 1);
    top.addWidget(m_summary, 3);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_sorted->setFilterRegularExpression(
            QRegularExpression(QRegularExpression::escape(text), QRegularExpression::CaseInsensitiveOption));
    });
}

void NodesPage::buildTable()
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(Qt::UserRole);
    m_table->setModel(m_sorted);
    styleTable(*m_table);
    m_table->setTextElideMode(Qt::ElideMiddle); // what tells names apart is at their ends
    m_table->setAccessibleName(tr("Nodes of the model"));
    QHeaderView* header = m_table->horizontalHeader();
    header->setMinimumSectionSize(48);
    m_table->setSortingEnabled(true);
    header->setSortIndicatorShown(false); // the header's text says it
    m_table->sortByColumn(NodeTableModel::Time, Qt::DescendingOrder);
    setColumnWidths();
    header->setSectionResizeMode(NodeTableModel::Node, QHeaderView::Stretch);
    auto* copy = new QAction(tr("Copy as CSV"), this);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(copy, &QAction::triggered, this, [this] { QApplication::clipboard()->setText(shownCsv()); });
    m_table->addAction(copy);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_table->viewport()->installEventFilter(this);
}

void NodesPage::setColumnWidths()
{
    const QFontMetricsF metrics(m_table->font()), headers(font());
    for (int column = 0; column < NodeTableModel::ColumnCount; ++column) {
        const QString widest = NodeTableModel::widestText(column);
        const QString header = m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        double width = std::max(
            tabularWidth(widest, metrics), headers.horizontalAdvance(QStringLiteral("▾ ") + header));
        if (column == NodeTableModel::Kernel)
            width = kKernelWidth;
        if (column == NodeTableModel::Operator)
            width = kOperatorWidth;
        m_columnWidths[static_cast<std::size_t>(column)]
            = static_cast<int>(std::ceil(width)) + kColumnPadding;
        m_table->setColumnWidth(column, m_columnWidths[static_cast<std::size_t>(column)]);
    }
}

/// Where there is no room for all, the columns that say least go first; tooltips have them.
void NodesPage::fitColumns()
{
    const auto traced = std::count_if(m_session.traces().begin(), m_session.traces().end(),
        [](const core::EngineTrace& trace) { return trace.why.empty(); });
    m_table->setColumnHidden(NodeTableModel::Engine, traced < 2);
    const bool roofed = std::any_of(m_session.traces().begin(), m_session.traces().end(),
        [](const core::EngineTrace& trace) { return trace.roof.has_value(); });
    m_table->setColumnHidden(NodeTableModel::OfRoof, !roofed);
    int room = m_table->viewport()->width();
    for (int column = NodeTableModel::Operator; column < NodeTableModel::ColumnCount; ++column)
        if ((column != NodeTableModel::Engine || traced >= 2) && (column != NodeTableModel::OfRoof || roofed))
            room -= m_columnWidths[static_cast<std::size_t>(column)];
    for (const int column : { NodeTableModel::Type, NodeTableModel::Bytes, NodeTableModel::Flop }) {
        const bool hide = room < kLeastNodeWidth;
        m_table->setColumnHidden(column, hide);
        if (hide)
            room += m_columnWidths[static_cast<std::size_t>(column)];
    }
}

bool NodesPage::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_table->viewport() && event->type() == QEvent::Resize)
        fitColumns();
    return QWidget::eventFilter(watched, event);
}

void NodesPage::setTheme(const Theme& theme)
{
    m_model->setTheme(theme);
    m_chart->setTheme(theme);
}

QString NodesPage::emptyText() const
{
    if (m_session.state() == State::Tracing)
        return tr("Tracing every node…");
    if (!m_session.model())
        return tr("Open a model, then press F6 to see where its time goes.");
    if (!m_session.checked().traceProblem.isEmpty())
        return m_session.checked().traceProblem;
    return tr("Press F6 to time every node: which engine and kernel runs it, and how long it takes.");
}

void NodesPage::refresh()
{
    QStringList lines;
    for (const core::EngineTrace& trace : m_session.traces())
        lines << traceSummary(trace);
    m_summary->setText(lines.join(QLatin1Char('\n')));
    fitColumns();
    m_stack->setCurrentWidget(m_model->rowCount() > 0 ? static_cast<QWidget*>(m_table) : m_empty);
    refreshEnabled();
}

void NodesPage::refreshEnabled()
{
    m_filter->setEnabled(m_model->rowCount() > 0);
    m_empty->setText(emptyText());
}

QString NodesPage::shownCsv() const
{
    const auto line = [&](const auto& fieldOf) {
        QStringList fields;
        for (int column = 0; column < NodeTableModel::ColumnCount; ++column)
            fields << QString::fromStdString(core::csvField(fieldOf(column).toString().toStdString()));
        return fields.join(QLatin1Char(',')) + QLatin1Char('\n');
    };
    QString csv
        = line([&](int column) { return m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole); });
    for (int row = 0; row < m_sorted->rowCount(); ++row)
        csv += line([&](int column) { return m_sorted->index(row, column).data(); });
    return csv;
}

} // namespace ui
