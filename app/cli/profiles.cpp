// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "app/cli/table.h"
#include "app/recorded_profiles.h"
#include "core/record/json_fields.h"
#include "core/record/recorded_engine.h"

#include <fmt/ranges.h>

namespace app {

namespace {

core::Json documentOf(const core::Engine& engine)
{
    core::Json json = core::toJson(engine.device());
    if (const auto* recorded = dynamic_cast<const core::RecordedEngine*>(&engine)) {
        json["models"] = recorded->models();
        json["cells"] = recorded->cellCount();
    }
    return json;
}

int profiles(Context& context, bool json)
{
    core::Json list = core::Json::array();
    Table table({ { "ENGINE", Align::Left }, { "DEVICE", Align::Left }, { "RECORDED", Align::Left },
                    { "ON", Align::Left }, { "CELLS" }, { "MODELS", Align::Left } },
        Overflow::Elide);
    std::string problems;
    bool some = false;
    for (const core::Engine* engine : context.recorded()) {
        const core::DeviceInfo device = engine->device();
        list.push_back(documentOf(*engine));
        const auto* recorded = dynamic_cast<const core::RecordedEngine*>(engine);
        if (!recorded) {
            problems += labelled("left out:", device.absent);
            continue;
        }
        some = true;
        table.add({ device.id, device.name, device.recordedOn->date, device.recordedOn->machine,
            std::to_string(recorded->cellCount()), fmt::format("{}", fmt::join(recorded->models(), ", ")) });
    }
    const std::string text = some ? table.text() : noProfiles();
    print(json ? core::dumped(list, 2) + "\n" : text + problems);
    return kOk;
}

} // namespace

std::string noProfiles()
{
    const auto folders = profileFolders();
    return folders.empty() ? std::string("No recorded profiles.\n")
                           : labelled("",
                               fmt::format("No recorded profiles. Put run files of other machines in {}.",
                                   folders.front().string()),
                               0);
}

void addProfiles(CLI::App& app, Context& context)
{
    CLI::App* command
        = addCommand(app, "profiles", "List runs of other machines that sweeps can compare with");
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "As JSON, for programs");
    command->footer(
        "A profile is a run file that `sweep --out` left on another machine, or a folder of them. Its "
        "figures\n"
        "stand beside this machine's: --engine cpu,recorded:NAME, or recorded:FILE for one anywhere;\n"
        "recorded:NAME/cpu is another device of it.\n"
        "Example: breakeven-cli sweep zoo:resnet50 --engine cpu,recorded:h200 --batch 1-64x2");
    command->callback(
        [&context, json] { context.command = [&context, json] { return profiles(context, *json); }; });
}

} // namespace app
