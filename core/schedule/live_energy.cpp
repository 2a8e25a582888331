// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/live_energy.h"

namespace core {

LiveMeters::LiveMeters(std::vector<LiveMeter> meters)
{
    for (LiveMeter& meter : meters)
        m_entries.push_back({ .name = std::move(meter.name),
            .devices = std::move(meter.devices),
            .gauge = EnergyGauge(std::move(meter.found)),
            .before = {},
            .after = {} });
}

void LiveMeters::begin()
{
    for (Entry& entry : m_entries) {
        if (PowerMeter* meter = entry.gauge.meter())
            meter->restart();
        entry.before = entry.gauge.joules();
    }
    m_begin = std::chrono::steady_clock::now();
}

void LiveMeters::end()
{
    m_end = std::chrono::steady_clock::now();
    for (Entry& entry : m_entries)
        entry.after = entry.gauge.joules();
}

double LiveMeters::itemsOf(const Entry& entry, const SimulationResult& served) const
{
    double items = 0;
    for (const std::size_t device : entry.devices)
        items += static_cast<double>(served.devices[device].items);
    return items;
}

std::vector<LiveEnergy> LiveMeters::used(const SimulationResult& served) const
{
    std::vector<LiveEnergy> all;
    for (const Entry& entry : m_entries) {
        const double items = itemsOf(entry, served);
        LoopEnergy energy = loopEnergy(entry.before, entry.after, m_end - m_begin, std::max(1.0, items));
        if (energy.joulesPerInference && items == 0)
            energy.joulesPerInference = Figure::missing("It answered nothing.");
        all.push_back({ entry.name, entry.devices, energy.meanWatts, energy.joulesPerInference });
    }
    return all;
}

Figure LiveMeters::joulesPerItem(const SimulationResult& served) const
{
    double joules = 0, items = 0;
    std::string source;
    for (const Entry& entry : m_entries) {
        const LoopEnergy energy = loopEnergy(entry.before, entry.after, m_end - m_begin, 1);
        if (!energy.joulesPerInference)
            return energy.joulesPerInference;
        joules += *energy.joulesPerInference.value;
        items += itemsOf(entry, served);
        source += source.empty() ? energy.joulesPerInference.source : ", " + energy.joulesPerInference.source;
    }
    if (items == 0)
        return Figure::missing("Nothing was answered.");
    return Figure::known(joules / items, source);
}

} // namespace core
