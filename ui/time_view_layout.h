// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/time_view.h"

#include <QCoreApplication>
#include <QRect>

/// Where the view over time has its parts, in pixels; for its painting and its mouse.
namespace ui {

inline constexpr int kGutter = 150; // left of the curves: titles and ticks
inline constexpr int kTickWidth = 66; // of it, for ticks
inline constexpr int kCellNames = 18; // above the curves
inline constexpr int kAxis = 24; // below them
inline constexpr int kCollapsed = 20; // a track without a reading
inline constexpr int kTrackGap = 4;

/// Where the curves of all tracks lie on the card.
QRect timePlot(const QRect& card);
/// One row for each track, collapsed where it has no curve.
std::vector<QRect> trackRows(const QRect& plot, const std::vector<TrackContent>& tracks);

} // namespace ui
