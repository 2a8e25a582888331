// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/gpu_monitor.h"

#include "core/sensors/nvml_device.h"

#include <fmt/format.h>

#include <utility>

namespace core {

namespace {

constexpr std::pair<std::uint64_t, const char*> kEvents[] { { 0x1, "idle" }, { 0x2, "clocks set by a user" },
    { 0x4, "power cap" }, { 0x8, "hardware slowdown" }, { 0x10, "sync boost" }, { 0x20, "thermal" },
    { 0x40, "hardware thermal" }, { 0x80, "power brake" }, { 0x100, "display clocks" } };

class NvmlMonitor final : public GpuMonitor {
public:
    explicit NvmlMonitor(std::unique_ptr<NvmlDevice> device)
        : m_device(std::move(device))
    {
    }

    GpuReading read() override
    {
        const Nvml& nvml = m_device->functions();
        const Nvml::Device gpu = m_device->handle();
        GpuReading reading;
        unsigned number = 0;
        if (nvml.clock && nvml.clock(gpu, Nvml::Sm, &number) == 0)
            reading.smClockMhz = number;
        if (nvml.clock && nvml.clock(gpu, Nvml::Mem, &number) == 0)
            reading.memoryClockMhz = number;
        if (nvml.temperature && nvml.temperature(gpu, 0, &number) == 0)
            reading.temperatureC = number;
        Nvml::Utilisation utilisation {};
        if (nvml.utilisation && nvml.utilisation(gpu, &utilisation) == 0)
            reading.utilisationPercent = utilisation.gpu;
        Nvml::Memory memory {};
        if (nvml.memory && nvml.memory(gpu, &memory) == 0)
            reading.memoryUsedBytes = static_cast<double>(memory.used);
        unsigned long long bits = 0;
        if (nvml.clockEvents && nvml.clockEvents(gpu, &bits) == 0)
            reading.clockEvents = bits;
        readPower(reading);
        return reading;
    }

private:
    /// On recent accelerators the plain power reading is a mean over a second on some and of the moment on
    /// others: the two are asked for by their own numbers.
    void readPower(GpuReading& reading) const
    {
        const Nvml& nvml = m_device->functions();
        Nvml::Field fields[2] {};
        fields[0].id = Nvml::PowerInstant;
        fields[1].id = Nvml::PowerAverage;
        if (!nvml.fields || nvml.fields(m_device->handle(), 2, fields) != 0)
            return;
        const auto watts = [](const Nvml::Field& field) {
            return field.error == 0 && field.type == Nvml::UnsignedInt
                ? std::optional(field.value.number / 1e3)
                : std::nullopt;
        };
        reading.powerInstantWatts = watts(fields[0]);
        reading.powerAverageWatts = watts(fields[1]);
    }

    std::unique_ptr<NvmlDevice> m_device;
};

} // namespace

std::string clockEventWords(std::uint64_t bits)
{
    std::string words;
    const auto add = [&](const std::string& word) { words += (words.empty() ? "" : ", ") + word; };
    for (const auto& [bit, word] : kEvents) {
        if (bits & bit)
            add(word);
        bits &= ~bit;
    }
    if (bits != 0)
        add(fmt::format("unknown reason {:#x}", bits));
    return words;
}

bool heldBack(std::uint64_t bits)
{
    return (bits & ~std::uint64_t { kEvents[0].first }) != 0;
}

GpuMonitorOr openGpuMonitor(const std::string& uuid)
{
    NvmlDeviceOr found = openNvmlDevice(uuid);
    if (!found.device)
        return { nullptr, fmt::format("No GPU clocks: {}.", found.unavailable) };
    return { std::make_unique<NvmlMonitor>(std::move(found.device)), {} };
}

} // namespace core
