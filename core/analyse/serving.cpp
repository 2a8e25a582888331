// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/serving.h"

#include <algorithm>
#include <cmath>

namespace core {

namespace {

constexpr double kJoulesPerKwh = 3.6e6;
constexpr double kSecondsPerHour = 3600;

Figure scaled(Figure figure, double factor)
{
    if (figure.value)
        *figure.value *= factor;
    return figure;
}

Figure watts(const std::optional<double>& kw, Figure measured)
{
    return kw ? Figure::known(*kw * 1e3, "as given") : std::move(measured);
}

void setFleet(Server& server, const Pricing& pricing, const DecisionSettings& settings)
{
    FleetChoice fleet { .capacity = server.capacity };
    if (!pricing.owned) {
        (pricing.billing == Billing::Hourly ? fleet.perHour : fleet.perBusyHour) = pricing.price.perHour;
        server.fleet = fleet;
        return;
    }
    OwnedMachine machine = *pricing.owned;
    machine.pue = settings.pue;
    machine.perKwh = settings.perKwh;
    server.embodiedPerHour = machine.embodiedPerHour();
    for (const Figure* power : { &server.idleWatts, &server.busyWatts }) {
        if (power->value)
            continue;
        server.unpriced = power->unknown;
        return;
    }
    machine.idleKw = *server.idleWatts.value * 1e-3;
    machine.busyKw = *server.busyWatts.value * 1e-3;
    fleet.perHour = machine.standingPerHour();
    fleet.perBusyHour = machine.workPerHour();
    server.fleet = fleet;
}

} // namespace

double latencyFactor(const Cell& cell, const Moved& moved)
{
    if (moved.engine != cell.key.engine || moved.latency == 0 || !cell.summary.interval)
        return 1;
    const auto count = [](Nanoseconds time) { return static_cast<double>(time.count()); };
    const double median = count(*cell.summary.median);
    const double end = count(moved.latency < 0 ? cell.summary.interval->low : cell.summary.interval->high);
    return 1 + std::abs(moved.latency) * (end / median - 1);
}

std::optional<Server> serverOf(const Cell& cell, const DecisionSettings& settings, const Moved& moved)
{
    const auto rate = cell.finished ? cell.throughput() : std::nullopt;
    if (!rate || !(*rate > 0))
        return {};
    const auto found = settings.prices.find(cell.key.engine);
    const Pricing* pricing = found == settings.prices.end() ? nullptr : &found->second;
    Server server { .capacity = *rate / latencyFactor(cell, moved) };
    const double power = moved.engine == cell.key.engine ? moved.power : 1;
    server.busyWatts = scaled(watts(pricing && pricing->owned ? pricing->busyKw : std::nullopt,
                                  scaled(cell.finished->energyPerInferenceJoules, *rate)),
        power);
    server.idleWatts = scaled(
        watts(pricing && pricing->owned ? pricing->idleKw : std::nullopt, cell.finished->idleWatts), power);
    if (server.idleWatts.value && server.busyWatts.value && *server.idleWatts.value > *server.busyWatts.value)
        server.idleWatts = Figure::missing("It drew no more at work than at rest.");
    if (!server.idleWatts.value && server.idleWatts.unknown.empty())
        server.idleWatts.unknown = "Its power at rest was not measured.";
    if (!server.busyWatts.value && server.busyWatts.unknown.empty())
        server.busyWatts.unknown = "Its power at work was not measured.";
    if (!pricing) {
        server.unpriced = "There is no price for it.";
        return server;
    }
    server.capacity *= 1 - pricing->interrupted;
    setFleet(server, *pricing, settings);
    return server;
}

Serving served(const Server& server, std::optional<double> rate, const DecisionSettings& settings)
{
    Serving serving;
    double items = server.capacity; // a second, by all machines
    int machines = 1;
    if (rate) {
        items = *rate;
        machines = machinesFor(*rate, server.capacity, settings.most);
        serving.machines = machines;
        serving.utilisation = *rate / (server.capacity * machines);
    }
    if (server.fleet)
        serving.costPerMillion
            = costPerMillion(items, fleetPerHour(*server.fleet, items, rate ? settings.most : 1));
    const auto idle = server.idleWatts.value, busy = server.busyWatts.value;
    if (busy && !rate)
        serving.joules = *busy / server.capacity; // it never rests
    else if (busy && idle)
        serving.joules = machines * *idle / items + (*busy - *idle) / server.capacity;
    if (serving.joules && settings.gramsPerKwh)
        serving.grams = carbonPerInference(*serving.joules * settings.pue / kJoulesPerKwh,
            *settings.gramsPerKwh, machines * server.embodiedPerHour / kSecondsPerHour / items, 1);
    return serving;
}

} // namespace core
