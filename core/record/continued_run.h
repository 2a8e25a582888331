// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep.h"
#include "core/record/run.h"

#include <memory>

/// A sweep that was cut off goes on as a run of its own, with the cells that the first part has seen through.
namespace core {

/// Whether a cell need not be measured again: it has figures that no stop cut short, or its engine refused it.
/// Cells that failed are tried once more.
bool isSeenThrough(const Cell& cell);

/// How many cells of the run are not.
int cellsLeft(const Run& run);

/// For SweepControl::earlier.
std::function<std::optional<RecordedCell>(const CellKey&)> earlierCells(std::shared_ptr<const Run> run);

/// Throws Error, one sentence, where nothing of the run is left to measure, or `model` is not the one it
/// measured.
void checkContinues(const Run& run, const ModelSummary& model);

} // namespace core
