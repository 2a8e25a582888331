// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/external_data.h"
#include "core/model/function_table.h"
#include "core/model/graph.h"
#include "core/model/node_reader.h"
#include "core/model/value_reader.h"

#include <memory>
#include <string_view>
#include <unordered_map>

namespace core {

/// What all graphs of one file share while it is read.
struct ReadContext {
    std::string source; // the file, for sentences
    std::shared_ptr<const OpsetImports> opsets;
    ExternalData* external = nullptr; // finds weights that lie outside the file; null: there is no folder
    FunctionTable& functions;
    /// Owners of what constants view: one list for all graphs of the file, since bodies share weights with
    /// the graphs around them.
    std::shared_ptr<std::vector<std::shared_ptr<const void>>> owners
        = std::make_shared<std::vector<std::shared_ptr<const void>>>();
};

/// Reads one GraphProto. The bytes are hostile: whatever they say, the result is a graph that holds together
/// (every id valid, every value defined once, nodes in an order in which they can run) or an Error with one
/// sentence.
class GraphReader {
public:
    explicit GraphReader(ReadContext& context);

    /// Constants are views into `bytes`; the caller adds their owner to the context.
    /// Throws Error, and protozero::exception for bytes that are no GraphProto.
    Graph read(std::string_view bytes);

private:
    /// A body of If, Loop or Scan: a graph that may read values of the graphs around it.
    struct Around {
        GraphReader* reader = nullptr;
        const RawNode* node = nullptr; // whose body it is
        int depth = 0;
    };
    /// A value of the graph around this one, and the input that stands for it here.
    struct Capture {
        ValueId outer, inner;
    };

    GraphReader(ReadContext& context, Around around);

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
    /// kNoValue when neither this graph nor one around it has a value of that name.
    ValueId find(std::string_view name);
    void readBodies(const RawNode& raw, Node& node);

    ReadContext& m_context;
    Around m_around;
    std::vector<Capture> m_captures;
    Graph m_graph;
    std::vector<std::string_view> m_nodes, m_initializers, m_inputs, m_outputs, m_valueInfos;
    std::unordered_map<std::string_view, ValueId> m_ids; // names are views of the parsed bytes
};

} // namespace core
