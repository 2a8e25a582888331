// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/energy.h"
#include "core/schedule/simulation.h"

#include <string>
#include <vector>

namespace core {

/// A meter and the devices that it sees: all CPU servers share the one of their package, with the load
/// generator and whatever else runs there; a GPU has its own.
struct LiveMeter {
    std::string name; // "CPU"
    std::vector<std::size_t> devices; // of the run
    PowerMeterOr found;
};

/// What the devices of a meter used while a run was served, time at rest between requests included.
struct LiveEnergy {
    std::string name;
    std::vector<std::size_t> devices;
    Figure watts;
    Figure joulesPerItem; // over the items that these devices answered
};

/// Reads the meters before and after live runs.
class LiveMeters {
public:
    explicit LiveMeters(std::vector<LiveMeter> meters);

    void begin();
    void end();
    /// Of the time between the two: by meter. A device that answered nothing has watts, and no joules an
    /// item.
    std::vector<LiveEnergy> used(const SimulationResult& served) const;
    /// Joules an item of all meters together, over all items; unknown, with the reason, where one of them is.
    Figure joulesPerItem(const SimulationResult& served) const;

private:
    struct Entry {
        std::string name;
        std::vector<std::size_t> devices;
        EnergyGauge gauge;
        Figure before, after; // joules
    };
    double itemsOf(const Entry& entry, const SimulationResult& served) const;

    std::vector<Entry> m_entries;
    std::chrono::steady_clock::time_point m_begin, m_end;
};

} // namespace core
