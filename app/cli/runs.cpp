// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "app/cli/summary_table.h"
#include "app/cli/table.h"
#include "core/error.h"
#include "core/record/json_fields.h"
#include "core/record/run_file.h"
#include "core/record/run_store.h"

#include <fmt/ranges.h>

#include <ctime>

namespace app {

namespace {

using Access = core::RunStore::Access;

struct Options {
    std::string model, machine, tag, since, until;
    bool deleted = false, json = false;
};

core::RunStore opened(Access access)
{
    return core::RunStore(core::runLibraryPath(), access);
}

/// "2026-03-01", midnight here `daysLater` days after it, or a stamp with a zone.
std::optional<std::chrono::sys_seconds> timeOf(const std::string& text, const char* option, int daysLater)
{
    if (text.empty())
        return {};
    if (const auto stamp = core::timeOfStamp(text))
        return stamp;
    // Borrowed from the other form: the check of a day's digits.
    if (!core::timeOfStamp(text + "T00:00:00Z"))
        throw UsageError(fmt::format(
            "Cannot read {}: \"{}\" is neither a day (2026-03-01) nor a time (2026-03-01T12:00:00+01:00).",
            option, text));
    std::tm day {};
    day.tm_year = std::stoi(text.substr(0, 4)) - 1900;
    day.tm_mon = std::stoi(text.substr(5, 2)) - 1;
    day.tm_mday = std::stoi(text.substr(8, 2)) + daysLater;
    day.tm_isdst = -1;
    return std::chrono::sys_seconds(std::chrono::seconds(std::mktime(&day)));
}

core::RunFilter filterOf(const Options& options)
{
    return { .model = options.model,
        .machine = options.machine,
        .tag = options.tag,
        .from = timeOf(options.since, "--since", 0),
        .to = timeOf(options.until, "--until", 1), // the day itself is part
        .deleted = options.deleted };
}

/// "2026-03-01 12:00" of a stamp, in the zone it was written in.
std::string shown(const std::string& stamp)
{
    return core::timeOfStamp(stamp) ? stamp.substr(0, 10) + " " + stamp.substr(11, 5) : stamp;
}

std::string cellsText(const core::RunEntry& entry)
{
    return entry.kept == entry.planned ? fmt::format("{}", entry.kept)
                                       : fmt::format("{} of {}", entry.kept, entry.planned);
}

std::string tableOf(const core::RunList& list)
{
    Table table(
        { { "ID", Align::Left }, { "NAME", Align::Left }, { "MODEL", Align::Left },
            { "MACHINE", Align::Left }, { "STARTED", Align::Left }, { "CELLS" }, { "TAGS", Align::Left } },
        Overflow::Elide);
    for (const core::RunEntry& entry : list.runs)
        table.add({ entry.shortId, core::printable(entry.name), core::printable(entry.model),
            core::printable(entry.machine), core::printable(shown(entry.startedAt)), cellsText(entry),
            core::printable(fmt::format("{}", fmt::join(entry.tags, ","))) });
    return list.runs.empty() ? "No such run is kept.\n" : table.text();
}

core::Json jsonOf(const core::RunEntry& entry)
{
    return { { "id", entry.id }, { "name", entry.name }, { "model", entry.model }, { "source", entry.source },
        { "sha256", entry.sha256 }, { "machine", entry.machine }, { "cpu", entry.cpu },
        { "started_at", entry.startedAt }, { "finished_at", entry.finishedAt }, { "tags", entry.tags },
        { "cells", entry.planned }, { "kept_cells", entry.kept }, { "deleted", entry.deleted } };
}

core::RunList listed(const core::RunFilter& filter)
{
    const auto path = core::runLibraryPath();
    std::error_code error;
    if (!path.empty() && !std::filesystem::exists(path, error) && !error)
        return {}; // nothing was kept yet
    return opened(Access::Read).list(filter);
}

int list(const Options& options)
{
    const core::RunList found = listed(filterOf(options));
    if (options.json) {
        core::Json rows = core::Json::array();
        for (const core::RunEntry& entry : found.runs)
            rows.push_back(jsonOf(entry));
        print(core::dumped(core::Json { { "library", core::runLibraryPath().string() }, { "runs", rows } }, 2)
            + "\n");
    } else {
        print(tableOf(found));
    }
    if (found.damage.empty())
        return kOk;
    std::fprintf(stderr, "breakeven-cli: %s\n", found.damage.c_str());
    return kFailed;
}

int show(const std::string& id)
{
    const core::RunStore store = opened(Access::Read);
    const core::RunEntry entry = store.find(id);
    const core::Run run = store.read(entry.id);
    const auto& header = run.header;
    std::string text;
    const auto line = [&](const char* name, const std::string& value) {
        if (!value.empty())
            text += labelled(name, core::printable(value));
    };
    line("id", entry.id);
    line("name", entry.name);
    line("tags", fmt::format("{}", fmt::join(entry.tags, ", ")));
    line("model", fmt::format("{}, SHA-256 {}", entry.model, entry.sha256));
    line("machine", fmt::format("{}, {}", entry.machine, entry.cpu));
    line("program", header.environment.program);
    line("started", entry.startedAt);
    line("finished", entry.finishedAt.empty() ? "no: it runs still, or was cut off" : entry.finishedAt);
    line("cells", cellsText(entry));
    if (entry.deleted)
        line("deleted", fmt::format("breakeven-cli runs restore {} brings it back", entry.shortId));
    line("again", core::commandLine(header.spec));
    print(text + "\n" + summaryTable(run));
    return kOk;
}

int exportRun(const std::string& id, const std::string& file)
{
    const core::RunStore store = opened(Access::Read);
    const core::Run run = store.read(store.find(id).id);
    if (file == "-")
        print(core::toJson(run));
    else
        core::writeRun(run, file);
    return kOk;
}

int import(const std::string& file)
{
    const core::Run run = core::readRun(file);
    core::RunStore store = opened(Access::Write);
    const std::string text = core::toJson(run);
    for (const core::RunEntry& entry : store.list().runs) {
        if (entry.startedAt == run.header.startedAt && entry.sha256 == run.header.model.sha256
            && core::toJson(store.read(entry.id)) == text) {
            print(fmt::format("It is there already: {}\n", entry.shortId));
            return kOk;
        }
    }
    print(fmt::format("Imported: {}\n", store.find(store.import(run)).shortId));
    return kOk;
}

/// A change of one run: how it is done, and what is said then.
int change(const std::string& prefix, const std::function<void(core::RunStore&, const std::string&)>& apply,
    const std::function<std::string(const core::RunEntry&)>& said)
{
    core::RunStore store = opened(Access::Write);
    const std::string id = store.find(prefix).id;
    apply(store, id);
    print(said(store.find(id)) + "\n");
    return kOk;
}

std::string tagsSaid(const core::RunEntry& entry)
{
    return core::printable(fmt::format("{} has {}.", entry.shortId,
        entry.tags.empty() ? "no tags" : fmt::format("the tags {}", fmt::join(entry.tags, ", "))));
}

int remove(const std::string& id)
{
    return change(
        id, [](core::RunStore& store, const std::string& whole) { store.remove(whole); },
        [](const core::RunEntry& entry) {
            return fmt::format(
                "{} is deleted; breakeven-cli runs restore {} brings it back.", entry.shortId, entry.shortId);
        });
}

int restore(const std::string& id)
{
    return change(
        id, [](core::RunStore& store, const std::string& whole) { store.restore(whole); },
        [](const core::RunEntry& entry) { return entry.shortId + " is back."; });
}

int rename(const std::string& id, const std::string& name)
{
    return change(
        id, [&](core::RunStore& store, const std::string& whole) { store.rename(whole, name); },
        [](const core::RunEntry& entry) {
            return fmt::format("{} is now \"{}\".", entry.shortId, entry.name);
        });
}

int tag(const std::string& id, const std::string& word)
{
    return change(
        id, [&](core::RunStore& store, const std::string& whole) { store.tag(whole, word); }, tagsSaid);
}

int untag(const std::string& id, const std::string& word)
{
    return change(
        id, [&](core::RunStore& store, const std::string& whole) { store.untag(whole, word); }, tagsSaid);
}

int purge()
{
    const int removed = opened(Access::Write).purge();
    print(fmt::format("{} deleted {} removed for good.\n", removed, removed == 1 ? "run" : "runs"));
    return kOk;
}

/// The arguments of `runs COMMAND ID`, `... ID WORD` or `... FILE`, as typed.
struct Arguments {
    std::string first, second;
};

struct Argument {
    const char* name = nullptr;
    const char* about = nullptr;
};

constexpr Argument kId { "ID", "The first letters of a run's id" };

void addOne(CLI::App& runs, Context& context, const char* name, const char* about,
    std::initializer_list<Argument> arguments, const char* example,
    const std::function<int(const Arguments&)>& work)
{
    CLI::App* command = addCommand(runs, name, about);
    auto given = std::make_shared<Arguments>();
    std::string* place = &given->first;
    for (const Argument& argument : arguments) {
        command->add_option(argument.name, *place, argument.about)->type_name("")->required();
        place = &given->second;
    }
    command->footer(fmt::format("Example: breakeven-cli runs {}", example));
    command->callback([&context, given, work] { context.command = [given, work] { return work(*given); }; });
}

void addChanges(CLI::App& runs, Context& context)
{
    addOne(runs, context, "rename", "Give a run a name", { kId, { "NAME", "Its new name" } },
        "rename 1a2b3c4d \"before the update\"",
        [](const Arguments& a) { return rename(a.first, a.second); });
    addOne(runs, context, "tag", "Add a tag to a run", { kId, { "TAG", "Any text" } }, "tag 1a2b3c4d nightly",
        [](const Arguments& a) { return tag(a.first, a.second); });
    addOne(runs, context, "untag", "Take a tag from a run", { kId, { "TAG", "Which one" } },
        "untag 1a2b3c4d nightly", [](const Arguments& a) { return untag(a.first, a.second); });
    addOne(runs, context, "delete", "Mark a run as deleted", { kId }, "delete 1a2b3c4d",
        [](const Arguments& a) { return remove(a.first); });
    addOne(runs, context, "restore", "Bring a deleted run back", { kId }, "restore 1a2b3c4d",
        [](const Arguments& a) { return restore(a.first); });
    addOne(runs, context, "purge", "Remove all deleted runs for good", {}, "purge",
        [](const Arguments&) { return purge(); });
}

void addFilters(CLI::App& command, Options& options)
{
    command.add_option("--model", options.model, "Part of the model's name, or start of its SHA-256")
        ->type_name("TEXT");
    command.add_option("--machine", options.machine, "Part of the host's or the CPU's name")
        ->type_name("TEXT");
    command.add_option("--tag", options.tag, "Those with this tag")->type_name("TAG");
    command.add_option("--since", options.since, "Started on that day (2026-03-01) or later")
        ->type_name("DAY");
    command.add_option("--until", options.until, "Started on that day or earlier")->type_name("DAY");
    command.add_flag("--deleted", options.deleted, "Those that are marked as deleted");
    command.add_flag("--json", options.json, "As JSON, for programs");
}

} // namespace

void addRuns(CLI::App& app, Context& context)
{
    CLI::App* runs = addCommand(app, "runs", "List the runs kept on this machine; show, tag, export them");
    auto options = std::make_shared<Options>();
    runs->require_subcommand(0, 1);
    addFilters(*runs, *options);
    runs->footer(
        "sweep keeps every cell in ~/.local/share/breakeven/runs.sqlite ($XDG_DATA_HOME) as soon as it has\n"
        "ended; --no-store, or BREAKEVEN_NO_STORE=1, leaves a run out.\n"
        "Example: breakeven-cli runs --model resnet50 --since 2026-03-01");
    addOne(*runs, context, "show", "Show a run and its cells", { kId }, "show 1a2b3c4d",
        [](const Arguments& a) { return show(a.first); });
    addOne(*runs, context, "export", "Write a run as JSON, as sweep --out does",
        { kId, { "FILE", "Where to; - for standard output" } }, "export 1a2b3c4d run.json",
        [](const Arguments& a) { return exportRun(a.first, a.second); });
    addOne(*runs, context, "import", "Add a run file to the library",
        { { "FILE", "What sweep --out or export wrote" } }, "import run.json",
        [](const Arguments& a) { return import(a.first); });
    addChanges(*runs, context);
    // CLI11 calls a subcommand's callback before that of the command above it.
    runs->callback([&context, options, runs] {
        if (runs->get_subcommands().empty())
            context.command = [options] { return list(*options); };
    });
}

} // namespace app
