// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

/// One GPU seen by NVIDIA's management library, found at run time: no header or library of CUDA is needed to
/// build.
namespace core {

/// The functions of nvml.h that are used, declared as its documentation gives them (ABI stable since version
/// 5). The last group may be absent in old drivers.
struct Nvml {
    using Device = void*;
    struct Utilisation {
        unsigned gpu, memory; // percent
    };
    struct Memory {
        unsigned long long total, free, used; // bytes
    };
    enum Clock { Sm = 1, Mem = 2 };
    /// nvmlFieldValue_t: a figure that is asked for by number.
    struct Field {
        unsigned id, scope;
        long long timestamp, latency; // microseconds
        int type; // of `value`: UnsignedInt for power
        int error;
        union {
            double real;
            unsigned number;
            unsigned long long whole;
        } value;
    };
    enum FieldId : unsigned { PowerAverage = 185, PowerInstant = 186 }; // milliwatts, NVML_FI_DEV_POWER_*
    enum FieldType { UnsignedInt = 1 };

    int (*init)() = nullptr;
    int (*shutdown)() = nullptr;
    int (*deviceByIndex)(unsigned, Device*) = nullptr;
    int (*deviceByUuid)(const char*, Device*) = nullptr;
    int (*deviceName)(Device, char*, unsigned) = nullptr;
    int (*totalEnergy)(Device, unsigned long long*) = nullptr; // millijoules since the driver was loaded
    const char* (*errorText)(int) = nullptr;
    int (*clock)(Device, int, unsigned*) = nullptr; // MHz
    int (*temperature)(Device, int, unsigned*) = nullptr; // degrees Celsius, of sensor 0
    int (*clockEvents)(Device, unsigned long long*) = nullptr; // bits
    int (*utilisation)(Device, Utilisation*) = nullptr;
    int (*memory)(Device, Memory*) = nullptr;
    int (*fields)(Device, int, Field*) = nullptr;
};

class NvmlDevice {
public:
    ~NvmlDevice();

    const Nvml& functions() const { return m_nvml; }
    Nvml::Device handle() const { return m_handle; }
    const std::string& name() const { return m_name; }

private:
    friend struct NvmlDeviceOr openNvmlDevice(const std::string& uuid);
    struct CloseLibrary {
        void operator()(void* library) const;
    };

    std::unique_ptr<void, CloseLibrary> m_library; // before what comes out of it
    Nvml m_nvml;
    bool m_started = false;
    Nvml::Device m_handle = nullptr;
    std::string m_name = "GPU 0";
};

/// One of the two is set.
struct NvmlDeviceOr {
    std::unique_ptr<NvmlDevice> device;
    std::string unavailable; // "libnvidia-ml.so.1 cannot be loaded (no NVIDIA driver?)"
};

/// The GPU of that name ("GPU-6b4...", as drivers print it); empty: the first.
NvmlDeviceOr openNvmlDevice(const std::string& uuid = {});

} // namespace core
