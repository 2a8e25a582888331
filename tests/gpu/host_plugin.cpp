// SPDX-License-Identifier: GPL-3.0-or-later
// A plug-in whose device is the host, with faults "crash", "hang", "lost" and "memory".
#include "gpu/engine/gpu_engine.h"
#include "gpu/engine/host_device.h"
#include "tests/gpu/faulty_engine.h"

#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

namespace {

std::unique_ptr<core::Engine> onHost(gpu::HostDevice::Behaviour behaviour)
{
    return gpu::makeEngine([=] { return std::make_unique<gpu::HostDevice>(behaviour); });
}

/// BREAKEVEN_TEST_MEMORY bytes where that is set.
gpu::HostDevice::Behaviour sound()
{
    gpu::HostDevice::Behaviour behaviour;
    if (const char* bytes = std::getenv("BREAKEVEN_TEST_MEMORY"))
        behaviour.memoryBytes = std::stoull(bytes);
    return behaviour;
}

std::unique_ptr<core::Engine> fail(const std::string& kind)
{
    if (kind == "crash") {
        std::signal(SIGSEGV, SIG_DFL);
        std::raise(SIGSEGV);
    }
    while (kind == "hang")
        std::this_thread::sleep_for(std::chrono::seconds(1));
    if (kind == "lost")
        return onHost({ .lostAfter = 5 });
    if (kind == "memory")
        return onHost({ .memoryBytes = 1000 });
    return nullptr;
}

} // namespace

extern "C" core::Engine* breakevenMakeGpuEngine(const char*, char*, std::size_t)
{
    const char* fault = std::getenv("BREAKEVEN_TEST_FAULT");
    const bool hangs = fault && std::string(fault).starts_with("hang"); // else a busy machine may be slow
    return new support::FaultyEngine(onHost(sound()), std::chrono::seconds(hangs ? 2 : 100), fail);
}
