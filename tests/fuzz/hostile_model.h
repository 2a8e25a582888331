// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"
#include "core/model/shape_inference.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

/// The steps from bytes to shapes for models that nobody trusts. Each gives nothing when core::Error was
/// thrown, which is an answer; anything else that is thrown, and a graph that does not hold together, is a
/// finding.
namespace fuzz {

std::shared_ptr<const core::Graph> parsed(std::span<const std::byte> bytes);

std::shared_ptr<const core::Graph> optimised(const core::Graph& graph);

/// A number for every symbol.
core::DimBindings bindings(const core::Graph& graph, std::int64_t batch);

std::optional<core::Shapes> shapesOf(const core::Graph& graph, std::int64_t batch);

} // namespace fuzz
