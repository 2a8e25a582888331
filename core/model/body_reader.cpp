// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/graph_reader.h"
#include "core/model/limits.h"

#include <algorithm>
#include <span>

/// The part of GraphReader that knows of graphs inside graphs.
namespace core {
namespace {

std::span<const char* const> bodyNames(OpKind kind)
{
    static constexpr const char* kBranches[] = { "then_branch", "else_branch" };
    static constexpr const char* kModifiers[] = { "score_mod", "prob_mod" }; // both may be left out
    static constexpr const char* kBody[] = { "body" };
    if (kind == OpKind::FlexAttention)
        return kModifiers;
    return kind == OpKind::If ? std::span<const char* const>(kBranches) : kBody;
}

/// What a copy of the value takes, roughly.
std::size_t bytesOf(const Value& value)
{
    std::size_t bytes = sizeof(Value) + value.name.size();
    if (value.shape)
        for (const Dim& dim : *value.shape)
            bytes += sizeof dim + dim.symbol.size();
    return bytes;
}

} // namespace

ValueId GraphReader::find(std::string_view name)
{
    if (const auto found = m_ids.find(name); found != m_ids.end())
        return found->second;
    if (!m_around.reader)
        return kNoValue;
    std::string_view outerName = name;
    if (const auto& call = m_around.node->call)
        if (const auto found = call->names.find(name); found != call->names.end())
            outerName = found->second;
    const ValueId outer = outerName.empty() ? kNoValue : m_around.reader->find(outerName);
    if (outer == kNoValue)
        return kNoValue;
    const auto inner = static_cast<ValueId>(m_graph.values.size());
    Value value = m_around.reader->m_graph.value(outer);
    m_context.functions.charge(bytesOf(value));
    if (!value.constant) // the graphs of a file share its weights
        m_captures.push_back({ outer, inner });
    m_graph.values.push_back(std::move(value));
    m_ids.emplace(name, inner);
    return inner;
}

void GraphReader::readBodies(const RawNode& raw, Node& node)
{
    if (m_around.depth == limits::kSubgraphDepth)
        throw Error("Cannot read model: node \"{}\" ({}) lies more than {} graphs deep.", node.name,
            node.type, limits::kSubgraphDepth);
    auto& attributes = std::get<SubgraphAttributes>(node.attributes);
    std::vector<Graph> bodies;
    std::vector<std::vector<Capture>> captures;
    std::vector<ValueId> captured; // by any body, in order of appearance
    for (const char* name : bodyNames(node.kind)) {
        const std::string_view bytes = graphAttribute(raw, name);
        if (node.kind == OpKind::FlexAttention) {
            if (bytes.empty())
                continue;
            int& index = std::string_view(name) == "score_mod" ? attributes.scoreBody : attributes.weightBody;
            index = static_cast<int>(bodies.size());
        }
        if (bytes.empty())
            throw Error(
                "Cannot read model: node \"{}\" ({}) has no graph \"{}\".", node.name, node.type, name);
        GraphReader reader(m_context, { this, &raw, m_around.depth + 1 });
        bodies.push_back(reader.read(bytes));
        captures.push_back(std::move(reader.m_captures));
        for (const Capture& capture : captures.back())
            if (std::find(captured.begin(), captured.end(), capture.outer) == captured.end())
                captured.push_back(capture.outer);
    }
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        for (const ValueId outer : captured) {
            const auto known = std::find_if(captures[i].begin(), captures[i].end(),
                [&](const Capture& capture) { return capture.outer == outer; });
            ValueId inner = static_cast<ValueId>(bodies[i].values.size());
            if (known != captures[i].end())
                inner = known->inner;
            else
                bodies[i].values.push_back(m_graph.value(outer)); // the other branch's alone
            m_context.functions.charge(bytesOf(m_graph.value(outer)));
            bodies[i].inputs.push_back(inner);
        }
        attributes.bodies.push_back(std::make_shared<const Graph>(std::move(bodies[i])));
    }
    attributes.captures = captured.size();
    // A Loop may end before its two optional inputs; what is captured comes after them all the same.
    if (node.kind == OpKind::Loop)
        node.inputs.resize(std::max<std::size_t>(node.inputs.size(), 2), kNoValue);
    node.inputs.insert(node.inputs.end(), captured.begin(), captured.end());
}

} // namespace core
