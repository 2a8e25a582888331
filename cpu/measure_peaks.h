// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/peaks.h"
#include "core/sensors/caches.h"
#include "cpu/peak_kernels.h"

#include <cstddef>
#include <optional>
#include <stop_token>
#include <vector>

namespace cpu {

/// What `threads` threads read while the bandwidth of one level is measured.
struct WorkingSet {
    std::string level; // "L1", "memory"
    std::size_t capacity = 0; // of the level; 0: no bound
    std::size_t bytesPerThread = 0; // a multiple of kReadBytes; 0: there is none
    std::string unknown; // then why
};

/// One for each of L1, L2, L3 and memory. `available`: bytes of free memory, where they are known.
std::vector<WorkingSet> workingSets(const std::vector<core::CacheLevel>& caches, int threads, int cores,
    std::optional<std::size_t> available);

/// Best, median and spread of what `rates` says, of which there is at least one.
core::PeakRate summariseRates(std::vector<double> rates);

/// Measures on the team of `threads` threads, places as a program's. Takes a few seconds. Throws Error
/// when `stop` is asked for.
core::Peaks measurePeaks(const VectorIsa& isa, int threads, const std::stop_token& stop);

} // namespace cpu
