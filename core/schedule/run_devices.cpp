// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/run_devices.h"

#include "core/analyse/decision.h"
#include "core/call.h"
#include "core/error.h"

#include <algorithm>
#include <cmath>

namespace core {

namespace {

constexpr double kMostServers = 1024;

const RunCurve& chosen(const std::vector<RunCurve>& all, const std::string& name)
{
    for (const RunCurve& curve : all) {
        if (curve.device.name == name)
            return curve;
    }
    if (const RunCurve* best = bestCurve(all, name))
        return *best;
    std::string names;
    for (const RunCurve& curve : all)
        names += names.empty() ? curve.device.name : ", " + curve.device.name;
    throw Error("Cannot simulate: the run has no device \"{}\", it has {}.", name, names);
}

} // namespace

std::vector<RunCurve> runCurves(const Run& run)
{
    std::vector<RunCurve> all;
    for (const BatchCurve& curve : curvesOf(run)) {
        if (curve.points.empty())
            continue;
        const ServiceTime time = ServiceTime::measured(curve);
        const DeviceInfo* info = deviceOf(run, curve.key.engine);
        all.push_back({ .engine = curve.key.engine,
            .device = { .name = curveName(curve.key),
                .accelerator = info && info->kind == DeviceKind::Gpu,
                .most = time.largest(),
                .time = time },
            .disturbed = curve.disturbed });
    }
    return all;
}

const RunCurve* bestCurve(const std::vector<RunCurve>& curves, const std::string& engine)
{
    const RunCurve* best = nullptr;
    for (const RunCurve& curve : curves) {
        if (curve.engine == engine && (!best || curve.device.bestRate() > best->device.bestRate()))
            best = &curve;
    }
    return best;
}

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
    return devicesOf(runCurves(run), choices);
}

RunDevices devicesOf(const std::vector<RunCurve>& curves, const std::vector<DeviceChoice>& choices)
{
    if (curves.empty())
        throw Error("Cannot simulate: the run has no cell with a latency.");
    RunDevices result;
    const auto add = [&](const RunCurve& curve, int servers) {
        result.devices.push_back(curve.device);
        result.devices.back().servers = servers;
        if (servers > 1)
            result.devices.back().name += fmt::format(" ({} of it)", servers);
        if (curve.disturbed)
            result.notes.push_back(fmt::format("{} was disturbed while it was measured.", curve.device.name));
    };
    for (const DeviceChoice& choice : choices)
        add(chosen(curves, choice.name), choice.servers);
    if (choices.empty()) {
        std::vector<std::string> seen;
        for (const RunCurve& curve : curves) {
            if (std::ranges::find(seen, curve.engine) != seen.end())
                continue;
            seen.push_back(curve.engine);
            add(*bestCurve(curves, curve.engine), 1);
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

double capacityOf(const std::vector<Device>& devices)
{
    double rate = 0;
    for (const Device& device : devices)
        rate += device.bestRate();
    return rate;
}

} // namespace core
