// SPDX-License-Identifier: GPL-3.0-or-later
// The GPU engine on CUDA, with faults "illegal", "hang" and "memory".
#include "gpu/cuda/cuda_device.h"
#include "gpu/engine/gpu_engine.h"
#include "tests/gpu/faults.h"
#include "tests/gpu/faulty_engine.h"

#include <cstdio>

namespace {

void fail(const std::string& kind, std::unique_ptr<core::Engine>&)
{
    if (kind == "illegal")
        support::launchIllegal();
    if (kind == "hang")
        support::launchEndless();
    if (kind == "memory")
        support::takeAllMemory();
}

} // namespace

extern "C" core::Engine* breakevenMakeGpuEngine(const char*, char* error, std::size_t size)
try {
    return new support::FaultyEngine(gpu::makeEngine(gpu::makeCudaDevice), std::chrono::seconds(10), fail);
} catch (const std::exception& failure) {
    std::snprintf(error, size, "%s", failure.what());
    return nullptr;
}
