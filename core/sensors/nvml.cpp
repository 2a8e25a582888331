// SPDX-License-Identifier: GPL-3.0-or-later
// GPU energy by NVML's counter.
#include "core/sensors/nvml_device.h"
#include "core/sensors/power.h"

#include <fmt/format.h>

namespace core {

namespace {

class NvmlMeter final : public PowerMeter {
public:
    NvmlMeter(std::unique_ptr<NvmlDevice> device, unsigned long long first)
        : m_device(std::move(device))
        , m_first(first)
    {
    }

    Figure joules() override
    {
        const Nvml& nvml = m_device->functions();
        unsigned long long now = 0;
        if (const int error = nvml.totalEnergy(m_device->handle(), &now); error != 0)
            return Figure::missing(
                fmt::format("NVML cannot read the energy counter: {}.", nvml.errorText(error)));
        return Figure::known((static_cast<double>(now) - static_cast<double>(m_first)) / 1e3, source());
    }

    std::string source() const override { return fmt::format("NVML energy counter, {}", m_device->name()); }
    std::chrono::nanoseconds updatePeriod() const override
    {
        return std::chrono::milliseconds(100); // of data-centre GPUs; the manual gives none
    }

private:
    std::unique_ptr<NvmlDevice> m_device;
    unsigned long long m_first;
};

PowerMeterOr unavailable(std::string_view why)
{
    return { nullptr, fmt::format("No GPU power reading: {}.", why) };
}

} // namespace

PowerMeterOr openNvml(const std::string& uuid)
{
    NvmlDeviceOr found = openNvmlDevice(uuid);
    if (!found.device)
        return unavailable(found.unavailable);
    unsigned long long first = 0;
    if (const int error = found.device->functions().totalEnergy(found.device->handle(), &first); error != 0)
        return unavailable(found.device->functions().errorText(error));
    return { std::make_unique<NvmlMeter>(std::move(found.device), first), {} };
}

} // namespace core
