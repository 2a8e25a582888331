// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart_content.h"

#include "ui/decision_marks.h"
#include "ui/run_text.h"

#include <QCoreApplication>

namespace ui {

ChartContent contentByBatch(
    const core::Run& run, const Company& company, Quantity quantity, const Theme& theme)
{
    ChartContent content;
    content.series = seriesByBatch(run, quantity, theme, company.comparison);
    if (company.baseline)
        content.baseline = seriesByBatch(*company.baseline, quantity, theme);
    if (company.overlays)
        content.overlays = overlaySeries(*company.overlays, quantity, theme);
    content.ticks = batchTicks(run);
    content.overRequests = isOverRequests(run);
    if (quantity == Quantity::Power)
        content.notes = powerNotes(run, theme);
    if (company.decided)
        markDecision(content, *company.decided, run, quantity);
    return content;
}

TimeViewContent timeViewContent(const core::Run& run, const TimeCurves& curves, const Theme& theme)
{
    return { .tracks = curves.tracks(run, theme),
        .cells = curves.cells(run, theme),
        .span = curves.span(),
        .emptyText = {} };
}

std::vector<LegendEntry> legendOf(const core::Run& run, const core::Run* baseline, const Theme& theme)
{
    std::vector<LegendEntry> entries;
    for (const SeriesKey& key : seriesKeys(run))
        entries.push_back({ fullSeriesName(run, key), styleOf(run, key, theme), seriesName(run, key) });
    if (baseline) {
        const SeriesStyle grey { theme.baseline, theme.muted, theme.baseline, Marker::Disc, Qt::DashLine };
        entries.push_back({ QCoreApplication::translate("ui::Legend", "baseline"), grey });
    }
    return entries;
}

namespace {

/// For little room: the day and the time alone of a run without a name.
QString briefName(const OpenedRun& overlay)
{
    const QString when = localTime(overlay.run.header.startedAt);
    const QString& name = overlay.origin.name;
    if (name.endsWith(when))
        return when.mid(when.indexOf(QLatin1Char('-')) + 1);
    constexpr int kMost = 14;
    return name.size() <= kMost ? name : name.left(kMost / 2) + QChar(0x2026) + name.right(kMost / 2);
}

} // namespace

std::vector<LegendEntry> overlayLegend(const std::vector<OpenedRun>& overlays, const Theme& theme)
{
    std::vector<LegendEntry> entries;
    for (std::size_t place = 0; place < overlays.size(); ++place)
        entries.push_back({ shortened(overlays[place].origin.name),
            overlaySample(theme, static_cast<int>(place)), briefName(overlays[place]) });
    return entries;
}

} // namespace ui
