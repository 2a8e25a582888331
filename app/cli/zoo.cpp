// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zoo.h"

#include "app/cli/context.h"
#include "app/cli/table.h"
#include "core/model/writer.h"
#include "core/record/json_fields.h"
#include "core/sensors/memory.h"

#include <filesystem>

namespace app {

namespace {

int list(bool json)
{
    core::Json entries = core::Json::array();
    Table table({ { "NAME", Align::Left }, { "WHAT IT IS", Align::Left } });
    for (const core::ZooEntry& entry : core::zooEntries()) {
        entries.push_back({ { "name", entry.name }, { "about", entry.about } });
        table.add({ "zoo:" + entry.name, entry.about });
    }
    print(json ? core::dumped(entries, 2) + "\n" : table.text());
    return kOk;
}

int exportModel(std::string name, const std::string& file)
{
    if (name.starts_with("zoo:"))
        name.erase(0, 4);
    core::writeOnnx(core::makeZooGraph(name), file);
    print(fmt::format(
        "{}: {}\n", file, core::formatBytes(static_cast<double>(std::filesystem::file_size(file)))));
    return kOk;
}

} // namespace

void addZoo(CLI::App& app, Context& context)
{
    CLI::App* zoo = addCommand(app, "zoo", "List the built-in models, write one to a file");
    zoo->require_subcommand(1);
    zoo->footer("Example: breakeven-cli zoo list");

    CLI::App* listing = addCommand(*zoo, "list", "List the built-in models");
    auto json = std::make_shared<bool>(false);
    listing->add_flag("--json", *json, "As JSON, for programs");
    listing->footer("Example: breakeven-cli zoo list --json");
    listing->callback([&context, json] { context.command = [json] { return list(*json); }; });

    CLI::App* exporting = addCommand(*zoo, "export", "Write a built-in model as an ONNX file");
    auto name = std::make_shared<std::string>(), file = std::make_shared<std::string>();
    exporting->add_option("NAME", *name, "Which one (see zoo list)")->type_name("")->required();
    exporting->add_option("FILE", *file, "Where to")->type_name("")->required();
    exporting->footer("Example: breakeven-cli zoo export resnet50 resnet50.onnx");
    exporting->callback(
        [&context, name, file] { context.command = [name, file] { return exportModel(*name, *file); }; });
}

} // namespace app
