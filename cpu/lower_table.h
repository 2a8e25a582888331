// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/lowering.h"

#include <array>

namespace cpu {

/// Adds the steps of one node and returns true, or returns false and changes nothing when it does not fit.
using Candidate = bool (*)(Lowering&, const core::Node&);

/// One operator: its kernels, fastest first; the first that accepts wins. Every operator of core's table ends
/// with the plain loop, which accepts whatever the operator's shape rule accepts.
struct LowerRow {
    core::OpKind kind;
    std::array<Candidate, 5> candidates; // null beyond the last
};

/// Why this engine cannot run `node`; empty when it can. Looks at the same rows as lower().
std::string refusal(const core::Graph& graph, const core::Node& node);

/// Adds the steps of all nodes whose outputs are not known already.
void lowerAll(Lowering& lowering);

/// Adds the steps of node `index`. Throws Error for a refused node.
void lower(Lowering& lowering, int index);

// lower_winograd.cpp
bool convWinograd(Lowering&, const core::Node&); // 3x3, stride 1, where the tiles are worth it
// lower_conv.cpp
bool convOnednn(Lowering&, const core::Node&);
// lower_int8.cpp
bool convInt8(Lowering&, const core::Node&); // u8 with s8, AVX-512 with VNNI, or AMX
bool productInt8(Lowering&, const core::Node&);
// lower_bfloat16.cpp
bool convBfloat16(Lowering&, const core::Node&); // AMX
bool productBfloat16(Lowering&, const core::Node&);
// lower_conv_transpose.cpp
bool convTransposeTiles(Lowering&, const core::Node&); // stride equal to the kernel
bool convTransposeOnednn(Lowering&, const core::Node&);
// lower_quantise.cpp
bool quantiseOwn(Lowering&, const core::Node&); // one scale
bool dequantiseOnednn(Lowering&, const core::Node&);
// lower_recurrent.cpp
bool lstmOnednn(Lowering&, const core::Node&);
// lower_matmul.cpp
bool gemmPanels(Lowering&, const core::Node&); // fp32, AVX-512, more than a few rows
bool matmulPanels(Lowering&, const core::Node&);
bool gemmOnednn(Lowering&, const core::Node&);
bool matmulWeights(Lowering&, const core::Node&); // constant right side, packed
bool matmulBatched(Lowering&, const core::Node&);
// lower_attention.cpp
bool attentionOnednn(Lowering&, const core::Node&);
// lower_pool.cpp
bool poolOnednn(Lowering&, const core::Node&);
bool globalPoolOnednn(Lowering&, const core::Node&);
// lower_normalise.cpp
bool layerNormOwn(Lowering&, const core::Node&); // fp32, with the QuantizeLinear behind it
bool layerNormOnednn(Lowering&, const core::Node&);
bool batchNormOnednn(Lowering&, const core::Node&);
bool softmaxOnednn(Lowering&, const core::Node&);
// lower_elementwise.cpp
bool unaryOnednn(Lowering&, const core::Node&);
bool powOnednn(Lowering&, const core::Node&);
bool linearOnednn(Lowering&, const core::Node&); // with a number
bool binaryChannels(Lowering&, const core::Node&); // with a number per channel
bool binarySpread(Lowering&, const core::Node&); // halves, broadcast
bool binaryOnednn(Lowering&, const core::Node&);
bool binaryOwn(Lowering&, const core::Node&);
// lower_chain.cpp
bool elementwiseOwn(Lowering&, const core::Node&); // one of the functions of core::ChainFunction
/// The steps of a whole chain, as of its last node; false when they do not fit.
bool chainOwn(Lowering&, const core::ElementwiseChain&);
// lower_cast.cpp
bool castOnednn(Lowering&, const core::Node&); // float32 and halves
bool castOwn(Lowering&, const core::Node&);
// lower_movement.cpp
bool dropoutOwn(Lowering&, const core::Node&);
bool aliasOwn(Lowering&, const core::Node&); // Reshape and all that only renames dimensions
bool transposeOnednn(Lowering&, const core::Node&);
bool concatOnednn(Lowering&, const core::Node&);
bool concatOwn(Lowering&, const core::Node&);
bool gatherOwn(Lowering&, const core::Node&);
// lower_mapped.cpp
bool mappedOwn(Lowering&, const core::Node&); // Slice, Split, Pad, Tile, Expand, Resize to the nearest
// lower_reduce.cpp
bool reduceOwn(Lowering&, const core::Node&); // float32
// lower_resize.cpp
bool resizeOwn(Lowering&, const core::Node&); // linear and cubic
// lower_control_flow.cpp
bool controlFlowOwn(Lowering&, const core::Node&); // If, Loop, Scan
// lower_plain.cpp
bool plainLoop(Lowering&, const core::Node&);

} // namespace cpu
