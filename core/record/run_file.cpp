// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/run_file.h"

#include "core/record/json_fields.h"

#include <fstream>
#include <sstream>

namespace core {

namespace {

constexpr const char* kSchema = "breakeven-run";
constexpr int kVersion = 1;

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

Json toJson(const Cell& cell)
{
    Json json = toJson(cell.key);
    json["status"] = cellStatusName(cell.status);
    json["reason"] = cell.reason;
    json["phase"] = phaseName(cell.phase);
    json["summary"] = toJson(cell.summary);
    if (cell.finished)
        json["finished"] = toJson(*cell.finished);
    json["samples"] = toJson(cell.samples);
    return json;
}

Cell cellOf(const Json& json)
{
    const std::string status = textOf(json, "status");
    const auto known = cellStatusFromName(status);
    if (!known)
        throw Error("\"{}\" is not a status", status);
    Cell cell { .key = keyOf(json),
        .status = *known,
        .reason = textOf(json, "reason"),
        .phase = phaseFromName(textOf(json, "phase")),
        .samples = samplesOf(json, "samples") };
    if (const Json* finished = memberOrNull(json, "finished"))
        cell.finished = finishedOf(*finished);
    cell.refreshSummary();
    return cell;
}

Run runOf(const Json& json)
{
    if (!memberOrNull(json, "schema") || textOf(json, "schema") != kSchema)
        throw Error("it is not a run of Breakeven");
    if (const int version = integerOf<int>(json, "version"); version != kVersion)
        throw Error("it has version {}, this program reads version {}", version, kVersion);
    Run run { .header = startedOf(member(json, "header")) };
    for (const Json& item : arrayOf(json, "cells"))
        run.cells.push_back(cellOf(item));
    for (const Json& item : arrayOf(json, "readings"))
        run.readings.push_back(readingOf(item));
    if (const Json* end = memberOrNull(json, "finished"))
        run.finished = RunFinished { timeOf(*end, "at_ns"), flagOf(*end, "stopped_by_user"),
            textOf(*end, "finished_at") };
    return run;
}

} // namespace

std::string toJson(const Run& run)
{
    Json cells = Json::array();
    for (const Cell& cell : run.cells)
        cells.push_back(toJson(cell));
    Json readings = Json::array();
    for (const SensorReading& reading : run.readings)
        readings.push_back(toJson(reading));
    Json json { { "schema", kSchema }, { "version", kVersion }, { "header", toJson(run.header) } };
    if (run.finished) {
        json["finished"] = { { "at_ns", run.finished->at.count() },
            { "stopped_by_user", run.finished->stoppedByUser }, { "finished_at", run.finished->finishedAt } };
    }
    json["cells"] = std::move(cells);
    json["readings"] = std::move(readings);
    return dumped(json) + "\n";
}

Run runFromJson(std::string_view text)
{
    try {
        return runOf(parsedObject(text));
    } catch (const Error& why) {
        throw Error("Cannot read run: {}.", asReason(why.what()));
    }
}

void writeRun(const Run& run, const std::filesystem::path& path)
{
    writeFile(path, toJson(run), "run");
}

Run readRun(const std::filesystem::path& path)
{
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        throw Error("Cannot read run: {}: is a folder.", path.string());
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw Error("Cannot read run: {}: {}.", path.string(), reasonOf(errno));
    std::ostringstream text;
    text << file.rdbuf();
    if (file.bad())
        throw Error("Cannot read run: {}: {}.", path.string(), reasonOf(errno));
    try {
        return runOf(parsedObject(text.view()));
    } catch (const Error& why) {
        throw Error("Cannot read run: {}: {}.", path.string(), asReason(why.what()));
    }
}

} // namespace core
