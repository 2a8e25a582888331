// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/child_sweeps.h"

#include "app/engine_catalog.h"
#include "core/child/child_sweep.h"
#include "core/error.h"
#include "core/sensors/external_meter.h"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>

namespace app {

namespace {

std::string workerPath()
{
    std::error_code error; // without a path the start of the child fails, and says so
    return std::filesystem::read_symlink("/proc/self/exe", error).replace_filename("breakeven-cli").string();
}

/// The worker of a device's cells stays from one to the next: it has started the device and loaded its
/// kernels. CPU cells have one each, as their memory is that of the process.
class Children {
public:
    void sweep(const core::ChildNeeds& needs, const core::SweepSpec& spec, std::stop_token stop,
        const core::EventSink& emit)
    {
        core::ChildCommand command { .arguments = { workerPath(), "worker" }, .silence = needs.silence };
        if (needs.isa != core::InstructionSet::All)
            command.environment.push_back(cpuLimitVariable(needs.isa));
        if (needs.silence.count() == 0)
            return core::sweepInChild(std::move(command), spec, std::move(stop), emit);
        const std::string& device = spec.engines.front().id;
        m_devices.try_emplace(device, std::move(command)).first->second.sweep(spec, std::move(stop), emit);
    }

private:
    std::map<std::string, core::SweepWorker> m_devices; // by engine
};

core::PowerMeterOr meterAskedFor(const std::string& path)
{
    core::PowerMeterOr found = core::openExternalMeter(path);
    if (!found.meter)
        throw core::Error(found.unavailable);
    return found;
}

} // namespace

core::Machine sweepMachine(const std::string& powerMeter)
{
    core::Machine machine;
    const char* variable = std::getenv("BREAKEVEN_POWER_METER");
    if (!powerMeter.empty())
        machine.systemMeter = [powerMeter] { return meterAskedFor(powerMeter); };
    else if (variable && *variable)
        machine.systemMeter = [path = std::string(variable)] { return core::openExternalMeter(path); };
    machine.rest = std::chrono::seconds(5); // what NVML's counter takes to average over
    machine.child = [] {
        return [children = std::make_shared<Children>()](const core::ChildNeeds& needs,
                   const core::SweepSpec& spec, std::stop_token stop,
                   const core::EventSink& emit) { children->sweep(needs, spec, std::move(stop), emit); };
    };
    return machine;
}

} // namespace app
