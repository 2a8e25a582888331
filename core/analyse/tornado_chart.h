// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/drawing.h"
#include "core/analyse/sensitivity.h"

namespace core {

/// A tornado: a bar for each assumption, from what its low end makes of the figure to what its high end does,
/// the widest on top; beside it where the answer flips.
struct TornadoChart {
    std::vector<Swing> swings;
    double loss = 0; // as assumed
    Objective objective = Objective::Cost;
    std::string title, xLabel;
    double width = 560;
};

/// As high as its bars need. Without shapes where no bar can be drawn.
Drawing drawingOf(const TornadoChart& chart);

/// The loss of an objective as people read it: ms, items a second, J, money.
double shownLoss(double loss, Objective objective);
/// "ms", "items/s", "J an inference", "a million inferences".
std::string_view unitOf(Objective objective);

} // namespace core
