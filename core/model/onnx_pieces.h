// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// An ONNX file as a list of byte ranges whose concatenation is the file. The weights are views of the
/// graph's own memory, so a model of any size is written without a second copy of it. The graph must outlive
/// this.
class OnnxPieces {
public:
    /// Throws Error as toOnnx() does.
    OnnxPieces(const Graph& graph, int opset);

    const std::vector<std::string_view>& pieces() const { return m_pieces; }
    std::size_t bytes() const { return m_bytes; }

private:
    void add(std::string bytes);
    void add(std::string_view bytes);

    std::deque<std::string> m_texts; // owners of the small pieces; a deque never moves its elements
    std::vector<std::string_view> m_pieces;
    std::size_t m_bytes = 0;
};

} // namespace core
