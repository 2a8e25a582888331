// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"

#include <QString>
#include <cstdint>

/// The one formatter of numbers. Digits are grouped with a narrow no-break space, the decimal sign is a full
/// stop, as in the CSV, so that a figure reads the same everywhere.
namespace ui {

/// What stands where nobody could measure: an em dash.
QString unknownFigure();

/// `digits` significant figures without an exponent: 45.42, 0.3320, 3 012.
QString formatSignificant(double value, int digits);
QString formatInteger(std::int64_t value);

double seconds(core::Nanoseconds time);
/// "332 µs", "45.4 ms", "1.27 s", "2 min 05 s".
QString formatDuration(double seconds);
/// For waiting: "under 1 s", "12 s", "2 min 05 s", "1 h 20 min".
QString formatRemaining(double seconds);
/// Milliseconds without their unit, for a column that names it.
QString formatMilliseconds(core::Nanoseconds time);

/// Units of 1000, as in the CSV: "512 B", "97.4 MB", "3.12 GB".
QString formatBytes(double bytes);
QString formatMegabytes(double bytes);
/// "8.21 GFLOP".
QString formatFlop(double flop);
/// "25.6 M", "3.01 k"; plain below a thousand.
QString formatCount(double count);
/// "1 cell", "5 cells".
QString cellsText(std::size_t cells);
QString formatPercent(double percent, int decimals);
/// "± 0.4 %", of a relative half width.
QString formatPlusMinus(double relative);

} // namespace ui
