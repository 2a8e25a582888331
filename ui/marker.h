// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"

#include <QPainterPath>

class QPainter;

namespace ui {

/// The marker's outline round the origin, about `size` wide: the same in charts, legend and table.
QPainterPath markerPath(Marker marker, double size);

/// The outline of a marker whose fill is another colour than its line.
inline constexpr double kHollowPen = 1.6;

/// A short stretch of a curve with its marker, as the legend shows it.
void paintSample(QPainter& painter, const QRectF& where, const SeriesStyle& style);

} // namespace ui
