// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/decision.h"
#include "ui/opened_run.h"

#include <QString>
#include <array>
#include <map>
#include <string>
#include <vector>

/// What a person has entered about a decision, as entered, and what it amounts to. Pure values and functions.
namespace ui {

/// Of an engine's machine.
struct PriceWish {
    std::string machine; // a name in the price table; empty: an own figure, an owned machine, or none
    bool own = false; // a figure of the user's own
    QString perHour; // that figure, as typed
    bool owned = false; // a machine that was bought
    QString bought, years = QStringLiteral("4"); // for how much, and for how long it is used
    QString idleWatts, busyWatts; // empty: as measured

    bool operator==(const PriceWish&) const = default;
};

/// Those that a latency target may be about.
inline constexpr std::array kTargetPercentiles { 0.5, 0.9, 0.95, 0.99, 0.999 };

struct DecisionWish {
    core::Objective objective = core::Objective::Latency;
    double percentile = 0.99; // of the latency target
    QString latencyMs, leastRate, watts, memoryMb, millionCost; // as typed; empty: no target
    QString served; // items a second that have to be served; empty: nothing is said about it
    QString mostPercent = QStringLiteral("70");
    QString pue = QStringLiteral("1.54"), tariff = QStringLiteral("0.12"); // of owned machines
    QString carbon; // grams a kWh; empty: not asked for
    std::map<std::string, PriceWish> prices; // by engine; those of other runs stay

    bool operator==(const DecisionWish&) const = default;
};

/// The fields that hold a number.
enum class WishField {
    Latency,
    LeastRate,
    Watts,
    Memory,
    MillionCost,
    Served,
    MostPercent,
    Pue,
    Tariff,
    Carbon
};
/// Those of an engine's machine.
enum class PriceField { PerHour, Bought, Years, IdleWatts, BusyWatts };

struct CheckedWish {
    core::DecisionSettings settings; // complete when `problem` is empty
    QString problem; // the first thing in the way of a decision, one sentence; empty: there is none
    std::vector<WishField> wrong; // that cannot be read
    std::vector<std::pair<std::string, PriceField>> wrongPrices; // by engine
};

/// Prices are those of the engines that `run` has; the table is the built-in one.
CheckedWish check(const DecisionWish& wish, const core::Run& run);

/// Whether any engine's machine is an owned one.
bool ownsAny(const DecisionWish& wish);

/// The engines of a run, in the order of its cells.
std::vector<std::string> enginesOf(const core::Run& run);

/// "breakeven-cli decide RUN ..." that says the same; RUN stands for itself where the run is in no file and
/// not in the library.
QString decideCommand(const DecisionWish& wish, const core::Run& run, const RunOrigin& origin);

} // namespace ui
