// SPDX-License-Identifier: GPL-3.0-or-later
// The head of a run as JSON: settings, model, machine, devices.
#include "core/record/json_fields.h"

#include <limits>

namespace core {

namespace {

using Seconds = std::chrono::duration<double>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Json pairsToJson(const Pairs& pairs)
{
    Json json = Json::array();
    for (const auto& [name, value] : pairs)
        json.push_back({ name, value });
    return json;
}

Pairs pairsOf(const Json& object, const char* key)
{
    Pairs pairs;
    for (const Json& item : arrayOf(object, key)) {
        if (!item.is_array() || item.size() != 2 || !item[0].is_string() || !item[1].is_string())
            throw Error("\"{}\" holds something that is not a pair of texts", key);
        pairs.emplace_back(item[0].get<std::string>(), item[1].get<std::string>());
    }
    return pairs;
}

Json precisionsToJson(const std::vector<Precision>& precisions)
{
    Json json = Json::array();
    for (const Precision precision : precisions)
        json.push_back(precisionName(precision));
    return json;
}

std::vector<Precision> precisionsOf(const Json& object)
{
    std::vector<Precision> precisions;
    for (const std::string& name : textsOf(object, "precisions"))
        precisions.push_back(precisionFromName(name));
    return precisions;
}

StopRule ruleOf(const Json& json)
{
    StopRule rule {
        .preset = textOf(json, "preset"),
        .minSamples = integerOf<std::size_t>(json, "min_samples"),
        .minTime = Seconds(realOf(json, "min_time_s")),
        .maxTime = Seconds(realOf(json, "max_time_s")),
        .relativeHalfWidth = realOf(json, "relative_half_width"),
        .fallbackSamples = integerOf<std::size_t>(json, "fallback_samples"),
        .warmUpRuns = integerOf<std::size_t>(json, "warm_up_runs"),
        .warmUpTime = Seconds(realOf(json, "warm_up_time_s")),
    };
    if (memberOrNull(json, "criterion")) { // not in old runs
        rule.criterion = criterionFromName(textOf(json, "criterion"));
        rule.windowTime = Seconds(realOf(json, "window_time_s"));
        rule.windowSpread = realOf(json, "window_spread");
        rule.percentile = realOf(json, "percentile");
        rule.latencyLimit = Seconds(realOf(json, "latency_limit_s"));
        if (!(rule.percentile > 0 && rule.percentile < 1))
            throw Error("\"percentile\" is not between 0 and 1");
    }
    if (memberOrNull(json, "blocks")) { // nor this
        rule.blocks = integerOf<std::size_t>(json, "blocks");
        rule.blockTime = Seconds(realOf(json, "block_time_s"));
        rule.coolDown = Seconds(realOf(json, "cool_down_s"));
    }
    return rule;
}

Json toJson(const EngineChoice& choice)
{
    Json tunings = Json::array();
    for (const Tuning& tuning : choice.tunings)
        tunings.push_back(tuningName(tuning));
    return { { "id", choice.id }, { "threads", choice.threads },
        { "precisions", precisionsToJson(choice.precisions) }, { "tunings", std::move(tunings) } };
}

EngineChoice choiceOf(const Json& json)
{
    EngineChoice choice { .id = textOf(json, "id"), .threads = {}, .precisions = precisionsOf(json) };
    for (const Json& item : arrayOf(json, "threads"))
        choice.threads.push_back(integerFrom<int>(item, "threads"));
    if (memberOrNull(json, "tunings")) { // not in old runs
        choice.tunings.clear();
        for (const std::string& name : textsOf(json, "tunings"))
            choice.tunings.push_back(tuningFromName(name));
    }
    return choice;
}

ModelSummary modelOf(const Json& json)
{
    return {
        .name = textOf(json, "name"),
        .source = textOf(json, "source"),
        .sha256 = textOf(json, "sha256"),
        .fileBytes = integerOf<std::size_t>(json, "file_bytes"),
        .parameters = integerOf<std::int64_t>(json, "parameters"),
        .flopPerItem = integerOf<std::int64_t>(json, "flop_per_item"),
        .opset = integerOf<int>(json, "opset"),
        .nodes = integerOf<int>(json, "nodes"),
        .inputs = textsOf(json, "inputs"),
        .outputs = textsOf(json, "outputs"),
    };
}

Json toJson(const Environment& environment)
{
    return {
        { "host", environment.host },
        { "os", environment.os },
        { "kernel", environment.kernel },
        { "cpu", environment.cpu },
        { "cores", environment.cores },
        { "memory_bytes", environment.memoryBytes },
        { "program", environment.program },
        { "facts", pairsToJson(environment.facts) },
        { "warnings", environment.warnings },
    };
}

Environment environmentOf(const Json& json)
{
    return {
        .host = textOf(json, "host"),
        .os = textOf(json, "os"),
        .kernel = textOf(json, "kernel"),
        .cpu = textOf(json, "cpu"),
        .cores = integerOf<int>(json, "cores"),
        .memoryBytes = integerOf<std::size_t>(json, "memory_bytes"),
        .program = textOf(json, "program"),
        .facts = pairsOf(json, "facts"),
        .warnings = textsOf(json, "warnings"),
    };
}

DeviceInfo deviceOf(const Json& json)
{
    const std::string kind = textOf(json, "kind");
    if (kind != "cpu" && kind != "gpu")
        throw Error("\"{}\" is not a kind of device", kind);
    DeviceInfo device {
        .id = textOf(json, "id"),
        .kind = kind == "cpu" ? DeviceKind::Cpu : DeviceKind::Gpu,
        .name = textOf(json, "name"),
        .library = textOf(json, "library"),
        .maxThreads = integerOf<int>(json, "max_threads"),
        .memoryBytes = integerOf<std::size_t>(json, "memory_bytes"),
        .precisions = precisionsOf(json),
        .absent = textOf(json, "absent"),
        .facts = pairsOf(json, "facts"),
    };
    if (memberOrNull(json, "instruction_sets")) { // not in old runs
        for (const std::string& name : textsOf(json, "instruction_sets"))
            device.instructionSets.push_back(instructionSetFromName(name));
        device.limit = instructionSetFromName(textOf(json, "limit"));
        device.plainLoops = flagOf(json, "plain_loops");
    }
    const auto later = [&](const char* name) { return memberOrNull(json, name) && flagOf(json, name); };
    device.tunesKernels = later("tunes_kernels"); // nor these
    device.recordsWork = later("records_work");
    device.ownMemory = later("own_memory");
    if (memberOrNull(json, "streams"))
        device.streams = integerOf<int>(json, "streams");
    if (memberOrNull(json, "uuid"))
        device.uuid = textOf(json, "uuid");
    if (const Json* recorded = memberOrNull(json, "recorded_on"))
        device.recordedOn = RecordedOn { textOf(*recorded, "machine"), textOf(*recorded, "date") };
    return device;
}

} // namespace

Json toJson(const ModelSummary& model)
{
    return {
        { "name", model.name },
        { "source", model.source },
        { "sha256", model.sha256 },
        { "file_bytes", model.fileBytes },
        { "parameters", model.parameters },
        { "flop_per_item", model.flopPerItem },
        { "opset", model.opset },
        { "nodes", model.nodes },
        { "inputs", model.inputs },
        { "outputs", model.outputs },
    };
}

Json toJson(const DeviceInfo& device)
{
    Json sets = Json::array();
    for (const InstructionSet set : device.instructionSets)
        sets.push_back(instructionSetName(set));
    Json json {
        { "id", device.id },
        { "kind", device.kind == DeviceKind::Cpu ? "cpu" : "gpu" },
        { "name", device.name },
        { "library", device.library },
        { "max_threads", device.maxThreads },
        { "memory_bytes", device.memoryBytes },
        { "precisions", precisionsToJson(device.precisions) },
        { "absent", device.absent },
        { "facts", pairsToJson(device.facts) },
        { "instruction_sets", std::move(sets) },
        { "limit", instructionSetName(device.limit) },
        { "plain_loops", device.plainLoops },
        { "tunes_kernels", device.tunesKernels },
        { "records_work", device.recordsWork },
        { "own_memory", device.ownMemory },
        { "streams", device.streams },
        { "uuid", device.uuid },
    };
    if (device.recordedOn)
        json["recorded_on"]
            = { { "machine", device.recordedOn->machine }, { "date", device.recordedOn->date } };
    return json;
}

Json toJson(const StopRule& rule)
{
    return {
        { "preset", rule.preset },
        { "min_samples", rule.minSamples },
        { "min_time_s", rule.minTime.count() },
        { "max_time_s", rule.maxTime.count() },
        { "relative_half_width", rule.relativeHalfWidth },
        { "fallback_samples", rule.fallbackSamples },
        { "warm_up_runs", rule.warmUpRuns },
        { "warm_up_time_s", rule.warmUpTime.count() },
        { "criterion", criterionName(rule.criterion) },
        { "window_time_s", rule.windowTime.count() },
        { "window_spread", rule.windowSpread },
        { "percentile", rule.percentile },
        { "latency_limit_s", rule.latencyLimit.count() },
        { "blocks", rule.blocks },
        { "block_time_s", rule.blockTime.count() },
        { "cool_down_s", rule.coolDown.count() },
    };
}

Json toJson(const SweepSpec& spec)
{
    Json engines = Json::array();
    for (const EngineChoice& choice : spec.engines)
        engines.push_back(toJson(choice));
    Json dims = Json::object();
    for (const auto& [name, value] : spec.dims)
        dims[name] = value;
    return {
        { "model", spec.model },
        { "engines", std::move(engines) },
        { "batches", spec.batches },
        { "requests", spec.requests },
        { "dims", std::move(dims) },
        { "rule", toJson(spec.rule) },
        { "seed", spec.seed },
        { "inputs", spec.inputs },
        { "check_outputs", spec.checkOutputs },
        { "tune_kernels", spec.tuneKernels },
    };
}

SweepSpec specOf(const Json& json)
{
    SweepSpec spec { .model = textOf(json, "model"), .engines = {}, .batches = {} };
    for (const Json& item : arrayOf(json, "engines"))
        spec.engines.push_back(choiceOf(item));
    for (const Json& item : arrayOf(json, "batches"))
        spec.batches.push_back(integerFrom<std::int64_t>(item, "batches"));
    if (memberOrNull(json, "requests")) { // not in runs of the first version
        spec.requests.clear();
        for (const Json& item : arrayOf(json, "requests"))
            spec.requests.push_back(integerFrom<int>(item, "requests"));
    }
    const Json& dims = member(json, "dims");
    if (!dims.is_object())
        throw Error("\"dims\" is not an object");
    for (const auto& [name, value] : dims.items())
        spec.dims[name] = integerFrom<std::int64_t>(value, "dims");
    spec.rule = ruleOf(member(json, "rule"));
    spec.seed = integerOf<std::uint64_t>(json, "seed");
    if (memberOrNull(json, "inputs")) // not in runs of the first version
        spec.inputs = textsOf(json, "inputs");
    spec.checkOutputs = flagOf(json, "check_outputs");
    spec.tuneKernels = memberOrNull(json, "tune_kernels") && flagOf(json, "tune_kernels"); // not in old runs
    return spec;
}

Json toJson(const CellKey& key)
{
    return { { "engine", key.engine }, { "precision", precisionName(key.precision) },
        { "threads", key.threads }, { "batch", key.batch }, { "requests", key.requests },
        { "tuning", tuningName(key.tuning) } };
}

CellKey keyOf(const Json& json)
{
    const Json* given = memberOrNull(json, "requests"); // not in runs of the first version
    const int requests = given ? integerFrom<int>(*given, "requests") : 1;
    if (requests < 1 || requests > kMostRequests)
        throw Error("\"requests\" is not between 1 and {}", kMostRequests);
    const auto batch = integerOf<std::int64_t>(json, "batch");
    if (batch > std::numeric_limits<std::int64_t>::max() / requests)
        throw Error("\"batch\" times \"requests\" is too large");
    return { .engine = textOf(json, "engine"),
        .precision = precisionFromName(textOf(json, "precision")),
        .threads = integerOf<int>(json, "threads"),
        .batch = batch,
        .requests = requests,
        .tuning = memberOrNull(json, "tuning") ? tuningFromName(textOf(json, "tuning")) : Tuning {} };
}

Json toJson(const RunStarted& started)
{
    Json devices = Json::array();
    for (const DeviceInfo& device : started.devices)
        devices.push_back(toJson(device));
    Json keys = Json::array();
    for (const CellKey& key : started.cells)
        keys.push_back(toJson(key));
    Json sensors = Json::array();
    for (const SensorInfo& sensor : started.sensors)
        sensors.push_back(toJson(sensor));
    return {
        { "started_at", started.startedAt },
        { "spec", toJson(started.spec) },
        { "model", toJson(started.model) },
        { "environment", toJson(started.environment) },
        { "devices", std::move(devices) },
        { "cells", std::move(keys) },
        { "cpu_power", toJson(started.cpuPower) },
        { "gpu_power", toJson(started.gpuPower) },
        { "sensors", std::move(sensors) },
    };
}

RunStarted startedOf(const Json& json)
{
    RunStarted started { .spec = specOf(member(json, "spec")),
        .model = modelOf(member(json, "model")),
        .environment = environmentOf(member(json, "environment")),
        .devices = {},
        .cells = {},
        .startedAt = textOf(json, "started_at"),
        .cpuPower = figureOf(json, "cpu_power"),
        .gpuPower = figureOf(json, "gpu_power") };
    for (const Json& item : arrayOf(json, "devices"))
        started.devices.push_back(deviceOf(item));
    for (const Json& item : arrayOf(json, "cells"))
        started.cells.push_back(keyOf(item));
    if (memberOrNull(json, "sensors")) { // not in old runs
        for (const Json& item : arrayOf(json, "sensors"))
            started.sensors.push_back(sensorOf(item));
    }
    return started;
}

} // namespace core
