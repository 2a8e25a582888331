// SPDX-License-Identifier: GPL-3.0-or-later
// GPU energy through NVIDIA's management library, found at run time: no header or library of CUDA is needed
// to build.
#include "core/sensors/power.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace core {

namespace {

/// The few functions of nvml.h that are used, declared as its documentation gives them (ABI stable since
/// version 5).
struct Nvml {
    using Device = void*;
    int (*init)() = nullptr;
    int (*shutdown)() = nullptr;
    int (*deviceByIndex)(unsigned, Device*) = nullptr;
    int (*deviceName)(Device, char*, unsigned) = nullptr;
    int (*totalEnergy)(Device, unsigned long long*) = nullptr; // millijoules since the driver was loaded
    const char* (*errorText)(int) = nullptr;
};

struct CloseLibrary {
    void operator()(void* library) const { dlclose(library); }
};
using Library = std::unique_ptr<void, CloseLibrary>;

template <typename Function> bool load(void* library, const char* name, Function& function)
{
    function = reinterpret_cast<Function>(dlsym(library, name));
    return function != nullptr;
}

bool loadAll(void* library, Nvml& nvml)
{
    return load(library, "nvmlInit_v2", nvml.init) && load(library, "nvmlShutdown", nvml.shutdown)
        && load(library, "nvmlDeviceGetHandleByIndex_v2", nvml.deviceByIndex)
        && load(library, "nvmlDeviceGetName", nvml.deviceName)
        && load(library, "nvmlDeviceGetTotalEnergyConsumption", nvml.totalEnergy)
        && load(library, "nvmlErrorString", nvml.errorText);
}

class NvmlMeter final : public PowerMeter {
public:
    NvmlMeter(
        Library library, const Nvml& nvml, Nvml::Device device, unsigned long long first, std::string name)
        : m_library(std::move(library))
        , m_nvml(nvml)
        , m_device(device)
        , m_first(first)
        , m_name(std::move(name))
    {
    }
    ~NvmlMeter() override { m_nvml.shutdown(); }

    Figure joules() override
    {
        unsigned long long now = 0;
        if (const int error = m_nvml.totalEnergy(m_device, &now); error != 0)
            return Figure::missing(
                fmt::format("NVML cannot read the energy counter: {}.", m_nvml.errorText(error)));
        return Figure::known(static_cast<double>(now - m_first) / 1e3, source());
    }

    std::string source() const override { return fmt::format("NVML energy counter, {}", m_name); }

private:
    Library m_library; // before what comes out of it
    Nvml m_nvml;
    Nvml::Device m_device;
    unsigned long long m_first;
    std::string m_name;
};

PowerMeterOr unavailable(std::string_view why)
{
    return { nullptr, fmt::format("No GPU power reading: {}.", why) };
}

} // namespace

PowerMeterOr openNvml()
{
    Library library(dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL));
    if (!library)
        return unavailable("libnvidia-ml.so.1 cannot be loaded (no NVIDIA driver?)");
    Nvml nvml;
    if (!loadAll(library.get(), nvml))
        return unavailable("libnvidia-ml.so.1 has no energy counter function (driver too old?)");
    if (const int error = nvml.init(); error != 0)
        return unavailable(nvml.errorText(error));
    Nvml::Device device = nullptr;
    unsigned long long first = 0;
    int error = nvml.deviceByIndex(0, &device);
    if (error == 0)
        error = nvml.totalEnergy(device, &first);
    if (error != 0) {
        const PowerMeterOr answer = unavailable(nvml.errorText(error));
        nvml.shutdown();
        return { nullptr, answer.unavailable };
    }
    char name[96] = "GPU 0";
    nvml.deviceName(device, name, sizeof name);
    return { std::make_unique<NvmlMeter>(std::move(library), nvml, device, first, name), {} };
}

} // namespace core
