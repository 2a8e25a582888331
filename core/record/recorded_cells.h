// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/recording.h"
#include "core/record/run.h"

/// Cells of a recorded run: found by their settings, and what to say where one is not there.
namespace core {

/// Those of one device.
std::vector<const Cell*> cellsOf(const Run& run, const std::string& device);

/// Whether two keys differ in nothing but the engine.
bool sameSettings(const CellKey& a, const CellKey& b);

/// The cell with all its figures and samples; text of the file as lines that may go to a terminal.
RecordedCell recordedCell(const Run& run, const Cell& cell);

/// A cell that is not there, for this reason.
RecordedCell missingCell(std::string reason);

/// "at batch 64: it has 1, 2, 4": the first setting of `key` that none of the cells has, among those that
/// have the settings before it.
std::string missingSetting(std::vector<const Cell*> cells, const CellKey& key);

} // namespace core
