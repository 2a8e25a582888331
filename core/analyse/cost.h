// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

/// What machines cost, and from which use on one is worth it. Money is in one currency, time in hours, power
/// in kilowatts, rates in inferences a second. Formulas and their sources: docs/deciding.md.
namespace core {

/// A machine that somebody bought.
struct OwnedMachine {
    double price = 0; // paid for it
    double salvage = 0; // share of the price that is left at the end
    double years = 4; // that it is used
    double idleKw = 0, busyKw = 0; // drawn at rest and at work
    double pue = 1.54; // power of the building over that of the machine (Uptime Institute's survey of 2025)
    double perKwh = 0.12; // tariff
    double otherPerHour = 0; // people, space, network
    double embodiedGrams = 0; // CO2 equivalent of making it; 0: not counted

    /// Of price alone: price (1 - salvage) / (8760 years).
    double capitalPerHour() const;
    /// Capital, power and the rest, at work for `utilisation` (0 to 1) of the time.
    double perHour(double utilisation) const;
    /// What an hour costs that it stands there, and what one of work adds: perHour(u) is the first and u of
    /// the second.
    double standingPerHour() const { return perHour(0); }
    double workPerHour() const { return (busyKw - idleKw) * pue * perKwh; }
    /// Embodied carbon over its life: embodiedGrams / (8760 years).
    double embodiedPerHour() const;
};

/// From which utilisation on owning costs less than renting for `rentPerHour`, paid while it works:
/// u* = (A + P_idle k) / (p - (P_busy - P_idle) k), k = PUE times tariff, A capital and the rest. nullopt:
/// never, as power alone costs as much as the rent; over 1: not even when it always works.
std::optional<double> breakEvenUtilisation(const OwnedMachine& machine, double rentPerHour);

/// A million inferences by a machine that does `rate` when it works, which is for `utilisation` of the time
/// that is paid for: 1e6 / rate x perHour / 3600 / utilisation.
double costPerMillion(double rate, double perHour, double utilisation = 1);

/// Machines that `rate` takes, each with `capacity` of which at most `most` (0 to 1) is used. At least 1.
int machinesFor(double rate, double capacity, double most = 1);

/// A kind of machine as a fleet is made of: its capacity, what an hour costs that it stands there, and what
/// an hour of work costs beyond that. Rented by the hour: (p, 0). Paid while it works: (0, p). Owned: power
/// at rest is in the first, the power that work adds in the second.
struct FleetChoice {
    double capacity = 0, perHour = 0, perBusyHour = 0;
};

/// An hour of the whole machines that `rate` takes: n perHour + rate / capacity perBusyHour.
double fleetPerHour(const FleetChoice& fleet, double rate, double most = 1);

/// A rate at which one of two fleets becomes the cheaper one.
struct BreakEven {
    double rate = 0;
    bool second = false; // the second is cheaper from there on; else the first, or both cost the same
};

/// All of them from the first on at which the second is cheaper, rising, up to `highest` and to the first
/// 100,000 machines. Between steps of either fleet both costs are straight lines, so each crossing is exact;
/// rate 0: it is cheaper from the beginning.
std::vector<BreakEven> breakEvenRates(
    const FleetChoice& first, const FleetChoice& second, double highest, double most = 1);

/// The lowest rate from which on a fleet of whole `second` machines costs less than one of whole `first`
/// ones, up to `highest`. nullopt: there is none.
std::optional<double> breakEvenRate(
    const FleetChoice& first, const FleetChoice& second, double highest, double most = 1);

/// SCI = (E I + M) / R in grams of CO2 equivalent (Green Software Foundation, Software Carbon Intensity 1.1;
/// ISO/IEC 21031): `kwh` of energy at `gramsPerKwh`, `embodied` grams, over `inferences`.
double carbonPerInference(double kwh, double gramsPerKwh, double embodied, double inferences);

} // namespace core
