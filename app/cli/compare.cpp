// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "app/cli/library.h"
#include "app/cli/summary_table.h"
#include "app/cli/table.h"
#include "app/cli/verdicts.h"
#include "core/analyse/compare_runs.h"
#include "core/record/json_fields.h"
#include "core/record/junit.h"

namespace app {

namespace {

struct Options {
    std::string first, second;
    VerdictOptions verdict;
};

std::string medianOf(const core::Cell* cell)
{
    return cell && cell->summary.median ? milliseconds(*cell->summary.median) : "";
}

core::Json toJson(const core::CellComparison& cell)
{
    core::Json json { { "cell", core::toJson(cell.key) }, { "verdict", core::verdictName(cell.verdict) } };
    if (cell.ratio)
        json["ratio"] = ratioJson(*cell.ratio);
    if (!cell.why.empty())
        json["why"] = cell.why;
    return json;
}

/// The table, and a line below it for each cell whose verdict has a reason.
std::string tableOf(const std::vector<core::CellComparison>& cells)
{
    Table table({ { "ENGINE", Align::Left }, { "BATCH" }, { "FIRST ms" }, { "SECOND ms" }, { "RATIO" },
        { "95 % INTERVAL" }, { "VERDICT", Align::Left } });
    std::string reasons;
    std::size_t width = 20;
    for (const core::CellComparison& cell : cells)
        width = std::max(width, nameOf(cell.key).size() + 2);
    for (const core::CellComparison& cell : cells) {
        table.add({ settings(cell.key), batches(cell.key), medianOf(cell.first), medianOf(cell.second),
            cell.ratio ? fmt::format("{:.3f}", cell.ratio->value) : "",
            cell.ratio ? fmt::format("{:.3f}-{:.3f}", cell.ratio->low, cell.ratio->high) : "",
            std::string(core::verdictName(cell.verdict)) });
        if (!cell.why.empty())
            reasons += labelled(nameOf(cell.key) + ":", cell.why, width);
    }
    return table.text() + reasons;
}

int compare(const Options& options)
{
    const core::Run first = readRunNamed(options.first), second = readRunNamed(options.second);
    const auto cells = core::compareRuns(first, second, options.verdict.margin());
    const auto notes = core::differencesOf(first, second);
    bool good = true;
    std::vector<core::JunitCase> cases;
    core::Json list = core::Json::array();
    for (const core::CellComparison& cell : cells) {
        cases.push_back(caseOf(nameOf(cell.key), cell.ratio, cell.verdict, cell.why, options.verdict));
        good = good && cases.back().failure.empty();
        list.push_back(toJson(cell));
    }
    options.verdict.writeJunit("breakeven compare", cases);
    if (options.verdict.json) {
        print(core::dumped(core::Json { { "first", options.first }, { "second", options.second },
                               { "notes", notes }, { "ok", good }, { "cells", list } },
                  2)
            + "\n");
    } else {
        std::string text = tableOf(cells);
        for (const std::string& note : notes)
            text += labelled("note:", note);
        print(text);
    }
    return good ? kOk : kFailed;
}

} // namespace

void addCompare(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "compare", "Compare two runs, cell by cell");
    auto options = std::make_shared<Options>();
    command->add_option("FIRST", options->first, "Run file, or id in the library: what to compare with")->type_name("")->required();
    command->add_option("SECOND", options->second, "Run file or id: what may have changed")
        ->type_name("")
        ->required();
    options->verdict.addTo(*command);
    command->footer(
        "The ratio is the second median latency over the first, with its 95 % bootstrap interval. Runs\n"
        "taken at different times also differ by what the machine did meanwhile: ab takes turns.\n"
        "Example: breakeven-cli compare before.json after.json --limit 5 --junit report.xml");
    command->callback([&context, options] { context.command = [options] { return compare(*options); }; });
}

} // namespace app
