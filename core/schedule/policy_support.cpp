// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/policy_support.h"

#include "core/error.h"

#include <cmath>

namespace core {

namespace {

constexpr int kMostKnown = 1024; // items whose prediction is kept in a table

} // namespace

Predictor::Predictor(std::span<const Device> devices, std::optional<double> quantile)
    : m_devices(devices)
    , m_quantile(quantile)
    , m_known(devices.size())
{
    for (std::size_t device = 0; device < devices.size(); ++device) {
        const int count = std::min(kMostKnown, devices[device].most);
        m_known[device].reserve(static_cast<std::size_t>(count) + 1);
        for (int items = 0; items <= count; ++items)
            m_known[device].push_back(items == 0 ? Nanoseconds(0) : computed(device, items));
    }
}

Nanoseconds Predictor::computed(std::size_t device, std::int64_t items) const
{
    return m_quantile ? m_devices[device].quantile(items, *m_quantile)
                      : Nanoseconds(std::llround(m_devices[device].meanSeconds(items) * 1e9));
}

Nanoseconds Predictor::batch(std::size_t device, std::int64_t items) const
{
    const auto& known = m_known[device];
    const auto index = static_cast<std::size_t>(items);
    return index < known.size() ? known[index] : computed(device, items);
}

Nanoseconds Predictor::freeAt(std::size_t device, const Situation& situation) const
{
    const DeviceState& state = situation.devices[device];
    if (state.idle > 0)
        return situation.now;
    Nanoseconds earliest = Nanoseconds::max();
    for (const Running& running : state.running)
        earliest = std::min(earliest, running.started + batch(device, running.items));
    return std::max(earliest, situation.now);
}

Nanoseconds Predictor::remaining(std::size_t device, const Situation& situation) const
{
    Nanoseconds sum {};
    for (const Running& running : situation.devices[device].running)
        sum += std::max(Nanoseconds(0), running.started + batch(device, running.items) - situation.now);
    return sum;
}

std::vector<std::size_t> acceleratorsFirst(std::span<const Device> devices)
{
    std::vector<std::size_t> order(devices.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_partition(order.begin(), order.end(), [&](std::size_t i) { return devices[i].accelerator; });
    return order;
}

void need(DeviceGroup group, std::span<const Device> devices, const Call& call)
{
    const bool wanted = group == DeviceGroup::Gpu;
    if (!std::ranges::any_of(devices, [&](const Device& device) { return device.accelerator == wanted; }))
        call.refuse(wanted ? "there is no GPU" : "there is no CPU");
}

int mostItems(Call& call)
{
    return call.whole("max", kUnlimited, 1, kMostItems);
}

Nanoseconds neededSlo(Call& call, const PolicyContext& context)
{
    const Nanoseconds slo = call.time("slo", context.slo.value_or(Nanoseconds(0)));
    if (slo <= Nanoseconds(0))
        call.refuse("it needs a time to keep, as slo=20ms");
    return slo;
}

} // namespace core
