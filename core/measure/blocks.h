// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep_event.h"

#include <span>

/// A cell that is measured in blocks, with blocks of other cells and rests between them: what drifts over
/// minutes then meets all cells alike, and shows as a difference between blocks.
namespace core {

/// The median of each block; `starts`: the index of each block's first sample, the first of them 0.
std::vector<Nanoseconds> blockMedians(
    std::span<const TimedSample> samples, std::span<const std::size_t> starts);

/// The 95 % interval that the blocks give the median of all samples: Student's t over the blocks' medians,
/// median +- t s / sqrt(blocks). It holds what samples of one block cannot show. nullopt below kLeastBlocks.
std::optional<Interval> blockInterval(
    Nanoseconds median, std::span<const TimedSample> samples, std::span<const std::size_t> starts);

/// How one block is measured by a rule of blocks: warm-up as the rule has it, then for its time.
StopRule blockRule(const StopRule& rule);

/// Ends of a cell's blocks as the end of the cell: times add up, shares of time and power are means over
/// time, energy is a mean over inferences, memory is the most. A figure that one block lacks is unknown.
/// `samples`: how many each block has. At least one block.
CellFinished mergeBlocks(std::span<const CellFinished> blocks, std::span<const std::size_t> samples);

} // namespace core
