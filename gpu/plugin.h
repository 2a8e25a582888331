// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <filesystem>
#include <memory>

/// The GPU engine is a plug-in beside the program, loaded when a CUDA driver is there, so that the program
/// starts, and says why there is no GPU, on a machine with no CUDA library at all. A GPU engine is not aware
/// of who loads it.
namespace gpu {

/// The plug-in's interface version: the program's own version and compiler, because C++ objects cross the
/// border.
const char* pluginVersion();

/// What a plug-in exports as `breakevenMakeGpuEngine`. Never throws: on failure it returns null and writes
/// one sentence to `error` (`size` bytes, zero-terminated). The caller owns the engine and keeps the library
/// loaded for good.
using MakeGpuEngine = core::Engine* (*)(const char* version, char* error, std::size_t size);

/// The GPU engine, or an AbsentEngine (id "gpu") that says why: no driver, no plug-in, another version, its
/// own reason. Looks for `driver`, then for libbreakeven-gpu.so in `folder` (default: beside the program,
/// then ../lib/breakeven).
std::unique_ptr<core::Engine> loadGpuEngine(
    const std::filesystem::path& folder = {}, const char* driver = "libcuda.so.1");

} // namespace gpu
