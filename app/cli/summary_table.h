// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <string>

namespace app {

/// "cpu", "cpu fp16", "cpu x4": engine, precision where it is not the model's own, threads.
std::string settings(const core::CellKey& key);

/// "cpu x4 batch 8", "cpu x1 batch 8, 4 at once": a cell in a sentence.
std::string nameOf(const core::CellKey& key);

/// "1.234": milliseconds with four significant digits.
std::string milliseconds(core::Nanoseconds time);

/// "8", or "4x8" for four requests of 8 at once.
std::string batches(const core::CellKey& key);

/// The cells of a run as a table for people, and a line below it for each cell that has a reason.
std::string summaryTable(const core::Run& run);

} // namespace app
