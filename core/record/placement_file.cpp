// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/placement_file.h"

#include "core/record/csv.h"

namespace core {

namespace {

Json toJson(const PlacedNode& node)
{
    Json json { { "name", node.name }, { "operator", node.type }, { "kernel", node.kernel },
        { "plain", node.plain }, { "precision", elementName(node.computes) } };
    if (node.cost && node.cost->known) {
        json["flop"] = node.cost->flop;
        json["weight_bytes"] = node.cost->weightBytes;
        json["activation_bytes"] = node.cost->activationBytes;
    }
    json["time_ns"] = node.time.count();
    json["share"] = node.share;
    return json;
}

Json toJson(const PlacedOperator& row)
{
    return { { "operator", row.type }, { "calls", row.calls }, { "time_ns", row.time.count() },
        { "plain_ns", row.plain.count() }, { "share", row.share } };
}

} // namespace

std::string toCsv(const NodePlacement& placement)
{
    std::string csv = "node,operator,kernel,plain,precision,flop,bytes,time_ns,share\n";
    for (const PlacedNode& node : placement.nodes) {
        const bool known = node.cost && node.cost->known;
        csv += fmt::format("{},{},{},{},{},{},{},{},{:.6f}\n", csvField(node.name), csvField(node.type),
            csvField(node.kernel), node.plain ? "yes" : "no", elementName(node.computes),
            known ? std::to_string(node.cost->flop) : "",
            known ? std::to_string(node.cost->weightBytes + node.cost->activationBytes) : "",
            node.time.count(), node.share);
    }
    return csv;
}

Json toJson(const NodePlacement& placement)
{
    Json nodes = Json::array(), operators = Json::array();
    for (const PlacedNode& node : placement.nodes)
        nodes.push_back(toJson(node));
    for (const PlacedOperator& row : placement.operators)
        operators.push_back(toJson(row));
    return { { "runs", placement.runs }, { "time_ns", placement.time.count() },
        { "plain_ns", placement.plain.count() }, { "plain_share", placement.plainShare() },
        { "operators", std::move(operators) }, { "node_list", std::move(nodes) } };
}

} // namespace core
