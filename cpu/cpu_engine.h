// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <memory>

/// The CPU engine on oneDNN. An engine is not aware of sweeps, statistics or files.
namespace cpu {

/// The engine with id "cpu". Its programs run on their own team of threads, pinned one to a core; nothing
/// else may use OpenMP in the process meanwhile. Only this header is public.
std::unique_ptr<core::Engine> makeEngine();

} // namespace cpu
