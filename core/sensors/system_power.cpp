// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/system_power.h"

#include "core/sensors/system_files.h"
#include "core/sensors/text_file.h"
#include "core/sensors/watt_integral.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace core {

namespace {

using namespace std::chrono_literals;

constexpr const char* kSupplies = "sys/class/power_supply";
constexpr double kMicro = 1e6; // microwatts to a watt

struct Watts {
    std::optional<double> value;
    std::string why; // without a full stop
};

Watts plausible(double watts, const std::string& source)
{
    if (!plausibleWatts(watts))
        return { {}, fmt::format("{} says {:g} W, which cannot be", source, watts) };
    return { watts, {} };
}

/// Something that says watts when it is asked.
class WattSensor {
public:
    virtual ~WattSensor() = default;
    virtual Watts read() const = 0;
    virtual std::string source() const = 0;
    virtual std::chrono::nanoseconds updatePeriod() const = 0;
};

/// A power meter of the firmware.
class HwmonPower final : public WattSensor {
public:
    HwmonPower(std::string root, std::string file, std::string name)
        : m_root(std::move(root))
        , m_file(std::move(file))
        , m_name(std::move(name))
    {
    }

    Watts read() const override
    {
        const FileNumber microwatts = readNumber(m_root, m_file);
        return microwatts.value ? plausible(*microwatts.value / kMicro, source())
                                : Watts { {}, microwatts.why };
    }
    std::string source() const override { return fmt::format("whole machine, {}, hwmon", m_name); }
    std::chrono::nanoseconds updatePeriod() const override { return 1s; } // what ACPI meters average over

private:
    std::string m_root, m_file, m_name;
};

/// What batteries give while nothing else feeds the machine.
class Batteries final : public WattSensor {
public:
    Batteries(std::string root, std::vector<std::string> folders)
        : m_root(std::move(root))
        , m_folders(std::move(folders))
    {
    }

    Watts read() const override
    {
        double sum = 0;
        bool any = false;
        for (const std::string& folder : m_folders) {
            const std::string status = textOrEmpty(m_root, folder + "/status");
            if (status == "Charging")
                return { {}, "the machine does not run on its batteries" };
            if (status != "Discharging")
                continue;
            const Watts watts = ofOne(folder);
            if (!watts.value)
                return watts;
            sum += *watts.value;
            any = true;
        }
        return any ? plausible(sum, source()) : Watts { {}, "the machine does not run on its batteries" };
    }
    std::string source() const override { return "whole machine, discharge of its batteries"; }
    std::chrono::nanoseconds updatePeriod() const override { return 1s; }

private:
    Watts ofOne(const std::string& folder) const
    {
        const FileNumber power = readNumber(m_root, folder + "/power_now");
        if (power.value)
            return { std::abs(*power.value) / kMicro, {} }; // some drivers count discharging below 0
        const FileNumber current = readNumber(m_root, folder + "/current_now"),
                         voltage = readNumber(m_root, folder + "/voltage_now");
        if (!current.value || !voltage.value)
            return { {}, current.value ? voltage.why : power.why };
        return { std::abs(*current.value) / kMicro * *voltage.value / kMicro, {} };
    }

    std::string m_root;
    std::vector<std::string> m_folders;
};

/// Watts as a meter of energy: each look at it is a point of the integral.
class WattMeter final : public PowerMeter {
public:
    WattMeter(std::unique_ptr<WattSensor> sensor, SteadyNow now)
        : m_sensor(std::move(sensor))
        , m_now(std::move(now))
    {
        joules();
    }

    Figure joules() override
    {
        const Watts watts = m_sensor->read();
        m_last = watts.value;
        if (!watts.value)
            return Figure::missing(fmt::format("No power of the whole machine: {}.", watts.why));
        m_integral.add(m_now().time_since_epoch(), *watts.value);
        if (const auto joules = m_integral.joules())
            return Figure::known(*joules, source());
        return Figure::missing(fmt::format(
            "The power of the whole machine was not read for {:.1f} s: what it drew then is unknown.",
            std::chrono::duration<double>(m_integral.gap()).count()));
    }
    std::string source() const override { return m_sensor->source(); }
    std::chrono::nanoseconds updatePeriod() const override { return m_sensor->updatePeriod(); }
    void restart() override { m_integral.restart(); }
    std::optional<double> watts() const override { return m_last; }

private:
    std::unique_ptr<WattSensor> m_sensor;
    SteadyNow m_now;
    WattIntegral m_integral;
    std::optional<double> m_last;
};

bool saysWholeMachine(std::string label)
{
    std::ranges::transform(label, label.begin(), [](unsigned char c) { return std::tolower(c); });
    return label.find("system") != label.npos || label.find("total") != label.npos
        || label.find("psys") != label.npos;
}

/// hwmon lists power of processors and graphics cards as well: only ACPI's meter, and what is labelled as the
/// whole, is of the machine.
std::unique_ptr<WattSensor> findHwmon(const std::string& root, std::string& why)
{
    why = below(root, kHwmon) + " has no power meter of the machine";
    for (const std::string& folder : hwmonFolders(root)) {
        const std::string name = textOrEmpty(root, folder + "/name");
        for (const char* kind : { "_average", "_input" }) {
            for (const std::string& file : filesBetween(root, folder, "power", kind)) {
                const std::string label = file.substr(0, file.rfind('_')) + "_label";
                if (name != "power_meter" && !saysWholeMachine(textOrEmpty(root, label)))
                    continue;
                auto sensor = std::make_unique<HwmonPower>(root, file, name.empty() ? "power meter" : name);
                const Watts first = sensor->read();
                if (first.value)
                    return sensor;
                why = first.why;
            }
        }
    }
    return nullptr;
}

std::unique_ptr<WattSensor> findBatteries(const std::string& root, std::string& why)
{
    std::vector<std::string> folders;
    for (const std::string& folder : foldersIn(root, kSupplies)) {
        // Mice and keyboards have batteries, too.
        if (textOrEmpty(root, folder + "/type") == "Battery"
            && textOrEmpty(root, folder + "/scope") != "Device")
            folders.push_back(folder);
    }
    if (folders.empty()) {
        why = "there is no battery";
        return nullptr;
    }
    auto batteries = std::make_unique<Batteries>(root, std::move(folders));
    const Watts first = batteries->read();
    why = first.why;
    return first.value ? std::move(batteries) : nullptr;
}

} // namespace

PowerMeterOr openSystemPower(const std::string& root, SteadyNow now)
{
    std::string noHwmon, noBattery;
    if (auto sensor = findHwmon(root, noHwmon))
        return { std::make_unique<WattMeter>(std::move(sensor), std::move(now)), {} };
    if (PowerMeterOr platform = openRaplPlatform(root, now); platform.meter)
        return platform;
    if (auto sensor = findBatteries(root, noBattery))
        return { std::make_unique<WattMeter>(std::move(sensor), std::move(now)), {} };
    return { nullptr,
        fmt::format("No power of the whole machine: {}, {}, and no external meter is given (--power-meter).",
            noHwmon, noBattery) };
}

PowerMeterOr openSystemPower(const std::string& root)
{
    return openSystemPower(root, [] { return std::chrono::steady_clock::now(); });
}

} // namespace core
