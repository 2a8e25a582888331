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

double OwnedMachine::embodiedPerHour() const
{
    return embodiedGrams / (kHoursPerYear * years);
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
    constexpr double kMost = 1e9; // more fit no int, and no building
    return static_cast<int>(std::clamp(std::ceil(rate / (capacity * most) - kRounding), 1.0, kMost));
}

double fleetPerHour(const FleetChoice& fleet, double rate, double most)
{
    return machinesFor(rate, fleet.capacity, most) * fleet.perHour
        + rate / fleet.capacity * fleet.perBusyHour;
}

std::vector<BreakEven> breakEvenRates(
    const FleetChoice& first, const FleetChoice& second, double highest, double most)
{
    constexpr int kMostMachines = 100'000;
    constexpr double kSame = 1e-12; // of the cost: equal but for rounding
    std::vector<BreakEven> found;
    const auto turn = [&](double rate, bool cheaper) {
        if (cheaper != (!found.empty() && found.back().second))
            found.push_back({ rate, cheaper });
    };
    const double slope = first.perBusyHour / first.capacity - second.perBusyHour / second.capacity;
    int ofFirst = 1, ofSecond = 1;
    for (double from = 0; from < highest && ofFirst + ofSecond < kMostMachines;) {
        const double endFirst = ofFirst * first.capacity * most,
                     endSecond = ofSecond * second.capacity * most;
        const double to = std::min({ endFirst, endSecond, highest });
        // What the second saves, a straight line up to where either needs one machine more.
        const double standing = ofFirst * first.perHour - ofSecond * second.perHour;
        const double least = kSame * (ofFirst * first.perHour + std::abs(slope) * to);
        const bool before = standing + slope * from > least, after = standing + slope * to > least;
        turn(from, before);
        if (after != before)
            turn(std::clamp(-standing / slope, from, to), after);
        ofFirst += endFirst <= to * (1 + kSame);
        ofSecond += endSecond <= to * (1 + kSame);
        from = to;
    }
    return found;
}

std::optional<double> breakEvenRate(
    const FleetChoice& first, const FleetChoice& second, double highest, double most)
{
    const std::vector<BreakEven> found = breakEvenRates(first, second, highest, most);
    return found.empty() ? std::nullopt : std::optional(found.front().rate);
}

double carbonPerInference(double kwh, double gramsPerKwh, double embodied, double inferences)
{
    return (kwh * gramsPerKwh + embodied) / inferences;
}

} // namespace core
