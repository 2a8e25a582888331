// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/blocks.h"

#include "core/measure/energy_windows.h"
#include "core/measure/student_t.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

/// The mean of a figure over the blocks, each with its weight.
Figure weighted(
    std::span<const CellFinished> blocks, Figure CellFinished::*figure, const std::vector<double>& weights)
{
    double sum = 0, total = 0;
    for (std::size_t index = 0; index < blocks.size(); ++index) {
        const Figure& each = blocks[index].*figure;
        if (!each)
            return each;
        sum += *each.value * weights[index];
        total += weights[index];
    }
    return Figure::known(total > 0 ? sum / total : 0, (blocks.front().*figure).source);
}

Figure largest(std::span<const CellFinished> blocks, Figure CellFinished::*figure)
{
    Figure most = blocks.front().*figure;
    for (const CellFinished& block : blocks) {
        const Figure& each = block.*figure;
        if (!each)
            return each;
        most.value = std::max(*most.value, *each.value);
    }
    return most;
}

double mean(
    std::span<const CellFinished> blocks, double CellFinished::*share, const std::vector<double>& weights)
{
    double sum = 0, total = 0;
    for (std::size_t index = 0; index < blocks.size(); ++index) {
        sum += blocks[index].*share * weights[index];
        total += weights[index];
    }
    return total > 0 ? sum / total : 0;
}

/// Blocks are the windows of a cell that has them: what drifts between them is in the interval.
EnergyWindows::Bounds energyBounds(
    std::span<const CellFinished> blocks, const Figure& merged, const std::vector<double>& inferences)
{
    Figure unknown = merged;
    if (merged && blocks.size() < EnergyWindows::kLeast)
        unknown = Figure::missing(fmt::format(
            "There are {} blocks, an interval of energy needs {}.", blocks.size(), EnergyWindows::kLeast));
    if (!unknown)
        return { unknown, unknown };
    std::vector<EnergyWindows::Part> parts;
    for (std::size_t index = 0; index < blocks.size(); ++index)
        parts.push_back(
            { *blocks[index].energyPerInferenceJoules.value * inferences[index], inferences[index] });
    return EnergyWindows::boundsOf(parts, merged.source);
}

} // namespace

std::vector<Nanoseconds> blockMedians(
    std::span<const TimedSample> samples, std::span<const std::size_t> starts)
{
    std::vector<Nanoseconds> medians;
    for (std::size_t block = 0; block < starts.size(); ++block) {
        const std::size_t begin = std::min(starts[block], samples.size());
        const std::size_t end
            = block + 1 < starts.size() ? std::min(starts[block + 1], samples.size()) : samples.size();
        std::vector<Nanoseconds> latencies;
        for (std::size_t index = begin; index < end; ++index)
            latencies.push_back(samples[index].latency);
        if (latencies.empty())
            continue;
        const auto middle
            = latencies.begin() + static_cast<std::ptrdiff_t>(percentileRank(latencies.size(), 0.5) - 1);
        std::nth_element(latencies.begin(), middle, latencies.end());
        medians.push_back(*middle);
    }
    return medians;
}

std::optional<Interval> blockInterval(
    Nanoseconds median, std::span<const TimedSample> samples, std::span<const std::size_t> starts)
{
    const std::vector<Nanoseconds> medians = blockMedians(samples, starts);
    if (medians.size() < kLeastBlocks)
        return {};
    const auto blocks = static_cast<double>(medians.size());
    double sum = 0, squares = 0;
    for (const Nanoseconds each : medians)
        sum += static_cast<double>(each.count());
    const double middle = sum / blocks;
    for (const Nanoseconds each : medians)
        squares += std::pow(static_cast<double>(each.count()) - middle, 2);
    const double error = std::sqrt(squares / (blocks - 1) / blocks);
    const Nanoseconds half(std::llround(studentT975(static_cast<int>(medians.size()) - 1) * error));
    return Interval { median - half, median + half };
}

StopRule blockRule(const StopRule& rule)
{
    return { .preset = "custom",
        .minSamples = 1,
        .minTime = rule.blockTime,
        .maxTime = rule.blockTime,
        .relativeHalfWidth = 0,
        .fallbackSamples = 1,
        .warmUpRuns = rule.warmUpRuns,
        .warmUpTime = rule.warmUpTime };
}

CellFinished mergeBlocks(std::span<const CellFinished> blocks, std::span<const std::size_t> samples)
{
    if (blocks.size() == 1)
        return blocks.front();
    CellFinished merged = blocks.back(); // what belongs to the program, and the clock's time
    std::vector<double> times, inferences;
    merged.compile = merged.measured = {};
    for (std::size_t index = 0; index < blocks.size(); ++index) {
        const CellFinished& block = blocks[index];
        merged.compile = std::max(merged.compile, block.compile); // again in each, where a process does it
        merged.measured += block.measured;
        if (block.memory.total() > merged.memory.total())
            merged.memory = block.memory;
        if (index > 0)
            merged.gpu.add(blocks[index - 1].gpu);
        times.push_back(std::chrono::duration<double>(block.measured).count());
        inferences.push_back(static_cast<double>(samples[index]));
    }
    merged.peakResidentBytes = largest(blocks, &CellFinished::peakResidentBytes);
    merged.hiccupPercent = mean(blocks, &CellFinished::hiccupPercent, times);
    merged.othersPercent = weighted(blocks, &CellFinished::othersPercent, times);
    merged.disturbedPercent = mean(blocks, &CellFinished::disturbedPercent, times);
    merged.powerMeanWatts = weighted(blocks, &CellFinished::powerMeanWatts, times);
    merged.energyPerInferenceJoules = weighted(blocks, &CellFinished::energyPerInferenceJoules, inferences);
    merged.marginalEnergyPerInferenceJoules
        = weighted(blocks, &CellFinished::marginalEnergyPerInferenceJoules, inferences);
    merged.systemPowerMeanWatts = weighted(blocks, &CellFinished::systemPowerMeanWatts, times);
    merged.systemEnergyPerInferenceJoules
        = weighted(blocks, &CellFinished::systemEnergyPerInferenceJoules, inferences);
    merged.sensorSeconds = 0;
    for (const CellFinished& block : blocks)
        *merged.sensorSeconds += block.sensorSeconds.value_or(0);
    const EnergyWindows::Bounds bounds = energyBounds(blocks, merged.energyPerInferenceJoules, inferences);
    merged.energyLowJoules = bounds.low;
    merged.energyHighJoules = bounds.high;
    merged.outputMaxAbsDiff = blocks.front().outputMaxAbsDiff;
    merged.agreement = blocks.front().agreement;
    return merged;
}

} // namespace core
