// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operator_bars.h"

#include "ui/format.h"
#include "ui/setup.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>

namespace ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::operator_bars", text);
}

struct Named {
    QString name;
    std::vector<OperatorBar> bars;

    double longest() const
    {
        double most = 0;
        for (const OperatorBar& bar : bars)
            most = std::max(most, bar.seconds);
        return most;
    }
};

void add(OperatorBar& sum, const OperatorBar& bar)
{
    sum.seconds += bar.seconds;
    sum.plainSeconds += bar.plainSeconds;
    sum.share += bar.share;
}

/// The operators from `first` on become one.
void sumUp(std::vector<Named>& rows, std::size_t first)
{
    Named others { tr("%1 others").arg(rows.size() - first),
        std::vector<OperatorBar>(rows[first].bars.size()) };
    for (std::size_t row = first; row < rows.size(); ++row)
        for (std::size_t engine = 0; engine < others.bars.size(); ++engine)
            add(others.bars[engine], rows[row].bars[engine]);
    rows.resize(first);
    rows.push_back(std::move(others));
}

} // namespace

OperatorBars operatorBars(const std::vector<core::EngineTrace>& traces, std::size_t most)
{
    OperatorBars result;
    for (const core::EngineTrace& trace : traces)
        if (trace.why.empty())
            result.engines.push_back(trace.spec.cell.engine);
    std::map<std::string, std::vector<OperatorBar>> byType;
    std::size_t engine = 0;
    for (const core::EngineTrace& trace : traces) {
        if (!trace.why.empty())
            continue;
        for (const core::PlacedOperator& row : trace.placement.operators) {
            auto& bars = byType[row.type];
            bars.resize(result.engines.size());
            bars[engine] = { seconds(row.time), seconds(row.plain), row.share };
        }
        ++engine;
    }
    std::vector<Named> rows;
    for (auto& [type, bars] : byType)
        rows.push_back({ QString::fromStdString(type), std::move(bars) });
    std::stable_sort(
        rows.begin(), rows.end(), [](const Named& a, const Named& b) { return a.longest() > b.longest(); });
    if (rows.size() > most && most > 0)
        sumUp(rows, most - 1);
    for (Named& row : rows) {
        result.names.push_back(row.name);
        result.bars.push_back(std::move(row.bars));
    }
    return result;
}

QString traceSummary(const core::EngineTrace& trace)
{
    const core::CellKey& cell = trace.spec.cell;
    QString text = engineTitle(cell.engine);
    if (cell.precision != core::Precision::Model)
        text += QLatin1Char(' ') + precisionText(cell.precision);
    if (cell.threads > 0)
        text += cell.threads == 1 ? tr(" · 1 thread") : tr(" · %1 threads").arg(cell.threads);
    text += tr(" · batch %1: ").arg(cell.batch);
    if (!trace.why.empty())
        return text + tr("not traced");
    text += tr("%1 in %2 nodes, %3 of it in plain kernels")
                .arg(formatDuration(seconds(trace.placement.time)))
                .arg(trace.placement.nodes.size())
                .arg(formatPercent(trace.placement.plainShare() * 100, 1));
    if (!trace.roof)
        return text;
    const core::TimeLimit limit = core::limitOf(trace.placement, trace.roof->asked, trace.roof->peaks);
    const auto part = core::share(limit, seconds(trace.placement.time));
    return text + (part ? tr("; %1 of roof").arg(formatPercent(*part * 100, 1)) : tr("; roof unknown"));
}

} // namespace ui
