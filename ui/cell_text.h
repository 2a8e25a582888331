// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <QString>

/// What the table says of a cell, column by column. Pure; unknown figures are a dash, never a zero.
namespace ui {

/// The cell ended without a figure, so that its reason is all there is to say.
bool hasOnlyReason(const core::Cell& cell);

/// "8", or "4×8" for four requests of 8 at once.
QString batchText(const core::CellKey& key);
QString medianText(const core::Cell& cell);
QString intervalText(const core::Cell& cell);
QString p99Text(const core::Cell& cell); // or "needs 459"
QString rateText(const core::Cell& cell);
QString memoryText(const core::Cell& cell);
QString memoryToolTip(const core::Cell& cell);
QString powerText(const core::Cell& cell);
QString energyText(const core::Cell& cell); // joules per item
QString samplesText(const core::Cell& cell);
QString disturbedText(const core::Cell& cell);
/// Of the outputs against the reference engine's: "3.2e-07", and the share of rows with the same largest
/// element.
QString largestErrorText(const core::Cell& cell);
QString top1Text(const core::Cell& cell);
QString agreementToolTip(const core::Cell& cell); // all of it; empty where nothing was compared

} // namespace ui
