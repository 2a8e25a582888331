// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <cstdint>

/// Random numbers of operators. Each is a function of the node's seed and its own index alone: the same on
/// every run, every engine and every machine, whatever came before it. That is what measuring and comparing
/// need; ONNX asks for no particular generator. A node without a seed gets one from its name, or, nameless,
/// from the id of its first output, so that two such nodes of a graph differ.
namespace core::ops {

class RandomNumbers {
public:
    RandomNumbers(const Node& node, std::optional<float> seed);

    /// In [0, 1), in steps of 2^-53.
    double uniform(std::int64_t index) const;
    /// Of mean 0 and deviation 1 (Box and Muller 1958).
    double normal(std::int64_t index) const;

private:
    std::uint64_t m_stream;
};

/// Whether an operator makes random numbers whatever its inputs: another program's are others, of the same
/// shapes.
bool isRandom(OpKind kind);

} // namespace core::ops
