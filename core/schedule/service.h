// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/batch_curve.h"
#include "core/schedule/random.h"

#include <climits>
#include <cstdint>
#include <memory>
#include <vector>

namespace core {

/// How long a device takes for a batch of items: a distribution for each number of items, never a mean alone.
class ServiceTime {
public:
    /// Samples of batches of `items`; sorted once given to measured().
    struct Point {
        std::int64_t items = 1;
        std::vector<Nanoseconds> samples;
    };

    /// overhead + perItem items (tau + alpha b), always the same.
    static ServiceTime affine(double perItemSeconds, double overheadSeconds);
    static ServiceTime deterministic(double seconds) { return affine(0, seconds); }
    /// Of any batch, with that mean.
    static ServiceTime exponential(double meanSeconds);
    /// What was measured. Between two points the quantile at each probability is linear in the items; below
    /// the first point a batch takes as long as it does there; beyond the last it is run in several passes.
    /// At least one point with a sample each; several points of the same items are one.
    static ServiceTime measured(std::vector<Point> points);
    /// The samples of a recorded curve with a point at least; it may go away.
    static ServiceTime measured(const BatchCurve& curve);

    Nanoseconds draw(std::int64_t items, Random& random) const;
    /// The time that a batch keeps with probability `u`, 0 to 1; of several passes the sum of each one's.
    Nanoseconds quantile(std::int64_t items, double u) const;
    double meanSeconds(std::int64_t items) const;
    /// Items a second when it always has batches of its best size up to `most`.
    double bestRate(std::int64_t most) const;
    /// The largest batch that was measured; INT_MAX where any size goes.
    int largest() const;

private:
    enum class Kind { Affine, Exponential, Measured };
    struct Empirical {
        std::int64_t items = 1;
        std::vector<Nanoseconds> sorted;
        double meanSeconds = 0;
    };
    template <typename OfPoint> double between(std::int64_t items, OfPoint ofPoint) const;
    double quantileNs(std::int64_t items, double u) const;

    Kind m_kind = Kind::Affine;
    double m_perItem = 0, m_overhead = 0; // seconds
    std::shared_ptr<const std::vector<Empirical>> m_points; // rising
};

/// No limit to the items of a batch.
inline constexpr int kUnlimited = INT_MAX;

/// A device as schedules see it: `servers` batches at a time, each of up to `most` items. A single request of
/// more items is a batch of its own, in several passes.
struct Device {
    std::string name; // "gpu", "cpu x2"
    bool accelerator = false; // the one of gpu-only; the others are those of cpu-only
    int servers = 1;
    int most = kUnlimited;
    ServiceTime time; // while it is alone at work
    /// How many times as long a batch takes while all other servers of the run are busy, where devices share
    /// memory, caches or a core's units; while some of them are, in proportion. 1: it has all of its own.
    double slowdown = 1;

    double bestRate() const { return servers * time.bestRate(most); } // items a second
    /// Of a batch on one server, passes included: their quantiles or means added up.
    Nanoseconds quantile(std::int64_t items, double u) const;
    double meanSeconds(std::int64_t items) const;
};

} // namespace core
