// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/turns.h"

#include "core/measure/criteria.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace core {

void Turns::drop(int cell)
{
    std::erase(m_cells, cell);
    std::erase(m_round, cell);
}

std::optional<int> Turns::next()
{
    if (m_round.empty()) {
        m_round = m_cells;
        // Not std::shuffle, whose order each library decides for itself: a seed means the same everywhere.
        for (std::size_t left = m_round.size(); left > 1; --left)
            std::swap(m_round[left - 1], m_round[m_random() % left]);
    }
    if (m_round.empty())
        return {};
    const int cell = m_round.back();
    m_round.pop_back();
    return cell;
}

void Turns::coolDown(const std::stop_token& stop)
{
    if (!std::exchange(m_rested, false)) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any().wait_for(lock, stop, m_coolDown, [] { return false; });
    }
}

std::optional<StoppedBy> verdict(const StopRule& rule, std::span<const TimedSample> samples,
    std::span<const std::size_t> starts, std::span<const CellFinished> blocks)
{
    if (blocks.size() < rule.blocks)
        return {};
    Nanoseconds measured {};
    for (const CellFinished& block : blocks)
        measured += block.measured;
    const bool last = measured >= rule.maxTime;
    const std::size_t enough = rule.fallbackSamples > 0 && last ? rule.fallbackSamples : rule.minSamples;
    if (samples.size() < enough)
        return last ? std::optional(StoppedBy::TooFewSamples) : std::nullopt;
    if (measured >= rule.minTime && stateOf(rule.criterion, rule, samples, starts).met)
        return StoppedBy::Converged;
    return last ? std::optional(StoppedBy::TimeLimit) : std::nullopt;
}

} // namespace core
