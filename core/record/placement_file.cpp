// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/placement_file.h"

#include "core/record/csv.h"
#include "core/record/peaks_file.h"

namespace core {

namespace {

double secondsOf(std::chrono::nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

/// The limit of something that took `time`, or why there is none.
void addLimit(Json& json, const TimeLimit& limit, std::chrono::nanoseconds time)
{
    if (!limit.unknown.empty()) {
        json["limit_unknown"] = limit.unknown;
        return;
    }
    json["limit_ns"] = limit.seconds * 1e9;
    json["limited_by"] = limitName(limit.by());
    if (const auto part = share(limit, secondsOf(time)))
        json["of_roof"] = *part;
}

/// The last three fields of a row, each with its comma; empty ones where the limit is unknown.
std::string roofFields(const PlacedNode& node, const Roof& roof)
{
    const TimeLimit limit = limitOf(node, roof.asked, roof.peaks);
    const auto part = share(limit, secondsOf(node.time));
    if (!part)
        return ",,,";
    return fmt::format(",{:.0f},{},{:.6f}", limit.seconds * 1e9, limitName(limit.by()), *part);
}

Json toJson(const PlacedNode& node, const Roof* roof)
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
    if (roof)
        addLimit(json, limitOf(node, roof->asked, roof->peaks), node.time);
    return json;
}

Json toJson(const PlacedOperator& row)
{
    return { { "operator", row.type }, { "calls", row.calls }, { "time_ns", row.time.count() },
        { "plain_ns", row.plain.count() }, { "share", row.share } };
}

} // namespace

std::string toCsv(const NodePlacement& placement, const Roof* roof)
{
    std::string csv = "node,operator,kernel,plain,precision,flop,bytes,time_ns,share";
    csv += roof ? ",limit_ns,limited_by,of_roof\n" : "\n";
    for (const PlacedNode& node : placement.nodes) {
        const bool known = node.cost && node.cost->known;
        csv += fmt::format("{},{},{},{},{},{},{},{},{:.6f}{}\n", csvField(node.name), csvField(node.type),
            csvField(node.kernel), node.plain ? "yes" : "no", elementName(node.computes),
            known ? std::to_string(node.cost->flop) : "",
            known ? std::to_string(node.cost->weightBytes + node.cost->activationBytes) : "",
            node.time.count(), node.share, roof ? roofFields(node, *roof) : "");
    }
    return csv;
}

Json toJson(const NodePlacement& placement, const Roof* roof)
{
    Json nodes = Json::array(), operators = Json::array();
    for (const PlacedNode& node : placement.nodes)
        nodes.push_back(toJson(node, roof));
    for (const PlacedOperator& row : placement.operators)
        operators.push_back(toJson(row));
    Json json { { "runs", placement.runs }, { "time_ns", placement.time.count() },
        { "plain_ns", placement.plain.count() }, { "plain_share", placement.plainShare() },
        { "operators", std::move(operators) }, { "node_list", std::move(nodes) } };
    if (roof) {
        addLimit(json, limitOf(placement, roof->asked, roof->peaks), placement.time);
        json["peaks"] = toJson(roof->peaks);
    }
    return json;
}

} // namespace core
