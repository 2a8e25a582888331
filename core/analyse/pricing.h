// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/cost.h"
#include "core/analyse/price_table.h"

namespace core {

/// How a rented machine is paid for.
enum class Billing { Hourly, WhileBusy };

/// What the machine of an engine costs: rented, or owned.
struct Pricing {
    Price price; // rented: an hour of it; owned: its words, currency and date alone
    Billing billing = Billing::Hourly; // of the rent
    double interrupted = 0; // share of its work that is lost and done again: spot machines
    /// Set: it is not rented. Its power, PUE and tariff are filled in where it is used: see serverOf().
    std::optional<OwnedMachine> owned {};
    std::optional<double> idleKw {}, busyKw {}; // of the owned one, as given; unset: as the run measured
    std::optional<double> rent {}; // of the same machine, an hour of work: what owning is compared to
};

/// Whether `text` is meant as an owned machine: "owned(...)".
bool isOwned(std::string_view text);

/// "owned(price=30000,years=4,idle=0.3kW,busy=1kW)": price needed, years 4 where it is not said; also salvage
/// (share of the price that is left), other (an hour), rent (of the same machine, an hour of work), embodied
/// (CO2 of making it, 1500kg). Throws Error: `Cannot read price: "owned(years=4)": it needs a price.`
Pricing ownedFromText(std::string_view text, DeviceKind kind, const std::string& currency);

/// A figure of the user's own, an hour; of today.
Pricing rentedFor(double perHour, DeviceKind kind, const std::string& currency);

} // namespace core
