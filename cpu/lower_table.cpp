// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/lower_table.h"

#include "core/error.h"
#include "core/ops/op_table.h"
#include "cpu/cpu_engine.h"

#include <algorithm>

namespace cpu {

namespace {

using K = core::OpKind;

constexpr LowerRow kRows[] {
    { K::Conv, { convInt8, convBfloat16, convWinograd, convOnednn } },
    { K::ConvTranspose, { convTransposeTiles, convTransposeOnednn } },
    { K::LSTM, { lstmOnednn } },
    { K::Gemm, { productInt8, productBfloat16, gemmPanels, gemmOnednn } },
    { K::MatMul, { productInt8, productBfloat16, matmulPanels, matmulWeights, matmulBatched } },
    { K::FusedAttention, { attentionOnednn } },
    { K::MaxPool, { poolOnednn } },
    { K::AveragePool, { poolOnednn } },
    { K::GlobalAveragePool, { globalPoolOnednn } },
    { K::GlobalMaxPool, { globalPoolOnednn } },
    { K::BatchNormalization, { batchNormOnednn } },
    { K::LayerNormalization, { layerNormOwn, layerNormOnednn } },
    { K::Softmax, { softmaxOnednn } },
    { K::LogSoftmax, { softmaxOnednn } },
    { K::Relu, { unaryOnednn, elementwiseOwn } },
    { K::LeakyRelu, { unaryOnednn, elementwiseOwn } },
    { K::Elu, { unaryOnednn, elementwiseOwn } },
    { K::Sigmoid, { unaryOnednn, elementwiseOwn } },
    { K::HardSigmoid, { unaryOnednn, elementwiseOwn } },
    { K::HardSwish, { unaryOnednn, elementwiseOwn } },
    { K::Tanh, { unaryOnednn, elementwiseOwn } },
    { K::Softplus, { unaryOnednn, elementwiseOwn } },
    { K::Clip, { unaryOnednn, elementwiseOwn } },
    { K::Gelu, { unaryOnednn, elementwiseOwn } },
    { K::Exp, { unaryOnednn, elementwiseOwn } },
    { K::Log, { unaryOnednn, elementwiseOwn } },
    { K::Sqrt, { unaryOnednn, elementwiseOwn } },
    { K::Abs, { unaryOnednn, elementwiseOwn } },
    { K::Neg, { unaryOnednn, elementwiseOwn } },
    { K::Round, { unaryOnednn, elementwiseOwn } },
    { K::Selu, { elementwiseOwn } },
    { K::Celu, { elementwiseOwn } },
    { K::ThresholdedRelu, { elementwiseOwn } },
    { K::Swish, { elementwiseOwn } },
    { K::Mish, { elementwiseOwn } },
    { K::Softsign, { elementwiseOwn } },
    { K::Erf, { elementwiseOwn } },
    { K::Reciprocal, { elementwiseOwn } },
    { K::Floor, { elementwiseOwn } },
    { K::Ceil, { elementwiseOwn } },
    { K::Sign, { elementwiseOwn } },
    { K::PRelu, { elementwiseOwn } },
    { K::Cast, { castOnednn, castOwn } },
    { K::QuantizeLinear, { quantiseOwn } },
    { K::DequantizeLinear, { dequantiseOnednn } },
    { K::Add, { linearOnednn, binaryOnednn, binaryChannels, binarySpread, binaryOwn } },
    { K::Sub, { linearOnednn, binaryOnednn, binaryChannels, binarySpread, binaryOwn } },
    { K::Mul, { linearOnednn, binaryOnednn, binaryChannels, binarySpread, binaryOwn } },
    { K::Div, { linearOnednn, binaryOnednn, binaryChannels, binarySpread, binaryOwn } },
    { K::Min, { binaryOnednn, binaryOwn } },
    { K::Max, { binaryOnednn, binaryOwn } },
    { K::Pow, { powOnednn, elementwiseOwn } },
    { K::Identity, { aliasOwn } },
    { K::Dropout, { dropoutOwn } },
    { K::Reshape, { aliasOwn } },
    { K::Flatten, { aliasOwn } },
    { K::Squeeze, { aliasOwn } },
    { K::Unsqueeze, { aliasOwn } },
    { K::Transpose, { transposeOnednn } },
    { K::Concat, { concatOnednn, concatOwn } },
    { K::Gather, { gatherOwn } },
    { K::ReduceSum, { reduceOwn } },
    { K::ReduceMean, { reduceOwn } },
    { K::ReduceMax, { reduceOwn } },
    { K::ReduceMin, { reduceOwn } },
    { K::ReduceSumSquare, { reduceOwn } },
    { K::ReduceL1, { reduceOwn } },
    { K::ReduceL2, { reduceOwn } },
    { K::ReduceLogSum, { reduceOwn } },
    { K::Slice, { mappedOwn } },
    { K::Split, { mappedOwn } },
    { K::Pad, { mappedOwn } },
    { K::Tile, { mappedOwn } },
    { K::Expand, { mappedOwn } },
    { K::Resize, { mappedOwn, resizeOwn } },
    { K::Upsample, { mappedOwn, resizeOwn } },
    { K::If, { controlFlowOwn } },
    { K::Loop, { controlFlowOwn } },
    { K::Scan, { controlFlowOwn } },
};

std::array<Candidate, 5> candidatesOf(K kind)
{
    const auto row
        = std::find_if(std::begin(kRows), std::end(kRows), [&](const LowerRow& r) { return r.kind == kind; });
    return row == std::end(kRows) ? std::array<Candidate, 5> {} : row->candidates;
}

/// Kernels of this engine; the other candidates are oneDNN's.
constexpr Candidate kOwn[] { convInt8, productInt8, convBfloat16, productBfloat16, convWinograd, gemmPanels,
    matmulPanels, convTransposeTiles, binaryOwn, elementwiseOwn, castOwn, quantiseOwn, layerNormOwn, aliasOwn,
    dropoutOwn, concatOwn, gatherOwn, mappedOwn, resizeOwn, reduceOwn, controlFlowOwn };

bool isOwn(Candidate candidate)
{
    return std::find(std::begin(kOwn), std::end(kOwn), candidate) != std::end(kOwn);
}

/// oneDNN says "unimplemented" only when a primitive is described: for the table that is "does not fit".
bool accepts(Candidate candidate, Lowering& lowering, const core::Node& node)
try {
    return candidate(lowering, node);
} catch (const dnnl::error& error) {
    if (error.status == dnnl_unimplemented)
        return false;
    if (error.status == dnnl_out_of_memory)
        throw core::OutOfMemory("Cannot compile node \"{}\" ({}): out of memory.", node.name, node.type);
    throw core::Error(
        "Cannot compile node \"{}\" ({}): oneDNN says \"{}\".", node.name, node.type, error.what());
}

} // namespace

std::string refusal(const core::Graph& graph, const core::Node& node)
{
    if (!core::opRow(node.kind))
        return "this operator is not implemented";
    for (const auto& list : { node.inputs, node.outputs })
        for (const core::ValueId value : list)
            if (value != core::kNoValue && graph.value(value).type == core::ElementType::String)
                return "strings are not supported";
    if (const auto* subgraphs = std::get_if<core::SubgraphAttributes>(&node.attributes))
        for (const auto& body : subgraphs->bodies)
            for (const core::Node& inner : body->nodes)
                if (const std::string reason = refusal(*body, inner); !reason.empty())
                    return fmt::format("of node \"{}\" ({}) inside it {}", inner.name, inner.type, reason);
    return {};
}

std::vector<std::string_view> kernelsOf(core::OpKind kind)
{
    std::vector<std::string_view> kernels;
    for (const Candidate candidate : candidatesOf(kind)) {
        if (!candidate)
            continue;
        const std::string_view word = isOwn(candidate) ? "own" : "oneDNN";
        if (std::find(kernels.begin(), kernels.end(), word) == kernels.end())
            kernels.push_back(word);
    }
    kernels.push_back("plain");
    return kernels;
}

namespace {

/// All outputs of the node are known without running it: shape arithmetic that inference folded away.
bool folded(const core::Node& node, const core::Shapes& shapes)
{
    for (const core::ValueId output : node.outputs)
        if (output != core::kNoValue && !shapes.known[static_cast<std::size_t>(output)])
            return false;
    return !node.outputs.empty();
}

/// Nothing until its last node; one by one where the kernel does not fit.
void lowerChain(Lowering& lowering, const core::ElementwiseChain& chain, int node)
{
    if (node != chain.nodes.back())
        return;
    lowering.enter(node);
    if (chainOwn(lowering, chain))
        return;
    for (const int member : chain.nodes)
        lower(lowering, member);
}

} // namespace

void lowerAll(Lowering& lowering)
{
    const std::vector<core::Node>& nodes = lowering.graph().nodes;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const int node = static_cast<int>(i);
        if (const core::ElementwiseChain* chain = lowering.chainAt(node))
            lowerChain(lowering, *chain, node);
        else if (!folded(nodes[i], lowering.shapes()))
            lower(lowering, node);
    }
}

void lower(Lowering& lowering, int index)
{
    if (lowering.isDone(index))
        return;
    const core::Node& node = lowering.graph().nodes[static_cast<std::size_t>(index)];
    if (const std::string reason = refusal(lowering.graph(), node); !reason.empty())
        throw core::Error("Cannot compile node \"{}\" ({}): {}.", node.name, node.type, reason);
    lowering.enter(index);
    if (lowering.settings().tuning.plain) {
        plainLoop(lowering, node);
        return;
    }
    if (lowering.choice().family == KernelFamily::Library)
        for (const Candidate candidate : candidatesOf(node.kind))
            if (candidate && !isOwn(candidate) && accepts(candidate, lowering, node))
                return;
    for (const Candidate candidate : candidatesOf(node.kind))
        if (candidate && accepts(candidate, lowering, node))
            return;
    plainLoop(lowering, node);
}

} // namespace cpu
