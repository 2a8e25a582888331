// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/capacity_search.h"

#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace core {

namespace {

constexpr double kUps[] { 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9 };
constexpr int kMostInstances = 10'000; // of a group
constexpr int kSizes = 48; // of a fixed group that are tried
constexpr double kDownAtMost = 0.7; // of `up`, or it would shrink and grow in turns

/// Whole numbers from `low` to `high`, all of them where they are few, else about evenly spread.
std::vector<int> sizes(int low, int high)
{
    std::vector<int> all;
    const int step = std::max(1, (high - low) / kSizes);
    for (int size = low; size <= high; size += step)
        all.push_back(size);
    return all;
}

class Searching {
public:
    Searching(const RateOverTime& rates, const std::vector<InstanceKind>& kinds, const CapacitySearch& search)
        : m_rates(rates)
        , m_kinds(kinds)
        , m_search(search)
        , m_peak(rates.peak())
    {
    }

    CapacityAnswer answer()
    {
        std::vector<std::size_t> priced;
        for (std::size_t kind = 0; kind < m_kinds.size(); ++kind)
            if (m_kinds[kind].price)
                priced.push_back(kind);
        if (priced.empty())
            throw Error("Cannot plan capacity: no device has a known price.");
        for (const std::size_t first : priced) {
            tryFixed(first);
            tryScaled(first);
            for (const std::size_t second : priced)
                if (second != first)
                    tryBoth(first, second);
        }
        if (m_best.empty())
            throw Error("Cannot plan capacity: no mix has as many instances as are asked for.");
        for (auto& found : m_best)
            m_answer.mixes.push_back(std::move(found.second));
        std::ranges::stable_sort(
            m_answer.mixes, {}, [this](const TriedMix& mix) { return rank(mix.result); });
        m_answer.meets = meets(m_answer.mixes.front().result);
        return std::move(m_answer);
    }

private:
    bool meets(const MixResult& result) const { return result.late <= m_search.allowedLate; }

    std::tuple<bool, double, double> rank(const MixResult& result) const
    {
        const double cost = result.cost.value_or(HUGE_VAL);
        return meets(result) ? std::tuple(false, cost, result.late) : std::tuple(true, result.late, cost);
    }

    Group bounds(std::size_t kind) const
    {
        const auto found = std::ranges::find(m_search.bounds, kind, &Group::kind);
        return found == m_search.bounds.end() ? Group { kind, 0, kMostInstances } : *found;
    }

    /// Instances that carry a rate at a load.
    int needed(std::size_t kind, double rate, double load) const
    {
        const double count = std::ceil(rate / (m_kinds[kind].load.capacity() * load));
        return static_cast<int>(std::clamp(count, 1.0, double { kMostInstances }));
    }

    std::vector<double> ups() const
    {
        return m_search.tryUp ? std::vector(std::begin(kUps), std::end(kUps))
                              : std::vector { m_search.scaling.up };
    }

    void tryFixed(std::size_t kind)
    {
        const Group limits = bounds(kind);
        const int low = std::max({ 1, limits.least, needed(kind, m_rates.mean(), 1) });
        for (const int size : sizes(low, std::min(limits.most, needed(kind, m_peak, 0.1))))
            add(3 * kind, { { { kind, size, size } }, m_search.scaling });
    }

    void tryScaled(std::size_t kind)
    {
        const Group limits = bounds(kind);
        for (const double up : ups()) {
            const int most = std::min(limits.most, needed(kind, m_peak, up) + 1);
            for (const int least : { 1, needed(kind, m_rates.mean(), up) })
                if (std::max(limits.least, least) <= most)
                    add(3 * kind + 1, { { { kind, std::max(limits.least, least), most } }, scaling(up) });
        }
    }

    void tryBoth(std::size_t first, std::size_t second)
    {
        const Group fixed = bounds(first), scaled = bounds(second);
        for (const double up : ups()) {
            const int most = std::min(scaled.most, needed(second, m_peak, up) + 1);
            for (const int size :
                sizes(std::max(1, fixed.least), std::min(fixed.most, needed(first, m_peak, up))))
                for (const int least : { scaled.least, std::max(1, scaled.least) })
                    if (least <= most)
                        add(3 * (first + (second + 1) * m_kinds.size()) + 2,
                            { { { first, size, size }, { second, least, most } }, scaling(up) });
        }
    }

    Scaling scaling(double up) const
    {
        Scaling scaling = m_search.scaling;
        scaling.up = up;
        scaling.down
            = m_search.downShare ? *m_search.downShare * up : std::min(scaling.down, kDownAtMost * up);
        return scaling;
    }

    std::string nameOf(const Mix& mix) const
    {
        std::string name;
        for (const Group& group : mix.groups) {
            name += (name.empty() ? "" : " + ") + m_kinds[group.kind].name;
            name += group.least == group.most ? fmt::format(", {} of it", group.least)
                                              : fmt::format(", {} to {}", group.least, group.most);
        }
        return name;
    }

    /// Keeps the best of each way.
    void add(std::size_t way, Mix mix)
    {
        ++m_answer.tried;
        MixResult result = serve(m_rates, m_kinds, mix);
        const auto found = m_best.find(way);
        if (found != m_best.end() && rank(found->second.result) <= rank(result))
            return;
        std::string name = nameOf(mix);
        m_best.insert_or_assign(way, TriedMix { std::move(name), std::move(mix), std::move(result) });
    }

    const RateOverTime& m_rates;
    const std::vector<InstanceKind>& m_kinds;
    const CapacitySearch& m_search;
    const double m_peak;
    std::map<std::size_t, TriedMix> m_best; // by way
    CapacityAnswer m_answer;
};

} // namespace

CapacityAnswer searchMixes(
    const RateOverTime& rates, const std::vector<InstanceKind>& kinds, const CapacitySearch& search)
{
    return Searching(rates, kinds, search).answer();
}

} // namespace core
