// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/measure/sweep_event.h"
#include "core/measure/sweep_spec.h"

#include <functional>
#include <span>
#include <stop_token>

namespace core {

using EventSink = std::function<void(const SweepEvent&)>;

/// Opens the model, optimises it and measures every cell in turn on the calling thread; `emit` gets the run
/// as events on that thread. A cell that fails becomes CellFailed and the sweep goes on; a stop ends the
/// running cell between two runs and cancels the rest, and RunFinished still comes. Throws Error only when
/// nothing could start (bad model, bad spec): then no event was emitted.
void runSweep(
    const SweepSpec& spec, std::span<Engine* const> engines, std::stop_token stop, const EventSink& emit);

} // namespace core
