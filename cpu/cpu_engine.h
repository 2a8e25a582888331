// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <memory>

/// The CPU engine on oneDNN. An engine is not aware of sweeps, statistics or files.
namespace cpu {

/// The engine with id "cpu". Its programs run on their own team of threads, pinned one to a core; nothing
/// else may use OpenMP in the process meanwhile. Only this header is public.
std::unique_ptr<core::Engine> makeEngine();

/// What may run an operator, the most wanted first: "oneDNN", "own" (a kernel of this engine), "plain" (the
/// operator table's loop). For documents; a trace tells what did run.
std::vector<std::string_view> kernelsOf(core::OpKind kind);

} // namespace cpu
