// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

/// Budgets for what a model file may ask of us, checked before memory or time is spent. What is beyond one of
/// them is refused with a sentence. Each is far above what networks of today have, and low enough that a
/// small hostile file cannot make much of it.
namespace core::limits {

// What a file lists.

/// Nodes of one graph. Language models unrolled over their steps have some 50,000; one in memory takes about
/// 500 bytes.
inline constexpr std::size_t kNodes = 250'000;
/// Bytes that calls of functions and values read by inner graphs may be written out to: a part that every
/// file has, and so much for each of its own bytes. Layers written as functions repeat a hundred times, but
/// next to a call's 200 bytes.
inline constexpr std::size_t kExpansionBytes = std::size_t { 4 } << 20;
inline constexpr std::size_t kExpansionPerByte = 16;
/// What a node counts for in it besides its text: what it takes in memory.
inline constexpr std::size_t kExpansionPerNode = 256;
/// Initialisers, inputs, outputs, or described values of one graph.
inline constexpr std::size_t kValues = 500'000;
/// Inputs or outputs of one node: a Concat of what a loop made is the widest there is.
inline constexpr std::size_t kPorts = 65'536;
/// Attributes of one node: LSTM has the most, 9.
inline constexpr std::size_t kAttributes = 256;
/// Numbers in one attribute. Trees and vocabularies are lists of some ten thousand.
inline constexpr std::size_t kListLength = 1'000'000;
/// Subgraphs inside subgraphs (If, Loop, Scan): each level is a call deeper in the reader and in every
/// engine.
inline constexpr int kSubgraphDepth = 16;
/// Functions that call functions; also what stops one that calls itself.
inline constexpr int kFunctionDepth = 16;
/// Numbers above this are no version of an operator set or of the format.
inline constexpr std::int64_t kNewestVersion = 1000;
/// Bytes of a name or another text. Exporters that join the names of what they fused reach some hundred.
inline constexpr std::size_t kTextBytes = 4096;

// Tensors.

/// Dimensions a file may declare; more are no tensor of any framework.
inline constexpr std::size_t kDeclaredRank = 16;
/// Dimensions operators compute with.
inline constexpr std::size_t kRank = 8;
/// 2^48 elements are more than any machine holds, and few enough that no byte count of them overflows.
inline constexpr std::int64_t kElements = std::int64_t { 1 } << 48;

// Files beside the model.

/// Files of external data: some exporters write one a tensor. The kernel grants a process 65,530 maps.
inline constexpr std::size_t kExternalFiles = 16'384;
/// Bytes of the name of an external file: the kernel's own limit for a path.
inline constexpr std::size_t kPathBytes = 4096;

// What is computed before anything runs. Work is counted in elements read, written or multiplied; the plain
// loops do some 100 million of them in a second.

/// Work of one shape inference: shape arithmetic on a few numbers per node takes thousands.
inline constexpr std::int64_t kInferenceWork = std::int64_t { 1 } << 22;
/// Elements that one inference keeps because shapes may depend on them.
inline constexpr std::int64_t kInferenceElements = std::int64_t { 1 } << 22;
/// Elements of one tensor that inference keeps; what is larger is data, and the engines' work.
inline constexpr std::int64_t kKnownElements = 4096;
/// Work of folding constants: what weights need to be unpacked once, and a part that every file may spend.
inline constexpr std::int64_t kFoldingWork = std::int64_t { 1 } << 25;
inline constexpr std::int64_t kFoldingWorkPerElement = 16;
/// Bytes that folding may add: what quantised weights become as float32, and a part for every file.
inline constexpr std::int64_t kFoldingBytes = std::int64_t { 64 } << 20;
inline constexpr std::int64_t kFoldingBytesPerByte = 8;

} // namespace core::limits
