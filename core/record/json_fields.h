// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/measure/sweep_event.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <type_traits>

/// Values to JSON and back, shared by the event stream and the run file. Readers take nothing on trust: every
/// getter throws core::Error with half a sentence (`"batch" is not a whole number`) that its caller
/// completes.
namespace core {

using Json = nlohmann::ordered_json;

/// Compact text; bytes that are not UTF-8 (a file name) become U+FFFD.
std::string dumped(const Json& json, int indent = -1);

/// Parses text; throws Error for anything that is not one JSON object.
Json parsedObject(std::string_view text);

/// A sentence without its full stop, to stand behind a colon in another one.
std::string asReason(std::string_view sentence);

/// The member `key` of an object. Throws when there is none.
const Json& member(const Json& object, const char* key);
/// The same, null when there is none.
const Json* memberOrNull(const Json& object, const char* key);

std::string textOf(const Json& object, const char* key);
double realOf(const Json& object, const char* key);
bool flagOf(const Json& object, const char* key);
std::vector<std::string> textsOf(const Json& object, const char* key);
const Json& arrayOf(const Json& object, const char* key);

/// The value as a whole number of type T. `what` names it in the error.
template <typename T> T integerFrom(const Json& value, const char* what)
{
    static_assert(std::is_integral_v<T>);
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        if (number <= static_cast<std::uint64_t>(std::numeric_limits<T>::max()))
            return static_cast<T>(number);
    } else if (value.is_number_integer()) {
        const auto number = value.get<std::int64_t>();
        if (number >= static_cast<std::int64_t>(std::numeric_limits<T>::min()) && number < 0)
            return static_cast<T>(number);
    }
    throw Error("\"{}\" is not a whole number that fits", what);
}

template <typename T> T integerOf(const Json& object, const char* key)
{
    return integerFrom<T>(member(object, key), key);
}

Nanoseconds timeOf(const Json& object, const char* key);

/// A number of JSON: it has no infinity, which here can only mean "no limit known".
Json real(double value);

Json toJson(const Figure& figure);
Figure figureOf(const Json& object, const char* key);

Json toJson(const GpuReading& reading);
GpuReading gpuReadingOf(const Json& json);
Json toJson(const GpuConditions& conditions);
GpuConditions gpuConditionsOf(const Json& json);

Json toJson(const DeviceInfo& device);
Json toJson(const ModelSummary& model);
Json toJson(const StopRule& rule);
Json toJson(const SweepSpec& spec);
SweepSpec specOf(const Json& json);

Json toJson(const CellKey& key);
CellKey keyOf(const Json& json);

/// Columns {"at_ns": [...], "latency_ns": [...], "device_ns": [...]}; the last only where a device has a
/// clock.
Json toJson(const std::vector<TimedSample>& samples);
std::vector<TimedSample> samplesOf(const Json& object, const char* key);

Json toJson(const RunStarted& started);
RunStarted startedOf(const Json& json);

Json toJson(const CellFinished& finished);
CellFinished finishedOf(const Json& json);

Json toJson(const SensorReading& reading);
SensorReading readingOf(const Json& json);

Json toJson(const SensorInfo& sensor);
SensorInfo sensorOf(const Json& json);

std::string_view phaseName(CellPhase phase);
CellPhase phaseFromName(std::string_view name);

} // namespace core
