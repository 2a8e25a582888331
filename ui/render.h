// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/chart_data.h"

#include <QImage>
#include <QSize>

/// A run as a picture, without a window. Needs a QApplication; the offscreen platform will do.
namespace ui {

inline constexpr QSize kPictureSize { 1200, 800 };

/// The four charts with their legend under a heading that names the model, the machine and the date. `size`
/// in points; the image has `scale` pixels a point.
QImage renderRun(const core::Run& run, const Company& company, const Theme& theme, XAxis axis,
    const QSize& size, double scale);

/// "resnet50 · 25.6 M parameters · 8.21 GFLOP per item".
QString runTitle(const core::Run& run);
/// "AMD EPYC 9B14, 2 cores · Linux 6.1 · 2026-11-23 05:14 · Breakeven 0.1.0".
QString runMachine(const core::Run& run);

} // namespace ui
