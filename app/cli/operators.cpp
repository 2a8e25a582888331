// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "app/cli/table.h"
#include "app/engine_catalog.h"
#include "core/ops/op_table.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

namespace app {

namespace {

/// One operator as files name it.
struct Line {
    std::string name, domain;
    const core::OpRow* row;
};

std::string rangeText(int least, int most)
{
    if (most < 0)
        return fmt::format("{} or more", least);
    return least == most ? std::to_string(least) : fmt::format("{} to {}", least, most);
}

/// At least one output, but for operators that have none.
std::string outputsText(const core::OpRow& row)
{
    return rangeText(std::min(1, row.maxOutputs < 0 ? 1 : row.maxOutputs), row.maxOutputs);
}

std::string kernelsText(const core::OpRow& row)
{
    return fmt::format("{}", fmt::join(cpuKernelsOf(row.kind), ", "));
}

/// Every name under which a file may ask for an operator, then those the passes make.
std::vector<Line> lines()
{
    std::vector<Line> all;
    for (const core::OpRow& row : core::opRows()) {
        const std::size_t before = all.size();
        if (core::opFromName(row.name, "") == row.kind)
            all.push_back({ std::string(row.name), "ai.onnx", &row });
        for (const core::DomainName& other : core::domainNames())
            if (other.kind == row.kind)
                all.push_back({ std::string(other.type), std::string(other.domain), &row });
        if (all.size() == before) // no file can ask for it
            all.push_back({ std::string(row.name), "made by passes", &row });
    }
    std::sort(all.begin(), all.end(),
        [](const Line& a, const Line& b) { return std::tie(a.name, a.domain) < std::tie(b.name, b.domain); });
    return all;
}

/// Versions of other domains are not those of ONNX: their rows know every one.
std::string sinceText(const Line& line)
{
    return line.domain == "ai.onnx" ? std::to_string(line.row->since) : std::string();
}

std::string markdown()
{
    std::string text = "# Operators\n\n"
                       "Written by `breakeven-cli operators --markdown`; a test compares.\n\n"
                       "*Since* is the first opset version whose meaning Breakeven knows; models from opset "
                       "7 on may use them.\n"
                       "*Kernels* are what may run it on the CPU engine, the most wanted first: *oneDNN*; "
                       "*own*, a kernel of\n"
                       "Breakeven's; *plain*, the reference loop, which is slow and which traces mark. Which "
                       "one a node gets\n"
                       "depends on its types and shapes: `breakeven-cli trace MODEL` tells.\n\n"
                       "| operator | domain | since | inputs | outputs | kernels |\n"
                       "| --- | --- | --: | --- | --- | --- |\n";
    for (const Line& line : lines())
        text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", line.name, line.domain, sinceText(line),
            rangeText(line.row->minInputs, line.row->maxInputs), outputsText(*line.row),
            kernelsText(*line.row));
    return text;
}

std::string table()
{
    Table table({ { "OPERATOR", Align::Left }, { "DOMAIN", Align::Left }, { "SINCE" },
        { "INPUTS", Align::Left }, { "OUTPUTS", Align::Left }, { "KERNELS", Align::Left } });
    for (const Line& line : lines())
        table.add(
            { line.name, line.domain, sinceText(line), rangeText(line.row->minInputs, line.row->maxInputs),
                outputsText(*line.row), kernelsText(*line.row) });
    return table.text();
}

} // namespace

void addOperators(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "operators", "List the operators that models may use");
    auto asMarkdown = std::make_shared<bool>(false);
    command->add_flag("--markdown", *asMarkdown, "As docs/operators.md has them");
    command->footer("KERNELS: what may run it on the CPU engine, the most wanted first; plain is slow.\n"
                    "Example: breakeven-cli operators");
    command->callback([&context, asMarkdown] {
        context.command = [asMarkdown] {
            print(*asMarkdown ? markdown() : table());
            return kOk;
        };
    });
}

} // namespace app
