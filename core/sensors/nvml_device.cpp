// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/nvml_device.h"

#include <dlfcn.h>

namespace core {

namespace {

template <typename Function> bool load(void* library, const char* name, Function& function)
{
    function = reinterpret_cast<Function>(dlsym(library, name));
    return function != nullptr;
}

/// False when one is missing that every driver has had for years.
bool loadAll(void* library, Nvml& nvml)
{
    load(library, "nvmlDeviceGetClockInfo", nvml.clock);
    load(library, "nvmlDeviceGetTemperature", nvml.temperature);
    load(library, "nvmlDeviceGetUtilizationRates", nvml.utilisation);
    load(library, "nvmlDeviceGetMemoryInfo", nvml.memory);
    load(library, "nvmlDeviceGetFieldValues", nvml.fields);
    if (!load(library, "nvmlDeviceGetCurrentClocksEventReasons", nvml.clockEvents))
        load(library, "nvmlDeviceGetCurrentClocksThrottleReasons", nvml.clockEvents); // the older name
    return load(library, "nvmlInit_v2", nvml.init) && load(library, "nvmlShutdown", nvml.shutdown)
        && load(library, "nvmlDeviceGetHandleByIndex_v2", nvml.deviceByIndex)
        && load(library, "nvmlDeviceGetHandleByUUID", nvml.deviceByUuid)
        && load(library, "nvmlDeviceGetName", nvml.deviceName)
        && load(library, "nvmlDeviceGetTotalEnergyConsumption", nvml.totalEnergy)
        && load(library, "nvmlErrorString", nvml.errorText);
}

} // namespace

void NvmlDevice::CloseLibrary::operator()(void* library) const
{
    dlclose(library);
}

NvmlDevice::~NvmlDevice()
{
    if (m_started)
        m_nvml.shutdown();
}

NvmlDeviceOr openNvmlDevice(const std::string& uuid)
{
    auto found = std::make_unique<NvmlDevice>();
    found->m_library.reset(dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL));
    if (!found->m_library)
        return { nullptr, "libnvidia-ml.so.1 cannot be loaded (no NVIDIA driver?)" };
    Nvml& nvml = found->m_nvml;
    if (!loadAll(found->m_library.get(), nvml))
        return { nullptr, "libnvidia-ml.so.1 has no energy counter function (driver too old?)" };
    if (const int error = nvml.init(); error != 0)
        return { nullptr, nvml.errorText(error) };
    found->m_started = true;
    const int error = uuid.empty() ? nvml.deviceByIndex(0, &found->m_handle)
                                   : nvml.deviceByUuid(uuid.c_str(), &found->m_handle);
    if (error != 0)
        return { nullptr, nvml.errorText(error) };
    char name[96] = "";
    if (nvml.deviceName(found->m_handle, name, sizeof name) == 0)
        found->m_name = name;
    return { std::move(found), {} };
}

} // namespace core
