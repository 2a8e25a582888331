// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/ratio.h"
#include "core/record/run.h"

#include <string>
#include <vector>

namespace core {

/// A cell of one run beside the same cell of another.
struct CellComparison {
    CellKey key;
    const Cell* first = nullptr; // null: only the other run has it
    const Cell* second = nullptr;
    std::optional<Ratio> ratio; // of latencies, second over first
    Verdict verdict = Verdict::Unclear;
    std::string
        why; // of an unclear verdict: "disturbed in the first run (3.1 %)"; empty: the interval is too wide
};

/// One cell of both.
CellComparison compareCell(const CellKey& key, const Run& first, const Run& second, double margin = kMargin);

/// Cells of both runs, those of the first in its order and then what only the second has; the runs outlive
/// it. A verdict is never given from a disturbed or unfinished cell.
std::vector<CellComparison> compareRuns(const Run& first, const Run& second, double margin = kMargin);

/// What makes the two runs less comparable, a sentence each: other models, machines, programs, libraries.
std::vector<std::string> differencesOf(const Run& first, const Run& second);

} // namespace core
