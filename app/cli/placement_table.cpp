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

} // namespace

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

std::string nodeTable(std::span<const core::PlacedNode> nodes)
{
    Table table({ { "NODE", Align::Left }, { "OPERATOR", Align::Left }, { "KERNEL", Align::Left },
                    { "TYPE", Align::Left }, { "FLOP" }, { "BYTES" }, { "TIME" }, { "SHARE" } },
        Overflow::Elide);
    for (const core::PlacedNode& node : nodes)
        table.add({ node.name, node.type, kernelText(node), std::string(core::elementName(node.computes)),
            countText(node.cost), bytesText(node.cost), timeText(node.time), shareText(node.share) });
    return table.text();
}

} // namespace app
