// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/decision.h"

#include <memory>

namespace ui {

/// A decision with what it was made of. The run is a copy without samples, which the decision points into.
struct Decided {
    std::shared_ptr<const core::Run> run;
    core::DecisionSettings settings;
    core::Decision decision;
};

} // namespace ui
