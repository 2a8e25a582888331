// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

/// Which integers stand for a tensor's numbers, found by looking at samples of them.
namespace core {

enum class CalibrationMethod { MinMax, Percentile, Entropy };

/// "minmax", "percentile", "entropy".
std::string_view calibrationName(CalibrationMethod method);
/// The reverse; throws Error for any other word.
CalibrationMethod calibrationFromName(std::string_view name);

/// The range of one tensor over many samples. Samples are shown twice: first to count(), all of them, which
/// finds their extremes, then to distribute(), which counts how they lie between.
class Calibration {
public:
    /// Infinities and not-a-numbers do not count.
    void count(std::span<const float> sample);
    void distribute(std::span<const float> sample);

    bool empty() const { return m_least > m_most; }

    /// uint8 over the range that the method finds, widened to hold 0, which padding needs exactly.
    /// - MinMax: from the least to the most of all.
    /// - Percentile: without the (100 - percentile) / 2 per cent at either end.
    /// - Entropy: the magnitudes up to one of 64 limits, those of 99.9 per cent at least, whose 256 steps
    /// lose least, by the Kullback-Leibler
    ///   divergence of the samples' distribution from the rounded one's (Migacz, 8-bit inference with
    ///   TensorRT, GTC 2017).
    Quantisation quantisation(CalibrationMethod method, double percentile) const;

    static constexpr std::size_t kBins = 2048;

private:
    struct Range {
        double least, most;
    };
    Range percentileRange(double percentile) const;
    Range entropyRange() const;
    double divergence(std::size_t first, std::size_t last) const;
    double edge(std::size_t bin) const;

    float m_least = 1, m_most = -1; // reversed: nothing seen
    std::array<std::int64_t, kBins> m_bins {}; // of [least, most]
};

/// int8 around zero, one scale for each index of `axis`: the largest magnitude is 127.
Quantisation weightQuantisation(const TensorView& weights, std::int64_t axis);

/// The integers that weights are under `as`.
Tensor quantisedWeights(const TensorView& weights, const Quantisation& as);

} // namespace core
