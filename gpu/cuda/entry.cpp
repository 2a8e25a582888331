// SPDX-License-Identifier: GPL-3.0-or-later
// What the plug-in exports.
#include "gpu/cuda/cuda_device.h"
#include "gpu/engine/gpu_engine.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

/// As pluginVersion() of the program has it.
constexpr const char* kVersion = "breakeven-gpu " BREAKEVEN_VERSION " " __VERSION__;

} // namespace

extern "C" [[gnu::visibility("default")]] core::Engine* breakevenMakeGpuEngine(
    const char* version, char* error, std::size_t size)
try {
    if (std::string(version) != kVersion) {
        std::snprintf(error, size, "The GPU engine is from another build: it is %s, the program is %s.",
            kVersion, version);
        return nullptr;
    }
    setenv("CUDA_MODULE_LOADING", "LAZY", 0); // kernels that nobody asks for are not loaded
    return gpu::makeEngine(gpu::makeCudaDevice).release();
} catch (const std::exception& failure) {
    std::snprintf(error, size, "%s", failure.what());
    return nullptr;
}
