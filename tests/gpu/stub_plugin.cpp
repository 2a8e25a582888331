// SPDX-License-Identifier: GPL-3.0-or-later
// A plug-in with no device behind it: the good one hands out an engine, the old one refuses the program's
// version.
#include "core/engine/engine.h"

#include <cstdio>
#include <string>

namespace {

class StubEngine final : public core::Engine {
public:
    explicit StubEngine(std::string version)
        : m_version(std::move(version))
    {
    }
    core::DeviceInfo device() const override
    {
        return { .id = "gpu", .kind = core::DeviceKind::Gpu, .name = "Stub", .library = m_version };
    }
    std::vector<core::Refusal> refusals(const core::Graph&) const override { return {}; }
    std::unique_ptr<core::Program> compile(
        std::shared_ptr<const core::Graph>, const core::CompileOptions&) override
    {
        return nullptr;
    }

private:
    std::string m_version;
};

} // namespace

extern "C" core::Engine* breakevenMakeGpuEngine(const char* version, char* error, std::size_t size)
{
#ifdef STUB_old
    std::snprintf(
        error, size, "The GPU engine is from another build: it wants 0.0.1, the program is %s.", version);
    return nullptr;
#else
    (void)error;
    (void)size;
    return new StubEngine(version);
#endif
}
