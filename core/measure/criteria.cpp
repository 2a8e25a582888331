// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/criteria.h"

#include "core/measure/blocks.h"
#include "core/measure/correlation.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace core {

namespace {

std::vector<Nanoseconds> latenciesOf(std::span<const TimedSample> samples)
{
    std::vector<Nanoseconds> latencies;
    latencies.reserve(samples.size());
    for (const TimedSample& sample : samples)
        latencies.push_back(sample.latency);
    return latencies;
}

std::string percent(double share)
{
    return fmt::format("{:.2g} %", share * 100);
}

/// Half the interval of the median over the median. Works on copies, with selection instead of a sort.
std::optional<double> halfWidth(std::span<const TimedSample> samples)
{
    if (!medianIntervalRank(samples.size()))
        return {};
    const std::vector<Nanoseconds> inOrder = latenciesOf(samples);
    std::vector<Nanoseconds> latencies = inOrder;
    const auto at = [&](std::size_t index) { return latencies.begin() + static_cast<std::ptrdiff_t>(index); };
    const std::size_t middle = percentileRank(samples.size(), 0.5) - 1;
    std::nth_element(latencies.begin(), at(middle), latencies.end());
    const auto rank = medianIntervalRank(samples.size(), correlationTime(inOrder, latencies[middle]));
    if (!rank || latencies[middle].count() <= 0)
        return {};
    const std::size_t high = samples.size() - *rank, low = *rank - 1;
    std::nth_element(at(middle), at(high), latencies.end());
    std::nth_element(latencies.begin(), at(low), at(middle));
    return static_cast<double>((latencies[high] - latencies[low]).count()) / 2
        / static_cast<double>(latencies[middle].count());
}

/// Of the last three whole windows: largest over smallest, less 1.
struct Windows {
    std::size_t whole = 0; // windows that are over
    double rate = 0, latency = 0; // spreads; meaningless below three
};

Windows windowsOf(std::span<const TimedSample> samples, const StopRule& rule)
{
    Windows windows;
    const double length = rule.windowTime.count();
    if (samples.empty() || !(length > 0))
        return windows;
    const auto seconds = [](Nanoseconds time) { return std::chrono::duration<double>(time).count(); };
    const double first = seconds(samples.front().at);
    const TimedSample& last = samples.back();
    windows.whole = static_cast<std::size_t>((seconds(last.at + last.latency) - first) / length);
    if (windows.whole < 3)
        return windows;
    double least[2] { 0, 0 }, most[2] { 0, 0 };
    for (std::size_t window = windows.whole - 3; window < windows.whole; ++window) {
        const auto starts = [&](double time) {
            return std::ranges::lower_bound(
                samples, first + time, {}, [&](const TimedSample& sample) { return seconds(sample.at); });
        };
        const auto begin = starts(static_cast<double>(window) * length),
                   end = starts(static_cast<double>(window + 1) * length);
        std::vector<Nanoseconds> latencies = latenciesOf({ begin, end });
        std::sort(latencies.begin(), latencies.end());
        const double values[2] { static_cast<double>(latencies.size()),
            latencies.empty() ? 0 : static_cast<double>(median(latencies).count()) };
        for (int i = 0; i < 2; ++i) {
            least[i] = window + 3 == windows.whole ? values[i] : std::min(least[i], values[i]);
            most[i] = std::max(most[i], values[i]);
        }
    }
    windows.rate = least[0] > 0 ? most[0] / least[0] - 1 : 1e9; // a run may take longer than a window
    windows.latency = least[1] > 0 ? most[1] / least[1] - 1 : 1e9;
    return windows;
}

std::size_t overLimit(std::span<const TimedSample> samples, const StopRule& rule)
{
    if (rule.latencyLimit.count() <= 0)
        return 0;
    return static_cast<std::size_t>(std::ranges::count_if(
        samples, [&](const TimedSample& each) { return each.latency > rule.latencyLimit; }));
}

CriterionState medianState(const StopRule& rule, std::span<const TimedSample> samples)
{
    const auto width = halfWidth(samples);
    return { Criterion::MedianInterval, width && *width <= rule.relativeHalfWidth,
        fmt::format("median ±{} of {}", width ? percent(*width) : "?", percent(rule.relativeHalfWidth)),
        fmt::format("The median is known to within {}; the rule asks for {}.",
            width ? percent(*width) : "an unknown margin", percent(rule.relativeHalfWidth)) };
}

CriterionState windowState(const StopRule& rule, std::span<const TimedSample> samples)
{
    const Windows windows = windowsOf(samples, rule);
    if (windows.whole < 3)
        return { Criterion::ThreeWindows, false, fmt::format("windows: {} of 3", windows.whole),
            fmt::format("{} of three windows of {:g} s are over.", windows.whole, rule.windowTime.count()) };
    const bool met = std::max(windows.rate, windows.latency) <= rule.windowSpread;
    return { Criterion::ThreeWindows, met,
        fmt::format("windows differ by {} of {}", percent(std::max(windows.rate, windows.latency)),
            percent(rule.windowSpread)),
        fmt::format(
            "The last three windows of {:g} s differ by {} in rate and {} in latency; the rule allows {}.",
            rule.windowTime.count(), percent(windows.rate), percent(windows.latency),
            percent(rule.windowSpread)) };
}

CriterionState percentileState(const StopRule& rule, std::span<const TimedSample> samples)
{
    const std::size_t over = overLimit(samples, rule), needed = samplesNeededFor(rule.percentile, over);
    const std::string limit = rule.latencyLimit.count() > 0
        ? fmt::format(
            "{} of {} samples lie over {:g} ms: ", over, samples.size(), rule.latencyLimit.count() * 1e3)
        : fmt::format("There are {} samples: ", samples.size());
    return { Criterion::Percentile, samples.size() >= needed,
        fmt::format("p{:g}: {} of {} samples", rule.percentile * 100, samples.size(), needed),
        limit + fmt::format("p{:g} takes {}.", rule.percentile * 100, needed) };
}

CriterionState blockState(
    const StopRule& rule, std::span<const TimedSample> samples, std::span<const std::size_t> blocks)
{
    if (blocks.size() < kLeastBlocks)
        return { Criterion::Blocks, false, fmt::format("blocks: {} of {}", blocks.size(), kLeastBlocks),
            fmt::format("{} of at least {} blocks of {:g} s are over.", blocks.size(), kLeastBlocks,
                rule.blockTime.count()) };
    std::vector<Nanoseconds> sorted = latenciesOf(samples);
    std::sort(sorted.begin(), sorted.end());
    const Nanoseconds middle = sorted.empty() ? Nanoseconds {} : median(sorted);
    const auto interval = blockInterval(middle, samples, blocks);
    if (!interval || middle.count() <= 0)
        return { Criterion::Blocks, false, "blocks: no interval", "The blocks give the median no interval." };
    const double width = static_cast<double>((interval->high - interval->low).count()) / 2
        / static_cast<double>(middle.count());
    return { Criterion::Blocks, width <= rule.relativeHalfWidth,
        fmt::format("{} blocks: ±{} of {}", blocks.size(), percent(width), percent(rule.relativeHalfWidth)),
        fmt::format("Over {} blocks the median is known to within {}; the rule asks for {}.", blocks.size(),
            percent(width), percent(rule.relativeHalfWidth)) };
}

} // namespace

CriterionState stateOf(Criterion criterion, const StopRule& rule, std::span<const TimedSample> samples,
    std::span<const std::size_t> blocks)
{
    switch (criterion) {
    case Criterion::ThreeWindows:
        return windowState(rule, samples);
    case Criterion::Percentile:
        return percentileState(rule, samples);
    case Criterion::Blocks:
        return blockState(rule, samples, blocks);
    case Criterion::MedianInterval:
        break;
    }
    return medianState(rule, samples);
}

std::vector<CriterionState> statesOf(
    const StopRule& rule, std::span<const TimedSample> samples, std::span<const std::size_t> blocks)
{
    std::vector<CriterionState> states;
    for (const Criterion criterion :
        { Criterion::MedianInterval, Criterion::ThreeWindows, Criterion::Percentile })
        states.push_back(stateOf(criterion, rule, samples));
    if (rule.blocks > 0 || !blocks.empty())
        states.push_back(stateOf(Criterion::Blocks, rule, samples, blocks));
    return states;
}

} // namespace core
