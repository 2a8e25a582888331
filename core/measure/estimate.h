// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep_spec.h"

#include <chrono>
#include <span>

namespace core {

/// A cell that is known already: from this run, or from an earlier one of the same model.
struct MeasuredCell {
    CellKey key;
    std::chrono::duration<double> latency {}; // median
    std::chrono::duration<double> compile {};
};

/// How long one run of a cell takes: by the measured cell most like it (same engine first, then precision,
/// threads and the nearest batch), else by arithmetic at an assumed rate.
std::chrono::duration<double> estimateLatency(
    const CellKey& key, std::int64_t flopPerItem, std::span<const MeasuredCell> measured);

/// The same for the whole cell: compiling, warming up, measuring by `rule`.
std::chrono::duration<double> estimateCell(const CellKey& key, const StopRule& rule, std::int64_t flopPerItem,
    std::span<const MeasuredCell> measured);

/// Of all cells of a sweep, before its start.
std::chrono::duration<double> estimateSweep(
    const SweepSpec& spec, std::int64_t flopPerItem, std::span<const MeasuredCell> measured = {});

/// "about 40 s", "about 12 min", "about 3 h": a duration for people.
std::string formatDuration(std::chrono::duration<double> time);

} // namespace core
