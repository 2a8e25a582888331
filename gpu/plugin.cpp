// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/plugin.h"

#include "core/engine/absent_engine.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>

namespace gpu {

namespace {

constexpr const char* kLibrary = "libbreakeven-gpu.so";

std::unique_ptr<core::Engine> absent(std::string reason)
{
    core::DeviceInfo info { .id = "gpu", .kind = core::DeviceKind::Gpu, .name = "No GPU" };
    info.absent = std::move(reason);
    return std::make_unique<core::AbsentEngine>(std::move(info));
}

std::string loaderError()
{
    const char* text = dlerror();
    return text ? text : "unknown reason";
}

std::filesystem::path findPlugin(const std::filesystem::path& folder)
{
    if (!folder.empty())
        return folder / kLibrary;
    std::error_code ignored;
    const auto here = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    const auto beside = here / kLibrary;
    return std::filesystem::exists(beside, ignored) ? beside
                                                    : here.parent_path() / "lib" / "breakeven" / kLibrary;
}

} // namespace

const char* pluginVersion()
{
    return "breakeven-gpu " BREAKEVEN_VERSION " " __VERSION__;
}

std::unique_ptr<core::Engine> loadGpuEngine(const std::filesystem::path& folder, const char* driver)
{
    if (!dlopen(driver, RTLD_LAZY | RTLD_LOCAL))
        return absent(fmt::format("No CUDA driver: {}.", loaderError()));

    const auto path = findPlugin(folder);
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        return absent(fmt::format("A CUDA driver is here, but no GPU engine: {} is missing.", path.string()));

    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return absent(fmt::format("Cannot load the GPU engine: {}.", loaderError()));
    const auto make = reinterpret_cast<MakeGpuEngine>(dlsym(library, "breakevenMakeGpuEngine"));
    if (!make)
        return absent(
            fmt::format("Cannot load the GPU engine: {} is not a Breakeven plug-in.", path.string()));

    std::array<char, 512> error {};
    std::unique_ptr<core::Engine> engine(make(pluginVersion(), error.data(), error.size()));
    return engine ? std::move(engine) : absent(error.data());
}

} // namespace gpu
