// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sensors.h"

#include "app/child_sweeps.h"
#include "app/cli/context.h"
#include "app/cli/table.h"
#include "core/measure/sweep_sensors.h"
#include "core/record/json_fields.h"
#include "core/sensors/cgroup.h"
#include "core/sensors/memory.h"

#include <thread>

namespace app {

namespace {

constexpr std::chrono::milliseconds kBetween { 500 }; // two readings of a counter make watts

struct Options {
    std::string powerMeter;
    bool json = false;
};

std::string watts(const std::optional<double>& value)
{
    return value ? figure(*value) + " W" : std::string();
}

/// What a sensor of the list says now; empty: nothing.
std::string valueOf(const std::string& what, const core::SensorReading& reading)
{
    if (what == "CPU power")
        return watts(reading.cpuWatts.value);
    if (what == "GPU power")
        return watts(reading.gpuWatts.value);
    if (what == "machine power")
        return watts(reading.systemWatts);
    if (what == "CPU clock" && reading.cpu.clockMhz)
        return fmt::format("{:.0f} MHz (median; {:.0f} to {:.0f})", *reading.cpu.clockMhz,
            *reading.cpu.clockLowMhz, *reading.cpu.clockHighMhz);
    if (what == "CPU temperature" && reading.cpu.temperatureC)
        return fmt::format("{:.0f} °C", *reading.cpu.temperatureC);
    if (what == "memory")
        return core::formatBytes(static_cast<double>(reading.residentBytes)) + " of this process";
    return {};
}

std::string period(std::chrono::nanoseconds time)
{
    return fmt::format("new every {:g} ms", std::chrono::duration<double, std::milli>(time).count());
}

std::string described(const core::SensorInfo& sensor, const core::SensorReading& reading)
{
    constexpr std::size_t kIndent = 18;
    std::string text = sensor.unavailable.empty()
        ? labelled(sensor.what, sensor.source, kIndent)
        : labelled(sensor.what, "none: " + sensor.unavailable, kIndent);
    if (const std::string value = valueOf(sensor.what, reading); !value.empty())
        text += labelled("", "now: " + value, kIndent);
    if (sensor.unavailable.empty() && sensor.updatePeriod.count() > 0)
        text += labelled("", period(sensor.updatePeriod), kIndent);
    if (sensor.rights != core::kNoRights)
        text += labelled("", "rights: " + sensor.rights, kIndent);
    return text;
}

std::string describedLimits(const core::GroupLimits& limits)
{
    std::string words;
    if (limits.cpus)
        words = fmt::format("{:g} CPUs (group {})", *limits.cpus, limits.cpuGroup);
    if (limits.memoryBytes)
        words += fmt::format("{}{} memory (group {})", words.empty() ? "" : ", ",
            core::formatBytes(static_cast<double>(*limits.memoryBytes)), limits.memoryGroup);
    return labelled("cgroup limits", words.empty() ? "none" : words, 18);
}

core::Json limitsToJson(const core::GroupLimits& limits)
{
    core::Json json = core::Json::object();
    if (limits.cpus)
        json["cpus"] = { { "value", *limits.cpus }, { "group", limits.cpuGroup } };
    if (limits.memoryBytes)
        json["memory_bytes"] = { { "value", *limits.memoryBytes }, { "group", limits.memoryGroup } };
    return json;
}

int sensors(const Options& options)
{
    core::SweepSensors found(sweepMachine(options.powerMeter), {});
    const auto begin = std::chrono::steady_clock::now();
    found.read(core::Nanoseconds {});
    std::this_thread::sleep_for(kBetween);
    const core::SensorReading reading = found.read(std::chrono::steady_clock::now() - begin);
    const core::GroupLimits limits = core::readGroupLimits();
    if (options.json) {
        core::Json list = core::Json::array();
        for (const core::SensorInfo& sensor : found.list())
            list.push_back(core::toJson(sensor));
        const core::Json json { { "sensors", std::move(list) }, { "reading", core::toJson(reading) },
            { "cgroup_limits", limitsToJson(limits) } };
        print(core::dumped(json, 2) + "\n");
        return kOk;
    }
    std::string text;
    for (const core::SensorInfo& sensor : found.list())
        text += described(sensor, reading);
    print(text + describedLimits(limits));
    return kOk;
}

} // namespace

void addSensors(CLI::App& app, Context& context)
{
    CLI::App* command
        = addCommand(app, "sensors", "List the sensors, what they say now, or why there are none");
    auto options = std::make_shared<Options>();
    command->add_option("--power-meter", options->powerMeter, kPowerMeterHelp)->type_name("FILE");
    command->add_flag("--json", options->json, "As JSON, for programs");
    command->footer("Example: breakeven-cli sensors --json");
    command->callback([&context, options] { context.command = [options] { return sensors(*options); }; });
}

} // namespace app
