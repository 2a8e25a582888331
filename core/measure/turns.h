// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep_event.h"

#include <optional>
#include <random>
#include <span>
#include <stop_token>
#include <vector>

namespace core {

/// Whose turn it is among the cells of a group: each once a round, in an order that the seed decides anew,
/// until all are dropped. One thread.
class Turns {
public:
    Turns(const StopRule& rule, std::uint64_t seed)
        : m_coolDown(rule.coolDown)
        , m_random(seed)
    {
    }

    void add(int cell) { m_cells.push_back(cell); }
    void drop(int cell);
    std::optional<int> next();
    /// Before each turn but the first, nothing runs for a while, so that no block inherits the heat and the boost clock of the one before.
    void coolDown(const std::stop_token& stop);

private:
    const std::chrono::duration<double> m_coolDown;
    std::mt19937_64 m_random;
    std::vector<int> m_cells; // not dropped
    std::vector<int> m_round; // still to come in this round, the next one last
    bool m_rested = true; // nothing ran before
};

/// Why a cell that is measured in blocks has had its last; nullopt: it takes another turn.
std::optional<StoppedBy> verdict(const StopRule& rule, std::span<const TimedSample> samples,
    std::span<const std::size_t> starts, std::span<const CellFinished> blocks);

} // namespace core
