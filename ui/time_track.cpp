// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/time_track.h"

#include "ui/format.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

// Windows of throughput: short enough to see a hiccup, long enough for several runs of most models.
constexpr double kWindow = 0.25;

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::chart", text);
}

} // namespace

ThinnedCurve::ThinnedCurve(std::size_t mostBuckets)
    : m_most(std::max<std::size_t>(mostBuckets, 2))
{
}

void ThinnedCurve::add(double x, double y)
{
    if (!m_buckets.empty() && m_buckets.back().count < m_perBucket && !m_broken) {
        Bucket& last = m_buckets.back();
        if (y < last.low)
            last.low = y, last.lowX = x;
        if (y > last.high)
            last.high = y, last.highX = x;
        ++last.count;
        return;
    }
    if (m_buckets.size() >= m_most)
        halve();
    m_buckets.push_back({ x, y, x, y, 1, m_broken });
    m_broken = false;
}

void ThinnedCurve::breakLine()
{
    m_broken = !m_buckets.empty();
}

void ThinnedCurve::halve()
{
    m_perBucket *= 2;
    std::vector<Bucket> merged;
    for (const Bucket& bucket : m_buckets) {
        const bool joins = !merged.empty() && !bucket.startsAfterBreak
            && merged.back().count + bucket.count <= m_perBucket;
        if (!joins) {
            merged.push_back(bucket);
            continue;
        }
        Bucket& into = merged.back();
        if (bucket.low < into.low)
            into.low = bucket.low, into.lowX = bucket.lowX;
        if (bucket.high > into.high)
            into.high = bucket.high, into.highX = bucket.highX;
        into.count += bucket.count;
    }
    // Many short stretches cannot be merged without joining them; then there may be more buckets than asked
    // for.
    m_most = std::max(m_most, merged.size() * 2);
    m_buckets = std::move(merged);
}

std::vector<Point> ThinnedCurve::points() const
{
    std::vector<Point> points;
    points.reserve(m_buckets.size() * 2);
    for (const Bucket& bucket : m_buckets) {
        const Point low { .x = bucket.lowX, .y = bucket.low };
        const Point high { .x = bucket.highX, .y = bucket.high };
        if (bucket.startsAfterBreak)
            points.push_back({ .x = std::min(low.x, high.x) });
        if (low.x == high.x) {
            points.push_back(low);
            continue;
        }
        points.push_back(low.x < high.x ? low : high);
        points.push_back(low.x < high.x ? high : low);
    }
    return points;
}

void TimeTracks::clear()
{
    *this = TimeTracks();
}

void TimeTracks::updateCell(const core::Cell& cell, CellProgress& progress, Curves& curves)
{
    for (; progress.taken < cell.samples.size(); ++progress.taken) {
        const core::TimedSample& sample = cell.samples[progress.taken];
        const double end = seconds(sample.at) + seconds(sample.latency);
        if (!progress.begun) {
            curves.latency.breakLine();
            curves.throughput.breakLine();
            progress.windowStart = seconds(sample.at);
            progress.begun = true;
        }
        curves.latency.add(seconds(sample.at), seconds(sample.latency));
        progress.windowItems += static_cast<double>(cell.key.items());
        if (end - progress.windowStart >= kWindow) {
            curves.throughput.add(end, progress.windowItems / (end - progress.windowStart));
            progress.windowStart = end;
            progress.windowItems = 0;
        }
    }
    // What is left when a cell ends is a window too, so that a short cell is seen at all.
    if (cell.finished && progress.windowItems > 0 && !cell.samples.empty()) {
        const core::TimedSample& last = cell.samples.back();
        const double end = seconds(last.at) + seconds(last.latency);
        if (end > progress.windowStart)
            curves.throughput.add(end, progress.windowItems / (end - progress.windowStart));
        progress.windowItems = 0;
    }
}

void TimeTracks::update(const core::Run& run)
{
    m_cells.resize(run.cells.size());
    for (std::size_t i = 0; i < run.cells.size(); ++i) {
        const core::Cell& cell = run.cells[i];
        if (m_cells[i].taken < cell.samples.size() || (cell.finished && m_cells[i].windowItems > 0))
            updateCell(cell, m_cells[i], m_curves[seriesKeyOf(run, cell.key)]);
    }
    for (; m_readings < run.readings.size(); ++m_readings) {
        const core::SensorReading& reading = run.readings[m_readings];
        const double at = seconds(reading.at);
        if (reading.residentBytes > 0)
            m_resident.add(at, static_cast<double>(reading.residentBytes));
        if (reading.cpuWatts)
            m_cpuWatts.add(at, *reading.cpuWatts.value);
        if (reading.gpuWatts)
            m_gpuWatts.add(at, *reading.gpuWatts.value);
    }
}

std::vector<Series> TimeTracks::series(const core::Run& run, Quantity quantity, const Theme& theme) const
{
    std::vector<Series> all;
    const auto add = [&](SeriesKey key, const QString& name, SeriesStyle style, const ThinnedCurve& curve) {
        auto points = curve.points();
        if (!points.empty())
            all.push_back({ std::move(key), name, style, std::move(points) });
    };
    if (quantity == Quantity::Memory) {
        const SeriesStyle style { theme.muted, theme.text, theme.muted, Marker::Disc, Qt::SolidLine };
        add({ "process" }, tr("This process"), style, m_resident);
    } else if (quantity == Quantity::Power) {
        add({ "cpu" }, tr("CPU"), seriesStyle(theme, "cpu", core::DeviceKind::Cpu, 0), m_cpuWatts);
        add({ "gpu" }, tr("GPU"), seriesStyle(theme, "gpu", core::DeviceKind::Gpu, 0), m_gpuWatts);
    } else {
        for (const auto& [key, curves] : m_curves)
            add(key, seriesName(run, key), styleOf(run, key, theme),
                quantity == Quantity::Latency ? curves.latency : curves.throughput);
    }
    return all;
}

} // namespace ui
