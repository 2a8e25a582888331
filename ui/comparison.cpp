// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/comparison.h"

#include "core/analyse/compare_runs.h"
#include "ui/format.h"
#include "ui/run_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>

namespace ui {
namespace {

constexpr int kRatioDecimals = 3; // as breakeven-cli compare has them
constexpr double kLargeRatio = 100; // from here on figures that matter are enough

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::comparison", text);
}

QString ratioFigure(double ratio)
{
    return ratio < kLargeRatio ? QString::number(ratio, 'f', kRatioDecimals) : formatSignificant(ratio, 4);
}

bool hasEnded(const core::Cell& cell)
{
    return cell.status != core::CellStatus::Waiting && cell.status != core::CellStatus::Running;
}

} // namespace

CellVerdict verdictOn(const core::Cell& cell, const core::Run& baseline, const core::Run& run)
{
    if (!hasEnded(cell))
        return {};
    core::CellComparison compared = core::compareCell(cell.key, baseline, run);
    return { true, compared.ratio, compared.verdict, std::move(compared.why) };
}

Comparison comparisonOf(const core::Run& baseline, const core::Run& run)
{
    Comparison comparison;
    for (const core::Cell& cell : run.cells)
        comparison.cells.push_back(verdictOn(cell, baseline, run));
    comparison.differences = core::differencesOf(baseline, run);
    return comparison;
}

QString verdictGlyph(core::Verdict verdict)
{
    switch (verdict) {
    case core::Verdict::Faster:
        return QStringLiteral("▲");
    case core::Verdict::Slower:
        return QStringLiteral("▼");
    case core::Verdict::Same:
        return QStringLiteral("=");
    case core::Verdict::Unclear:
        break;
    }
    return QStringLiteral("?");
}

QString verdictMark(core::Verdict verdict)
{
    const QString glyph = verdictGlyph(verdict);
    return verdict == core::Verdict::Faster ? glyph + tr("F")
        : verdict == core::Verdict::Slower  ? glyph + tr("S")
                                            : glyph;
}

QString verdictText(const CellVerdict& verdict)
{
    if (!verdict.known)
        return {};
    const std::string_view name = core::verdictName(verdict.verdict);
    return verdictGlyph(verdict.verdict) + QLatin1Char(' ')
        + QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

QString ratioText(const CellVerdict& verdict)
{
    if (!verdict.ratio)
        return {};
    return QStringLiteral("%1 [%2, %3]")
        .arg(ratioFigure(verdict.ratio->value), ratioFigure(verdict.ratio->low),
            ratioFigure(verdict.ratio->high));
}

QString verdictToolTip(const CellVerdict& verdict, const QString& command)
{
    if (!verdict.known)
        return {};
    QStringList lines { tr(
        "Median latency over the baseline's, with its 95 % bootstrap interval: 0.5 takes half "
        "the time.") };
    lines << tr(
        "FASTER or SLOWER: the interval does not hold 1. SAME: all of it is within 2 %. Else UNCLEAR.");
    if (!verdict.why.empty())
        lines << tr("Here: %1 (the baseline is the first run, this one the second).")
                     .arg(QString::fromStdString(verdict.why));
    else if (verdict.verdict == core::Verdict::Unclear)
        lines << tr("Here: the interval is too wide; more samples or a quieter machine would tell.");
    if (!command.isEmpty())
        lines << command;
    return lines.join(QLatin1Char('\n'));
}

QString comparisonText(const Comparison& comparison)
{
    static constexpr std::array kVerdicts { core::Verdict::Faster, core::Verdict::Slower, core::Verdict::Same,
        core::Verdict::Unclear };
    const std::array names { tr("%1 %2 faster"), tr("%1 %2 slower"), tr("%1 %2 same"), tr("%1 %2 unclear") };
    QStringList parts;
    for (std::size_t k = 0; k < kVerdicts.size(); ++k) {
        const auto count = std::ranges::count_if(comparison.cells,
            [&](const CellVerdict& cell) { return cell.known && cell.verdict == kVerdicts[k]; });
        if (count > 0)
            parts << names[k].arg(verdictMark(kVerdicts[k])).arg(count);
    }
    return parts.join(QStringLiteral(" · "));
}

QString nameForShell(const RunOrigin& origin)
{
    if (!origin.id.isEmpty())
        return origin.id.left(12);
    return origin.file.isEmpty() ? QString() : shellWord(origin.file);
}

QString compareCommand(const RunOrigin& baseline, const RunOrigin& run)
{
    const auto known = [](const RunOrigin& origin) { return !origin.id.isEmpty() || !origin.file.isEmpty(); };
    if (!known(baseline) || !known(run))
        return {};
    return QStringLiteral("breakeven-cli compare %1 %2").arg(nameForShell(baseline), nameForShell(run));
}

} // namespace ui
