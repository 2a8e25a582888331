// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

/// Budgets for what a model file may ask of the reader, checked before memory is spent. A file beyond one of
/// them is refused with a sentence. Each is far above what networks of today have.
namespace core::limits {

/// Files of external data: some exporters write one a tensor. The kernel grants a process 65,530 maps.
inline constexpr std::size_t kExternalFiles = 16'384;

/// Bytes of the name of an external file: the kernel's own limit for a path.
inline constexpr std::size_t kPathBytes = 4096;

/// Subgraphs inside subgraphs: each level is a call deeper in the reader and in every engine.
inline constexpr int kSubgraphDepth = 16;

/// Functions that call functions; also what stops one that calls itself.
inline constexpr int kFunctionDepth = 16;

/// Nodes that all calls of a file's functions stand for, so that a few lines cannot become millions.
inline constexpr std::size_t kFunctionNodes = 200'000;

/// Numbers above this are no version of an operator set or of the format.
inline constexpr std::int64_t kNewestVersion = 1000;

} // namespace core::limits
