// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/element_type.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// What a device reaches at most: measured, not read from a data sheet. Plain values.
namespace core {

/// A rate that was measured several times over. Others share the machine and can only slow it down, so the
/// peak is the highest rate that was seen.
struct PeakRate {
    double best = 0; // FLOP or bytes a second
    double median = 0; // of all repetitions
    double spread = 0; // the quartiles' distance over the median: how steady the machine was
};

/// Arithmetic: a multiply-add counts as 2 FLOP, in integers as well.
struct ComputePeak {
    Precision precision = Precision::Float32; // of what is multiplied
    std::string instruction; // "AVX-512 FMA"; empty: there is none
    std::optional<PeakRate> rate;
    std::string unknown; // why there is no rate
};

/// Reading from one level of the memory, by all threads together.
struct BandwidthPeak {
    std::string level; // "L1", "L2", "L3", "memory"
    std::size_t capacity = 0; // what the level holds for these threads; 0: no bound
    std::size_t workingSet = 0; // what was read, again and again
    std::optional<PeakRate> rate;
    std::string unknown; // why there is no rate
};

/// The peaks of one device with one number of threads.
struct Peaks {
    int threads = 1;
    std::vector<ComputePeak> compute;
    std::vector<BandwidthPeak> bandwidth; // the nearest level first
};

} // namespace core
