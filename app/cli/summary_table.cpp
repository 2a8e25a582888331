// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/summary_table.h"

#include "app/cli/context.h"
#include "app/cli/table.h"
#include "core/sensors/memory.h"

#include <fmt/format.h>

#include <algorithm>

namespace app {

std::string milliseconds(core::Nanoseconds time)
{
    return figure(static_cast<double>(time.count()) / 1e6);
}

std::string batches(const core::CellKey& key)
{
    return key.requests > 1 ? fmt::format("{}x{}", key.requests, key.batch) : std::to_string(key.batch);
}

namespace {

/// The 99th percentile, or how many samples it would take.
std::string p99(const core::Summary& summary)
{
    if (summary.p99)
        return milliseconds(*summary.p99);
    return summary.samples > 0 ? fmt::format("needs {}", core::samplesNeededFor(0.99)) : std::string();
}

/// How far the outputs are from the reference engine's.
const core::Difference* agreementOf(const core::Cell& cell)
{
    return cell.finished && cell.finished->agreement ? &*cell.finished->agreement : nullptr;
}

std::string largestError(const core::Difference* off)
{
    return off ? fmt::format("{:.1e}", off->maxRel) : "";
}

std::string top1(const core::Difference* off)
{
    return off && off->top1 ? fmt::format("{:.3g}%", *off->top1 * 100) : "";
}

std::vector<std::string> fields(const core::Cell& cell)
{
    const core::Summary& summary = cell.summary;
    const auto throughput = cell.throughput();
    const auto* end = cell.finished ? &*cell.finished : nullptr;
    return { settings(cell.key), batches(cell.key), summary.median ? milliseconds(*summary.median) : "",
        summary.interval ? milliseconds(summary.interval->low) + "-" + milliseconds(summary.interval->high)
                         : "",
        p99(summary), throughput ? figure(*throughput) : "",
        end && end->peakResidentBytes ? core::formatBytes(*end->peakResidentBytes.value) : "",
        end && end->powerMeanWatts ? figure(*end->powerMeanWatts.value) : "", std::to_string(summary.samples),
        end ? fmt::format("{:.1f}%", end->disturbedPercent) : "",
        std::string(core::cellStatusName(cell.status)) };
}

} // namespace

std::string settings(const core::CellKey& key)
{
    std::string text = key.engine;
    if (key.precision != core::Precision::Model)
        text += fmt::format(" {}", core::precisionName(key.precision));
    if (key.threads > 0)
        text += fmt::format(" x{}", key.threads);
    return key.tuning == core::Tuning {} ? text : text + " " + tuningName(key.tuning);
}

std::string nameOf(const core::CellKey& key)
{
    const std::string text = fmt::format("{} batch {}", settings(key), key.batch);
    return key.requests > 1 ? text + fmt::format(", {} at once", key.requests) : text;
}

std::string summaryTable(const core::Run& run)
{
    std::vector<Table::Column> columns { { "ENGINE", Align::Left }, { "BATCH" }, { "MEDIAN ms" },
        { "95 % INTERVAL" }, { "P99 ms" }, { "ITEMS/s" }, { "MEMORY" }, { "W" }, { "SAMPLES" }, { "LOST" } };
    const bool checked = std::ranges::any_of(run.cells, agreementOf);
    const bool ranked = std::ranges::any_of(
        run.cells, [](const core::Cell& cell) { return agreementOf(cell) && agreementOf(cell)->top1; });
    if (checked)
        columns.push_back({ "MAX REL" });
    if (ranked)
        columns.push_back({ "TOP-1" });
    columns.push_back({ "STATUS", Align::Left });
    Table table(columns);
    for (const core::Cell& cell : run.cells) {
        std::vector<std::string> row = fields(cell);
        if (checked)
            row.insert(row.end() - 1, largestError(agreementOf(cell)));
        if (ranked)
            row.insert(row.end() - 1, top1(agreementOf(cell)));
        table.add(row);
    }
    std::string text = table.text();
    std::size_t width = 20;
    for (const core::Cell& cell : run.cells)
        width = std::max(width, nameOf(cell.key).size() + 2);
    for (const core::Cell& cell : run.cells) {
        if (!cell.reason.empty())
            text += labelled(nameOf(cell.key) + ":", cell.reason, width);
        if (cell.finished && core::heldBack(cell.finished->gpu.clockEvents))
            text += labelled(
                nameOf(cell.key) + ":", "GPU held back: " + core::describe(cell.finished->gpu) + ".", width);
    }
    const bool live = std::ranges::any_of(
        run.header.devices, [](const core::DeviceInfo& device) { return !device.recordedOn; });
    if (live && !run.header.cpuPower.unknown.empty() && run.header.cpuPower.source.empty())
        text += labelled("power:", run.header.cpuPower.unknown, width);
    for (const std::string& warning : run.header.environment.warnings)
        text += labelled("note:", warning, width);
    return text;
}

} // namespace app
