// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/roofline.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace core {

namespace {

double bytesOf(const NodeCost& cost)
{
    return static_cast<double>(cost.weightBytes) + static_cast<double>(cost.activationBytes);
}

/// Why the rate of a precision is unknown.
std::string whyNoRate(const Peaks& peaks, Precision precision)
{
    for (const ComputePeak& peak : peaks.compute)
        if (peak.precision == precision && !peak.unknown.empty())
            return fmt::format("the peak of {} is unknown: {}", precisionName(precision), peak.unknown);
    return fmt::format("the peak of {} was not measured", precisionName(precision));
}

std::string whyNoLevel(const Peaks& peaks)
{
    if (!peaks.bandwidth.empty() && !peaks.bandwidth.back().unknown.empty())
        return fmt::format("the bandwidth of {} is unknown: {}", peaks.bandwidth.back().level,
            peaks.bandwidth.back().unknown);
    return "no bandwidth was measured";
}

TimeLimit unknownLimit(std::string why)
{
    return { .unknown = std::move(why) };
}

/// Whether the sum is still known. Nodes do not overlap: what limits the whole is what limits the nodes that
/// take longest.
bool add(TimeLimit& sum, const TimeLimit& node)
{
    if (!node.unknown.empty()) {
        sum = unknownLimit("of one node at least " + node.unknown);
        return false;
    }
    (node.by() == Limit::Compute ? sum.computeSeconds : sum.memorySeconds) += node.seconds;
    sum.seconds += node.seconds;
    return true;
}

} // namespace

std::string_view limitName(Limit limit)
{
    return limit == Limit::Compute ? "compute" : "memory";
}

double attainable(double peak, double bandwidth, double intensity)
{
    return std::min(peak, intensity * bandwidth);
}

const PeakRate* computeRate(const Peaks& peaks, Precision precision)
{
    for (const ComputePeak& peak : peaks.compute)
        if (peak.precision == precision && peak.rate)
            return &*peak.rate;
    return nullptr;
}

const BandwidthPeak* levelFor(const Peaks& peaks, double bytes)
{
    for (const BandwidthPeak& level : peaks.bandwidth)
        if (level.rate && (level.capacity == 0 || bytes <= static_cast<double>(level.capacity)))
            return &level;
    return nullptr;
}

Precision arithmeticOf(const NodeCost& cost, Precision asked)
{
    if (cost.integers)
        return Precision::Int8;
    // What is left in a quantised model computes in fp32, and so does a model as the file has it.
    return asked == Precision::Model || asked == Precision::Int8 ? Precision::Float32 : asked;
}

TimeLimit limitOf(const NodeCost& cost, Precision asked, const Peaks& peaks)
{
    if (!cost.known)
        return unknownLimit(
            "its arithmetic is unknown, because its shapes depend on data or it runs a graph");
    const Precision precision = arithmeticOf(cost, asked);
    const PeakRate* rate = computeRate(peaks, precision);
    if (cost.flop > 0 && !rate)
        return unknownLimit(whyNoRate(peaks, precision));
    const BandwidthPeak* level = levelFor(peaks, bytesOf(cost));
    if (!level)
        return unknownLimit(whyNoLevel(peaks));
    TimeLimit limit { .computeSeconds = cost.flop > 0 ? static_cast<double>(cost.flop) / rate->best : 0,
        .memorySeconds = bytesOf(cost) / level->rate->best };
    limit.seconds = std::max(limit.computeSeconds, limit.memorySeconds);
    return limit;
}

TimeLimit limitOf(std::span<const NodeCost> costs, Precision asked, const Peaks& peaks)
{
    TimeLimit sum;
    for (const NodeCost& cost : costs)
        if (!add(sum, limitOf(cost, asked, peaks)))
            break;
    return sum;
}

TimeLimit limitOf(const PlacedNode& node, Precision asked, const Peaks& peaks)
{
    if (node.node < 0)
        return unknownLimit("the engine inserted it");
    NodeCost unknown;
    unknown.known = false;
    return limitOf(node.cost.value_or(unknown), asked, peaks);
}

TimeLimit limitOf(const NodePlacement& placement, Precision asked, const Peaks& peaks)
{
    TimeLimit sum;
    for (const PlacedNode& node : placement.nodes)
        if (node.node >= 0 && !add(sum, limitOf(node, asked, peaks)))
            break;
    return sum;
}

std::optional<double> share(const TimeLimit& limit, double seconds)
{
    if (!limit.unknown.empty() || seconds <= 0)
        return {};
    return limit.seconds / seconds;
}

RoofPoint roofPoint(std::span<const NodeCost> costs, Precision asked, const Peaks& peaks, double seconds)
{
    RoofPoint point;
    const TimeLimit limit = limitOf(costs, asked, peaks);
    point.unknown = limit.unknown;
    if (point.unknown.empty() && (seconds <= 0 || limit.seconds <= 0))
        point.unknown = "it did nothing that could be counted";
    if (!point.unknown.empty())
        return point;
    double flop = 0, bytes = 0;
    std::map<Precision, double> byPrecision;
    for (const NodeCost& cost : costs) {
        flop += static_cast<double>(cost.flop);
        bytes += bytesOf(cost);
        byPrecision[arithmeticOf(cost, asked)] += static_cast<double>(cost.flop);
    }
    point.precision = std::max_element(byPrecision.begin(), byPrecision.end(), [](auto& a, auto& b) {
        return a.second < b.second;
    })->first;
    point.intensity = bytes > 0 ? flop / bytes : 0;
    point.attained = flop / seconds;
    point.roof = flop / limit.seconds;
    point.share = limit.seconds / seconds;
    point.by = limit.by();
    return point;
}

} // namespace core
