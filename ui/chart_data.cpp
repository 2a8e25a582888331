// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart_data.h"

#include "ui/format.h"
#include "ui/run_text.h"
#include "ui/setup.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::chart", text);
}

double orNone(const std::optional<core::Nanoseconds>& time)
{
    return time ? seconds(*time) : kNoValue;
}

core::DeviceKind kindOf(const core::Run& run, const std::string& engine)
{
    const core::DeviceInfo* device = deviceOf(run, engine);
    return device ? device->kind : engine == "gpu" ? core::DeviceKind::Gpu : core::DeviceKind::Cpu;
}

/// Where a cell lies on the axis.
double placeOf(const core::Run& run, const core::CellKey& key)
{
    return static_cast<double>(isOverRequests(run) ? key.requests : key.batch);
}

Point latencyPoint(const core::Cell& cell)
{
    const core::Summary& summary = cell.summary;
    return { .y = orNone(summary.median),
        .low = orNone(summary.p5),
        .high = orNone(summary.p95),
        .relative = summary.relativeHalfWidth().value_or(kNoValue) };
}

Point throughputPoint(const core::Cell& cell)
{
    const Point latency = latencyPoint(cell);
    const auto items = static_cast<double>(cell.key.items());
    return { .y = items / latency.y,
        .low = items / latency.high,
        .high = items / latency.low,
        .relative = latency.relative };
}

Point pointOf(const core::Cell& cell, Quantity quantity)
{
    switch (quantity) {
    case Quantity::Latency:
        return latencyPoint(cell);
    case Quantity::Throughput:
        return throughputPoint(cell);
    case Quantity::Memory:
        return { .y = cell.finished ? static_cast<double>(cell.finished->memory.total()) : kNoValue };
    case Quantity::Power:
        return { .y = cell.finished ? cell.finished->powerMeanWatts.value.value_or(kNoValue) : kNoValue };
    }
    return {};
}

} // namespace

bool isOverRequests(const core::Run& run)
{
    const core::SweepSpec& spec = run.header.spec;
    return spec.batches.size() == 1 && spec.requests.size() > 1;
}

SeriesKey seriesKeyOf(const core::Run& run, const core::CellKey& key)
{
    return { key.engine, key.precision, key.threads, isOverRequests(run) ? 1 : key.requests, key.tuning };
}

std::vector<SeriesKey> seriesKeys(const core::Run& run)
{
    std::vector<SeriesKey> keys;
    for (const auto& cell : run.cells) {
        SeriesKey key = seriesKeyOf(run, cell.key);
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            keys.push_back(std::move(key));
    }
    return keys;
}

QString engineTitle(const core::Run& run, const std::string& engine)
{
    const core::DeviceInfo* device = deviceOf(run, engine);
    if (!device || !device->recordedOn)
        return engineTitle(engine);
    const auto alike = std::ranges::count_if(run.header.devices,
        [&](const core::DeviceInfo& other) { return other.recordedOn && other.kind == device->kind; });
    if (alike > 1)
        return engineTitle(engine);
    return device->kind == core::DeviceKind::Gpu ? tr("GPU recorded") : tr("CPU recorded");
}

namespace {

QString settingsText(const SeriesKey& key)
{
    QString name;
    if (key.precision != core::Precision::Model)
        name += tr(" · %1").arg(precisionText(key.precision));
    if (key.threads > 0)
        name += key.threads == 1 ? tr(" · 1 thread") : tr(" · %1 threads").arg(key.threads);
    if (key.requests > 1)
        name += tr(" · %1 at once").arg(key.requests);
    if (key.tuning != core::Tuning {})
        name += tr(" · %1").arg(tuningText(key.tuning));
    return name;
}

/// Whether two engines are drawn in the same colour, and so must differ in marker and dash.
bool sameColor(const core::Run& run, const std::string& a, const std::string& b)
{
    return kindOf(run, a) == kindOf(run, b) && (a == "reference") == (b == "reference");
}

} // namespace

QString seriesName(const core::Run& run, const SeriesKey& key)
{
    return engineTitle(run, key.engine) + settingsText(key);
}

QString fullSeriesName(const core::Run& run, const SeriesKey& key)
{
    const core::DeviceInfo* device = deviceOf(run, key.engine);
    if (!device || !device->recordedOn)
        return seriesName(run, key);
    return (device->kind == core::DeviceKind::Gpu ? tr("GPU %1") : tr("CPU %1")).arg(recordedText(*device))
        + settingsText(key);
}

SeriesStyle styleOf(const core::Run& run, const SeriesKey& key, const Theme& theme)
{
    int place = 0;
    for (const SeriesKey& other : seriesKeys(run)) {
        if (other == key)
            break;
        place += sameColor(run, other.engine, key.engine) ? 1 : 0;
    }
    SeriesStyle style = seriesStyle(theme, key.engine, kindOf(run, key.engine), place);
    if (const core::DeviceInfo* device = deviceOf(run, key.engine); device && device->recordedOn)
        style.fill = theme.card;
    return style;
}

namespace {

std::optional<core::Verdict> verdictAt(const Comparison* comparison, std::size_t cell)
{
    if (!comparison || cell >= comparison->cells.size() || !comparison->cells[cell].known)
        return {};
    return comparison->cells[cell].verdict;
}

} // namespace

std::vector<Series> seriesByBatch(
    const core::Run& run, Quantity quantity, const Theme& theme, const Comparison* comparison)
{
    const bool compared = quantity == Quantity::Latency || quantity == Quantity::Throughput;
    std::vector<Series> all;
    for (const SeriesKey& key : seriesKeys(run)) {
        Series series { key, seriesName(run, key), styleOf(run, key, theme), {} };
        for (std::size_t cell = 0; cell < run.cells.size(); ++cell) {
            if (seriesKeyOf(run, run.cells[cell].key) != key)
                continue;
            Point point = pointOf(run.cells[cell], quantity);
            point.x = placeOf(run, run.cells[cell].key);
            point.cell = static_cast<int>(cell);
            if (compared)
                point.verdict = verdictAt(comparison, cell);
            if (std::isfinite(point.y))
                series.points.push_back(point);
        }
        std::sort(series.points.begin(), series.points.end(),
            [](const Point& a, const Point& b) { return a.x < b.x; });
        all.push_back(std::move(series));
    }
    return all;
}

std::vector<Series> overlaySeries(
    const std::vector<OpenedRun>& overlays, Quantity quantity, const Theme& theme)
{
    std::vector<Series> all;
    for (std::size_t place = 0; place < overlays.size(); ++place) {
        for (Series& series : seriesByBatch(overlays[place].run, quantity, theme)) {
            series.style = overlayStyle(theme, series.style, static_cast<int>(place));
            series.name = tr("%1 · %2").arg(shortened(overlays[place].origin.name, 18), series.name);
            all.push_back(std::move(series));
        }
    }
    return all;
}

std::vector<double> batchTicks(const core::Run& run)
{
    std::set<double> ticks;
    for (const auto& cell : run.cells)
        ticks.insert(placeOf(run, cell.key));
    return { ticks.begin(), ticks.end() };
}

QString formatValue(Quantity quantity, double value)
{
    if (!std::isfinite(value))
        return unknownFigure();
    switch (quantity) {
    case Quantity::Latency:
        return formatDuration(value);
    case Quantity::Throughput:
        return value < 1e5 ? formatSignificant(value, 4) + tr(" /s") : formatCount(value) + tr(" /s");
    case Quantity::Memory:
        return formatBytes(value);
    case Quantity::Power:
        return formatSignificant(value, 3) + tr(" W");
    }
    return {};
}

QString formatTick(Quantity quantity, double value)
{
    // Ticks are round numbers: what follows the last figure that matters is left out.
    const auto trimmed = [](double number) { return QString::number(number, 'g', 4); };
    const auto scaled = [&](std::initializer_list<std::pair<double, const char*>> units) {
        for (const auto& [size, name] : units) {
            if (std::abs(value) >= size * 0.9999)
                return trimmed(value / size) + (*name ? QChar(0xa0) + QString::fromUtf8(name) : QString());
        }
        return trimmed(value);
    };
    if (value == 0)
        return QStringLiteral("0");
    switch (quantity) {
    case Quantity::Latency:
        return scaled({ { 1, "s" }, { 1e-3, "ms" }, { 1e-6, "µs" }, { 1e-9, "ns" } });
    case Quantity::Throughput:
        return scaled({ { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" }, { 1, "" } });
    case Quantity::Memory:
        return scaled({ { 1e9, "GB" }, { 1e6, "MB" }, { 1e3, "kB" }, { 1, "B" } });
    case Quantity::Power:
        return trimmed(value) + tr(" W");
    }
    return {};
}

namespace {

/// Whether the power of such devices is known: by this machine's sensor, or by what a recording's cells say.
core::Figure powerOf(const core::Run& run, const core::DeviceInfo* device, core::DeviceKind kind)
{
    if (!device || !device->recordedOn)
        return kind == core::DeviceKind::Gpu ? run.header.gpuPower : run.header.cpuPower;
    for (const core::Cell& cell : run.cells) {
        if (cell.key.engine == device->id && cell.finished)
            return cell.finished->powerMeanWatts;
    }
    return {};
}

} // namespace

std::vector<ChartNote> powerNotes(const core::Run& run, const Theme& theme)
{
    std::vector<ChartNote> notes;
    std::set<std::pair<core::DeviceKind, bool>> seen;
    for (const SeriesKey& key : seriesKeys(run)) {
        const core::DeviceKind kind = kindOf(run, key.engine);
        const bool gpu = kind == core::DeviceKind::Gpu;
        const core::DeviceInfo* device = deviceOf(run, key.engine);
        const bool recorded = device && device->recordedOn;
        const core::Figure sensor = powerOf(run, device, kind);
        if (sensor.unknown.empty() || !seen.insert({ kind, recorded }).second)
            continue;
        const QString title = gpu ? tr("GPU power unknown") : tr("CPU power unknown");
        notes.push_back({ recorded ? tr("%1, as recorded").arg(title) : title,
            QString::fromStdString(sensor.unknown), gpu ? theme.gpuText : theme.cpuText });
    }
    return notes;
}

} // namespace ui
