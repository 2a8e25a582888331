// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cell_text.h"

#include "ui/cell_table_model.h"
#include "ui/format.h"

#include <QCoreApplication>

namespace ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::cell", text);
}

bool ended(const core::Cell& cell)
{
    return cell.status != core::CellStatus::Waiting && cell.status != core::CellStatus::Running;
}

/// A dash once it is known that no figure will come; nothing before.
QString noFigure(const core::Cell& cell)
{
    return ended(cell) ? unknownFigure() : QString();
}

} // namespace

QString batchText(const core::CellKey& key)
{
    return key.requests > 1 ? tr("%1×%2").arg(key.requests).arg(key.batch) : QString::number(key.batch);
}

QString statusGlyph(core::CellStatus status)
{
    switch (status) {
    case core::CellStatus::Waiting:
        return QStringLiteral("○");
    case core::CellStatus::Running:
        return QStringLiteral("●");
    case core::CellStatus::Ok:
        return QStringLiteral("✓");
    case core::CellStatus::Unstable:
        return QStringLiteral("≈");
    case core::CellStatus::Disturbed:
        return QStringLiteral("!");
    case core::CellStatus::Refused:
    case core::CellStatus::OutOfMemory:
    case core::CellStatus::Failed:
        return QStringLiteral("✕");
    case core::CellStatus::Cancelled:
        return QStringLiteral("–");
    }
    return {};
}

QString statusText(const core::Cell& cell)
{
    switch (cell.status) {
    case core::CellStatus::Waiting:
        return tr("waiting");
    case core::CellStatus::Running:
        return cell.phase == core::CellPhase::Compiling  ? tr("compiling")
            : cell.phase == core::CellPhase::Tuning      ? tr("tuning")
            : cell.phase == core::CellPhase::WarmingUp   ? tr("warming up")
            : cell.phase == core::CellPhase::Paused      ? tr("paused")
            : cell.phase == core::CellPhase::CoolingDown ? tr("cooling down")
                                                         : tr("measuring");
    case core::CellStatus::Ok:
        return tr("ok");
    case core::CellStatus::Unstable:
        return tr("unstable");
    case core::CellStatus::Disturbed:
        return tr("disturbed");
    case core::CellStatus::Refused:
        return tr("refused");
    case core::CellStatus::OutOfMemory:
        return tr("out of memory");
    case core::CellStatus::Failed:
        return tr("failed");
    case core::CellStatus::Cancelled:
        return tr("cancelled");
    }
    return {};
}

bool hasOnlyReason(const core::Cell& cell)
{
    return ended(cell) && !cell.summary.median && !cell.reason.empty();
}

QString medianText(const core::Cell& cell)
{
    return cell.summary.median ? formatMilliseconds(*cell.summary.median) : noFigure(cell);
}

QString intervalText(const core::Cell& cell)
{
    if (!cell.summary.interval)
        return noFigure(cell);
    return formatMilliseconds(cell.summary.interval->low) + QStringLiteral(" – ")
        + formatMilliseconds(cell.summary.interval->high);
}

QString p99Text(const core::Cell& cell)
{
    if (cell.summary.p99)
        return formatMilliseconds(*cell.summary.p99);
    return cell.summary.median ? tr("needs %1").arg(core::samplesNeededFor(0.99)) : noFigure(cell);
}

QString rateText(const core::Cell& cell)
{
    const auto rate = cell.throughput();
    return rate ? formatSignificant(*rate, 4) : noFigure(cell);
}

QString memoryText(const core::Cell& cell)
{
    return cell.finished ? formatMegabytes(static_cast<double>(cell.finished->memory.total()))
                         : noFigure(cell);
}

QString memoryToolTip(const core::Cell& cell)
{
    if (!cell.finished)
        return {};
    const auto bytes = [](std::size_t count) { return formatBytes(static_cast<double>(count)); };
    const core::MemoryUse& memory = cell.finished->memory;
    const core::Figure& peak = cell.finished->peakResidentBytes;
    return tr("planned: weights %1, activations %2, workspace %3\npeak of the process: %4")
        .arg(bytes(memory.weights), bytes(memory.arena), bytes(memory.workspace),
            peak ? formatBytes(*peak.value) : QString::fromStdString(peak.unknown));
}

QString powerText(const core::Cell& cell)
{
    if (!cell.finished || !cell.finished->powerMeanWatts)
        return noFigure(cell);
    return formatSignificant(*cell.finished->powerMeanWatts.value, 3);
}

QString energyText(const core::Cell& cell)
{
    if (!cell.finished || !cell.finished->energyPerInferenceJoules)
        return noFigure(cell);
    return formatSignificant(*cell.finished->energyPerInferenceJoules.value, 3);
}

QString samplesText(const core::Cell& cell)
{
    return cell.samples.empty() ? noFigure(cell)
                                : formatInteger(static_cast<std::int64_t>(cell.samples.size()));
}

QString disturbedText(const core::Cell& cell)
{
    return cell.finished ? formatPercent(cell.finished->disturbedPercent, 1) : noFigure(cell);
}

QString largestErrorText(const core::Cell& cell)
{
    if (!cell.finished || !cell.finished->agreement)
        return noFigure(cell);
    return QString::number(cell.finished->agreement->maxRel, 'e', 1);
}

QString top1Text(const core::Cell& cell)
{
    if (!cell.finished || !cell.finished->agreement || !cell.finished->agreement->top1)
        return noFigure(cell);
    return QStringLiteral("%1 %").arg(*cell.finished->agreement->top1 * 100, 0, 'g', 3);
}

QString agreementToolTip(const core::Cell& cell)
{
    if (!cell.finished || !cell.finished->agreement)
        return {};
    const core::Difference& off = *cell.finished->agreement;
    return tr(
        "Outputs against the reference engine on the same inputs, the worst of all: largest difference %1, "
        "largest relative error %2, cosine %3%4.")
        .arg(QString::number(off.maxAbs, 'e', 2), QString::number(off.maxRel, 'e', 2),
            QString::number(off.cosine, 'f', 9),
            off.top1 ? tr(", the same largest element in %1 of rows").arg(top1Text(cell)) : QString());
}

} // namespace ui
