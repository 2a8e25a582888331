// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lab_table_model.h"

#include "ui/format.h"

#include <QFont>

namespace ui {
namespace {

QString time(const std::optional<core::Nanoseconds>& figure)
{
    return figure ? formatMilliseconds(*figure) : QString();
}

QString mean(double seconds)
{
    return formatSignificant(seconds * 1e3, 4);
}

QString percent(double part, double whole)
{
    if (whole <= 0)
        return {};
    const double share = 100 * part / whole;
    return formatPercent(share, share == 0 || share >= 10 ? 0 : share >= 1 ? 1 : 2);
}

/// "80 / 20", of each device in turn.
template <typename Of> QString ofDevices(const core::SimulationResult& result, Of of)
{
    QStringList words;
    for (const core::DeviceFigures& device : result.devices)
        words << of(device);
    return words.join(QStringLiteral(" / "));
}

QString batch(const core::DeviceFigures& device)
{
    return device.batches == 0
        ? unknownFigure()
        : formatSignificant(static_cast<double>(device.items) / static_cast<double>(device.batches), 3);
}

} // namespace

const core::TimeFigures& latencyOf(const core::SimulationResult& result, LabView view)
{
    return view == LabView::Requests ? result.latency : result.closedLoop;
}

LabTableModel::LabTableModel(Lab& lab, QObject* parent)
    : QAbstractTableModel(parent)
    , m_lab(lab)
    , m_theme(lightTheme())
{
    connect(&lab, &Lab::changed, this, [this] {
        beginResetModel();
        endResetModel();
    });
}

void LabTableModel::setTheme(const Theme& theme)
{
    m_theme = theme;
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void LabTableModel::setView(LabView view)
{
    m_view = view;
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

const core::PolicyRun* LabTableModel::run(int row) const
{
    const Simulated* found = m_lab.simulated();
    const bool policy = found && row >= 0 && row < static_cast<int>(found->comparison.runs.size());
    return policy ? &found->comparison.runs[static_cast<std::size_t>(row)] : nullptr;
}

bool LabTableModel::hasDeadlines() const
{
    return m_lab.simulated() && m_lab.simulated()->plan.slo;
}

int LabTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_lab.simulated()
        ? 0
        : static_cast<int>(m_lab.simulated()->comparison.runs.size()) + 1;
}

int LabTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LabTableModel::data(const QModelIndex& index, int role) const
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
        return int(Qt::AlignVCenter | (column <= Policy ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::FontRole:
        if (m_lab.simulated()->comparison.best == static_cast<std::size_t>(row)) {
            QFont bold; // resolved against the view's font
            bold.setWeight(QFont::DemiBold);
            return bold;
        }
        return {};
    default:
        return {};
    }
}

QString LabTableModel::text(int row, int column) const
{
    const core::PolicyRun* policy = run(row);
    if (!policy)
        return oracleText(column);
    const core::SimulationResult& result = policy->result;
    const core::TimeFigures& latency = latencyOf(result, m_view);
    const auto arrived = static_cast<double>(result.arrived);
    switch (static_cast<Column>(column)) {
    case Standing:
        if (!policy->keepsUp)
            return tr("▲ falls behind");
        return m_lab.simulated()->comparison.best == static_cast<std::size_t>(row) ? tr("★ best")
                                                                                   : tr("keeps up");
    case Policy:
        return QString::fromStdString(policy->policy);
    case P50:
        return time(latency.p50);
    case P99:
        return time(latency.p99);
    case Mean:
        return latency.samples > 0 ? mean(latency.meanSeconds) : QString();
    case ServiceP50:
        return time(result.service.p50);
    case Missed:
        return hasDeadlines() ? percent(static_cast<double>(result.missed), arrived) : QString();
    case Dropped:
        return percent(static_cast<double>(result.dropped), arrived);
    case Share:
        return ofDevices(result, [](const auto& device) { return formatSignificant(device.share * 100, 2); })
            + QStringLiteral(" %");
    case Batch:
        return ofDevices(result, batch);
    case Busy:
        return ofDevices(result, [](const auto& device) {
            return formatSignificant(device.utilisation * 100, 2);
        }) + QStringLiteral(" %");
    case ColumnCount:
        break;
    }
    return {};
}

/// A client that waits sends other requests: the bound says nothing of it.
QString LabTableModel::oracleText(int column) const
{
    const core::OracleBound& oracle = m_lab.simulated()->comparison.oracle;
    const bool known = m_view == LabView::Requests;
    switch (static_cast<Column>(column)) {
    case Standing:
        return tr("a bound");
    case Policy:
        return QStringLiteral("oracle");
    case P50:
        return known ? time(oracle.p50) : QString();
    case P99:
        return known ? time(oracle.p99) : QString();
    case Mean:
        return known ? mean(oracle.meanSeconds) : QString();
    case Missed:
        if (!hasDeadlines() || m_lab.simulated()->comparison.runs.empty())
            return {};
        return percent(static_cast<double>(oracle.missed),
            static_cast<double>(m_lab.simulated()->comparison.runs.front().result.arrived));
    default:
        return {};
    }
}

QString LabTableModel::toolTip(int row, int column) const
{
    const core::PolicyRun* policy = run(row);
    if (!policy)
        return m_view == LabView::WaitingClient && column >= P50 && column <= Mean
            ? tr("A client that waits sends other requests: the bound says nothing of it.")
            : tr("What no schedule can beat, knowing all that will come: its percentiles are those of "
                 "requests "
                 "that never wait.");
    const core::SimulationResult& result = policy->result;
    const core::TimeFigures& latency = latencyOf(result, m_view);
    const auto needs = [&](const core::TimeFigures& figures, double p, const QString& what) {
        return tr("%1 takes at least %2 answers, there are %3.")
            .arg(what)
            .arg(core::samplesNeededFor(p))
            .arg(figures.samples);
    };
    if (column == P99 && !latency.p99)
        return needs(latency, 0.99, tr("A 99th percentile"));
    if (column == P50 && !latency.p50)
        return needs(latency, 0.5, tr("A median"));
    if (column == ServiceP50 && !result.service.p50)
        return needs(result.service, 0.5, tr("A median"));
    if (column == Mean && latency.samples == 0)
        return tr("Nobody was answered.");
    if (column == Standing && !policy->keepsUp)
        return tr(
            "Its queue grew as long as requests came in, and so do its figures: with more requests they "
            "are larger.");
    if (column == Share || column == Batch || column == Busy) {
        QStringList lines;
        const std::vector<core::Device>& devices = m_lab.simulated()->plan.devices;
        for (std::size_t i = 0; i < devices.size(); ++i)
            lines << tr("%1: %2 % of the requests, %3 items a batch, busy %4 % of the time")
                         .arg(QString::fromStdString(devices[i].name),
                             formatSignificant(result.devices[i].share * 100, 3), batch(result.devices[i]),
                             formatSignificant(result.devices[i].utilisation * 100, 3));
        return lines.join(QLatin1Char('\n'));
    }
    return column == Policy ? tr("%1\n%2 requests, %3 answered")
                                  .arg(QString::fromStdString(policy->policy))
                                  .arg(result.arrived)
                                  .arg(result.completed)
                            : QString();
}

QVariant LabTableModel::color(int row, int column) const
{
    const core::PolicyRun* policy = run(row);
    if (!policy)
        return m_theme.muted;
    if (!policy->keepsUp)
        return column == Standing ? m_theme.warning : m_theme.muted;
    if (column != Standing)
        return {};
    return m_lab.simulated()->comparison.best == static_cast<std::size_t>(row) ? m_theme.good : m_theme.muted;
}

QVariant LabTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section <= Policy ? Qt::AlignLeft : Qt::AlignRight));
    if (role == Qt::ToolTipRole) {
        QStringList names;
        if (m_lab.simulated())
            for (const core::Device& device : m_lab.simulated()->plan.devices)
                names << QString::fromStdString(device.name);
        if (section == Share || section == Batch || section == Busy)
            return tr("In turn: %1").arg(names.join(QStringLiteral(", ")));
        return section == ServiceP50 ? tr("The time on the device alone") : QString();
    }
    if (role != Qt::DisplayRole)
        return {};
    static const char* const kNames[] = { QT_TR_NOOP("standing"), QT_TR_NOOP("policy"), QT_TR_NOOP("p50 ms"),
        QT_TR_NOOP("p99 ms"), QT_TR_NOOP("mean ms"), QT_TR_NOOP("service p50"), QT_TR_NOOP("late"),
        QT_TR_NOOP("dropped"), QT_TR_NOOP("share"), QT_TR_NOOP("items a batch"), QT_TR_NOOP("busy") };
    return tr(kNames[section]);
}

} // namespace ui
