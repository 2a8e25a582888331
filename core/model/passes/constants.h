// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/passes/rewrite.h"

#include <optional>

/// What patterns ask about constants.
namespace core::passes {

/// The one element of a float32 constant of rank 0 or 1; nullopt for any other value.
std::optional<float> scalarOf(const Graph& graph, ValueId id);

/// Whether `id` is such a scalar within 1e-4, relative, of `expected`.
bool isAbout(const Graph& graph, ValueId id, float expected);

/// A float32 constant.
bool isFloatConstant(const Graph& graph, ValueId id);

/// A two-input node whose other input is a scalar constant. For commutative operators either one may be it,
/// for Div and Sub the second only.
struct ScaledValue {
    ValueId value = kNoValue;
    float scalar = 0;
};
std::optional<ScaledValue> withScalar(const Graph& graph, const Node& node);

/// The input of a two-input node that is not `id`; kNoValue when neither is `id`.
ValueId otherInput(const Node& node, ValueId id);

/// A float32 constant with `count` elements in the last dimension and 1 in all others, as a value of shape
/// [count]; nullopt when `id` is something else. Adds a view of the same bytes where the shape differs.
std::optional<ValueId> asRow(Graph& graph, ValueId id, std::int64_t count);

/// The operator's axes, from its attribute or a constant second input; nullopt when they are not known.
std::optional<std::vector<std::int64_t>> constantAxes(const Graph& graph, const Node& node);

} // namespace core::passes
