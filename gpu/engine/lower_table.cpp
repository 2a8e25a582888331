// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/lower_table.h"

#include "core/ops/op_table.h"

#include <algorithm>

namespace gpu {

namespace {

using K = core::OpKind;

constexpr LowerRow kRows[] {
    // Known once shapes are, or else refused when a program is compiled.
    { K::Shape, nullptr, lowerUnknown },
    { K::Size, nullptr, lowerUnknown },
    { K::Range, nullptr, lowerUnknown },
    { K::If, nullptr, lowerUnknown, true },
    { K::ConstantOfShape, nullptr, lowerFilled },
    { K::MatMul, nullptr, lowerMatMul },
    { K::Gemm, nullptr, lowerGemm },
    { K::FusedAttention, nullptr, lowerAttention },
    { K::Identity, nullptr, lowerAlias },
    { K::Dropout, refuseTraining, lowerAlias },
    { K::Reshape, nullptr, lowerAlias },
    { K::Flatten, nullptr, lowerAlias },
    { K::Squeeze, nullptr, lowerAlias },
    { K::Unsqueeze, nullptr, lowerAlias },
    { K::Transpose, nullptr, lowerTranspose },
    { K::Concat, nullptr, lowerConcat },
    { K::Gather, nullptr, lowerGather },
    { K::GatherElements, nullptr, lowerGatherElements },
    { K::Slice, nullptr, lowerMapped },
    { K::Split, nullptr, lowerMapped, true },
    { K::Pad, nullptr, lowerMapped },
    { K::Tile, nullptr, lowerMapped },
    { K::Expand, nullptr, lowerMapped },
    { K::Resize, nullptr, lowerResize },
    { K::Upsample, nullptr, lowerResize },
    { K::DepthToSpace, nullptr, lowerDepthSpace },
    { K::SpaceToDepth, nullptr, lowerDepthSpace },
    { K::Conv, nullptr, lowerConv },
    { K::ConvTranspose, nullptr, lowerConvTranspose },
    { K::MaxPool, nullptr, lowerPool },
    { K::AveragePool, nullptr, lowerPool },
    { K::GlobalAveragePool, nullptr, lowerGlobalPool },
    { K::GlobalMaxPool, nullptr, lowerGlobalPool },
    { K::LRN, nullptr, lowerLocalNorm },
    { K::BatchNormalization, refuseBatchNorm, lowerBatchNorm },
    { K::Where, nullptr, lowerWhere },
    { K::Equal, nullptr, lowerCompare },
    { K::Greater, nullptr, lowerCompare },
    { K::GreaterOrEqual, nullptr, lowerCompare },
    { K::Less, nullptr, lowerCompare },
    { K::LessOrEqual, nullptr, lowerCompare },
    { K::And, nullptr, lowerCompare },
    { K::Or, nullptr, lowerCompare },
    { K::Xor, nullptr, lowerCompare },
    { K::Not, nullptr, lowerCompare },
    { K::Sum, nullptr, lowerElementwise },
    { K::Cast, nullptr, lowerCast },
    { K::Relu, nullptr, lowerElementwise },
    { K::LeakyRelu, nullptr, lowerElementwise },
    { K::Elu, nullptr, lowerElementwise },
    { K::Selu, nullptr, lowerElementwise },
    { K::Celu, nullptr, lowerElementwise },
    { K::ThresholdedRelu, nullptr, lowerElementwise },
    { K::Sigmoid, nullptr, lowerElementwise },
    { K::HardSigmoid, nullptr, lowerElementwise },
    { K::HardSwish, nullptr, lowerElementwise },
    { K::Swish, nullptr, lowerElementwise },
    { K::Mish, nullptr, lowerElementwise },
    { K::Tanh, nullptr, lowerElementwise },
    { K::Softplus, nullptr, lowerElementwise },
    { K::Softsign, nullptr, lowerElementwise },
    { K::Clip, nullptr, lowerElementwise },
    { K::Gelu, nullptr, lowerElementwise },
    { K::Erf, nullptr, lowerElementwise },
    { K::Exp, nullptr, lowerElementwise },
    { K::Log, nullptr, lowerElementwise },
    { K::Sqrt, nullptr, lowerElementwise },
    { K::Reciprocal, nullptr, lowerElementwise },
    { K::Abs, nullptr, lowerElementwise },
    { K::Neg, nullptr, lowerElementwise },
    { K::Floor, nullptr, lowerElementwise },
    { K::Ceil, nullptr, lowerElementwise },
    { K::Round, nullptr, lowerElementwise },
    { K::Sign, nullptr, lowerElementwise },
    { K::Add, nullptr, lowerElementwise },
    { K::Sub, nullptr, lowerElementwise },
    { K::Mul, nullptr, lowerElementwise },
    { K::Div, nullptr, lowerElementwise },
    { K::Min, nullptr, lowerElementwise },
    { K::Max, nullptr, lowerElementwise },
    { K::Pow, nullptr, lowerElementwise },
    { K::PRelu, nullptr, lowerElementwise },
    { K::Softmax, nullptr, lowerSoftmax },
    { K::LogSoftmax, nullptr, lowerSoftmax },
    { K::LayerNormalization, nullptr, lowerLayerNorm },
    { K::RMSNormalization, nullptr, lowerLayerNorm },
    { K::SimplifiedLayerNormalization, nullptr, lowerLayerNorm },
    { K::InstanceNormalization, nullptr, lowerGroupNorm },
    { K::GroupNormalization, nullptr, lowerGroupNorm },
    { K::RNN, nullptr, lowerRecurrent, true },
    { K::GRU, nullptr, lowerRecurrent, true },
    { K::LSTM, nullptr, lowerRecurrent, true },
    { K::QuantizeLinear, nullptr, lowerQuantise },
    { K::DequantizeLinear, nullptr, lowerDequantise },
    { K::DynamicQuantizeLinear, nullptr, lowerDynamicQuantise, true },
    { K::MsQuantizeLinear, nullptr, lowerQuantise },
    { K::MsDequantizeLinear, nullptr, lowerDequantise },
    { K::MatMulInteger, nullptr, lowerMatMulInteger },
    { K::ConvInteger, nullptr, lowerConvInteger },
    { K::QLinearMatMul, nullptr, lowerQLinearMatMul },
    { K::QLinearConv, nullptr, lowerQLinearConv },
    { K::QGemm, nullptr, lowerQGemm },
    { K::QLinearSigmoid, nullptr, lowerQuantisedUnary },
    { K::QLinearLeakyRelu, nullptr, lowerQuantisedUnary },
    { K::QLinearSoftmax, nullptr, lowerQuantisedSoftmax },
    { K::QLinearAdd, nullptr, lowerQuantisedPair },
    { K::QLinearMul, nullptr, lowerQuantisedPair },
    { K::MatMulIntegerToFloat, nullptr, lowerMatMulToFloat },
    { K::DynamicQuantizeMatMul, nullptr, lowerDynamicMatMul },
    { K::ReduceMean, nullptr, lowerReduce },
    { K::ReduceSum, nullptr, lowerReduce },
    { K::ReduceMax, nullptr, lowerReduce },
    { K::ReduceMin, nullptr, lowerReduce },
    { K::ReduceProd, nullptr, lowerReduce },
    { K::ReduceSumSquare, nullptr, lowerReduce },
    { K::ReduceL1, nullptr, lowerReduce },
    { K::ReduceL2, nullptr, lowerReduce },
    { K::ReduceLogSum, nullptr, lowerReduce },
    { K::ReduceLogSumExp, nullptr, lowerReduce },
};

const LowerRow* rowOf(K kind)
{
    const auto row
        = std::find_if(std::begin(kRows), std::end(kRows), [&](const LowerRow& r) { return r.kind == kind; });
    return row == std::end(kRows) ? nullptr : row;
}

/// Whose lowering ends with addRest().
bool takesEpilogue(K kind)
{
    constexpr K kTakers[] { K::Conv, K::ConvTranspose, K::Gemm, K::MatMul, K::Add, K::Sub, K::Mul, K::Div,
        K::Min, K::Max, K::Pow, K::Sum, K::Clip };
    return std::find(std::begin(kTakers), std::end(kTakers), kind) != std::end(kTakers);
}

/// Where Node::quantised may stand: it has a lowering of its own then.
bool multipliesIntegers(K kind)
{
    return kind == K::Conv || kind == K::MatMul || kind == K::Gemm;
}

void lowerNode(Lowering& lowering, const core::Node& node)
{
    if (node.quantised.empty())
        rowOf(node.kind)->lower(lowering, node);
    else if (node.kind == K::Conv)
        lowerIntegerConv(lowering, node);
    else
        lowerIntegerProduct(lowering, node);
}

/// All outputs of the node are known without running it.
bool folded(const core::Node& node, const core::Shapes& shapes)
{
    return !node.outputs.empty()
        && std::all_of(node.outputs.begin(), node.outputs.end(), [&](core::ValueId output) {
               return output == core::kNoValue || shapes.known[static_cast<std::size_t>(output)];
           });
}

} // namespace

ReadValues::ReadValues(const core::Graph& graph)
    : m_read(graph.values.size(), false)
{
    for (const core::Node& node : graph.nodes)
        for (const core::ValueId input : node.inputs)
            if (input != core::kNoValue)
                m_read[static_cast<std::size_t>(input)] = true;
    for (const core::ValueId output : graph.outputs)
        m_read[static_cast<std::size_t>(output)] = true;
}

std::string refusal(const core::Graph& graph, const core::Node& node, const ReadValues& read)
{
    const LowerRow* row = rowOf(node.kind);
    if (!row)
        return core::opRow(node.kind) ? "the GPU engine has no kernel for this operator"
                                      : "this operator is not implemented";
    if (!node.quantised.empty() && !multipliesIntegers(node.kind))
        return "the GPU engine has no kernel for this operator on integers";
    if (core::outputQuantisation(node) && node.quantised.empty())
        return "the GPU engine rounds to integers only what it computes of them";
    if (!node.epilogue.empty() && !takesEpilogue(node.kind))
        return "the GPU engine puts no functions behind this operator";
    if (!row->severalOutputs && node.outputs.size() > 1
        && std::any_of(node.outputs.begin() + 1, node.outputs.end(),
            [&](core::ValueId output) { return output != core::kNoValue && read(output); }))
        return "the GPU engine computes its first output only";
    return row->refuse ? row->refuse(graph, node) : std::string();
}

void lowerAll(Lowering& lowering)
{
    const auto& nodes = lowering.graph().nodes;
    const ReadValues read(lowering.graph());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const core::Node& node = nodes[i];
        const core::ElementwiseChain* chain = lowering.chainAt(static_cast<int>(i));
        if (folded(node, lowering.shapes()) || (chain && chain->nodes.back() != static_cast<int>(i)))
            continue;
        lowering.enter(static_cast<int>(i));
        if (const std::string reason = refusal(lowering.graph(), node, read); !reason.empty())
            throw core::Error("Cannot compile node \"{}\" ({}): {}.", node.name, node.type, reason);
        try {
            chain ? lowerChain(lowering, *chain) : lowerNode(lowering, node);
        } catch (const core::OutOfMemory&) {
            throw;
        } catch (const core::Error& error) {
            throw core::Error("Cannot compile node \"{}\" ({}): it {}", node.name, node.type, error.what());
        }
    }
}

} // namespace gpu
