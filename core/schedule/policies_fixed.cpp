// SPDX-License-Identifier: GPL-3.0-or-later
// Policies with a line for all CPUs and one for all GPUs; they differ in who goes where.
#include "core/schedule/policy_group.h"

#include <cmath>

namespace core {

GroupPolicy::GroupPolicy(const PolicyContext& context, int most)
    : m_devices(context.devices)
    , m_order(acceleratorsFirst(context.devices))
    , m_most { most, most }
{
}

Action GroupPolicy::next(const Situation& situation)
{
    for (const std::size_t device : m_order) {
        const auto line = static_cast<std::size_t>(m_devices[device].accelerator);
        if (situation.devices[device].idle == 0 || situation.lines[line].empty())
            continue;
        const int most = std::min(m_most[line], m_devices[device].most);
        return Action::dispatch(line, device, situation.lines[line].fit(most).requests);
    }
    return Action::wait();
}

namespace {

class Only final : public GroupPolicy {
public:
    Only(const PolicyContext& context, int most, std::size_t line)
        : GroupPolicy(context, most)
        , m_line(line)
    {
    }
    std::size_t place(const Waiting&, const Situation&) override { return m_line; }

private:
    std::size_t m_line;
};

/// Without chance: the share is kept as exactly as whole requests can.
class StaticSplit final : public GroupPolicy {
public:
    StaticSplit(const PolicyContext& context, int most, double share)
        : GroupPolicy(context, most)
        , m_share(share)
    {
    }
    std::size_t place(const Waiting&, const Situation&) override
    {
        m_due += m_share;
        if (m_due < 1)
            return kCpus;
        m_due -= 1;
        return kGpus;
    }

private:
    double m_share, m_due = 0;
};

/// DeepRecSys (Gupta et al., ISCA 2020): large queries to the accelerator, the others split over cores.
class SizeThreshold final : public GroupPolicy {
public:
    SizeThreshold(const PolicyContext& context, int most, int threshold, int split)
        : GroupPolicy(context, most)
        , m_threshold(threshold)
        , m_split(split)
    {
    }
    std::size_t place(const Waiting& waiting, const Situation&) override
    {
        return waiting.items > m_threshold ? kGpus : kCpus;
    }
    Action next(const Situation& situation) override
    {
        Action action = GroupPolicy::next(situation);
        if (action.kind == Action::Kind::Dispatch && action.line == kCpus && m_split > 1) {
            action.requests = 1;
            action.servers = std::min(
                { m_split, situation.devices[action.device].idle, situation.lines[kCpus].front().items });
        }
        return action;
    }

private:
    int m_threshold, m_split;
};

} // namespace

std::unique_ptr<Policy> makeOnly(Call& call, const PolicyContext& context, DeviceGroup group)
{
    need(group, context.devices, call);
    return std::make_unique<Only>(
        context, mostItems(call), group == DeviceGroup::Gpu ? GroupPolicy::kGpus : GroupPolicy::kCpus);
}

std::unique_ptr<Policy> makeStaticSplit(Call& call, const PolicyContext& context)
{
    const double share = call.number("p", 0.5, 0, 1);
    if (share > 0)
        need(DeviceGroup::Gpu, context.devices, call);
    if (share < 1)
        need(DeviceGroup::Cpu, context.devices, call);
    return std::make_unique<StaticSplit>(context, mostItems(call), share);
}

std::unique_ptr<Policy> makeSizeThreshold(Call& call, const PolicyContext& context)
{
    need(DeviceGroup::Gpu, context.devices, call);
    need(DeviceGroup::Cpu, context.devices, call);
    const int threshold = call.whole("T", 8, 0, kMostItems);
    const int split = call.whole("split", 1, 1, 1024);
    return std::make_unique<SizeThreshold>(context, mostItems(call), threshold, split);
}

} // namespace core
