// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/node_table_model.h"

#include "ui/chart_data.h"
#include "ui/format.h"
#include "ui/session.h"
#include "ui/setup.h"

#include <QFont>

namespace ui {
namespace {

bool isFigure(int column)
{
    return column >= NodeTableModel::Flop;
}

core::DeviceKind kindOf(const Session& session, const std::string& engine)
{
    for (const core::DeviceInfo& device : session.devices())
        if (device.id == engine)
            return device.kind;
    return core::DeviceKind::Cpu;
}

double bytesOf(const core::NodeCost& cost)
{
    return static_cast<double>(cost.weightBytes) + static_cast<double>(cost.activationBytes);
}

/// Whole numbers stay whole.
QString flopText(std::int64_t flop)
{
    return flop < 1000 ? formatInteger(flop) : formatCount(static_cast<double>(flop));
}

QString bytesText(double bytes)
{
    return bytes < 1000 ? formatInteger(static_cast<std::int64_t>(bytes)) + QStringLiteral("\u00A0B")
                        : formatBytes(bytes);
}

} // namespace

QString kernelText(const core::PlacedNode& node)
{
    const QString kernel = QString::fromStdString(node.kernel);
    return node.plain && !kernel.contains(QLatin1String("plain")) ? NodeTableModel::tr("plain %1").arg(kernel)
                                                                  : kernel;
}

NodeTableModel::NodeTableModel(Session& session, QObject* parent)
    : QAbstractTableModel(parent)
    , m_session(session)
    , m_theme(lightTheme())
{
    connect(&session, &Session::tracesChanged, this, &NodeTableModel::reset);
    reset();
}

void NodeTableModel::reset()
{
    beginResetModel();
    m_rows.clear();
    for (const core::EngineTrace& trace : m_session.traces())
        for (const core::PlacedNode& node : trace.placement.nodes)
            m_rows.push_back({ &trace, &node });
    endResetModel();
}

void NodeTableModel::setTheme(const Theme& theme)
{
    m_theme = theme;
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int NodeTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int NodeTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant NodeTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(row, column);
    case Qt::ToolTipRole:
        return toolTip(row); // names may be cut, and columns hidden
    case Qt::UserRole:
        return sortKey(row, column);
    case Qt::ForegroundRole:
        return color(row, column);
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (isFigure(column) ? Qt::AlignRight : Qt::AlignLeft));
    default:
        return {};
    }
}

QString NodeTableModel::text(const Row& row, int column) const
{
    const core::PlacedNode& node = *row.node;
    const bool known = node.cost && node.cost->known;
    switch (static_cast<Column>(column)) {
    case Node:
        return QString::fromStdString(node.name);
    case Operator:
        return QString::fromStdString(node.type);
    case Engine:
        return engineTitle(row.trace->spec.cell.engine);
    case Kernel:
        return kernelText(node);
    case Type:
        return QString::fromUtf8(core::elementName(node.computes).data(),
            static_cast<qsizetype>(core::elementName(node.computes).size()));
    case Flop:
        return known ? flopText(node.cost->flop) : unknownFigure();
    case Bytes:
        return known ? bytesText(bytesOf(*node.cost)) : unknownFigure();
    case Time:
        return formatDuration(seconds(node.time));
    case Share:
        return formatPercent(node.share * 100, 1);
    case OfRoof: {
        const auto part = shareOfRoof(row);
        return part ? formatPercent(*part * 100, 1) : unknownFigure();
    }
    case ColumnCount:
        break;
    }
    return {};
}

std::optional<double> NodeTableModel::shareOfRoof(const Row& row) const
{
    if (!row.trace->roof)
        return {};
    const core::Roof& roof = *row.trace->roof;
    return core::share(core::limitOf(*row.node, roof.asked, roof.peaks), seconds(row.node->time));
}

/// "54.1 % of roof, limited by memory", or why that is unknown.
QString NodeTableModel::roofText(const Row& row) const
{
    const core::Roof& roof = *row.trace->roof;
    const core::TimeLimit limit = core::limitOf(*row.node, roof.asked, roof.peaks);
    if (!limit.unknown.empty())
        return tr("roof unknown: %1").arg(QString::fromStdString(limit.unknown));
    const std::string_view by = core::limitName(limit.by());
    return tr("%1 of roof, limited by %2")
        .arg(text(row, OfRoof), QString::fromUtf8(by.data(), static_cast<qsizetype>(by.size())));
}

QString NodeTableModel::toolTip(const Row& row) const
{
    QStringList facts { text(row, Node), text(row, Operator) + QStringLiteral(" · ") + text(row, Engine),
        text(row, Kernel) + QStringLiteral(" · ") + text(row, Type) };
    if (row.node->cost && row.node->cost->known)
        facts << tr("%1 FLOP · %2").arg(text(row, Flop), text(row, Bytes));
    facts << text(row, Time) + QStringLiteral(" · ") + text(row, Share);
    if (row.trace->roof)
        facts << roofText(row);
    return facts.join(QLatin1Char('\n'));
}

QVariant NodeTableModel::sortKey(const Row& row, int column) const
{
    const core::PlacedNode& node = *row.node;
    const bool known = node.cost && node.cost->known;
    switch (column) {
    case Flop:
        return known ? static_cast<double>(node.cost->flop) : -1.0;
    case Bytes:
        return known ? bytesOf(*node.cost) : -1.0;
    case Time:
        return static_cast<double>(node.time.count());
    case Share:
        return node.share;
    case OfRoof:
        return shareOfRoof(row).value_or(-1.0);
    default:
        return text(row, column);
    }
}

QVariant NodeTableModel::color(const Row& row, int column) const
{
    const std::string& engine = row.trace->spec.cell.engine;
    if (column == Engine)
        return seriesStyle(m_theme, engine, kindOf(m_session, engine), 0).text;
    if (column == Kernel && row.node->plain)
        return m_theme.warning;
    if (row.node->node < 0 && column <= Operator) // inserted, not the model's own
        return m_theme.muted;
    return {};
}

QVariant NodeTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (isFigure(section) ? Qt::AlignRight : Qt::AlignLeft));
    if (role == Qt::ToolTipRole && section == Kernel)
        return tr("What ran it. Plain: a plain loop, or a library's reference kernel, where a fast one is "
                  "missing.");
    if (role == Qt::ToolTipRole && section == Share)
        return tr("Of the whole run on this engine.");
    if (role == Qt::ToolTipRole && section == OfRoof)
        return tr("The least time that this machine's measured peaks allow, over the time taken. Over 100 %: "
                  "caches, or less arithmetic than the direct algorithm's.");
    if (role != Qt::DisplayRole)
        return {};
    static const char* const kNames[] = { QT_TR_NOOP("node"), QT_TR_NOOP("operator"), QT_TR_NOOP("engine"),
        QT_TR_NOOP("kernel"), QT_TR_NOOP("type"), QT_TR_NOOP("FLOP"), QT_TR_NOOP("bytes"), QT_TR_NOOP("time"),
        QT_TR_NOOP("share"), QT_TR_NOOP("of roof") };
    return tr(kNames[section]);
}

QString NodeTableModel::widestText(int column)
{
    static const char* const kWidest[]
        = { "", "", "Reference", "", "bfloat16", "99.9 M", "999.9 MB", "999.9 ms", "99.9 %", "199.9 %" };
    return QString::fromUtf8(kWidest[column]);
}

} // namespace ui
