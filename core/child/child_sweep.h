// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/child/child_process.h"
#include "core/measure/sweep.h"

namespace core {

/// Runs `spec` in a child process and emits its events as they come, on the calling thread. The command gets
/// the spec as JSON for its last argument and writes events to its standard output, a line each. Throws
/// Error, one sentence with the last words of the child, unless it ended of itself with status 0.
void sweepInChild(ChildCommand command, const SweepSpec& spec, std::stop_token stop, const EventSink& emit);

} // namespace core
