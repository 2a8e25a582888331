// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/decision.h"

#include <string>

namespace core {

/// One page for whoever has to decide: the recommendation in words, why, how sure, under which assumptions,
/// the charts, and what would change the answer. HTML without anything outside of itself, for screens and for
/// paper.
std::string htmlReport(const Decision& decision, const Run& run, const DecisionSettings& settings);

} // namespace core
