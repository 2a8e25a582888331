// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/cell_json.h"

namespace core {

namespace {

/// Figures that readers want and that runFromJson() computes again from the samples.
Json toJson(const Summary& summary)
{
    Json json { { "samples", summary.samples }, { "percentiles", "nearest rank: sorted[ceil(n p) - 1]" } };
    const auto add = [&](const char* name, const std::optional<Nanoseconds>& time) {
        if (time)
            json[name] = time->count();
    };
    add("median_ns", summary.median);
    if (summary.interval) {
        add("median_low_ns", summary.interval->low);
        add("median_high_ns", summary.interval->high);
    }
    json["correlation_time"] = summary.correlationTime;
    add("p5_ns", summary.p5);
    add("q1_ns", summary.q1);
    add("q3_ns", summary.q3);
    add("p90_ns", summary.p90);
    add("p95_ns", summary.p95);
    add("p99_ns", summary.p99);
    add("p999_ns", summary.p999);
    add("minimum_ns", summary.minimum);
    add("maximum_ns", summary.maximum);
    if (summary.device) {
        add("enqueue_median_ns", summary.device->enqueue);
        add("copy_in_median_ns", summary.device->copyIn);
        add("compute_median_ns", summary.device->compute);
        add("copy_out_median_ns", summary.device->copyOut);
    }
    return json;
}

/// Indices of samples that rise, the first of them 0.
std::vector<std::size_t> blocksOf(const Json& fields, std::size_t samples)
{
    std::vector<std::size_t> starts;
    for (const Json& start : arrayOf(fields, "block_starts")) {
        const auto next = integerFrom<std::size_t>(start, "block_starts");
        if (starts.empty() ? next != 0 : next <= starts.back() || next >= samples)
            throw Error("\"block_starts\" do not rise from 0 to the last sample");
        starts.push_back(next);
    }
    return starts;
}

} // namespace

Json fieldsOf(const Cell& cell)
{
    Json json = toJson(cell.key);
    json["status"] = cellStatusName(cell.status);
    json["reason"] = cell.reason;
    json["phase"] = phaseName(cell.phase);
    json["summary"] = toJson(cell.summary);
    if (!cell.blocks.empty())
        json["block_starts"] = cell.blocks;
    if (cell.finished)
        json["finished"] = toJson(*cell.finished);
    return json;
}

Cell cellOf(const Json& fields, std::vector<TimedSample> samples)
{
    const std::string status = textOf(fields, "status");
    const auto known = cellStatusFromName(status);
    if (!known)
        throw Error("\"{}\" is not a status", status);
    Cell cell { .key = keyOf(fields),
        .status = *known,
        .reason = textOf(fields, "reason"),
        .phase = phaseFromName(textOf(fields, "phase")),
        .samples = std::move(samples) };
    if (const Json* finished = memberOrNull(fields, "finished"))
        cell.finished = finishedOf(*finished);
    if (memberOrNull(fields, "block_starts"))
        cell.blocks = blocksOf(fields, cell.samples.size());
    cell.refreshSummary();
    return cell;
}

Json toJson(const RunFinished& finished)
{
    return { { "at_ns", finished.at.count() }, { "stopped_by_user", finished.stoppedByUser },
        { "finished_at", finished.finishedAt } };
}

RunFinished runFinishedOf(const Json& json)
{
    return { timeOf(json, "at_ns"), flagOf(json, "stopped_by_user"), textOf(json, "finished_at") };
}

} // namespace core
