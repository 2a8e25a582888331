// SPDX-License-Identifier: GPL-3.0-or-later
// Policies with a line for each device.
#include "core/schedule/policy_support.h"

namespace core {

namespace {

class PlacedPolicy : public Policy {
public:
    PlacedPolicy(const PolicyContext& context, int most)
        : m_devices(context.devices)
        , m_order(acceleratorsFirst(context.devices))
        , m_most(most)
    {
    }
    std::size_t lines() const override { return m_devices.size(); }
    Action next(const Situation& situation) override
    {
        for (const std::size_t device : m_order) {
            if (situation.devices[device].idle > 0 && !situation.lines[device].empty())
                return Action::dispatch(device, device, situation.lines[device].fit(most(device)).requests);
        }
        return Action::wait();
    }

protected:
    std::span<const Device> devices() const { return m_devices; }
    const std::vector<std::size_t>& order() const { return m_order; }
    int most(std::size_t device) const { return std::min(m_most, m_devices[device].most); }

private:
    std::span<const Device> m_devices;
    std::vector<std::size_t> m_order;
    int m_most;
};

class RoundRobin final : public PlacedPolicy {
public:
    using PlacedPolicy::PlacedPolicy;
    std::size_t place(const Waiting&, const Situation&) override
    {
        return order()[m_next++ % devices().size()];
    }

private:
    std::size_t m_next = 0;
};

/// Where running and waiting work, shared by the device's servers, leaves the earliest finish.
class LeastWork final : public PlacedPolicy {
public:
    LeastWork(const PolicyContext& context, int most)
        : PlacedPolicy(context, most)
        , m_predictor(context.devices, std::nullopt)
    {
    }
    std::size_t place(const Waiting& waiting, const Situation& situation) override
    {
        std::size_t best = order().front();
        Nanoseconds least = Nanoseconds::max();
        for (const std::size_t device : order()) {
            const std::int64_t queued = situation.lines[device].items() + waiting.items;
            const Nanoseconds work
                = m_predictor.remaining(device, situation) + m_predictor.batch(device, queued);
            // With several servers it is served beside others, but in no less than its own time.
            const Nanoseconds finish
                = std::max(work / devices()[device].servers, m_predictor.batch(device, waiting.items));
            if (finish < least) {
                least = finish;
                best = device;
            }
        }
        return best;
    }

private:
    Predictor m_predictor;
};

/// Requests are dealt out by speed; a device with an idle server and an empty line takes half of the line
/// with the most items, from its front, so that the oldest go first.
class WorkSteal final : public PlacedPolicy {
public:
    WorkSteal(const PolicyContext& context, int most)
        : PlacedPolicy(context, most)
        , m_due(context.devices.size())
    {
        for (const Device& device : context.devices)
            m_total += device.bestRate();
    }
    std::size_t place(const Waiting&, const Situation&) override
    {
        std::size_t best = order().front();
        for (const std::size_t device : order()) {
            m_due[device] += devices()[device].bestRate() / m_total;
            if (m_due[device] > m_due[best])
                best = device;
        }
        m_due[best] -= 1;
        return best;
    }
    Action next(const Situation& situation) override
    {
        const Action own = PlacedPolicy::next(situation);
        if (own.kind == Action::Kind::Dispatch)
            return own;
        std::size_t longest = 0;
        for (std::size_t line = 1; line < situation.lines.size(); ++line) {
            if (situation.lines[line].items() > situation.lines[longest].items())
                longest = line;
        }
        const Line& line = situation.lines[longest];
        for (const std::size_t device : order()) {
            if (situation.devices[device].idle == 0 || line.empty())
                continue;
            const std::int64_t half = std::max<std::int64_t>(1, line.items() / 2);
            return Action::dispatch(
                longest, device, line.fit(std::min<std::int64_t>(half, most(device))).requests);
        }
        return Action::wait();
    }

private:
    std::vector<double> m_due;
    double m_total = 0;
};

} // namespace

std::unique_ptr<Policy> makeRoundRobin(Call& call, const PolicyContext& context)
{
    return std::make_unique<RoundRobin>(context, mostItems(call));
}

std::unique_ptr<Policy> makeLeastWork(Call& call, const PolicyContext& context)
{
    return std::make_unique<LeastWork>(context, mostItems(call));
}

std::unique_ptr<Policy> makeWorkSteal(Call& call, const PolicyContext& context)
{
    return std::make_unique<WorkSteal>(context, mostItems(call));
}

} // namespace core
