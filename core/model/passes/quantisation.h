// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/passes/rewrite.h"

#include <optional>

/// What patterns ask about QuantizeLinear and DequantizeLinear.
namespace core::passes {

/// A value that stands for integers.
struct Dequantised {
    ValueId integers = kNoValue;
    Quantisation as;
};

/// How `id` is made by a DequantizeLinear with constant parameters; nullopt for anything else, for blocks,
/// for zero points that differ, and for other than 8-bit integers.
std::optional<Dequantised> dequantised(const Rewrite& rewrite, ValueId id);

/// What a QuantizeLinear with one constant scale makes of its input; nullopt for any other node.
std::optional<Quantisation> quantiser(const Graph& graph, const Node& node);

} // namespace core::passes
