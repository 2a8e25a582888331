// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/capacity.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace core {

namespace {

constexpr double kSecondsPerHour = 3600;
constexpr double kRounding = 1e-9;

/// A group while it serves.
struct State {
    const InstanceKind* kind = nullptr;
    Group bounds;
    int ready = 0; // instances that work
    std::vector<int> starting; // by intervals until they do; first the next
    double cooled = 0; // seconds from which on it may shrink
    double load = 0; // of this interval

    double capacity() const { return kind->load.capacity(); }
    int all() const
    {
        int count = ready;
        for (const int each : starting)
            count += each;
        return count;
    }
};

class Serving {
public:
    Serving(const RateOverTime& rates, const std::vector<InstanceKind>& kinds, const Mix& mix)
        : m_rates(rates)
        , m_scaling(mix.scaling)
    {
        // What starts after the end never works.
        const double intervals = std::ceil(mix.scaling.startSeconds / rates.width - kRounding);
        const auto delay
            = static_cast<std::size_t>(std::clamp(intervals, 0.0, double(rates.rates.size())));
        for (const Group& group : mix.groups)
            m_groups.push_back(
                { .kind = &kinds[group.kind], .bounds = group, .starting = std::vector<int>(delay, 0) });
        m_result.meanInstances.resize(m_groups.size());
        m_result.mostInstances.resize(m_groups.size());
        m_result.cost = m_result.joules = 0;
    }

    MixResult result()
    {
        if (m_rates.rates.empty())
            return std::move(m_result);
        const std::vector<int> first = wanted(m_rates.rates.front());
        for (std::size_t i = 0; i < m_groups.size(); ++i)
            m_groups[i].ready = first[i];
        double items = 0, late = 0;
        for (std::size_t interval = 0; interval < m_rates.rates.size(); ++interval) {
            if (interval > 0) {
                finishStarting();
                scale(m_rates.rates[interval - 1], m_rates.width * static_cast<double>(interval));
            }
            const double rate = m_rates.rates[interval];
            const double share = serveInterval(rate);
            account(share);
            items += rate;
            late += rate * share;
        }
        m_result.late = items > 0 ? late / items : 0;
        for (double& mean : m_result.meanInstances)
            mean /= static_cast<double>(m_rates.rates.size());
        return std::move(m_result);
    }

private:
    /// Instances of each group for a rate, within its bounds.
    std::vector<int> wanted(double rate) const
    {
        std::vector<int> counts;
        double rest = rate;
        for (const State& group : m_groups) {
            const double each = group.capacity() * m_scaling.up;
            const double needed = std::ceil(rest / each - kRounding);
            const int count = needed >= group.bounds.most
                ? group.bounds.most
                : std::max(group.bounds.least, static_cast<int>(needed));
            counts.push_back(count);
            rest = std::max(0.0, rest - count * each);
        }
        return counts;
    }

    void finishStarting()
    {
        for (State& group : m_groups) {
            if (group.starting.empty())
                continue;
            group.ready += group.starting.front();
            std::rotate(group.starting.begin(), group.starting.begin() + 1, group.starting.end());
            group.starting.back() = 0;
        }
    }

    void scale(double rate, double now)
    {
        const std::vector<int> counts = wanted(rate);
        double rest = rate;
        for (std::size_t i = 0; i < m_groups.size(); ++i) {
            State& group = m_groups[i];
            const int have = group.all();
            const double each = group.capacity();
            const double mine = std::min(rest, group.bounds.most * each * m_scaling.up);
            rest = std::max(0.0, rest - mine);
            const double load = have > 0 ? mine / (have * each) : mine > 0 ? HUGE_VAL : 0;
            if (load > m_scaling.up && counts[i] > have) {
                m_result.starts += counts[i] - have;
                (group.starting.empty() ? group.ready : group.starting.back()) += counts[i] - have;
            } else if (load < m_scaling.down && counts[i] < have && now >= group.cooled) {
                shrink(group, have - counts[i]);
            } else {
                continue;
            }
            group.cooled = now + m_scaling.coolSeconds;
        }
    }

    /// Those that do not work yet go first, the last started before the others.
    static void shrink(State& group, int by)
    {
        for (auto each = group.starting.rbegin(); each != group.starting.rend(); ++each) {
            const int gone = std::min(by, *each);
            *each -= gone;
            by -= gone;
        }
        group.ready -= by;
    }

    /// Spreads the rate; returns the share that is late.
    double serveInterval(double rate)
    {
        double all = 0;
        for (const State& group : m_groups)
            all += group.ready * group.capacity();
        // What waits is served before the rest: as long as it lasts, everything runs at its best and is late.
        const double waiting = m_waiting + (rate - all) * m_rates.width;
        const bool over = rate >= all;
        double share = 1;
        if (!over)
            share = std::min(1.0, m_waiting / ((all - rate) * m_rates.width));
        m_waiting = std::max(0.0, waiting);
        const double calm = over ? 0 : lateWhenCalm(rate, all);
        for (State& group : m_groups)
            group.load = share * (group.ready > 0 ? 1 : 0) + (1 - share) * group.load;
        return share + (1 - share) * calm;
    }

    /// Sets the loads of a rate below what all can take.
    double lateWhenCalm(double rate, double all)
    {
        std::vector<double> taken;
        double rest = rate, used = 0;
        for (const State& group : m_groups) {
            taken.push_back(std::min(rest, group.ready * group.capacity() * m_scaling.up));
            rest -= taken.back();
            used += taken.back();
        }
        double late = 0;
        for (std::size_t i = 0; i < m_groups.size(); ++i) {
            State& group = m_groups[i];
            const double mine = group.ready * group.capacity();
            if (rest > 0 && all > used)
                taken[i] += rest * (mine - taken[i]) / (all - used);
            group.load = mine > 0 ? taken[i] / mine : 0;
            late += taken[i] * group.kind->load.late(group.load);
        }
        return rate > 0 ? late / rate : 0;
    }

    void account(double late)
    {
        std::vector<int> counts;
        for (std::size_t i = 0; i < m_groups.size(); ++i) {
            const State& group = m_groups[i];
            const int all = group.all();
            counts.push_back(all);
            m_result.meanInstances[i] += all;
            m_result.mostInstances[i] = std::max(m_result.mostInstances[i], all);
            if (all == 0)
                continue;
            const double working = group.ready * group.kind->load.busy(group.load),
                         hours = m_rates.width / kSecondsPerHour;
            if (const auto& price = group.kind->price; price && m_result.cost)
                *m_result.cost += (all * price->perHour + working * price->perBusyHour) * hours;
            else
                m_result.cost.reset();
            const auto &idle = group.kind->idleWatts, &busy = group.kind->busyWatts;
            if (idle && busy && m_result.joules)
                *m_result.joules += (all * *idle + working * (*busy - *idle)) * m_rates.width;
            else
                m_result.joules.reset();
        }
        m_result.instances.push_back(std::move(counts));
        m_result.lateOverTime.push_back(late);
    }

    const RateOverTime& m_rates;
    const Scaling m_scaling;
    std::vector<State> m_groups;
    double m_waiting = 0; // items
    MixResult m_result;
};

} // namespace

MixResult serve(const RateOverTime& rates, const std::vector<InstanceKind>& kinds, const Mix& mix)
{
    return Serving(rates, kinds, mix).result();
}

} // namespace core
