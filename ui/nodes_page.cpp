// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/nodes_page.h"

#include "core/record/csv.h"
#include "ui/facts.h"
#include "ui/figure_delegate.h"
#include "ui/node_table_model.h"
#include "ui/operator_chart.h"
#include "ui/session.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <cmath>

namespace ui {
namespace {

constexpr int kColumnPadding = 18;
constexpr int kKernelWidth = 150, kOperatorWidth = 130; // names longer than that are cut in the middle

/// Finds words in any of the columns of words.
class NodeFilter final : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

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
    , m_trace(new QPushButton(tr("Trace"), this))
    , m_summary(makeText("muted", this))
    , m_stack(new QStackedWidget(this))
    , m_empty(makeText("muted", this))
    , m_table(new QTableView(this))
    , m_chart(new OperatorChart(session, this))
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
    buildTable();
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(card, 7);
    row->addWidget(m_chart, 3);
    column->addLayout(row, 1);
    connect(&session, &Session::tracesChanged, this, &NodesPage::refresh);
    connect(&session, &Session::modelChanged, this, &NodesPage::refresh);
    connect(&session, &Session::setupChanged, this, &NodesPage::refreshEnabled);
    connect(&session, &Session::stateChanged, this, &NodesPage::refresh);
    refresh();
}

void NodesPage::buildTop(QHBoxLayout& top)
{
    m_filter->setPlaceholderText(tr("Filter nodes, operators, kernels"));
    m_filter->setAccessibleName(tr("Filter of the table of nodes"));
    m_filter->setMaximumWidth(260);
    m_trace->setAccessibleName(tr("Trace the model"));
    top.addWidget(m_trace);
    top.addWidget(m_filter, 1);
    top.addWidget(m_summary, 3);
    connect(m_trace, &QPushButton::clicked, &m_session, &Session::trace);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_sorted->setFilterRegularExpression(
            QRegularExpression(QRegularExpression::escape(text), QRegularExpression::CaseInsensitiveOption));
    });
}

void NodesPage::buildTable()
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(Qt::UserRole);
    QFont smaller = font();
    smaller.setPointSizeF(smaller.pointSizeF() * 0.95);
    m_table->setFont(smaller);
    m_table->setModel(m_sorted);
    m_table->setItemDelegate(new FigureDelegate(m_table));
    m_table->setAccessibleName(tr("Nodes of the model"));
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setWordWrap(false);
    m_table->setTextElideMode(Qt::ElideMiddle); // what tells names apart is at their ends
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    QHeaderView* header = m_table->horizontalHeader();
    header->setFont(smaller);
    header->setHighlightSections(false);
    header->setMinimumHeight(fontMetrics().height() + 12);
    header->setMinimumSectionSize(48);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(NodeTableModel::Time, Qt::DescendingOrder);
    setColumnWidths();
    header->setSectionResizeMode(NodeTableModel::Node, QHeaderView::Stretch);
    auto* copy = new QAction(tr("Copy as CSV"), this);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(copy, &QAction::triggered, this, [this] { QApplication::clipboard()->setText(shownCsv()); });
    m_table->addAction(copy);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
}

void NodesPage::setColumnWidths()
{
    const QFontMetricsF metrics(m_table->font()), headers(font());
    for (int column = 0; column < NodeTableModel::ColumnCount; ++column) {
        const QString widest = NodeTableModel::widestText(column);
        const QString header = m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        double width = std::max(tabularWidth(widest, metrics), headers.horizontalAdvance(header) + 12);
        if (column == NodeTableModel::Kernel)
            width = kKernelWidth;
        if (column == NodeTableModel::Operator)
            width = kOperatorWidth;
        m_table->setColumnWidth(column, static_cast<int>(std::ceil(width)) + kColumnPadding);
    }
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
    std::size_t traced = 0;
    for (const core::EngineTrace& trace : m_session.traces()) {
        lines << traceSummary(trace);
        traced += trace.why.empty() ? 1 : 0;
    }
    m_summary->setText(lines.join(QLatin1Char('\n')));
    m_table->setColumnHidden(NodeTableModel::Engine, traced < 2);
    m_stack->setCurrentWidget(m_model->rowCount() > 0 ? static_cast<QWidget*>(m_table) : m_empty);
    refreshEnabled();
}

void NodesPage::refreshEnabled()
{
    const bool possible = enabledActions(m_session.state(), m_session.hasResults()).trace;
    m_trace->setEnabled(possible);
    m_filter->setEnabled(m_model->rowCount() > 0);
    m_empty->setText(emptyText());
    QStringList tip { tr("Time every node of the model (F6)") };
    if (m_session.checked().traceProblem.isEmpty())
        for (const core::TraceSpec& spec : m_session.traceSpecs())
            tip << QString::fromStdString(core::commandLine(spec));
    m_trace->setToolTip(tip.join(QLatin1Char('\n')));
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
