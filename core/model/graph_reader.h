// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/external_data.h"
#include "core/model/graph.h"
#include "core/model/node_reader.h"
#include "core/model/value_reader.h"

#include <map>
#include <string_view>
#include <unordered_map>

namespace core {

/// Versions of the operator sets that a file imports, by domain; "" is the default one.
using OpsetImports = std::map<std::string, int, std::less<>>;

/// Reads one GraphProto. The bytes are hostile: whatever they say, the result is a graph that holds together
/// (every id valid, every value defined once, nodes in an order in which they can run) or an Error with one
/// sentence.
class GraphReader {
public:
    /// `source`: the file, for sentences. `external`: finds weights that lie outside the file; null for a
    /// model without a folder.
    GraphReader(std::string source, OpsetImports opsets, ExternalData* external = nullptr);

    /// Constants are views into `bytes`; the caller adds their owner to the graph's storage.
    /// Throws Error, and protozero::exception for bytes that are no GraphProto.
    Graph read(std::string_view bytes);

private:
    void collect(std::string_view bytes);
    void readInitializers();
    void readInputs();
    void readNodes();
    void readOutputs();
    void readValueInfos();

    ValueId define(std::string_view name);
    void setConstant(ValueId id, std::string_view tensorProto);
    void setDeclared(Value& value, const DeclaredValue& declared, std::string_view role) const;
    void nameSymbols();
    bool readConstantNode(const RawNode& raw, const Node& node);
    Node startNode(const RawNode& raw, std::size_t index);
    void giveFirstOutput(Node& node);
    void finishNode(const RawNode& raw, Node& node);

    std::string m_source;
    OpsetImports m_opsets;
    ExternalData* m_external;
    Graph m_graph;
    std::vector<std::string_view> m_nodes, m_initializers, m_inputs, m_outputs, m_valueInfos;
    std::unordered_map<std::string_view, ValueId> m_ids; // names are views of the parsed bytes
};

} // namespace core
