// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/decision_marks.h"

#include "ui/format.h"

#include <QCoreApplication>
#include <algorithm>
#include <chrono>
#include <cmath>

namespace ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::decision", text);
}

const core::Candidate* candidateOf(const Decided& decided, std::size_t cell)
{
    const auto& all = decided.decision.candidates;
    return cell < all.size() ? &all[cell] : nullptr;
}

bool isBest(const Decided& decided, std::size_t cell)
{
    return decided.decision.best == cell;
}

QString percentileText(double percentile)
{
    return percentile == 0.5 ? tr("median") : tr("p%1").arg(QString::number(percentile * 100));
}

/// The size on the axis that `items` are: batches where every cell takes as many requests at once.
std::optional<double> perRequest(const core::Run& run)
{
    if (run.cells.empty() || isOverRequests(run))
        return {};
    const int requests = run.cells.front().key.requests;
    const bool same = std::ranges::all_of(
        run.cells, [&](const core::Cell& cell) { return cell.key.requests == requests; });
    return same ? std::optional(static_cast<double>(requests)) : std::nullopt;
}

void addCrossings(ChartMarks& marks, const Decided& decided, const core::Run& run)
{
    const auto requests = perRequest(run);
    if (!requests)
        return;
    const auto scaled = [&](std::optional<double> items) {
        return items ? std::optional(*items / *requests) : std::nullopt;
    };
    for (const auto& [words, crossover] : decided.decision.crossovers) {
        if (crossover.kind != core::Crossover::Kind::At)
            continue;
        marks.crossings.push_back({ .x = *scaled(crossover.items),
            .low = scaled(crossover.low).value_or(*scaled(crossover.from)),
            .high = scaled(crossover.high).value_or(*scaled(crossover.to)),
            .label = tr("crossover at %1").arg(formatSignificant(*scaled(crossover.items), 2)) });
    }
}

void addTarget(ChartMarks& marks, const core::Targets& targets, Quantity quantity)
{
    switch (quantity) {
    case Quantity::Latency:
        marks.target = targets.latencySeconds;
        if (marks.target)
            marks.targetLabel
                = tr("%1 at most %2").arg(percentileText(targets.percentile), formatDuration(*marks.target));
        return;
    case Quantity::Throughput:
        marks.target = targets.rate;
        break;
    case Quantity::Memory:
        marks.target = targets.bytes;
        break;
    case Quantity::Power:
        marks.target = targets.watts;
        break;
    }
    if (marks.target)
        marks.targetLabel = (quantity == Quantity::Throughput ? tr("at least %1") : tr("at most %1"))
                                .arg(formatValue(quantity, *marks.target));
}

Standing standingOf(const Decided& decided, std::size_t cell)
{
    return isBest(decided, cell)       ? Standing::Best
        : missesTargets(decided, cell) ? Standing::Missed
                                       : Standing::Plain;
}

} // namespace

void markDecision(ChartContent& content, const Decided& decided, const core::Run& run, Quantity quantity)
{
    if (decided.decision.candidates.size() != run.cells.size())
        return; // of another run
    for (Series& series : content.series)
        for (Point& point : series.points)
            if (point.cell >= 0)
                point.standing = standingOf(decided, static_cast<std::size_t>(point.cell));
    if (quantity == Quantity::Latency || quantity == Quantity::Throughput)
        addCrossings(content.marks, decided, run);
    addTarget(content.marks, decided.settings.targets, quantity);
}

QStringList decisionWarnings(const Decided& decided)
{
    QStringList lines;
    for (const std::string& warning : decided.decision.warnings)
        lines << QString::fromStdString(warning);
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    for (const auto& [engine, pricing] : decided.settings.prices)
        if (core::isStale(pricing.price, today))
            lines << tr("The price of %1 is over a year old.").arg(engineTitle(*decided.run, engine));
    return lines;
}

QString decisionText(const Decided& decided, std::size_t cell)
{
    const core::Candidate* candidate = candidateOf(decided, cell);
    if (!candidate || !decided.run->cells[cell].finished)
        return {};
    QStringList parts;
    if (isBest(decided, cell))
        parts << tr("★ best");
    else if (candidate->verdict.feasible == core::Answer::No)
        parts << tr("✕ misses");
    else if (candidate->verdict.feasible == core::Answer::Unknown)
        parts << tr("? unknown");
    else if (decided.settings.targets.any())
        parts << tr("✓ meets");
    if (candidate->onFront)
        parts << tr("front");
    return parts.join(QStringLiteral(" · "));
}

QString decisionToolTip(const Decided& decided, std::size_t cell)
{
    const core::Candidate* candidate = candidateOf(decided, cell);
    if (!candidate)
        return {};
    QStringList lines;
    for (const core::Check& check : candidate->verdict.checks)
        lines << (check.met == core::Answer::Yes         ? QStringLiteral("✓ ")
                         : check.met == core::Answer::No ? QStringLiteral("✕ ")
                                                         : QStringLiteral("? "))
                + QString::fromStdString(check.words);
    if (candidate->onFront)
        lines << tr("Front: no other cell is at least as good in latency, throughput, energy and cost,\n"
                    "as far as both are known, and better in one.");
    return lines.join(QLatin1Char('\n'));
}

bool missesTargets(const Decided& decided, std::size_t cell)
{
    const core::Candidate* candidate = candidateOf(decided, cell);
    return candidate && decided.run->cells[cell].finished && candidate->verdict.feasible != core::Answer::Yes;
}

} // namespace ui
