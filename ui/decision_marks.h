// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/chart.h"
#include "ui/decided.h"

#include <QStringList>

/// What a decision says of charts and of cells. Pure.
namespace ui {

/// Marks the recommended point and those that miss a target, the crossovers where they are about this
/// quantity, and its target. `run` has the cells that the decision was made of.
void markDecision(ChartContent& content, const Decided& decided, const core::Run& run, Quantity quantity);

/// The decision's warnings, and those of prices that are old.
QStringList decisionWarnings(const Decided& decided);
/// "★ best · front", "✓ meets", "✕ misses", "? unknown"; empty for a cell that nothing is said of.
QString decisionText(const Decided& decided, std::size_t cell);
/// What each target says of the cell, a line each.
QString decisionToolTip(const Decided& decided, std::size_t cell);
/// Whether a target speaks against the cell, or cannot tell.
bool missesTargets(const Decided& decided, std::size_t cell);

} // namespace ui
