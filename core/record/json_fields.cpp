// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/json_fields.h"

#include <array>
#include <cmath>

namespace core {

namespace {

constexpr std::array<std::string_view, 6> kPhases { "compiling", "warming-up", "measuring", "tuning",
    "paused", "cooling-down" };

} // namespace

Json real(double value)
{
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

std::string dumped(const Json& json, int indent)
{
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json parsedObject(std::string_view text)
{
    Json json = Json::parse(text.begin(), text.end(), nullptr, false);
    if (json.is_discarded())
        throw Error("it is not JSON, or it is cut off");
    if (!json.is_object())
        throw Error("it is not a JSON object");
    return json;
}

std::string asReason(std::string_view sentence)
{
    if (!sentence.empty() && sentence.back() == '.')
        sentence.remove_suffix(1);
    return std::string(sentence);
}

const Json* memberOrNull(const Json& object, const char* key)
{
    if (!object.is_object())
        throw Error("what should hold \"{}\" is not an object", key);
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

const Json& member(const Json& object, const char* key)
{
    if (const Json* found = memberOrNull(object, key))
        return *found;
    throw Error("\"{}\" is missing", key);
}

std::string textOf(const Json& object, const char* key)
{
    const Json& value = member(object, key);
    if (!value.is_string())
        throw Error("\"{}\" is not a text", key);
    return value.get<std::string>();
}

double realOf(const Json& object, const char* key)
{
    const Json& value = member(object, key);
    if (!value.is_number())
        throw Error("\"{}\" is not a number", key);
    return value.get<double>();
}

bool flagOf(const Json& object, const char* key)
{
    const Json& value = member(object, key);
    if (!value.is_boolean())
        throw Error("\"{}\" is neither true nor false", key);
    return value.get<bool>();
}

const Json& arrayOf(const Json& object, const char* key)
{
    const Json& value = member(object, key);
    if (!value.is_array())
        throw Error("\"{}\" is not a list", key);
    return value;
}

std::vector<std::string> textsOf(const Json& object, const char* key)
{
    std::vector<std::string> texts;
    for (const Json& item : arrayOf(object, key)) {
        if (!item.is_string())
            throw Error("\"{}\" holds something that is not a text", key);
        texts.push_back(item.get<std::string>());
    }
    return texts;
}

Nanoseconds timeOf(const Json& object, const char* key)
{
    return Nanoseconds(integerOf<std::int64_t>(object, key));
}

Json toJson(const Figure& figure)
{
    Json json = Json::object();
    if (figure.value)
        json["value"] = real(*figure.value);
    if (!figure.source.empty())
        json["source"] = figure.source;
    if (!figure.unknown.empty())
        json["unknown"] = figure.unknown;
    return json;
}

Figure figureOf(const Json& object, const char* key)
{
    const Json& json = member(object, key);
    Figure figure;
    if (const Json* value = memberOrNull(json, "value"); value && !value->is_null())
        figure.value = realOf(json, "value");
    if (memberOrNull(json, "source"))
        figure.source = textOf(json, "source");
    if (memberOrNull(json, "unknown"))
        figure.unknown = textOf(json, "unknown");
    return figure;
}

/// The columns of a sample's times on a device: all of them are there, or none.
constexpr std::pair<const char*, Nanoseconds DeviceTimes::*> kDeviceColumns[] {
    { "enqueue_ns", &DeviceTimes::enqueue }, { "copy_in_ns", &DeviceTimes::copyIn },
    { "compute_ns", &DeviceTimes::compute }, { "copy_out_ns", &DeviceTimes::copyOut }
};

Json toJson(const std::vector<TimedSample>& samples)
{
    Json at = Json::array(), latency = Json::array();
    bool anyDevice = false;
    for (const TimedSample& sample : samples) {
        at.push_back(sample.at.count());
        latency.push_back(sample.latency.count());
        anyDevice = anyDevice || sample.device;
    }
    Json json { { "at_ns", std::move(at) }, { "latency_ns", std::move(latency) } };
    if (anyDevice)
        for (const auto& [name, part] : kDeviceColumns) {
            Json column = Json::array();
            for (const TimedSample& sample : samples)
                column.push_back(sample.device ? Json(((*sample.device).*part).count()) : Json(nullptr));
            json[name] = std::move(column);
        }
    return json;
}

std::vector<TimedSample> samplesOf(const Json& object, const char* key)
{
    const Json& json = member(object, key);
    const Json& at = arrayOf(json, "at_ns");
    const Json& latency = arrayOf(json, "latency_ns");
    const bool onDevice = memberOrNull(json, kDeviceColumns[0].first) != nullptr;
    bool even = latency.size() == at.size();
    for (const auto& [name, part] : kDeviceColumns)
        even = even && (!onDevice || arrayOf(json, name).size() == at.size());
    if (!even)
        throw Error("the columns of \"{}\" differ in length", key);
    std::vector<TimedSample> samples;
    samples.reserve(at.size());
    for (std::size_t row = 0; row < at.size(); ++row) {
        TimedSample sample { .at = Nanoseconds(integerFrom<std::int64_t>(at[row], "at_ns")),
            .latency = Nanoseconds(integerFrom<std::int64_t>(latency[row], "latency_ns")),
            .device = {} };
        if (onDevice && !json[kDeviceColumns[0].first][row].is_null()) {
            sample.device.emplace();
            for (const auto& [name, part] : kDeviceColumns)
                (*sample.device).*part = Nanoseconds(integerFrom<std::int64_t>(json[name][row], name));
        }
        samples.push_back(sample);
    }
    return samples;
}

namespace {

Json toJson(const Difference& difference)
{
    Json json { { "max_abs", real(difference.maxAbs) }, { "max_rel", real(difference.maxRel) },
        { "cosine", real(difference.cosine) } };
    if (difference.top1)
        json["top1"] = real(*difference.top1);
    return json;
}

/// null is what real() makes of infinity, as far as outputs can be apart.
double distanceOf(const Json& json, const char* key)
{
    return member(json, key).is_null() ? std::numeric_limits<double>::infinity() : realOf(json, key);
}

Difference differenceOf(const Json& json)
{
    Difference difference { .maxAbs = distanceOf(json, "max_abs"),
        .maxRel = distanceOf(json, "max_rel"),
        .cosine = realOf(json, "cosine") };
    if (memberOrNull(json, "top1"))
        difference.top1 = realOf(json, "top1");
    return difference;
}

} // namespace

constexpr std::pair<const char*, Figure CellFinished::*> kLaterFigures[] {
    { "energy_low_joules", &CellFinished::energyLowJoules },
    { "energy_high_joules", &CellFinished::energyHighJoules },
    { "system_power_mean_watts", &CellFinished::systemPowerMeanWatts },
    { "system_energy_per_inference_joules", &CellFinished::systemEnergyPerInferenceJoules },
};

Json toJson(const CellFinished& finished)
{
    Json json {
        { "cell", finished.cell },
        { "at_ns", finished.at.count() },
        { "stopped_by", stoppedByName(finished.stoppedBy) },
        { "compile_ns", finished.compile.count() },
        { "measured_ns", finished.measured.count() },
        { "memory",
            { { "weights_bytes", finished.memory.weights }, { "arena_bytes", finished.memory.arena },
                { "workspace_bytes", finished.memory.workspace } } },
        { "peak_resident_bytes", toJson(finished.peakResidentBytes) },
        { "disturbed_percent", real(finished.disturbedPercent) },
        { "hiccup_percent", real(finished.hiccupPercent) },
        { "others_percent", toJson(finished.othersPercent) },
        { "power_mean_watts", toJson(finished.powerMeanWatts) },
        { "energy_per_inference_joules", toJson(finished.energyPerInferenceJoules) },
        { "output_max_abs_diff", toJson(finished.outputMaxAbsDiff) },
        { "library", finished.library },
    };
    if (finished.idleWatts || !finished.idleWatts.unknown.empty()) {
        json["idle_watts"] = toJson(finished.idleWatts);
        json["marginal_energy_per_inference_joules"] = toJson(finished.marginalEnergyPerInferenceJoules);
    }
    for (const auto& [key, figure] : kLaterFigures) { // not in old runs
        if (finished.*figure || !(finished.*figure).unknown.empty())
            json[key] = toJson(finished.*figure);
    }
    if (finished.sensorSeconds)
        json["sensor_s"] = real(*finished.sensorSeconds);
    if (finished.gpu != GpuConditions {})
        json["gpu"] = toJson(finished.gpu);
    if (finished.agreement)
        json["agreement"] = toJson(*finished.agreement);
    if (const auto& from = finished.recorded)
        json["recorded"]
            = { { "started_at", from->startedAt }, { "preset", from->preset }, { "reason", from->reason } };
    return json;
}

CellFinished finishedOf(const Json& json)
{
    const Json& memory = member(json, "memory");
    CellFinished finished {
        .cell = integerOf<int>(json, "cell"),
        .at = timeOf(json, "at_ns"),
        .stoppedBy = stoppedByFromName(textOf(json, "stopped_by")),
        .compile = timeOf(json, "compile_ns"),
        .measured = timeOf(json, "measured_ns"),
        .memory = { .weights = integerOf<std::size_t>(memory, "weights_bytes"),
            .arena = integerOf<std::size_t>(memory, "arena_bytes"),
            .workspace = integerOf<std::size_t>(memory, "workspace_bytes") },
        .peakResidentBytes = figureOf(json, "peak_resident_bytes"),
        .disturbedPercent = realOf(json, "disturbed_percent"),
        .powerMeanWatts = figureOf(json, "power_mean_watts"),
        .energyPerInferenceJoules = figureOf(json, "energy_per_inference_joules"),
        .outputMaxAbsDiff = figureOf(json, "output_max_abs_diff"),
        .hiccupPercent = realOf(json, "hiccup_percent"),
        .othersPercent = figureOf(json, "others_percent"),
        .library = memberOrNull(json, "library") ? textOf(json, "library") : std::string(), // not in old runs
        .gpu = memberOrNull(json, "gpu") ? gpuConditionsOf(member(json, "gpu")) : GpuConditions {},
    };
    if (memberOrNull(json, "idle_watts")) {
        finished.idleWatts = figureOf(json, "idle_watts");
        finished.marginalEnergyPerInferenceJoules = figureOf(json, "marginal_energy_per_inference_joules");
    }
    if (const Json* outputs = memberOrNull(json, "agreement"))
        finished.agreement = differenceOf(*outputs);
    for (const auto& [key, figure] : kLaterFigures) {
        if (memberOrNull(json, key))
            finished.*figure = figureOf(json, key);
    }
    if (memberOrNull(json, "sensor_s"))
        finished.sensorSeconds = realOf(json, "sensor_s");
    if (const Json* from = memberOrNull(json, "recorded"))
        finished.recorded
            = RecordedFrom { textOf(*from, "started_at"), textOf(*from, "preset"), textOf(*from, "reason") };
    return finished;
}

std::string_view phaseName(CellPhase phase)
{
    return kPhases[static_cast<std::size_t>(phase)];
}

CellPhase phaseFromName(std::string_view name)
{
    for (std::size_t index = 0; index < kPhases.size(); ++index) {
        if (kPhases[index] == name)
            return static_cast<CellPhase>(index);
    }
    throw Error("\"{}\" is not a phase", name);
}

} // namespace core
