// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/serving_curves.h"

#include <algorithm>
#include <cmath>

namespace core {

namespace {

constexpr int kSamples = 160; // along a curve, beside its steps
constexpr int kMostSteps = 300; // drawn; beyond them a step is finer than a line is thick
constexpr double kAround = 10; // times and parts of the asked rate
constexpr double kFarthest = 100; // times it, for a break-even to be shown

struct Shown {
    ServingCurve curve;
    Server server;
};

/// Rates where a curve has points.
std::vector<double> ratesOf(const ServingCurves& shown, double step)
{
    std::vector<double> rates;
    for (int i = 0; i <= kSamples; ++i)
        rates.push_back(shown.low * std::pow(shown.high / shown.low, double(i) / kSamples));
    rates.back() = shown.high;
    for (const BreakEven& at : shown.breakEvens)
        rates.push_back(at.rate);
    const double first = std::max(1.0, std::ceil(shown.low / step));
    for (int i = 0; i < kMostSteps && (first + i) * step < shown.high; ++i)
        rates.push_back((first + i) * step);
    std::sort(rates.begin(), rates.end());
    rates.erase(std::unique(rates.begin(), rates.end()), rates.end());
    return rates;
}

/// `standing` of each machine and `work` of each item, over the rate: n standing / r + work.
std::vector<std::pair<double, double>> pointsOf(
    const ServingCurves& shown, double capacity, double most, double standing, double work)
{
    constexpr double kBehind = 1e-7; // far enough to be past a step, too near to be seen
    std::vector<std::pair<double, double>> points;
    for (const double rate : ratesOf(shown, capacity * most)) {
        const int machines = machinesFor(rate, capacity, most);
        const int after = machinesFor(rate * (1 + kBehind), capacity, most);
        points.emplace_back(rate, machines * standing / rate + work);
        if (after > machines)
            points.emplace_back(rate, after * standing / rate + work);
    }
    return points;
}

void findRange(ServingCurves& shown, const std::vector<Shown>& all, const DecisionSettings& settings)
{
    double least = HUGE_VAL, largest = 0;
    for (const Shown& each : all) {
        least = std::min(least, each.server.capacity * settings.most);
        largest = std::max(largest, each.server.capacity * settings.most);
    }
    shown.low = settings.rate ? *settings.rate / kAround : least / kAround;
    shown.high = settings.rate ? *settings.rate * kAround : largest * 4;
    if (all.size() < 2 || !all[0].server.fleet || !all[1].server.fleet)
        return;
    const FleetChoice &first = *all[0].server.fleet, &second = *all[1].server.fleet;
    const double middle = settings.rate.value_or(largest);
    for (const BreakEven& at : breakEvenRates(first, second, highestRate(first, second), settings.most)) {
        if (!(at.rate > 0) || at.rate > middle * kFarthest || at.rate < middle / kFarthest)
            continue;
        const bool inside = at.rate >= shown.low && at.rate <= shown.high;
        if (!inside && !shown.breakEvens.empty())
            continue; // there is one to see
        shown.low = std::min(shown.low, at.rate / 1.5);
        shown.high = std::max(shown.high, at.rate * 1.5);
        shown.breakEvens.push_back(at);
    }
}

} // namespace

double highestRate(const FleetChoice& first, const FleetChoice& second)
{
    return 1000 * std::max(first.capacity, second.capacity);
}

ServingCurves servingCurves(
    const Run& run, std::span<const std::size_t> cells, const DecisionSettings& settings)
{
    ServingCurves shown;
    std::vector<Shown> all;
    for (const std::size_t cell : cells) {
        if (const auto server = serverOf(run.cells[cell], settings))
            all.push_back({ { .cell = cell }, *server });
    }
    if (all.empty())
        return shown;
    findRange(shown, all, settings);
    for (Shown& each : all) {
        const Server& server = each.server;
        constexpr double kSecondsPerHour = 3600;
        if (server.fleet)
            each.curve.cost = pointsOf(shown, server.capacity, settings.most,
                server.fleet->perHour / kSecondsPerHour * 1e6,
                server.fleet->perBusyHour / kSecondsPerHour * 1e6 / server.capacity);
        else
            each.curve.costUnknown = server.unpriced;
        const auto idle = server.idleWatts.value, busy = server.busyWatts.value;
        if (idle && busy)
            each.curve.joules
                = pointsOf(shown, server.capacity, settings.most, *idle, (*busy - *idle) / server.capacity);
        else
            each.curve.joulesUnknown = busy ? server.idleWatts.unknown : server.busyWatts.unknown;
        shown.curves.push_back(std::move(each.curve));
    }
    return shown;
}

} // namespace core
