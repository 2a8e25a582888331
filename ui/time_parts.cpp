// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/time_parts.h"

#include "ui/format.h"

#include <QCoreApplication>
#include <algorithm>
#include <set>

namespace ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::time_parts", text);
}

std::size_t placeOf(TimePart part)
{
    return static_cast<std::size_t>(part);
}

/// Medians of parts need not add up to the median of the whole: what they have too much is no host time.
TimeBar barOf(const core::Run& run, const core::Cell& cell)
{
    TimeBar bar { .batch = static_cast<double>(isOverRequests(run) ? cell.key.requests : cell.key.batch),
        .total = seconds(*cell.summary.median) };
    if (const auto& device = cell.summary.device) {
        bar.onDevice = true;
        bar.enqueue = seconds(device->enqueue);
        bar.seconds[placeOf(TimePart::CopyIn)] = seconds(device->copyIn);
        bar.seconds[placeOf(TimePart::Compute)] = seconds(device->compute);
        bar.seconds[placeOf(TimePart::CopyOut)] = seconds(device->copyOut);
    }
    double known = 0;
    for (const double part : bar.seconds)
        known += part;
    bar.seconds[placeOf(TimePart::Host)] = std::max(0.0, bar.total - known);
    return bar;
}

} // namespace

bool TimeParts::worthShowing() const
{
    return std::ranges::any_of(
        series, [](const TimeBarSeries& one) { return std::ranges::any_of(one.bars, &TimeBar::onDevice); });
}

TimeParts timeParts(const core::Run& run, const Theme& theme)
{
    TimeParts parts;
    parts.overRequests = isOverRequests(run);
    std::set<double> batches;
    for (const SeriesKey& key : seriesKeys(run)) {
        TimeBarSeries series { seriesName(run, key), styleOf(run, key, theme), {} };
        for (const core::Cell& cell : run.cells) {
            if (seriesKeyOf(run, cell.key) != key || !cell.summary.median)
                continue;
            series.bars.push_back(barOf(run, cell));
            batches.insert(series.bars.back().batch);
        }
        std::ranges::sort(series.bars, {}, &TimeBar::batch);
        if (!series.bars.empty())
            parts.series.push_back(std::move(series));
    }
    parts.batches.assign(batches.begin(), batches.end());
    return parts;
}

QString partName(TimePart part)
{
    switch (part) {
    case TimePart::CopyIn:
        return tr("copy in");
    case TimePart::Compute:
        return tr("compute");
    case TimePart::CopyOut:
        return tr("copy out");
    case TimePart::Host:
        return tr("host");
    }
    return {};
}

QString partText(const TimeBar& bar, TimePart part)
{
    const double time = bar.seconds[placeOf(part)];
    const double share = bar.total > 0 ? time / bar.total * 100 : 0;
    return tr("%1 · %2").arg(formatDuration(time), formatPercent(share, share < 10 ? 1 : 0));
}

QString inWords(const TimeParts& parts)
{
    QStringList lines;
    for (const TimeBarSeries& series : parts.series) {
        for (const TimeBar& bar : series.bars) {
            QStringList words;
            for (const TimePart part : kTimeParts) {
                if (bar.onDevice || part == TimePart::Host)
                    words << tr("%1 %2").arg(partName(part), partText(bar, part));
            }
            lines << (parts.overRequests ? tr("%1, %2 requests: %3") : tr("%1, batch %2: %3"))
                         .arg(series.name)
                         .arg(bar.batch)
                         .arg(words.join(QStringLiteral(", ")));
        }
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace ui
