// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/event_json.h"

#include "core/record/json_fields.h"

#include <array>

namespace core {

namespace {

constexpr std::array<std::string_view, 4> kFailures { "refused", "out-of-memory", "error", "cancelled" };

CellFailure failureFromName(std::string_view name)
{
    for (std::size_t index = 0; index < kFailures.size(); ++index) {
        if (kFailures[index] == name)
            return static_cast<CellFailure>(index);
    }
    throw Error("\"{}\" is not a kind of failure", name);
}

/// {"event": name, members of body...}
Json tagged(const char* name, const Json& body)
{
    Json json { { "event", name } };
    json.update(body);
    return json;
}

struct Writer {
    Json operator()(const RunStarted& event) const { return tagged("run-started", toJson(event)); }
    Json operator()(const CellStarted& event) const
    {
        return tagged("cell-started", { { "cell", event.cell }, { "at_ns", event.at.count() } });
    }
    Json operator()(const CellProgress& event) const
    {
        return tagged("cell-progress",
            { { "cell", event.cell }, { "phase", phaseName(event.phase) },
                { "remaining_ns", event.remaining.count() } });
    }
    Json operator()(const SamplesTaken& event) const
    {
        return tagged("samples-taken",
            { { "cell", event.cell }, { "block", event.block }, { "samples", toJson(event.samples) } });
    }
    Json operator()(const SensorReading& event) const { return tagged("sensor-reading", toJson(event)); }
    Json operator()(const CellFinished& event) const { return tagged("cell-finished", toJson(event)); }
    Json operator()(const CellFailed& event) const
    {
        return tagged("cell-failed",
            { { "cell", event.cell }, { "at_ns", event.at.count() },
                { "kind", kFailures[static_cast<std::size_t>(event.kind)] }, { "reason", event.reason } });
    }
    Json operator()(const RunFinished& event) const
    {
        return tagged("run-finished",
            { { "at_ns", event.at.count() }, { "stopped_by_user", event.stoppedByUser },
                { "finished_at", event.finishedAt } });
    }
};

SweepEvent eventOf(const Json& json)
{
    const std::string name = textOf(json, "event");
    if (name == "run-started")
        return startedOf(json);
    if (name == "cell-started")
        return CellStarted { integerOf<int>(json, "cell"), timeOf(json, "at_ns") };
    if (name == "cell-progress")
        return CellProgress { integerOf<int>(json, "cell"), phaseFromName(textOf(json, "phase")),
            timeOf(json, "remaining_ns") };
    if (name == "samples-taken")
        return SamplesTaken { integerOf<int>(json, "cell"), samplesOf(json, "samples"),
            memberOrNull(json, "block") ? integerOf<int>(json, "block") : 0 };
    if (name == "sensor-reading")
        return readingOf(json);
    if (name == "cell-finished")
        return finishedOf(json);
    if (name == "cell-failed") {
        return CellFailed { integerOf<int>(json, "cell"), timeOf(json, "at_ns"),
            failureFromName(textOf(json, "kind")), textOf(json, "reason") };
    }
    if (name == "run-finished")
        return RunFinished { timeOf(json, "at_ns"), flagOf(json, "stopped_by_user"),
            textOf(json, "finished_at") };
    throw Error("\"{}\" is not an event", name);
}

} // namespace

std::string toJsonLine(const SweepEvent& event)
{
    return dumped(std::visit(Writer {}, event));
}

SweepEvent eventFromJson(std::string_view line)
{
    try {
        return eventOf(parsedObject(line));
    } catch (const Error& why) {
        throw Error("Cannot read event: {}.", asReason(why.what()));
    }
}

std::string specToJson(const SweepSpec& spec)
{
    return dumped(toJson(spec));
}

SweepSpec specFromJson(std::string_view text)
{
    try {
        return specOf(parsedObject(text));
    } catch (const Error& why) {
        throw Error("Cannot read settings of a sweep: {}.", asReason(why.what()));
    }
}

} // namespace core
