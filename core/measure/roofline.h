// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/peaks.h"
#include "core/measure/placement.h"
#include "core/model/cost.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The roofline: how near a node or a model comes to what the machine's measured peaks allow. Every function
/// is pure; docs/measuring.md has the definitions.
namespace core {

enum class Limit { Compute, Memory };

/// "compute", "memory".
std::string_view limitName(Limit limit);

/// The classical roof, in FLOP/s: the lesser of the arithmetic's peak and of what `bandwidth` bytes a second
/// feed at `intensity` FLOP a byte.
double attainable(double peak, double bandwidth, double intensity);

/// The best rate of a precision; null when it is unknown.
const PeakRate* computeRate(const Peaks& peaks, Precision precision);

/// Where `bytes` are read from at best: the nearest level that holds them all and whose rate is known; null
/// where none does.
const BandwidthPeak* levelFor(const Peaks& peaks, double bytes);

/// What the arithmetic of a node counts against, where the cell was asked for `asked`.
Precision arithmeticOf(const NodeCost& cost, Precision asked);

/// The least time that peaks allow for a piece of work.
struct TimeLimit {
    double computeSeconds = 0, memorySeconds = 0; // of several nodes: those that compute or memory limits
    double seconds = 0; // a node's larger one; of several nodes the sum
    std::string unknown; // why it is not known; the rest means nothing then

    /// What takes more of it.
    Limit by() const { return memorySeconds > computeSeconds ? Limit::Memory : Limit::Compute; }
};

TimeLimit limitOf(const NodeCost& cost, Precision asked, const Peaks& peaks);
/// Of nodes that run one after another; unknown when one of them is.
TimeLimit limitOf(std::span<const NodeCost> costs, Precision asked, const Peaks& peaks);

/// What the engine inserted has no arithmetic of its own to count: unknown.
TimeLimit limitOf(const PlacedNode& node, Precision asked, const Peaks& peaks);
/// Of a whole traced run, by the nodes that have a row of their own; what the engine inserted is overhead,
/// and has no part in it.
TimeLimit limitOf(const NodePlacement& placement, Precision asked, const Peaks& peaks);

/// What figures of one cell are held against.
struct Roof {
    Peaks peaks; // of its device and threads
    Precision asked = Precision::Model; // of the cell
};

/// The part of its limit that something reached which took `seconds`, 1 at the limit. Over 1 where caches or
/// less arithmetic than the direct algorithm's beat the model; nullopt: unknown.
std::optional<double> share(const TimeLimit& limit, double seconds);

/// A measured model under its roof.
struct RoofPoint {
    Precision precision = Precision::Float32; // that most of the arithmetic counts against
    double intensity = 0; // FLOP a byte; 0: nothing but movement
    double attained = 0; // FLOP/s
    double roof = 0; // FLOP/s, at which the share is 1
    double share = 0;
    Limit by = Limit::Compute;
    std::string unknown; // why there is no point; the rest means nothing then
};

/// Of nodes that together took `seconds`.
RoofPoint roofPoint(std::span<const NodeCost> costs, Precision asked, const Peaks& peaks, double seconds);

} // namespace core
