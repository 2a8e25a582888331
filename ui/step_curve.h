// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace ui {

/// From `at` seconds on the value is this one, until the next step.
struct Step {
    double at = 0, value = 0;
};

/// What a curve of steps shows on one column of pixels.
struct StepColumn {
    double mean = 0, largest = 0; // over the column's time
};

/// The curve from `begin` to `end` seconds on `columns` pixels: what it holds on average, and at most, in each,
/// so that nothing short is lost. `steps` rise; before the first the value is 0. Takes time with the steps
/// between `begin` and `end`.
std::vector<StepColumn> stepColumns(std::span<const Step> steps, double begin, double end, int columns);

} // namespace ui
