// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "app/cli/table.h"
#include "core/record/json_fields.h"
#include "core/sensors/memory.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace app {

namespace {

std::string described(const core::DeviceInfo& device)
{
    // An id that is longer than its column has a line to itself.
    std::string text = device.id.size() < 14 ? labelled(device.id, device.name)
                                             : device.id + "\n" + labelled("", device.name);
    if (device.recordedOn)
        text += labelled(
            "", fmt::format("recorded on {}, {}", device.recordedOn->machine, device.recordedOn->date));
    if (!device.absent.empty())
        return text + labelled("", "absent: " + device.absent);
    text += labelled("", device.library);
    std::vector<std::string> parts;
    if (device.maxThreads > 0)
        parts.push_back(fmt::format("{} thread{}", device.maxThreads, device.maxThreads == 1 ? "" : "s"));
    if (device.memoryBytes > 0)
        parts.push_back(core::formatBytes(static_cast<double>(device.memoryBytes)) + " memory");
    std::vector<std::string_view> precisions;
    for (const core::Precision precision : device.precisions)
        precisions.push_back(core::precisionName(precision));
    if (!precisions.empty())
        parts.push_back(fmt::format("precisions {}", fmt::join(precisions, " ")));
    text += labelled("", fmt::format("{}", fmt::join(parts, ", ")));
    for (const auto& [name, value] : device.facts)
        text += labelled("", fmt::format("{}: {}", name, value));
    return text;
}

int devices(Context& context, bool json)
{
    core::Json list = core::Json::array();
    std::string text;
    const auto add = [&](const core::Engine* engine) {
        const core::DeviceInfo device = engine->device();
        list.push_back(core::toJson(device));
        text += described(device);
    };
    std::ranges::for_each(context.engines(), add);
    const auto recorded = context.recorded();
    std::ranges::for_each(recorded, add);
    if (recorded.empty())
        text += noProfiles();
    print(json ? core::dumped(list, 2) + "\n" : text);
    return kOk;
}

} // namespace

void addDevices(CLI::App& app, Context& context)
{
    CLI::App* command
        = addCommand(app, "devices", "List the engines, with their devices, and recorded profiles");
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "As JSON, for programs");
    command->footer("Example: breakeven-cli devices --json");
    command->callback(
        [&context, json] { context.command = [&context, json] { return devices(context, *json); }; });
}

} // namespace app
