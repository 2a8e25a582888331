// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/run_file.h"

#include "core/record/cell_json.h"

#include <fstream>
#include <sstream>

namespace core {

namespace {

constexpr const char* kSchema = "breakeven-run";
constexpr int kVersion = 1;

Json toJson(const Cell& cell)
{
    Json json = fieldsOf(cell);
    json["samples"] = toJson(cell.samples);
    return json;
}

Run runOf(const Json& json)
{
    if (!memberOrNull(json, "schema") || textOf(json, "schema") != kSchema)
        throw Error("it is not a run of Breakeven");
    if (const int version = integerOf<int>(json, "version"); version != kVersion)
        throw Error("it has version {}, this program reads version {}", version, kVersion);
    Run run { .header = startedOf(member(json, "header")) };
    for (const Json& item : arrayOf(json, "cells"))
        run.cells.push_back(cellOf(item, samplesOf(item, "samples")));
    for (const Json& item : arrayOf(json, "readings"))
        run.readings.push_back(readingOf(item));
    if (const Json* end = memberOrNull(json, "finished"))
        run.finished = runFinishedOf(*end);
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
    if (run.finished)
        json["finished"] = toJson(*run.finished);
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
