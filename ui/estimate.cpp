// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/estimate.h"

#include "core/measure/parallel_requests.h"
#include "ui/format.h"

#include <algorithm>
#include <cmath>

namespace ui {
namespace {

// Rates to guess with until something is measured, FLOP per second: what networks reach, not what data sheets
// promise.
constexpr double kCpuRatePerThread = 30e9;
constexpr double kGpuRate = 5e12;
constexpr double kReferenceRate = 5e8;
constexpr double kLaunch = 20e-6; // seconds a run takes at least

double guessedLatency(const core::CellKey& key, const ModelCost& cost, core::DeviceKind kind)
{
    const double rate = key.engine == "reference" || key.tuning.plain ? kReferenceRate
        : kind == core::DeviceKind::Gpu                               ? kGpuRate
                                        : kCpuRatePerThread * std::max(key.threads, 1);
    return kLaunch + static_cast<double>(cost.flopPerItem) * static_cast<double>(key.items()) / rate;
}

struct Known {
    double latency = 0, compile = 0;
};

/// From the cell of the same engine, precision, threads and tuning whose batch is nearest, taken as linear in
/// the batch.
std::optional<Known> measuredLatency(const core::CellKey& key, const core::Run* run)
{
    std::optional<Known> best;
    double bestDistance = HUGE_VAL;
    if (!run)
        return best;
    for (const core::Cell& cell : run->cells) {
        const bool same = cell.key.engine == key.engine && cell.key.precision == key.precision
            && cell.key.threads == key.threads && cell.key.tuning == key.tuning;
        if (!same || !cell.summary.median || cell.key.batch < 1)
            continue;
        const double ratio = static_cast<double>(key.items()) / static_cast<double>(cell.key.items());
        const double distance = std::abs(std::log(ratio));
        if (distance >= bestDistance)
            continue;
        bestDistance = distance;
        best = Known { seconds(*cell.summary.median) * ratio,
            cell.finished ? seconds(cell.finished->compile) : 0 };
    }
    return best;
}

} // namespace

Estimate estimate(const core::SweepSpec& spec, const ModelCost& cost, const core::Run* run,
    const std::vector<core::DeviceInfo>& devices)
{
    Estimate result;
    result.measured = true;
    const core::Run* same = run && run->header.spec.model == spec.model ? run : nullptr;
    const auto keys = core::cells(spec);
    result.cells = keys.size();
    std::size_t timed = 0;
    for (const core::CellKey& key : keys) {
        const auto device
            = std::find_if(devices.begin(), devices.end(), [&](const auto& d) { return d.id == key.engine; });
        if (device != devices.end() && device->recordedOn)
            continue; // looked up
        ++timed;
        const auto kind = device == devices.end() ? core::DeviceKind::Cpu : device->kind;
        const std::optional<Known> known = measuredLatency(key, same);
        result.measured = result.measured && known;
        const double latency = known ? known->latency : guessedLatency(key, cost, kind);
        result.seconds += core::estimatedTime(spec.rule, std::chrono::duration<double>(latency)).count();
        result.seconds += known ? known->compile : 0;
        if (device != devices.end() && device->memoryBytes > 0)
            result.memoryBytes = result.memoryBytes == 0 ? device->memoryBytes
                                                         : std::min(result.memoryBytes, device->memoryBytes);
        const double lanes = device == devices.end() ? 1 : core::lanesFor(key.requests, key.threads, *device);
        result.largestBytes = std::max(result.largestBytes,
            lanes
                * (static_cast<double>(cost.weightBytes)
                    + cost.activationBytes * static_cast<double>(key.batch)));
    }
    result.measured = result.measured && timed > 0;
    return result;
}

} // namespace ui
