// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live_table_model.h"

#include "ui/format.h"

#include <QFont>

namespace ui {
namespace {

using Time = std::optional<core::Nanoseconds>;

QString time(const Time& figure)
{
    return figure ? formatMilliseconds(*figure) : QString();
}

/// By how much the simulation was wrong: "+12 %" where the engines took longer.
QString off(const Time& live, const Time& simulated)
{
    if (!live || !simulated || simulated->count() <= 0)
        return {};
    const double percent = 100 * (seconds(*live) / seconds(*simulated) - 1);
    const QString number = QString::number(std::abs(percent), 'f', 0);
    const QString sign = number == QLatin1String("0") ? QString()
        : percent < 0                                 ? QStringLiteral("−")
                                                      : QStringLiteral("+");
    return sign + number + QStringLiteral(" %");
}

QString gain(const core::PolicyComparison& comparison, const core::PolicyRun& run)
{
    const auto found = core::gainOfMix(comparison, run);
    return found ? formatSignificant(*found, 3) : QString();
}

QString needs(const QString& what, double p, const core::TimeFigures& figures)
{
    return LiveTableModel::tr("%1 takes at least %2 answers, there are %3.")
        .arg(what)
        .arg(core::samplesNeededFor(p))
        .arg(figures.samples);
}

} // namespace

LiveTableModel::LiveTableModel(LiveTrial& trial, QObject* parent)
    : QAbstractTableModel(parent)
    , m_trial(trial)
    , m_theme(lightTheme())
{
    connect(&trial, &LiveTrial::changed, this, [this] {
        beginResetModel();
        endResetModel();
    });
}

void LiveTableModel::setTheme(const Theme& theme)
{
    m_theme = theme;
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int LiveTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_trial.outcome()
        ? 0
        : static_cast<int>(m_trial.outcome()->comparison.runs.size());
}

int LiveTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

LiveTableModel::Row LiveTableModel::at(int row) const
{
    const core::LiveComparison& found = m_trial.outcome()->comparison;
    const auto place = static_cast<std::size_t>(row);
    return { found.live.runs[place], found.simulated.runs[place], found.runs[place] };
}

bool LiveTableModel::isBest(int row) const
{
    return m_trial.outcome()->comparison.live.best == static_cast<std::size_t>(row);
}

QVariant LiveTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const int row = index.row(), column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(row, column);
    case Qt::ForegroundRole:
        return color(row, column);
    case Qt::ToolTipRole:
        return toolTip(row, column);
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (column == Policy ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::FontRole:
        if (isBest(row)) {
            QFont bold; // resolved against the view's font
            bold.setWeight(QFont::DemiBold);
            return bold;
        }
        return {};
    default:
        return {};
    }
}

QString LiveTableModel::text(int row, int column) const
{
    const auto [live, simulated, rest] = at(row);
    const core::TimeFigures &is = live.result.latency, &said = simulated.result.latency;
    switch (static_cast<Column>(column)) {
    case Policy: {
        const QString name = QString::fromStdString(live.policy);
        return !live.keepsUp ? tr("▲ %1").arg(name) : isBest(row) ? tr("★ %1").arg(name) : name;
    }
    case P50:
        return time(is.p50);
    case P50Simulated:
        return time(said.p50);
    case P50Off:
        return off(is.p50, said.p50);
    case P99:
        return time(is.p99);
    case P99Simulated:
        return time(said.p99);
    case P99Off:
        return off(is.p99, said.p99);
    case Gain:
        return gain(m_trial.outcome()->comparison.live, live);
    case GainPredicted:
        return gain(m_trial.outcome()->comparison.simulated, simulated);
    case Share: {
        QStringList words;
        for (const core::DeviceFigures& device : live.result.devices)
            words << formatSignificant(device.share * 100, 2);
        return words.join(QStringLiteral(" / ")) + QStringLiteral(" %");
    }
    case Joules:
        return rest.joulesPerItem ? formatSignificant(*rest.joulesPerItem.value, 3) : QString();
    case Dropped:
        return formatInteger(static_cast<std::int64_t>(live.result.dropped));
    case Late:
        return rest.late.p99 ? formatSignificant(seconds(*rest.late.p99) * 1e6, 3) : QString();
    case ColumnCount:
        break;
    }
    return {};
}

QString LiveTableModel::toolTip(int row, int column) const
{
    const auto [live, simulated, rest] = at(row);
    const core::TimeFigures &is = live.result.latency, &said = simulated.result.latency;
    switch (static_cast<Column>(column)) {
    case Policy:
        return tr("%1\n%2 requests, %3 answered%4")
            .arg(QString::fromStdString(live.policy))
            .arg(live.result.arrived)
            .arg(live.result.completed)
            .arg(live.keepsUp ? QString()
                              : tr("\nIt falls behind: its queue grew as long as requests came in."));
    case P50:
        return is.p50 ? QString() : needs(tr("A median"), 0.5, is);
    case P50Simulated:
        return said.p50 ? QString() : needs(tr("A median"), 0.5, said);
    case P99:
        return is.p99 ? QString() : needs(tr("A 99th percentile"), 0.99, is);
    case P99Simulated:
        return said.p99 ? QString() : needs(tr("A 99th percentile"), 0.99, said);
    case Gain:
    case GainPredicted:
        return live.hybrid ? QString() : tr("It mixes nothing.");
    case Share: {
        QStringList lines;
        const std::vector<core::Device>& devices = m_trial.outcome()->devices;
        for (std::size_t i = 0; i < devices.size(); ++i)
            lines << tr("%1: %2 % of the requests, busy %3 % of the time")
                         .arg(QString::fromStdString(devices[i].name),
                             formatSignificant(live.result.devices[i].share * 100, 3),
                             formatSignificant(live.result.devices[i].utilisation * 100, 3));
        return lines.join(QLatin1Char('\n'));
    }
    case Joules: {
        QStringList lines;
        for (const core::LiveEnergy& part : rest.energy) {
            const QString name = QString::fromStdString(part.name);
            if (!part.watts)
                lines << tr("%1: unknown. %2").arg(name, QString::fromStdString(part.watts.unknown));
            else if (!part.joulesPerItem)
                lines << tr("%1: %2 W, and answered nothing")
                             .arg(name, formatSignificant(*part.watts.value, 3));
            else
                lines << tr("%1: %2 W, %3 J an item")
                             .arg(name, formatSignificant(*part.watts.value, 3),
                                 formatSignificant(*part.joulesPerItem.value, 3));
        }
        if (!rest.joulesPerItem && lines.isEmpty())
            lines << QString::fromStdString(rest.joulesPerItem.unknown);
        return lines.join(QLatin1Char('\n'));
    }
    case Late:
        return rest.late.p99 ? QString() : needs(tr("A 99th percentile"), 0.99, rest.late);
    default:
        return {};
    }
}

QVariant LiveTableModel::color(int row, int column) const
{
    if (!at(row).live.keepsUp)
        return column == Policy ? m_theme.warning : m_theme.muted;
    const bool simulated = column == P50Simulated || column == P99Simulated || column == GainPredicted;
    return simulated ? QVariant(m_theme.muted) : QVariant();
}

QVariant LiveTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section == Policy ? Qt::AlignLeft : Qt::AlignRight));
    if (role == Qt::DisplayRole) {
        static const char* const kNames[] = { QT_TR_NOOP("policy"), QT_TR_NOOP("p50 ms"), QT_TR_NOOP("sim."),
            QT_TR_NOOP("off"), QT_TR_NOOP("p99 ms"), QT_TR_NOOP("sim."), QT_TR_NOOP("off"),
            QT_TR_NOOP("gain"), QT_TR_NOOP("sim."), QT_TR_NOOP("share"), QT_TR_NOOP("J/item"),
            QT_TR_NOOP("dropped"), QT_TR_NOOP("late µs") };
        return tr(kNames[section]);
    }
    if (role != Qt::ToolTipRole)
        return {};
    switch (static_cast<Column>(section)) {
    case P50Simulated:
    case P99Simulated:
        return tr("What the simulator makes of the same requests,\nwith the times of rehearsals");
    case P50Off:
    case P99Off:
        return tr("By how much the engines took longer than simulated");
    case Gain:
        return tr("gpu-only's p99 over that of a policy that mixes: above 1 the mix is better");
    case GainPredicted:
        return tr("The same as simulated");
    case Share: {
        QStringList names;
        if (m_trial.outcome())
            for (const core::Device& device : m_trial.outcome()->devices)
                names << QString::fromStdString(device.name);
        return tr("In turn: %1").arg(names.join(QStringLiteral(", ")));
    }
    case Joules:
        return tr("What all meters counted, over all items");
    case Late:
        return tr("By how much the load generator itself was late, 99th in 100 requests");
    default:
        return {};
    }
}

} // namespace ui
