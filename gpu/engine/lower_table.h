// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/engine/lowering.h"

#include <string>

namespace gpu {

/// One operator. `refuse` says why this node cannot run, or "" when it can; null: any node of the kind can.
/// `lower` adds the steps; it throws Error for what only shapes and types tell, a predicate such as "has 9
/// dimensions, and 8 are the most.", to which the caller adds the node in front.
struct LowerRow {
    core::OpKind kind;
    std::string (*refuse)(const core::Graph&, const core::Node&);
    void (*lower)(Lowering&, const core::Node&);
    bool severalOutputs = false; // it defines them all
};

/// Which values of a graph somebody reads: outputs that nobody does need no kernel.
class ReadValues {
public:
    explicit ReadValues(const core::Graph& graph);
    bool operator()(core::ValueId value) const { return m_read[static_cast<std::size_t>(value)]; }

private:
    std::vector<bool> m_read;
};

/// Why this engine cannot run `node`; empty when it can. Looks at the same rows as lowerAll().
std::string refusal(const core::Graph& graph, const core::Node& node, const ReadValues& read);

/// Adds the steps of all nodes whose outputs are not known already. Throws Error.
void lowerAll(Lowering& lowering);

// lower_elementwise.cpp
void lowerChain(Lowering&, const core::ElementwiseChain&); // the steps of a whole chain, as of its last node
void lowerElementwise(Lowering&, const core::Node&); // one function of core::ChainFunction
void lowerCast(Lowering&, const core::Node&);
// lower_attention.cpp
void lowerAttention(Lowering&, const core::Node&);
// lower_blocks.cpp
void lowerDepthSpace(Lowering&, const core::Node&); // DepthToSpace, SpaceToDepth
// lower_combine.cpp
bool lowerCombined(Lowering&, const core::Node&); // false: there is no kernel for its types
void lowerCompare(Lowering&, const core::Node&);
void lowerWhere(Lowering&, const core::Node&);
// lower_conv.cpp
void lowerConv(Lowering&, const core::Node&);
// lower_conv_transpose.cpp
void lowerConvTranspose(Lowering&, const core::Node&);
// lower_depthwise.cpp
bool lowerDepthwise(Lowering&, const core::Node&); // false: it is another convolution
// lower_integers.cpp
void lowerIntegerConv(Lowering&, const core::Node&);
void lowerIntegerProduct(Lowering&, const core::Node&); // MatMul, Gemm
// lower_integer_operators.cpp
void lowerMatMulInteger(Lowering&, const core::Node&);
void lowerConvInteger(Lowering&, const core::Node&);
void lowerQLinearMatMul(Lowering&, const core::Node&);
void lowerQLinearConv(Lowering&, const core::Node&);
void lowerQGemm(Lowering&, const core::Node&);
void lowerMatMulToFloat(Lowering&, const core::Node&); // MatMulIntegerToFloat
void lowerDynamicMatMul(Lowering&, const core::Node&); // DynamicQuantizeMatMul
// lower_mapped.cpp
void lowerMapped(Lowering&, const core::Node&); // whatever moves elements dimension by dimension
// lower_matmul.cpp
void lowerMatMul(Lowering&, const core::Node&);
void lowerGemm(Lowering&, const core::Node&);
// lower_known.cpp
std::string refuseTraining(const core::Graph&, const core::Node&); // Dropout that drops
[[noreturn]] void lowerUnknown(Lowering&, const core::Node&); // what shapes did not tell after all
void lowerFilled(Lowering&, const core::Node&); // ConstantOfShape
// lower_movement.cpp
void lowerAlias(Lowering&, const core::Node&); // Reshape and all that only renames dimensions
void lowerTranspose(Lowering&, const core::Node&);
void lowerConcat(Lowering&, const core::Node&);
void lowerGather(Lowering&, const core::Node&);
void lowerGatherElements(Lowering&, const core::Node&);
// lower_pool.cpp
void lowerPool(Lowering&, const core::Node&);
void lowerGlobalPool(Lowering&, const core::Node&);
void lowerLocalNorm(Lowering&, const core::Node&);
std::string refuseBatchNorm(const core::Graph&, const core::Node&);
void lowerBatchNorm(Lowering&, const core::Node&);
// lower_quantise.cpp
void lowerQuantise(Lowering&, const core::Node&);
void lowerDequantise(Lowering&, const core::Node&);
void lowerDynamicQuantise(Lowering&, const core::Node&);
// lower_quantised_elements.cpp
void lowerQuantisedUnary(Lowering&, const core::Node&);
void lowerQuantisedPair(Lowering&, const core::Node&);
void lowerQuantisedSoftmax(Lowering&, const core::Node&);
// lower_recurrent.cpp
void lowerRecurrent(Lowering&, const core::Node&); // RNN, GRU, LSTM
// lower_resize.cpp
void lowerResize(Lowering&, const core::Node&);
// lower_rows.cpp
void lowerSoftmax(Lowering&, const core::Node&);
void lowerLayerNorm(Lowering&, const core::Node&); // and those without a mean
void lowerGroupNorm(Lowering&, const core::Node&); // and InstanceNormalization
void lowerReduce(Lowering&, const core::Node&);

} // namespace gpu
