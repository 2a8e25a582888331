// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/limits.h"
#include "core/model/node_reader.h"

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// The functions that a model file defines itself: exporters write whole layers as one node and its
/// definition. A node that calls one is replaced by the function's nodes before anything else looks at it.
/// Views are into the parsed bytes or into this table, which outlives the reading.
class FunctionTable {
public:
    /// `source`: the file, for sentences; `fileBytes`: its size, by which it may grow here.
    FunctionTable(std::string source, std::size_t fileBytes)
        : m_source(std::move(source))
        , m_left(limits::kExpansionBytes + limits::kExpansionPerByte * fileBytes)
    {
    }

    /// Adds one FunctionProto. Throws Error for a name that is there already, and protozero::exception.
    void add(std::string_view bytes);

    /// The nodes that `raw` stands for: itself, or those of the function it calls, with values renamed and
    /// attributes filled in.
    /// Throws Error for calls nested too deeply (functions that call themselves), or too many nodes.
    std::vector<RawNode> expand(RawNode raw);

    /// Counts bytes that the file is written out to, by calls or otherwise. Throws Error beyond the budget.
    void charge(std::size_t bytes);

private:
    struct Function {
        std::size_t bytes = 0;
        std::vector<std::string_view> inputs, outputs, nodes;
        std::vector<std::string_view> defaults; // AttributeProtos
        std::shared_ptr<const OpsetImports> opsets;
    };

    void expandInto(RawNode raw, int depth, std::vector<RawNode>& nodes);
    std::shared_ptr<FunctionCall> call(
        const Function& function, const RawNode& raw, const std::string& prefix);
    std::string_view keep(std::string text);

    std::string m_source;
    using Key = std::array<std::string_view, 3>; // domain, name, overload
    std::map<Key, Function> m_functions;
    std::deque<std::string> m_texts;
    std::size_t m_calls = 0;
    std::size_t m_left; // of the budget for charge()
};

} // namespace core
