// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// What a cell is held to. Unset: to nothing.
struct Targets {
    double percentile = 0.99; // of the latency target: 0.5, 0.9, 0.95, 0.99 or 0.999
    std::optional<double> latencySeconds; // of that percentile, at most
    std::optional<double> rate; // items a second, at least
    std::optional<double> watts; // mean power, at most
    std::optional<double> bytes; // planned memory, at most
    std::optional<double> costPerMillion; // at most

    bool any() const { return latencySeconds || rate || watts || bytes || costPerMillion; }
};

/// "p99=20ms", "latency=5ms" (the median), "rate=500", "power=200W", "memory=4GB", "cost=0.05": a target as
/// people type it, added to `targets`. Throws Error: `Cannot read target: "p98=1ms": ...`.
void addTarget(Targets& targets, std::string_view text);

/// Of a condition: unknown where its figure is. An unknown one is never met.
enum class Answer { Yes, No, Unknown };

struct Check {
    Answer met = Answer::Unknown;
    std::string words; // "p99 is 14.2 ms, asked for at most 20 ms"
};

/// A cell against all targets that are set. Cells without a measurement meet nothing. `costPerMillion`: of
/// the cell, where it is known.
struct CellVerdict {
    Answer feasible = Answer::Unknown;
    std::vector<Check> checks;
};
CellVerdict judge(const Cell& cell, const Targets& targets, std::optional<double> costPerMillion);

/// What the best of the feasible cells is best at.
enum class Objective { Latency, Throughput, Energy, Cost };
Objective objectiveFromName(std::string_view name); // "latency", "throughput", "energy", "cost"
std::string_view objectiveName(Objective objective);

/// The figure of a cell that an objective is about, made so that less is better; nullopt: unknown.
std::optional<double> lossOf(const Cell& cell, Objective objective, std::optional<double> costPerMillion);

/// Indices of the cells that no other beats or equals in all four objectives and beats in one. Cells are
/// compared in the objectives that both know.
std::vector<std::size_t> paretoFront(
    const Run& run, const std::vector<std::optional<double>>& costsPerMillion);

} // namespace core
