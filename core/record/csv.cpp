// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/csv.h"

#include <fmt/format.h>

#include <cmath>

namespace core {

namespace {

constexpr double kMegabyte = 1e6;

std::string number(const std::optional<double>& value)
{
    return value ? fmt::format("{:.9g}", *value) : std::string();
}

std::string milliseconds(const std::optional<Nanoseconds>& time)
{
    return time ? fmt::format("{:.6f}", static_cast<double>(time->count()) / 1e6) : std::string();
}

std::string megabytes(double bytes)
{
    return fmt::format("{:.3f}", bytes / kMegabyte);
}

std::string megabytes(const Figure& bytes)
{
    return bytes ? megabytes(*bytes.value) : std::string();
}

/// A row as text, one column after the other.
class Row {
public:
    explicit Row(std::string& csv)
        : m_csv(csv)
    {
    }
    void add(std::string_view text)
    {
        if (!m_first)
            m_csv += ',';
        m_first = false;
        m_csv += csvField(text);
    }
    void end() { m_csv += '\n'; }

private:
    std::string& m_csv;
    bool m_first = true;
};

constexpr const char* kColumns[] = { "model", "engine", "device", "precision", "threads", "batch", "status",
    "reason", "samples", "latency_median_ms", "latency_ci_low_ms", "latency_ci_high_ms", "latency_p90_ms",
    "latency_p95_ms", "latency_p99_ms", "throughput_per_s", "compile_ms", "memory_planned_mb",
    "memory_peak_mb", "power_mean_w", "energy_per_inference_j", "power_source", "stopped_by",
    "disturbed_percent", "output_max_abs_diff",
    // Further columns, behind those that scripts know by place.
    "latency_p5_ms", "latency_q1_ms", "latency_q3_ms", "latency_p999_ms", "latency_min_ms", "latency_max_ms",
    "memory_weights_mb", "memory_arena_mb", "memory_workspace_mb", "measured_s", "hiccup_percent",
    "others_percent", "started_at", "requests", "tuning", "library", "enqueue_median_ms", "copy_in_median_ms",
    "device_median_ms", "copy_out_median_ms", "gpu_sm_clock_low_mhz", "gpu_sm_clock_high_mhz",
    "gpu_memory_clock_low_mhz", "gpu_temperature_high_c", "gpu_clock_events", "effective_samples",
    "idle_power_w", "marginal_energy_per_inference_j", "energy_delay_js", "recorded_on",
    "output_max_rel_diff", "output_cosine", "output_top1_agreement", "blocks", "energy_ci_low_j",
    "energy_ci_high_j", "system_power_mean_w", "system_energy_per_inference_j", "sensor_s" };

void addFinished(Row& row, const CellFinished& end)
{
    row.add(milliseconds(end.compile));
    row.add(megabytes(static_cast<double>(end.memory.total())));
    row.add(megabytes(end.peakResidentBytes));
    row.add(number(end.powerMeanWatts.value));
    row.add(number(end.energyPerInferenceJoules.value));
    row.add(end.powerMeanWatts ? end.powerMeanWatts.source : "");
    row.add(stoppedByName(end.stoppedBy));
    row.add(number(end.disturbedPercent));
    row.add(number(end.outputMaxAbsDiff.value));
}

void addKey(Row& row, const Run& run, const Cell& cell)
{
    const DeviceInfo* device = deviceOf(run, cell.key.engine);
    row.add(run.header.model.name);
    row.add(cell.key.engine);
    row.add(device ? device->name : "");
    row.add(precisionName(cell.key.precision));
    row.add(cell.key.threads > 0 ? std::to_string(cell.key.threads) : "");
    row.add(std::to_string(cell.key.batch));
    row.add(cellStatusName(cell.status));
    row.add(cell.reason);
}

void addSummary(Row& row, const Cell& cell)
{
    const Summary& summary = cell.summary;
    row.add(std::to_string(summary.samples));
    row.add(milliseconds(summary.median));
    row.add(summary.interval ? milliseconds(summary.interval->low) : "");
    row.add(summary.interval ? milliseconds(summary.interval->high) : "");
    row.add(milliseconds(summary.p90));
    row.add(milliseconds(summary.p95));
    row.add(milliseconds(summary.p99));
    row.add(number(cell.throughput()));
}

void addFurther(Row& row, const Run& run, const Cell& cell)
{
    const Summary& summary = cell.summary;
    for (const auto& time :
        { summary.p5, summary.q1, summary.q3, summary.p999, summary.minimum, summary.maximum })
        row.add(milliseconds(time));
    const auto* end = cell.finished ? &*cell.finished : nullptr;
    row.add(end ? megabytes(static_cast<double>(end->memory.weights)) : "");
    row.add(end ? megabytes(static_cast<double>(end->memory.arena)) : "");
    row.add(end ? megabytes(static_cast<double>(end->memory.workspace)) : "");
    row.add(end ? number(std::chrono::duration<double>(end->measured).count()) : "");
    row.add(end ? number(end->hiccupPercent) : "");
    row.add(end ? number(end->othersPercent.value) : "");
    row.add(run.header.startedAt);
    row.add(std::to_string(cell.key.requests));
    row.add(tuningName(cell.key.tuning));
    row.add(end ? end->library : "");
    const DeviceTimes* device = summary.device ? &*summary.device : nullptr;
    row.add(device ? milliseconds(device->enqueue) : "");
    row.add(device ? milliseconds(device->copyIn) : "");
    row.add(device ? milliseconds(device->compute) : "");
    row.add(device ? milliseconds(device->copyOut) : "");
    const GpuConditions gpu = end ? end->gpu : GpuConditions {};
    const auto bound
        = [](const std::optional<GpuConditions::Range>& range, double GpuConditions::Range::*side) {
              return range ? number((*range).*side) : "";
          };
    row.add(bound(gpu.smClockMhz, &GpuConditions::Range::low));
    row.add(bound(gpu.smClockMhz, &GpuConditions::Range::high));
    row.add(bound(gpu.memoryClockMhz, &GpuConditions::Range::low));
    row.add(bound(gpu.temperatureC, &GpuConditions::Range::high));
    row.add(clockEventWords(gpu.clockEvents));
    row.add(summary.samples > 0
            ? number(std::floor(static_cast<double>(summary.samples) / summary.correlationTime))
            : "");
    row.add(end ? number(end->idleWatts.value) : "");
    row.add(end ? number(end->marginalEnergyPerInferenceJoules.value) : "");
    row.add(end && end->energyPerInferenceJoules && summary.median ? number(
                *end->energyPerInferenceJoules.value * std::chrono::duration<double>(*summary.median).count())
                                                                   : "");
    const DeviceInfo* info = deviceOf(run, cell.key.engine);
    row.add(info && info->recordedOn ? info->recordedOn->machine + ", " + info->recordedOn->date : "");
    const Difference* agreement = end && end->agreement ? &*end->agreement : nullptr;
    row.add(agreement ? number(agreement->maxRel) : "");
    row.add(agreement ? number(agreement->cosine) : "");
    row.add(agreement ? number(agreement->top1) : "");
    row.add(cell.blocks.empty() ? "" : std::to_string(cell.blocks.size()));
    for (const Figure CellFinished::*figure :
        { &CellFinished::energyLowJoules, &CellFinished::energyHighJoules,
            &CellFinished::systemPowerMeanWatts, &CellFinished::systemEnergyPerInferenceJoules })
        row.add(end ? number((end->*figure).value) : "");
    row.add(end ? number(end->sensorSeconds) : "");
}

} // namespace

std::string csvField(std::string_view text)
{
    if (text.find_first_of(",\"\r\n") == text.npos)
        return std::string(text);
    std::string result = "\"";
    for (const char c : text)
        result += c == '"' ? std::string("\"\"") : std::string(1, c);
    return result + "\"";
}

std::string toCsv(const Run& run)
{
    std::string csv;
    Row header(csv);
    for (const char* column : kColumns)
        header.add(column);
    header.end();
    for (const Cell& cell : run.cells) {
        Row row(csv);
        addKey(row, run, cell);
        addSummary(row, cell);
        if (cell.finished) {
            addFinished(row, *cell.finished);
        } else {
            for (int column = 0; column < 9; ++column)
                row.add("");
        }
        addFurther(row, run, cell);
        row.end();
    }
    return csv;
}

} // namespace core
