// SPDX-License-Identifier: GPL-3.0-or-later
// One line for all devices; when and how much of it is taken is the question.
#include "core/error.h"
#include "core/schedule/policy_support.h"

namespace core {

namespace {

/// NVIDIA Triton's dynamic batcher: max_batch_size and max_queue_delay_microseconds. A batch is full, too,
/// when the next request does not fit.
class TimeoutBatch final : public Policy {
public:
    TimeoutBatch(const PolicyContext& context, int most, Nanoseconds delay, std::optional<DeviceGroup> group)
        : m_devices(context.devices)
        , m_most(most)
        , m_delay(delay)
    {
        for (const std::size_t device : acceleratorsFirst(context.devices)) {
            if (!group || m_devices[device].accelerator == (*group == DeviceGroup::Gpu))
                m_order.push_back(device);
        }
    }
    Action next(const Situation& situation) override
    {
        const Line& line = situation.lines[0];
        if (line.empty())
            return Action::wait();
        const Nanoseconds due = line.oldestArrival() + m_delay;
        bool idle = false;
        for (const std::size_t device : m_order) {
            if (situation.devices[device].idle == 0)
                continue;
            idle = true;
            const int most = std::min(m_most, m_devices[device].most);
            const Line::Prefix batch = line.fit(most);
            if (situation.now >= due || batch.items >= most || batch.requests < line.size())
                return Action::dispatch(0, device, batch.requests);
        }
        return idle ? Action::wait(due) : Action::wait();
    }

private:
    std::span<const Device> m_devices;
    std::vector<std::size_t> m_order;
    int m_most;
    Nanoseconds m_delay;
};

/// Clipper's (Crankshaw et al., NSDI 2017, section 4.3): a batch that keeps the SLO and was full lets the
/// next ones be larger by a constant, one that takes longer makes them smaller by a factor.
class Aimd final : public Policy {
public:
    Aimd(const PolicyContext& context, int most, Nanoseconds slo, double add, double factor)
        : m_devices(context.devices)
        , m_order(acceleratorsFirst(context.devices))
        , m_limits(context.devices.size(), 1)
        , m_most(most)
        , m_slo(slo)
        , m_add(add)
        , m_factor(factor)
    {
    }
    Action next(const Situation& situation) override
    {
        const Line& line = situation.lines[0];
        for (const std::size_t device : m_order) {
            if (situation.devices[device].idle > 0 && !line.empty())
                return Action::dispatch(0, device, line.fit(static_cast<int>(m_limits[device])).requests);
        }
        return Action::wait();
    }
    void finished(const Finished& batch) override
    {
        double& limit = m_limits[batch.device];
        const int most = std::min(m_most, m_devices[batch.device].most);
        if (batch.now - batch.started > m_slo)
            limit = std::max(1.0, limit * m_factor);
        else if (batch.items >= static_cast<std::int64_t>(limit))
            limit = std::min<double>(most, limit + m_add);
    }

private:
    std::span<const Device> m_devices;
    std::vector<std::size_t> m_order;
    std::vector<double> m_limits; // items of a batch, by device
    int m_most;
    Nanoseconds m_slo;
    double m_add, m_factor;
};

} // namespace

std::unique_ptr<Policy> makeTimeoutBatch(Call& call, const PolicyContext& context)
{
    const int most = mostItems(call);
    const Nanoseconds delay = call.time("delay", std::chrono::milliseconds(1));
    const std::string on = call.word("on", "any");
    std::optional<DeviceGroup> group;
    if (on == "cpu" || on == "gpu") {
        group = on == "gpu" ? DeviceGroup::Gpu : DeviceGroup::Cpu;
        need(*group, context.devices, call);
    } else if (on != "any") {
        call.refuse(fmt::format("on is any, cpu or gpu, not \"{}\"", on));
    }
    return std::make_unique<TimeoutBatch>(context, most, delay, group);
}

std::unique_ptr<Policy> makeAimd(Call& call, const PolicyContext& context)
{
    const Nanoseconds slo = neededSlo(call, context);
    const double add = call.number("add", 1, 0, 1000);
    const double factor = call.number("factor", 0.9, 0.01, 1);
    return std::make_unique<Aimd>(context, mostItems(call), slo, add, factor);
}

} // namespace core
