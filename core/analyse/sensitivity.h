// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/serving.h"

#include <cmath>
#include <span>

/// What hangs on an assumption: each is moved by itself, all others stay (a tornado; Eschenbach, Spiderplots
/// versus tornado diagrams for sensitivity analysis, Interfaces 22, 1992).
namespace core {

/// By how much assumptions are moved. Throughput is moved to the ends of its 95 % interval instead.
inline constexpr double kMovedBy = 0.2;
/// How far an answer that flips is looked for: times and parts of what was assumed.
inline constexpr double kFlipsWithin = 4;

/// The answer with an assumption at one end.
struct SwingEnd {
    std::string value; // "0.421", "56 %", "low"
    std::optional<double> loss, second; // of the recommended cell, and of the best one of another device
    std::optional<std::size_t> other; // the cell that is then best, where that is another curve's
};

/// From where on another curve's cell is the answer.
struct Flip {
    std::string value; // of the assumption, "0.689 USD an hour"
    double change = 0; // relative to what was assumed: 0.31 is 31 % more
    std::size_t cell = 0; // the new answer
};

struct Swing {
    std::string name; // "price of gpu"
    SwingEnd low, high;
    std::optional<Flip> below, above; // the nearest on either side; of a measured figure within its interval
    bool measured = false; // moved within its interval

    double width() const { return low.loss && high.loss ? std::abs(*high.loss - *low.loss) : 0; }
};

/// All assumptions that the loss of a cell hangs on, the widest swing first. `cells`: indices of those that
/// meet all targets but the one of cost; `best`: the recommended one; `second`: the best of another device.
/// Targets other than cost keep the cells they have.
std::vector<Swing> swingsOf(const Run& run, const DecisionSettings& settings,
    std::span<const std::size_t> cells, std::size_t best, std::optional<std::size_t> second);

/// What would change the answer, a sentence each: the flips, the nearest first.
std::vector<std::string> flipSentences(
    const std::vector<Swing>& swings, const Run& run, const DecisionSettings& settings);

} // namespace core
