// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/cost.h"

#include <algorithm>
#include <cmath>

namespace core {

namespace {

constexpr double kHoursPerYear = 8760;
constexpr double kSecondsPerHour = 3600;

} // namespace

double OwnedMachine::capitalPerHour() const
{
    return price * (1 - salvage) / (kHoursPerYear * years);
}

double OwnedMachine::perHour(double utilisation) const
{
    return capitalPerHour() + (idleKw + (busyKw - idleKw) * utilisation) * pue * perKwh + otherPerHour;
}

std::optional<double> breakEvenUtilisation(const OwnedMachine& machine, double rentPerHour)
{
    const double k = machine.pue * machine.perKwh;
    const double gain = rentPerHour - (machine.busyKw - machine.idleKw) * k; // by each hour of work
    if (!(gain > 0))
        return {};
    return (machine.capitalPerHour() + machine.otherPerHour + machine.idleKw * k) / gain;
}

double costPerMillion(double rate, double perHour, double utilisation)
{
    return 1e6 / rate * perHour / kSecondsPerHour / utilisation;
}

int machinesFor(double rate, double capacity, double most)
{
    constexpr double kRounding = 1e-9; // 3 machines of 10 carry 30, whatever a product's last bit says
    return std::max(1, static_cast<int>(std::ceil(rate / (capacity * most) - kRounding)));
}

std::optional<double> breakEvenRate(
    const FleetChoice& first, const FleetChoice& second, double highest, double most)
{
    const auto cheaper = [&](int ofFirst, double rate) {
        return machinesFor(rate, second.capacity, most) * second.perHour < ofFirst * first.perHour;
    };
    // Only where the first needs one more can the second become cheaper: right behind each of its steps.
    const double step = first.capacity * most;
    for (int machines = 1; (machines - 1) * step < highest; ++machines) {
        const double rate = (machines - 1) * step;
        if (cheaper(machines, std::nextafter(rate * (1 + 1e-8), highest)))
            return rate;
    }
    return {};
}

double carbonPerInference(double kwh, double gramsPerKwh, double embodied, double inferences)
{
    return (kwh * gramsPerKwh + embodied) / inferences;
}

} // namespace core
