// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/placement_table.h"

#include "app/cli/figures.h"
#include "app/cli/table.h"

#include <fmt/format.h>

namespace app {

namespace {

/// A slow kernel says so: own loops by their name, those of a library by a word before it.
std::string kernelText(const core::PlacedNode& node)
{
    return node.plain && node.kernel.find("plain") == std::string::npos ? "plain " + node.kernel
                                                                        : node.kernel;
}

/// "206 M" of FLOP; "" where it is not known.
std::string countText(const std::optional<core::NodeCost>& cost)
{
    std::string text = flopText(cost);
    return text.substr(0, text.rfind("FLOP"));
}

double secondsOf(std::chrono::nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

void addRoof(std::vector<std::string>& fields, const core::PlacedNode& node, const core::Roof& roof)
{
    const core::TimeLimit limit = core::limitOf(node, roof.asked, roof.peaks);
    const auto part = core::share(limit, secondsOf(node.time));
    fields.push_back(part ? shareText(*part) : "");
    fields.push_back(part ? std::string(core::limitName(limit.by())) : "");
}

} // namespace

std::string roofText(const core::NodePlacement& placement, const core::Roof& roof)
{
    const core::TimeLimit limit = core::limitOf(placement, roof.asked, roof.peaks);
    const auto part = core::share(limit, secondsOf(placement.time));
    if (!part)
        return "Of its roof: unknown, because "
            + (limit.unknown.empty() ? std::string("it took no time") : limit.unknown);
    return fmt::format("{} of its roof, limited by {}", shareText(*part), core::limitName(limit.by()));
}

std::string operatorTable(const core::NodePlacement& placement)
{
    Table table({ { "OPERATOR", Align::Left }, { "CALLS" }, { "TIME" }, { "SHARE" }, { "PLAIN" } });
    for (const core::PlacedOperator& row : placement.operators) {
        const bool plain = row.plain.count() > 0;
        const double part
            = plain ? static_cast<double>(row.plain.count()) / static_cast<double>(row.time.count()) : 0;
        table.add({ row.type, std::to_string(row.calls), timeText(row.time), shareText(row.share),
            plain ? shareText(part) : "" });
    }
    return table.text();
}

std::string nodeTable(std::span<const core::PlacedNode> nodes, const core::Roof* roof)
{
    std::vector<Table::Column> columns { { "NODE", Align::Left }, { "OPERATOR", Align::Left },
        { "KERNEL", Align::Left }, { "TYPE", Align::Left }, { "FLOP" }, { "BYTES" }, { "TIME" },
        { "SHARE" } };
    if (roof)
        columns.insert(columns.end(), { { "OF ROOF" }, { "BY", Align::Left } });
    Table table(std::move(columns), Overflow::Elide);
    for (const core::PlacedNode& node : nodes) {
        std::vector<std::string> fields { node.name, node.type, kernelText(node),
            std::string(core::elementName(node.computes)), countText(node.cost), bytesText(node.cost),
            timeText(node.time), shareText(node.share) };
        if (roof)
            addRoof(fields, node, *roof);
        table.add(std::move(fields));
    }
    return table.text();
}

} // namespace app
