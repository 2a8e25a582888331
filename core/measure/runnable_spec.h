// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/measure/sweep_spec.h"

#include <span>

namespace core {

/// The present engine of that id. Throws Error when it is absent, or there is none.
Engine& engineOf(const std::string& id, std::span<Engine* const> engines);

/// The spec as it can be run on these engines: devices without threads have no list of them, and no tunings
/// that mean nothing to them. Throws Error for one that cannot be run.
SweepSpec runnable(SweepSpec spec, const Graph& graph, std::span<Engine* const> engines);

} // namespace core
