// SPDX-License-Identifier: GPL-3.0-or-later
// Earliest finish that keeps the oldest deadline.
#include "core/schedule/policy_support.h"

namespace core {

namespace {

/// After Clockwork (Gujarati et al., OSDI 2020) and Nexus (Shen et al., SOSP 2019): device times are
/// predictable, so that a request that cannot be answered in time is dropped before it costs anybody
/// anything.
class EftDeadline final : public Policy {
public:
    EftDeadline(
        const PolicyContext& context, int most, std::optional<Nanoseconds> slo, double quantile, bool drops)
        : m_devices(context.devices)
        , m_order(acceleratorsFirst(context.devices))
        , m_predictor(context.devices, quantile)
        , m_most(most)
        , m_slo(slo)
        , m_drops(drops)
    {
    }
    Action next(const Situation& situation) override
    {
        const Line& line = situation.lines[0];
        if (line.empty())
            return Action::wait();
        const Waiting& first = line.front();
        if (m_drops && situation.now + fastest(first.items) > deadlineOf(first))
            return Action::drop(0);

        std::size_t best = m_order.front();
        Nanoseconds finish = Nanoseconds::max();
        for (const std::size_t device : m_order) {
            const Nanoseconds at
                = m_predictor.freeAt(device, situation) + m_predictor.batch(device, first.items);
            if (at < finish) {
                finish = at;
                best = device;
            }
        }
        if (situation.devices[best].idle > 0)
            return dispatch(line, best, situation.now, line.size());
        // The best is busy. What its next batch can take waits for it, and only the rest goes to who is idle.
        const std::size_t covered = batchAt(line, best, m_predictor.freeAt(best, situation));
        if (covered >= line.size())
            return Action::wait();
        for (const std::size_t device : m_order) {
            if (situation.devices[device].idle == 0)
                continue;
            const Action action = dispatch(line, device, situation.now, line.size() - covered);
            if (action.kind == Action::Kind::Dispatch)
                return action;
        }
        return Action::wait();
    }

private:
    Nanoseconds deadlineOf(const Waiting& waiting) const
    {
        return m_slo ? waiting.arrived + *m_slo : Nanoseconds::max();
    }
    Nanoseconds fastest(std::int64_t items) const
    {
        Nanoseconds least = Nanoseconds::max();
        for (const std::size_t device : m_order)
            least = std::min(least, m_predictor.batch(device, items));
        return least;
    }
    /// How many from the front the device can take at `start` with every one of them in time; 0: not even
    /// the first.
    std::size_t batchAt(const Line& line, std::size_t device, Nanoseconds start) const
    {
        const int most = std::min(m_most, m_devices[device].most);
        std::size_t count = 0;
        std::int64_t items = 0;
        Nanoseconds deadline = Nanoseconds::max();
        line.visit([&](const Waiting& waiting) {
            deadline = std::min(deadline, deadlineOf(waiting));
            items += waiting.items;
            if ((count > 0 && items > most) || start + m_predictor.batch(device, items) > deadline)
                return false;
            ++count;
            return true;
        });
        return count;
    }
    /// Late whatever happens and not dropped: as many as fit, for there is nothing to keep any more.
    Action dispatch(const Line& line, std::size_t device, Nanoseconds now, std::size_t atMost) const
    {
        std::size_t count = batchAt(line, device, now);
        if (count == 0 && !m_drops)
            count = line.fit(std::min(m_most, m_devices[device].most)).requests;
        return count == 0 ? Action::wait() : Action::dispatch(0, device, std::min(count, atMost));
    }

    std::span<const Device> m_devices;
    std::vector<std::size_t> m_order;
    Predictor m_predictor;
    int m_most;
    std::optional<Nanoseconds> m_slo;
    bool m_drops;
};

} // namespace

std::unique_ptr<Policy> makeEftDeadline(Call& call, const PolicyContext& context)
{
    std::optional<Nanoseconds> slo = context.slo;
    if (call.has("slo"))
        slo = call.time("slo", Nanoseconds(0));
    const double quantile = call.number("quantile", 0.9, 0.01, 0.9999);
    const std::string drop = call.word("drop", "yes");
    if (drop != "yes" && drop != "no")
        call.refuse("drop is yes or no");
    return std::make_unique<EftDeadline>(
        context, mostItems(call), slo, quantile, drop == "yes" && slo.has_value());
}

} // namespace core
