// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/cost.h"

#include "core/model/flop.h"
#include "core/ops/op_table.h"

#include <algorithm>
#include <limits>

namespace core {
namespace {

std::int64_t operatorFlop(const NodeShapes& at)
{
    switch (at.node.kind) {
    case OpKind::Conv:
    case OpKind::DeformConv:
    case OpKind::MsFusedConv:
        return convFlop(at);
    case OpKind::Gemm:
        return gemmFlop(at);
    case OpKind::MatMul:
        return matMulFlop(at);
    case OpKind::FusedAttention:
        return attentionFlop(at);
    case OpKind::MaxPool:
    case OpKind::AveragePool:
    case OpKind::LpPool:
    case OpKind::QLinearAveragePool:
        return poolFlop(at);
    case OpKind::GlobalAveragePool:
    case OpKind::GlobalMaxPool:
    case OpKind::ReduceMean:
    case OpKind::ReduceSum:
    case OpKind::ReduceMax:
    case OpKind::ReduceMin:
    case OpKind::ReduceProd:
    case OpKind::ReduceL1:
    case OpKind::ReduceLogSum:
    case OpKind::CumSum:
    case OpKind::CumProd:
    case OpKind::Hardmax:
    case OpKind::NegativeLogLikelihoodLoss:
    case OpKind::ArgMax:
    case OpKind::ArgMin:
    case OpKind::GlobalLpPool:
    case OpKind::Col2Im:
    case OpKind::QLinearGlobalAveragePool:
        return at.inputCount(0); // one per element that goes in
    case OpKind::ReduceSumSquare:
    case OpKind::ReduceL2:
    case OpKind::LpNormalization:
        return times(2, at.inputCount(0)); // square and sum
    case OpKind::Einsum:
        return einsumFlop(at);
    case OpKind::Det: // elimination: a third of n^3 multiply-adds
        return times(2, times(at.inputCount(0), at.input(0).back())) / 3;
    case OpKind::TopK: // comparisons: at least one each
        return at.inputCount(0);
    case OpKind::ReduceLogSumExp:
        return times(4, at.inputCount(0)); // maximum, difference, exponential, sum
    case OpKind::MeanVarianceNormalization:
        return times(5, at.inputCount(0)); // sum, difference, square, sum; division
    case OpKind::SoftmaxCrossEntropyLoss:
        return times(5, at.inputCount(0)); // a softmax; one element of each becomes the loss
    case OpKind::BatchNormalization:
        return times(2, at.outputCount()); // one multiply-add once the statistics are folded
    case OpKind::LayerNormalization:
        return times(8, at.outputCount()); // mean, difference, square, variance; divide, scale, shift, root
    case OpKind::Softmax:
    case OpKind::LogSoftmax:
        return times(5, at.outputCount()); // maximum, difference, exponential, sum, division
    case OpKind::Relu:
    case OpKind::LeakyRelu:
    case OpKind::Elu:
    case OpKind::Selu:
    case OpKind::Sigmoid:
    case OpKind::HardSigmoid:
    case OpKind::HardSwish:
    case OpKind::Tanh:
    case OpKind::Softplus:
    case OpKind::Softsign:
    case OpKind::ThresholdedRelu:
    case OpKind::Clip:
    case OpKind::Gelu:
    case OpKind::Erf:
    case OpKind::Exp:
    case OpKind::Log:
    case OpKind::Sqrt:
    case OpKind::Reciprocal:
    case OpKind::Abs:
    case OpKind::Neg:
    case OpKind::Floor:
    case OpKind::Ceil:
    case OpKind::Round:
    case OpKind::Sign:
    case OpKind::Sin:
    case OpKind::Cos:
    case OpKind::Tan:
    case OpKind::Asin:
    case OpKind::Acos:
    case OpKind::Atan:
    case OpKind::Sinh:
    case OpKind::Cosh:
    case OpKind::Asinh:
    case OpKind::Acosh:
    case OpKind::Atanh:
    case OpKind::Celu:
    case OpKind::Mish:
    case OpKind::Swish:
    case OpKind::Shrink:
    case OpKind::IsNaN:
    case OpKind::IsInf:
    case OpKind::BitwiseNot:
    case OpKind::Not:
    case OpKind::Add:
    case OpKind::Sub:
    case OpKind::Mul:
    case OpKind::Div:
    case OpKind::Pow:
    case OpKind::Mod:
    case OpKind::PRelu:
    case OpKind::Equal:
    case OpKind::Greater:
    case OpKind::GreaterOrEqual:
    case OpKind::Less:
    case OpKind::LessOrEqual:
    case OpKind::And:
    case OpKind::Or:
    case OpKind::Xor:
    case OpKind::Where:
    case OpKind::BitShift:
    case OpKind::BitwiseAnd:
    case OpKind::BitwiseOr:
    case OpKind::BitwiseXor:
    case OpKind::MaxRoiPool:
    case OpKind::QuantizeLinear:
    case OpKind::DequantizeLinear:
    case OpKind::DynamicQuantizeLinear:
    case OpKind::BiasGelu:
    case OpKind::FastGelu:
    case OpKind::QuickGelu:
    case OpKind::MsQuantizeLinear:
    case OpKind::MsDequantizeLinear:
    case OpKind::QLinearAdd:
    case OpKind::QLinearMul:
    case OpKind::QLinearSigmoid:
    case OpKind::QLinearLeakyRelu:
        return at.outputCount(); // one per element, whatever the function
    case OpKind::SwiGLU:
        return times(2, at.outputCount()); // the activation and the product
    case OpKind::Min:
    case OpKind::Max:
    case OpKind::Mean:
    case OpKind::Sum:
        return times(static_cast<std::int64_t>(ownInputCount(at.node)), at.outputCount());
    case OpKind::Resize:
    case OpKind::Upsample:
        return resizeFlop(at);
    case OpKind::RNN:
    case OpKind::GRU:
    case OpKind::LSTM:
        return recurrentFlop(at);
    case OpKind::ConvTranspose:
        return convTransposeFlop(at);
    case OpKind::InstanceNormalization:
    case OpKind::GroupNormalization:
    case OpKind::GridSample:
    case OpKind::RoiAlign:
    case OpKind::SkipLayerNormalization:
    case OpKind::EmbedLayerNormalization:
        return times(8, at.outputCount());
    case OpKind::RMSNormalization:
    case OpKind::LRN:
    case OpKind::SimplifiedLayerNormalization:
    case OpKind::SkipSimplifiedLayerNormalization:
    case OpKind::QLinearSoftmax:
        return times(5, at.outputCount());
    case OpKind::AffineGrid:
        return times(4, at.outputCount());
    case OpKind::MatMulInteger:
    case OpKind::QLinearMatMul:
    case OpKind::MatMulNBits:
    case OpKind::QGemm:
    case OpKind::MatMulIntegerToFloat:
    case OpKind::DynamicQuantizeMatMul:
        return integerMatMulFlop(at);
    case OpKind::ConvInteger:
    case OpKind::CausalConvWithState:
        return integerConvFlop(at, 1);
    case OpKind::QLinearConv:
        return integerConvFlop(at, 3);
    case OpKind::Attention:
    case OpKind::MultiHeadAttention:
        return scaledAttentionFlop(at);
    case OpKind::RotaryEmbedding:
    case OpKind::MsRotaryEmbedding:
        return times(3, at.outputCount());
    case OpKind::LinearAttention:
        return linearAttentionFlop(at);
    case OpKind::DFT:
    case OpKind::STFT:
        return dftFlop(at);
    case OpKind::MsFusedMatMul:
        return fusedMatMulFlop(at);
    case OpKind::MsAttention:
        return msAttentionFlop(at);
    case OpKind::DynamicQuantizeLSTM:
        return dynamicLstmFlop(at);
    case OpKind::Unknown:
    case OpKind::Identity:
    case OpKind::OptionalHasElement:
    case OpKind::OptionalGetElement:
    case OpKind::Dropout:
    case OpKind::Cast:
    case OpKind::CastLike:
    case OpKind::BitCast:
    case OpKind::GatherElements:
    case OpKind::Trilu:
    case OpKind::EyeLike:
    case OpKind::GatherND:
    case OpKind::Scatter:
    case OpKind::ScatterElements:
    case OpKind::ScatterND:
    case OpKind::TensorScatter:
    case OpKind::OneHot:
    case OpKind::ReverseSequence:
    case OpKind::DepthToSpace:
    case OpKind::SpaceToDepth:
    case OpKind::CenterCropPad:
    case OpKind::NonZero:
    case OpKind::Compress:
    case OpKind::Unique:
    case OpKind::NonMaxSuppression:
    case OpKind::Transpose:
    case OpKind::Reshape:
    case OpKind::Flatten:
    case OpKind::Squeeze:
    case OpKind::Unsqueeze:
    case OpKind::Concat:
    case OpKind::Split:
    case OpKind::Slice:
    case OpKind::Gather:
    case OpKind::Expand:
    case OpKind::Pad:
    case OpKind::Tile:
    case OpKind::MaxUnpool:
    case OpKind::FlexAttention:
    case OpKind::QLinearConcat:
    case OpKind::Constant:
    case OpKind::ConstantOfShape:
    case OpKind::Shape:
    case OpKind::Size:
    case OpKind::RandomNormal:
    case OpKind::RandomNormalLike:
    case OpKind::RandomUniform:
    case OpKind::RandomUniformLike:
    case OpKind::Bernoulli:
    case OpKind::Multinomial:
    case OpKind::HannWindow:
    case OpKind::HammingWindow:
    case OpKind::BlackmanWindow:
    case OpKind::MelWeightMatrix:
    case OpKind::TfIdfVectorizer:
    case OpKind::Range:
    case OpKind::If:
    case OpKind::Loop:
    case OpKind::Scan:
        return 0; // moves data
    }
    return 0;
}

std::int64_t bytesOf(const Shapes& shapes, ValueId id)
{
    return times(elementCount(shapes.of(id)), static_cast<std::int64_t>(elementSize(shapes.typeOf(id))));
}

/// Whether the file or the passes made it a product of 8-bit integers.
bool multipliesIntegers(const Node& node)
{
    constexpr OpKind kProducts[] = { OpKind::MatMulInteger, OpKind::ConvInteger, OpKind::QLinearMatMul,
        OpKind::QLinearConv, OpKind::QGemm, OpKind::MatMulIntegerToFloat, OpKind::DynamicQuantizeMatMul };
    return !node.quantised.empty()
        || std::find(std::begin(kProducts), std::end(kProducts), node.kind) != std::end(kProducts);
}

/// Whether the node disappears before anything runs: its outputs were found while shapes were inferred.
bool isKnown(const Node& node, const Shapes& shapes)
{
    return std::all_of(node.outputs.begin(), node.outputs.end(),
        [&](ValueId id) { return id == kNoValue || shapes.known[static_cast<std::size_t>(id)]; });
}

} // namespace

NodeCost costOf(const Graph& graph, const Node& node, const Shapes& shapes)
{
    NodeCost cost;
    if (isKnown(node, shapes))
        return cost;
    const auto open = [&](ValueId id) { return id != kNoValue && shapes.isOpen(id); };
    if (std::any_of(node.inputs.begin(), node.inputs.end(), open)
        || std::any_of(node.outputs.begin(), node.outputs.end(), open)
        || std::holds_alternative<SubgraphAttributes>(node.attributes)) {
        cost.known = false;
        return cost;
    }
    const NodeShapes at { node, shapes };
    cost.integers = multipliesIntegers(node);
    cost.flop
        = plus(operatorFlop(at), times(static_cast<std::int64_t>(node.epilogue.size()), at.outputCount()));
    for (const ValueId id : node.outputs)
        if (id != kNoValue)
            cost.activationBytes = plus(cost.activationBytes, bytesOf(shapes, id));
    for (std::size_t index = 0; index < node.inputs.size(); ++index) {
        const ValueId id = node.inputs[index];
        if (id == kNoValue)
            continue;
        std::int64_t bytes = bytesOf(shapes, id);
        if (node.kind == OpKind::Gather && index == 0)
            bytes = std::min(bytes, bytesOf(shapes, node.outputs[0])); // of a table only the rows it picks
        std::int64_t& sum = graph.value(id).constant ? cost.weightBytes : cost.activationBytes;
        sum = plus(sum, bytes);
    }
    return cost;
}

std::vector<NodeCost> nodeCosts(const Graph& graph, const Shapes& shapes)
{
    std::vector<NodeCost> costs;
    costs.reserve(graph.nodes.size());
    for (const Node& node : graph.nodes)
        costs.push_back(costOf(graph, node, shapes));
    return costs;
}

NodeCost totalCost(const std::vector<NodeCost>& costs)
{
    NodeCost total;
    for (const NodeCost& cost : costs) {
        total.flop = plus(total.flop, cost.flop);
        total.weightBytes = plus(total.weightBytes, cost.weightBytes);
        total.activationBytes = plus(total.activationBytes, cost.activationBytes);
        total.known = total.known && cost.known;
    }
    return total;
}

} // namespace core
