// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cell_table_model.h"

#include "ui/cell_text.h"
#include "ui/chart_data.h"
#include "ui/decision_marks.h"
#include "ui/session.h"
#include "ui/setup.h"

#include <QFont>
#include <algorithm>

namespace ui {
namespace {

constexpr int kFlushMs = 250; // the table repaints at most four times a second

} // namespace

CellTableModel::CellTableModel(Session& session, QObject* parent)
    : QAbstractTableModel(parent)
    , m_session(session)
    , m_theme(lightTheme())
{
    m_flush.setSingleShot(true);
    m_flush.setInterval(kFlushMs);
    connect(&m_flush, &QTimer::timeout, this, &CellTableModel::flushChanges);
    const auto reset = [this] {
        beginResetModel();
        m_changed.clear();
        endResetModel();
    };
    connect(&session, &Session::runReplaced, this, reset);
    connect(&session, &Session::baselineChanged, this, reset);
    connect(&session, &Session::comparisonChanged, this, [this] {
        if (rowCount() > 0)
            emit dataChanged(index(0, Ratio), index(rowCount() - 1, Verdict));
    });
    connect(&session, &Session::decisionChanged, this, [this] {
        if (rowCount() > 0)
            emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    });
    connect(&session, &Session::runFinished, this, &CellTableModel::flushChanges);
    connect(&session, &Session::cellChanged, this, &CellTableModel::changedSoon);
    connect(&session, &Session::samplesTaken, this, &CellTableModel::changedSoon);
}

void CellTableModel::setTheme(const Theme& theme)
{
    m_theme = theme;
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void CellTableModel::changedSoon(int row)
{
    m_changed.insert(row);
    if (!m_flush.isActive())
        m_flush.start();
}

void CellTableModel::flushChanges()
{
    for (const int row : std::exchange(m_changed, {})) {
        if (row < 0 || row >= rowCount())
            continue;
        emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
        emit statusChanged(row);
    }
}

int CellTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_session.run().cells.size());
}

int CellTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

const core::Cell& CellTableModel::cell(int row) const
{
    return m_session.run().cells[static_cast<std::size_t>(row)];
}

const CellVerdict* CellTableModel::verdict(int row) const
{
    const auto& cells = m_session.comparison().cells;
    return static_cast<std::size_t>(row) < cells.size() ? &cells[static_cast<std::size_t>(row)] : nullptr;
}

bool CellTableModel::showsReason(int row) const
{
    return hasOnlyReason(cell(row));
}

QVariant CellTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const core::Cell& shown = cell(index.row());
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(shown, index.row(), column);
    case Qt::ForegroundRole:
        return color(shown, index.row(), column);
    case Qt::ToolTipRole:
        return toolTip(shown, index.row(), column);
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter
            | (column <= Tuning || column == Verdict || column == Decision
                        || (column == Median && hasOnlyReason(shown))
                    ? Qt::AlignLeft
                    : Qt::AlignRight));
    case Qt::FontRole:
        if (column == Engine) {
            QFont bold; // resolved against the view's font
            bold.setWeight(QFont::DemiBold);
            return bold;
        }
        return {};
    default:
        return {};
    }
}

QVariant CellTableModel::text(const core::Cell& shown, int row, int column) const
{
    switch (static_cast<Column>(column)) {
    case Status:
        return statusGlyph(shown.status) + QStringLiteral("  ") + statusText(shown);
    case Engine:
        return engineTitle(m_session.run(), shown.key.engine);
    case Precision:
        return precisionText(shown.key.precision);
    case Tuning:
        return tuningText(shown.key.tuning);
    case Threads:
        return shown.key.threads > 0 ? QString::number(shown.key.threads) : QString();
    case Batch:
        return batchText(shown.key);
    case Median:
        return hasOnlyReason(shown) ? QString::fromStdString(shown.reason) : medianText(shown);
    case Interval:
        return intervalText(shown);
    case Ratio:
        return verdict(row) ? ratioText(*verdict(row)) : QString();
    case Verdict:
        return verdict(row) ? verdictText(*verdict(row)) : QString();
    case P99:
        return p99Text(shown);
    case Rate:
        return rateText(shown);
    case Memory:
        return memoryText(shown);
    case Power:
        return powerText(shown);
    case Energy:
        return energyText(shown);
    case Samples:
        return samplesText(shown);
    case Disturbed:
        return disturbedText(shown);
    case LargestError:
        return largestErrorText(shown);
    case Top1:
        return top1Text(shown);
    case Decision:
        return m_session.decided() ? decisionText(*m_session.decided(), static_cast<std::size_t>(row))
                                   : QString();
    case ColumnCount:
        break;
    }
    return {};
}

QVariant CellTableModel::color(const core::Cell& shown, int row, int column) const
{
    if (column == Engine)
        return styleOf(m_session.run(), seriesKeyOf(m_session.run(), shown.key), m_theme).text;
    if (column == P99 && !shown.summary.p99)
        return m_theme.muted;
    if (const CellVerdict* compared = verdict(row); compared && column == Verdict)
        return verdictColor(m_theme, compared->verdict);
    const Decided* decided = m_session.decided();
    const bool missed = decided && missesTargets(*decided, static_cast<std::size_t>(row));
    if (column != Status)
        return missed || (hasOnlyReason(shown) && column >= Median) ? QVariant(m_theme.muted) : QVariant();
    switch (shown.status) {
    case core::CellStatus::Ok:
        return m_theme.good;
    case core::CellStatus::Unstable:
    case core::CellStatus::Disturbed:
        return m_theme.warning;
    case core::CellStatus::Refused:
    case core::CellStatus::OutOfMemory:
    case core::CellStatus::Failed:
        return m_theme.bad;
    case core::CellStatus::Running:
        return m_theme.cpuText;
    case core::CellStatus::Waiting:
    case core::CellStatus::Cancelled:
        return m_theme.muted;
    }
    return {};
}

QString CellTableModel::toolTip(const core::Cell& shown, int row, int column) const
{
    const QString reason = QString::fromStdString(shown.reason);
    const core::DeviceInfo* device = deviceOf(m_session.run(), shown.key.engine);
    if (column == Engine && device && device->recordedOn)
        return tr("%1 (%2): not measured here")
            .arg(ui::recordedText(*device), QString::fromStdString(device->recordedOn->machine));
    if (const CellVerdict* compared = verdict(row); compared && (column == Ratio || column == Verdict))
        return verdictToolTip(*compared, compareCommand(m_session.baselineOrigin(), m_session.origin()));
    if (column == Decision)
        return m_session.decided() ? decisionToolTip(*m_session.decided(), static_cast<std::size_t>(row))
                                   : QString();
    if (column == LargestError || column == Top1)
        return agreementToolTip(shown);
    if (column == Memory)
        return memoryToolTip(shown);
    if ((column == Power || column == Energy) && shown.finished && !shown.finished->powerMeanWatts)
        return QString::fromStdString(shown.finished->powerMeanWatts.unknown);
    if (column == P99 && !reason.isEmpty() && hasOnlyReason(shown))
        return reason;
    if (column == Disturbed && shown.finished && shown.finished->gpu.readings > 0)
        return tr("GPU while it was measured: %1.")
            .arg(QString::fromStdString(core::describe(shown.finished->gpu)));
    if (column == P99)
        return tr("The 99th percentile, nearest rank; shown from 459 samples on.");
    return reason;
}

QVariant CellTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter
            | (section <= Tuning || section == Verdict || section == Decision ? Qt::AlignLeft
                                                                              : Qt::AlignRight));
    if (role != Qt::DisplayRole)
        return {};
    static const char* const kNames[] = { QT_TR_NOOP("status"), QT_TR_NOOP("engine"), QT_TR_NOOP("precision"),
        QT_TR_NOOP("tuning"), QT_TR_NOOP("threads"), QT_TR_NOOP("batch"), QT_TR_NOOP("decision"),
        QT_TR_NOOP("median ms"), QT_TR_NOOP("95 % interval"), QT_TR_NOOP("to baseline"),
        QT_TR_NOOP("verdict"), QT_TR_NOOP("p99 ms"), QT_TR_NOOP("items/s"), QT_TR_NOOP("memory MB"),
        QT_TR_NOOP("power W"), QT_TR_NOOP("J/item"), QT_TR_NOOP("samples"), QT_TR_NOOP("disturbed"),
        QT_TR_NOOP("max rel"), QT_TR_NOOP("top-1") };
    return tr(kNames[section]);
}

bool CellTableModel::tuningsDiffer() const
{
    const auto& cells = m_session.run().cells;
    return std::ranges::any_of(
        cells, [](const core::Cell& each) { return each.key.tuning != core::Tuning {}; });
}

bool CellTableModel::outputsCompared() const
{
    return std::ranges::any_of(m_session.run().cells,
        [](const core::Cell& each) { return each.finished && each.finished->agreement; });
}

bool CellTableModel::outputsRanked() const
{
    return std::ranges::any_of(m_session.run().cells, [](const core::Cell& each) {
        return each.finished && each.finished->agreement && each.finished->agreement->top1;
    });
}

QString CellTableModel::widestText(int column)
{
    static const char* const kWidest[] = { "✕  out of memory", "GPU recorded", "precision",
        "AVX-512 VNNI, no fusion", "threads", "8×128", "? unknown · front", "median ms", "1 234.5 – 1 234.6",
        "0.912 [0.905, 0.918]", "▲ UNCLEAR", "needs 459", "123 456", "memory MB", "power W", "0.1234",
        "100 000", "disturbed", "3.2e-07", "99.5 %" };
    return QString::fromUtf8(kWidest[column]);
}

} // namespace ui
