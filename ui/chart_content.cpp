// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart_content.h"

#include <QCoreApplication>

namespace ui {

ChartContent contentByBatch(
    const core::Run& run, const core::Run* baseline, Quantity quantity, const Theme& theme)
{
    ChartContent content;
    content.series = seriesByBatch(run, quantity, theme);
    if (baseline)
        content.baseline = seriesByBatch(*baseline, quantity, theme);
    content.ticks = batchTicks(run);
    content.overRequests = isOverRequests(run);
    if (quantity == Quantity::Power)
        content.notes = powerNotes(run, theme);
    return content;
}

ChartContent contentOverTime(
    const core::Run& run, const TimeTracks& tracks, Quantity quantity, const Theme& theme)
{
    ChartContent content;
    content.axis = XAxis::Time;
    content.series = tracks.series(run, quantity, theme);
    if (quantity == Quantity::Power)
        content.notes = powerNotes(run, theme);
    return content;
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

} // namespace ui
