// SPDX-License-Identifier: GPL-3.0-or-later
// The GPU engine on CUDA, with faults "illegal", "hang" and "memory".
#include "gpu/cuda/cuda_device.h"
#include "gpu/engine/gpu_engine.h"
#include "tests/gpu/faults.h"
#include "tests/gpu/faulty_engine.h"

#include <cstdio>

namespace {

/// An engine beside which no memory is free, as long as it lives.
class Starved final : public core::Engine {
public:
    Starved() { support::takeAllMemory(); }
    ~Starved() override { support::releaseMemory(); }

    core::DeviceInfo device() const override { return m_engine->device(); }
    std::vector<core::Refusal> refusals(const core::Graph& graph) const override
    {
        return m_engine->refusals(graph);
    }
    std::unique_ptr<core::Program> compile(
        std::shared_ptr<const core::Graph> graph, const core::CompileOptions& options) override
    {
        return m_engine->compile(std::move(graph), options);
    }

private:
    std::unique_ptr<core::Engine> m_engine = gpu::makeEngine(gpu::makeCudaDevice);
};

std::unique_ptr<core::Engine> fail(const std::string& kind)
{
    if (kind == "illegal")
        support::launchIllegal();
    if (kind == "hang")
        support::launchEndless();
    if (kind == "memory")
        return std::make_unique<Starved>();
    return nullptr;
}

} // namespace

extern "C" core::Engine* breakevenMakeGpuEngine(const char*, char* error, std::size_t size)
try {
    return new support::FaultyEngine(gpu::makeEngine(gpu::makeCudaDevice), std::chrono::seconds(10), fail);
} catch (const std::exception& failure) {
    std::snprintf(error, size, "%s", failure.what());
    return nullptr;
}
