// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/time_curves.h"

#include "ui/format.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

// Windows of throughput: short enough to see a hiccup, long enough for several runs of most models.
constexpr double kWindow = 0.25;
// Sensors are read 20 times a second, slow ones once a second: beyond this nobody looked.
constexpr double kLongestGap = 2.5;
// Between two runs of a cell; measured by turns, cells pause for longer.
constexpr double kPause = 0.5;

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::TimeView", text);
}

QString reasonFor(const core::Run& run, std::initializer_list<const char*> sensors)
{
    QStringList reasons;
    for (const core::SensorInfo& sensor : run.header.sensors) {
        if (std::ranges::count(sensors, sensor.what) > 0 && !sensor.unavailable.empty())
            reasons << QString::fromStdString(sensor.unavailable);
    }
    return reasons.join(QLatin1Char(' '));
}

/// "CPU · 2 threads, batch 8".
QString cellName(const core::Run& run, std::size_t cell)
{
    const core::CellKey& key = run.cells[cell].key;
    const QString series = seriesName(run, seriesKeyOf(run, key));
    return isOverRequests(run) ? tr("%1, %2 at once").arg(series).arg(key.requests)
                               : tr("%1, batch %2").arg(series).arg(key.batch);
}

/// Why a track is empty.
QString reasonFor(const core::Run& run, Track track)
{
    QString reason;
    switch (track) {
    case Track::Power:
        reason = reasonFor(run, { "CPU power", "GPU power", "machine power" });
        if (run.header.sensors.empty())
            reason = QString::fromStdString(run.header.cpuPower.unknown);
        break;
    case Track::Clock:
        reason = reasonFor(run, { "CPU clock" });
        break;
    case Track::Temperature:
        reason = reasonFor(run, { "CPU temperature" });
        break;
    case Track::Latency:
    case Track::Throughput:
        reason = tr("No run was measured.");
        break;
    case Track::Memory:
    case Track::Lost:
        break;
    }
    return reason.isEmpty() ? tr("Not read in this run.") : reason;
}

} // namespace

QString trackTitle(Track track)
{
    switch (track) {
    case Track::Latency:
        return tr("Latency");
    case Track::Throughput:
        return tr("Throughput");
    case Track::Power:
        return tr("Power");
    case Track::Memory:
        return tr("Memory");
    case Track::Clock:
        return tr("Clock");
    case Track::Temperature:
        return tr("Temperature");
    case Track::Lost:
        return tr("Disturbance");
    }
    return {};
}

QString formatTrackValue(Track track, double value)
{
    switch (track) {
    case Track::Latency:
        return formatValue(Quantity::Latency, value);
    case Track::Throughput:
        return formatValue(Quantity::Throughput, value);
    case Track::Power:
        return formatValue(Quantity::Power, value);
    case Track::Memory:
        return formatValue(Quantity::Memory, value);
    case Track::Clock:
        return tr("%1 MHz").arg(formatInteger(std::llround(value)));
    case Track::Temperature:
        return tr("%1 °C").arg(formatInteger(std::llround(value)));
    case Track::Lost:
        return formatPercent(value, 1);
    }
    return {};
}

QString formatTrackTick(Track track, double value)
{
    switch (track) {
    case Track::Latency:
        return formatTick(Quantity::Latency, value);
    case Track::Throughput:
        return formatTick(Quantity::Throughput, value);
    case Track::Power:
        return formatTick(Quantity::Power, value);
    case Track::Memory:
        return formatTick(Quantity::Memory, value);
    case Track::Clock:
        return value == 0 ? QStringLiteral("0") : tr("%1 GHz").arg(QString::number(value / 1000, 'g', 3));
    case Track::Temperature:
        return tr("%1 °C").arg(QString::number(value, 'g', 3));
    case Track::Lost:
        return tr("%1 %").arg(QString::number(value, 'g', 3));
    }
    return {};
}

void TimeCurves::clear()
{
    *this = TimeCurves();
}

void TimeCurves::Readings::add(double at, double value)
{
    if (!points.empty() && at - points.back().x > kLongestGap)
        points.push_back({ .x = points.back().x });
    points.push_back({ at, value });
}

void TimeCurves::Readings::add(double at, const std::optional<double>& value)
{
    if (value && std::isfinite(*value))
        add(at, *value);
}

void TimeCurves::see(double at)
{
    if (!m_span)
        m_span = { at, at };
    m_span->first = std::min(m_span->first, at);
    m_span->second = std::max(m_span->second, at);
}

void TimeCurves::updateCell(const core::Cell& cell, CellCurves& curves)
{
    const auto closeWindow = [&](double end) {
        if (curves.windowItems > 0 && end > curves.windowStart)
            curves.throughput.push_back({ end, curves.windowItems / (end - curves.windowStart) });
        curves.windowStart = end;
        curves.windowItems = 0;
    };
    for (; curves.taken < cell.samples.size(); ++curves.taken) {
        const core::TimedSample& sample = cell.samples[curves.taken];
        const double begin = seconds(sample.at), latency = seconds(sample.latency), end = begin + latency;
        if (curves.spans.empty() || begin - curves.spans.back().second > kPause) {
            if (!curves.spans.empty())
                closeWindow(curves.spans.back().second);
            curves.windowStart = begin;
            curves.spans.emplace_back(begin, end);
            curves.latency.push_back({ .x = begin });
            curves.throughput.push_back({ .x = begin });
            see(begin);
        }
        curves.spans.back().second = end;
        curves.latency.push_back({ begin, latency });
        curves.windowItems += static_cast<double>(cell.key.items());
        if (end - curves.windowStart >= kWindow)
            closeWindow(end);
    }
    if (curves.spans.empty())
        return;
    see(curves.spans.back().second);
    // What is left when a cell ends is a window too, so that a short cell is seen at all.
    if (cell.finished)
        closeWindow(curves.spans.back().second);
}

void TimeCurves::add(const core::SensorReading& reading)
{
    const double at = seconds(reading.at);
    see(at);
    m_cpuWatts.add(at, reading.cpuWatts.value);
    m_gpuWatts.add(at, reading.gpuWatts.value);
    m_systemWatts.add(at, reading.systemWatts);
    if (reading.residentBytes > 0)
        m_resident.add(at, static_cast<double>(reading.residentBytes));
    m_cpuClock.add(at, reading.cpu.clockMhz);
    m_cpuTemperature.add(at, reading.cpu.temperatureC);
    m_lost.add(at, reading.lostPercent);
    if (reading.gpu) {
        m_gpuMemory.add(at, reading.gpu->memoryUsedBytes);
        m_gpuClock.add(at, reading.gpu->smClockMhz);
        m_gpuTemperature.add(at, reading.gpu->temperatureC);
    }
}

void TimeCurves::update(const core::Run& run)
{
    m_cells.resize(run.cells.size());
    for (std::size_t i = 0; i < run.cells.size(); ++i) {
        const core::Cell& cell = run.cells[i];
        if (m_cells[i].taken < cell.samples.size() || (cell.finished && m_cells[i].windowItems > 0))
            updateCell(cell, m_cells[i]);
    }
    for (; m_readings < run.readings.size(); ++m_readings)
        add(run.readings[m_readings]);
}

std::vector<TrackContent> TimeCurves::tracks(const core::Run& run, const Theme& theme) const
{
    const SeriesStyle cpu = seriesStyle(theme, "cpu", core::DeviceKind::Cpu, 0);
    const SeriesStyle gpu = seriesStyle(theme, "gpu", core::DeviceKind::Gpu, 0);
    const SeriesStyle whole { theme.muted, theme.text, theme.muted, Marker::Diamond, Qt::DashLine };
    const SeriesStyle lost { theme.warning, theme.warning, theme.warning, Marker::Disc, Qt::SolidLine };
    std::vector<TrackContent> all;
    for (const Track track : kTracks) {
        TrackContent content { track, {}, {} };
        const auto add
            = [&](const QString& name, const SeriesStyle& style, const std::vector<TimePoint>& points) {
                  if (!points.empty())
                      content.curves.push_back({ name, style, &points });
              };
        switch (track) {
        case Track::Latency:
        case Track::Throughput:
            for (std::size_t i = 0; i < m_cells.size(); ++i)
                add(cellName(run, i), styleOf(run, seriesKeyOf(run, run.cells[i].key), theme),
                    track == Track::Latency ? m_cells[i].latency : m_cells[i].throughput);
            break;
        case Track::Power:
            add(tr("Whole machine"), whole, m_systemWatts.points);
            add(tr("CPU"), cpu, m_cpuWatts.points);
            add(tr("GPU"), gpu, m_gpuWatts.points);
            break;
        case Track::Memory:
            add(tr("This process"), cpu, m_resident.points);
            add(tr("GPU"), gpu, m_gpuMemory.points);
            break;
        case Track::Clock:
            add(tr("CPU"), cpu, m_cpuClock.points);
            add(tr("GPU"), gpu, m_gpuClock.points);
            break;
        case Track::Temperature:
            add(tr("CPU"), cpu, m_cpuTemperature.points);
            add(tr("GPU"), gpu, m_gpuTemperature.points);
            break;
        case Track::Lost:
            add(tr("Lost to others"), lost, m_lost.points);
            break;
        }
        if (content.curves.empty())
            content.none = reasonFor(run, track);
        all.push_back(std::move(content));
    }
    return all;
}

std::vector<CellSpan> TimeCurves::cells(const core::Run& run, const Theme& theme) const
{
    std::vector<CellSpan> spans;
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        const core::CellKey& key = run.cells[i].key;
        const core::DeviceInfo* device = deviceOf(run, key.engine);
        for (const auto& [begin, end] : m_cells[i].spans)
            spans.push_back({ .begin = begin,
                .end = end,
                .name = cellName(run, i),
                .shortName = QString::number(isOverRequests(run) ? key.requests : key.batch),
                .color = styleOf(run, seriesKeyOf(run, key), theme).text,
                .kind = device ? device->kind : core::DeviceKind::Cpu });
    }
    std::ranges::sort(spans, {}, &CellSpan::begin);
    return spans;
}

std::optional<std::pair<double, double>> TimeCurves::span() const
{
    return m_span && m_span->second > m_span->first ? m_span : std::nullopt;
}

} // namespace ui
