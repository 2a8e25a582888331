// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/run_devices.h"

#include "core/analyse/decision.h"
#include "core/error.h"
#include "core/schedule/call.h"

#include <algorithm>
#include <cmath>

namespace core {

namespace {

constexpr double kMostServers = 1024;

struct Known {
    std::string name, engine;
    Device device;
    double rate = 0;
    bool disturbed = false;
};

std::vector<Known> knownOf(const Run& run)
{
    std::vector<Known> all;
    for (const BatchCurve& curve : curvesOf(run)) {
        if (curve.points.empty())
            continue;
        const ServiceTime time = ServiceTime::measured(curve);
        const DeviceInfo* info = deviceOf(run, curve.key.engine);
        Known known { .name = curveName(curve.key),
            .engine = curve.key.engine,
            .device
            = { .accelerator = info && info->kind == DeviceKind::Gpu, .most = time.largest(), .time = time },
            .disturbed = curve.disturbed };
        known.device.name = known.name;
        known.rate = time.bestRate(known.device.most);
        all.push_back(std::move(known));
    }
    return all;
}

const Known* bestOf(const std::vector<Known>& all, const std::string& engine)
{
    const Known* best = nullptr;
    for (const Known& known : all) {
        if (known.engine == engine && (!best || known.rate > best->rate))
            best = &known;
    }
    return best;
}

const Known& chosen(const std::vector<Known>& all, const std::string& name)
{
    const auto found = std::ranges::find(all, name, &Known::name);
    if (found != all.end())
        return *found;
    if (const Known* best = bestOf(all, name))
        return *best;
    std::string names;
    for (const Known& known : all)
        names += names.empty() ? known.name : ", " + known.name;
    throw Error("Cannot simulate: the run has no device \"{}\", it has {}.", name, names);
}

} // namespace

DeviceChoice deviceChoiceFromText(const std::string& text)
{
    const std::size_t equals = text.rfind('=');
    if (equals == text.npos)
        return { .name = text };
    const auto servers = numberFromText(std::string_view(text).substr(equals + 1));
    if (!servers || *servers < 1 || *servers > kMostServers || *servers != std::floor(*servers))
        throw Error("Cannot read device: \"{}\" is no number of devices.", text.substr(equals + 1));
    return { .name = text.substr(0, equals), .servers = static_cast<int>(*servers) };
}

RunDevices devicesOf(const Run& run, const std::vector<DeviceChoice>& choices)
{
    const std::vector<Known> all = knownOf(run);
    if (all.empty())
        throw Error("Cannot simulate: the run has no cell with a latency.");
    RunDevices result;
    const auto add = [&](const Known& known, int servers) {
        result.devices.push_back(known.device);
        result.devices.back().servers = servers;
        if (servers > 1)
            result.devices.back().name += fmt::format(" ({} of it)", servers);
        if (known.disturbed)
            result.notes.push_back(fmt::format("{} was disturbed while it was measured.", known.name));
    };
    for (const DeviceChoice& choice : choices)
        add(chosen(all, choice.name), choice.servers);
    if (choices.empty()) {
        std::vector<std::string> seen;
        for (const Known& known : all) {
            if (std::ranges::find(seen, known.engine) != seen.end())
                continue;
            seen.push_back(known.engine);
            add(*bestOf(all, known.engine), 1);
        }
    }
    if (result.devices.size() > 1 && std::ranges::none_of(result.devices, &Device::accelerator)) {
        Device& fastest = *std::ranges::max_element(result.devices, {}, &Device::bestRate);
        fastest.accelerator = true;
        result.notes.push_back(
            fmt::format("There is no GPU: {} stands in for one, as the fastest.", fastest.name));
    }
    return result;
}

} // namespace core
