// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for NVIDIA's management library: the functions Breakeven uses. STUB_NVML names the one that
// fails, STUB_NVML_MJ is the counter's millijoules.
#include "core/sensors/nvml_device.h"

#include <cstdlib>
#include <cstring>

namespace {

int result(const char* function)
{
    const char* failing = std::getenv("STUB_NVML");
    return failing && std::strcmp(failing, function) == 0 ? 3 : 0; // NVML_ERROR_NOT_SUPPORTED
}

} // namespace

extern "C" {

int nvmlInit_v2()
{
    return result("init");
}

int nvmlShutdown()
{
    setenv("STUB_NVML_SHUTDOWN", "1", 1);
    return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device)
{
    static int gpu = 0;
    *device = &gpu;
    return index == 0 ? result("device") : 2;
}

int nvmlDeviceGetHandleByUUID(const char* uuid, void** device)
{
    static int gpu = 0;
    *device = &gpu;
    return std::strcmp(uuid, "GPU-stub") == 0 ? result("device") : 6; // NVML_ERROR_NOT_FOUND
}

int nvmlDeviceGetClockInfo(void*, int type, unsigned* megahertz)
{
    *megahertz = type == 1 ? 1980 : 3201;
    return result("clock");
}

int nvmlDeviceGetTemperature(void*, int, unsigned* degrees)
{
    *degrees = 41;
    return result("temperature");
}

int nvmlDeviceGetUtilizationRates(void*, core::Nvml::Utilisation* percents)
{
    *percents = { .gpu = 97, .memory = 30 };
    return result("utilisation");
}

int nvmlDeviceGetMemoryInfo(void*, core::Nvml::Memory* bytes)
{
    *bytes = { .total = 100, .free = 60, .used = 40 };
    return result("memory");
}

int nvmlDeviceGetCurrentClocksEventReasons(void*, unsigned long long* bits)
{
    *bits = 0x24;
    return result("events");
}

int nvmlDeviceGetFieldValues(void*, int count, core::Nvml::Field* fields)
{
    for (int k = 0; k < count; ++k) {
        fields[k].error = result("field");
        fields[k].type = core::Nvml::UnsignedInt;
        fields[k].value.number = fields[k].id == 186 ? 512'500
            : fields[k].id == 185                    ? 480'000
                                                     : 0; // milliwatts
    }
    return result("fields");
}

int nvmlDeviceGetName(void*, char* name, unsigned size)
{
    std::strncpy(name, "Stub GPU", size);
    return 0;
}

int nvmlDeviceGetTotalEnergyConsumption(void*, unsigned long long* millijoules)
{
    *millijoules = std::strtoull(std::getenv("STUB_NVML_MJ"), nullptr, 10);
    return result("energy");
}

const char* nvmlErrorString(int)
{
    return "Not Supported";
}
}
