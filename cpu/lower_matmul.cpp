// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/epilogue.h"
#include "cpu/gemm.h"
#include "cpu/lower_table.h"

#include <optional>

namespace cpu {

namespace {

using dnnl::matmul;
using dnnl::memory;

constexpr auto kFloat = core::ElementType::Float32;

/// Reals of one type, or integers that stand for such.
bool allReal(const Lowering& lowering, const core::Node& node)
{
    const core::ElementType first = lowering.typeOf(node.inputs[0]);
    const core::ElementType type = core::inputQuantisation(node, 0) ? kFloat : first;
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
        if (node.inputs[i] != core::kNoValue && lowering.typeOf(node.inputs[i]) != type
            && !core::inputQuantisation(node, i))
            return false;
    return isReal(type) && core::elementCount(lowering.shapeOf(node.outputs[0])) > 0;
}

Desc matrix(std::int64_t rows, std::int64_t columns, bool transposed, core::ElementType type = kFloat)
{
    return Desc({ rows, columns }, *dataType(type), transposed ? Dims { 1, rows } : Dims { columns, 1 });
}

/// dst[M, N] = alpha * src[M, K] weights[K, N] + bias[N], with the weights packed once.
struct WeightProduct {
    core::ValueId src, weights;
    std::int64_t m, k, n;
    bool transA = false, transB = false;
    float alpha = 1;
    std::optional<core::TensorView> bias; // N elements
};

bool lowerWeightProduct(Lowering& lowering, const core::Node& node, const WeightProduct& product)
{
    const auto weights = lowering.constant(product.weights);
    const bool integers = core::inputQuantisation(node, 0) && core::inputQuantisation(node, 1);
    if (integers && product.alpha != 1)
        return false;
    const Desc src = matrix(product.m, product.k, product.transA, lowering.typeOf(product.src));
    const Desc fileWeights = matrix(product.k, product.n, product.transB, weights->type);
    const Desc anyWeights({ product.k, product.n }, *dataType(weights->type), memory::format_tag::any);
    const Desc dst = matrix(product.m, product.n, false, lowering.typeOf(node.outputs[0]));
    const Desc bias = product.bias ? matrix(1, product.n, false) : Desc();

    Epilogue epilogue = makeEpilogue(lowering, node, dst);
    if (integers)
        addInputQuantisation(lowering, node, 1 << 1, epilogue);
    std::vector<std::pair<int, TensorId>> arguments = epilogue.arguments;
    if (product.alpha != 1) {
        epilogue.attr.set_scales_mask(DNNL_ARG_WEIGHTS, 0);
        const auto scale
            = std::make_shared<core::Tensor>(core::Tensor::of<float>(kFloat, { 1 }, { product.alpha }));
        arguments.emplace_back(DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, lowering.keep(scale));
    }
    const matmul::primitive_desc desc = product.bias
        ? matmul::primitive_desc(lowering.engine(), src, anyWeights, bias, dst, epilogue.attr)
        : matmul::primitive_desc(lowering.engine(), src, anyWeights, dst, epilogue.attr);

    arguments.emplace_back(DNNL_ARG_SRC, lowering.view(lowering.plain(product.src), src));
    arguments.emplace_back(DNNL_ARG_WEIGHTS, lowering.packed(*weights, fileWeights, desc.weights_desc()));
    if (product.bias)
        arguments.emplace_back(DNNL_ARG_BIAS, lowering.view(lowering.floatRow(*product.bias), bias));
    arguments.emplace_back(DNNL_ARG_DST, defineOutput(lowering, node, epilogue, dst));
    lowering.add(matmul(desc), std::move(arguments));
    return true;
}

/// Strides of `shape` broadcast to `dims`, for the leading (batch) dimensions of a product.
Desc broadcastMatrix(const core::Shape& shape, std::size_t rank, core::ElementType type)
{
    Dims dims(rank, 1);
    std::copy(shape.begin(), shape.end(), dims.begin() + static_cast<std::ptrdiff_t>(rank - shape.size()));
    return plainDesc(dims, type);
}

} // namespace

namespace {

/// The product a Gemm with constant weights is; nullopt where it is another, rare one.
std::optional<WeightProduct> gemmProduct(const Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::GemmAttributes>(node.attributes);
    if (!allReal(lowering, node) || !lowering.constant(node.inputs[1]))
        return std::nullopt;
    const core::Shape& a = lowering.shapeOf(node.inputs[0]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    WeightProduct product { node.inputs[0], node.inputs[1], output[0], attributes.transA ? a[0] : a[1],
        output[1], attributes.transA, attributes.transB, attributes.alpha, {} };
    if (node.inputs.size() > 2 && node.inputs[2] != core::kNoValue) {
        product.bias = lowering.constant(node.inputs[2]);
        if (!product.bias || attributes.beta != 1 || core::elementCount(product.bias->shape) != output[1]
            || product.bias->shape.back() != output[1] || attributes.alpha != 1)
            return std::nullopt; // a full matrix, a column, or computed: rare
    }
    return product.k > 0 ? std::optional(product) : std::nullopt;
}

std::optional<WeightProduct> matmulProduct(const Lowering& lowering, const core::Node& node)
{
    const core::Shape& a = lowering.shapeOf(node.inputs[0]);
    const core::Shape& b = lowering.shapeOf(node.inputs[1]);
    if (!allReal(lowering, node) || !lowering.constant(node.inputs[1]) || b.size() != 2 || a.size() < 2
        || a.back() == 0)
        return std::nullopt;
    const auto* attributes = std::get_if<core::MatMulAttributes>(&node.attributes);
    WeightProduct product { node.inputs[0], node.inputs[1], core::elementCount(a) / a.back(), a.back(), b[1],
        false, false, attributes ? attributes->alpha : 1.0F, {} };
    if (node.inputs.size() > 2 && node.inputs[2] != core::kNoValue) {
        product.bias = lowering.constant(node.inputs[2]);
        if (!product.bias || core::elementCount(product.bias->shape) != b[1] || product.alpha != 1)
            return std::nullopt;
    }
    return product;
}

/// Sums come first and at most once, so that they are what the product starts with.
bool startsWithSum(const core::Node& node)
{
    for (std::size_t i = 1; i < node.epilogue.size(); ++i)
        if (node.epilogue[i].kind == core::PostOp::Kind::Add)
            return false;
    return true;
}

bool lowerPanels(Lowering& lowering, const core::Node& node, const WeightProduct& product)
{
    // Of few rows all time goes into reading the weights, and oneDNN has kernels for that.
    constexpr std::int64_t kFewestRows = 16, kLeastDepth = 64;
    const core::TensorView weights = *lowering.constant(product.weights);
    const bool asked = lowering.choice().family == KernelFamily::Own;
    if (!hasGemm() || weights.type != kFloat || !node.quantised.empty() || product.transA
        || product.alpha != 1 || (product.m < kFewestRows && !asked) || product.k < kLeastDepth
        || !startsWithSum(node))
        return false;
    const Gemm gemm { product.m, product.n, product.k, product.k, product.n };
    const TensorId packed = lowering.packedBy(weights, { product.k, gemm.paddedColumns() },
        [k = product.k, n = product.n, transposed = product.transB](
            const core::TensorView& from, std::byte* to) {
            packGemmWeights(from.bytes.data(), transposed, k, n, reinterpret_cast<float*>(to));
        });
    std::vector<TensorId> reads { lowering.plain(product.src), packed };
    const TensorId src = reads[0], bias = product.bias ? lowering.floatRow(*product.bias) : -1;
    if (product.bias)
        reads.push_back(bias);
    TensorId residual = -1;
    if (!node.epilogue.empty() && node.epilogue[0].kind == core::PostOp::Kind::Add) {
        residual = lowering.plain(node.inputs[static_cast<std::size_t>(node.epilogue[0].input)]);
        reads.push_back(residual);
    }
    const TensorId dst = lowering.definePlain(node.outputs[0]);
    lowering.addOwn("own:gemm", std::move(reads), { dst }, [=](const Addresses& at) {
        const auto pointer = [&](TensorId id) { return id < 0 ? nullptr : at.as<const float>(id); };
        runGemm(gemm, pointer(src), pointer(packed), pointer(bias), pointer(residual), at.as<float>(dst));
    });
    addActivations(lowering, node, dst);
    return true;
}

} // namespace

bool gemmPanels(Lowering& lowering, const core::Node& node)
{
    const auto product = gemmProduct(lowering, node);
    return product && lowerPanels(lowering, node, *product);
}

bool gemmOnednn(Lowering& lowering, const core::Node& node)
{
    const auto product = gemmProduct(lowering, node);
    return product && lowerWeightProduct(lowering, node, *product);
}

bool matmulPanels(Lowering& lowering, const core::Node& node)
{
    const auto product = matmulProduct(lowering, node);
    return product && lowerPanels(lowering, node, *product);
}

bool matmulWeights(Lowering& lowering, const core::Node& node)
{
    const auto product = matmulProduct(lowering, node);
    return product && lowerWeightProduct(lowering, node, *product);
}

bool matmulBatched(Lowering& lowering, const core::Node& node)
{
    const core::Shape& a = lowering.shapeOf(node.inputs[0]);
    const core::Shape& b = lowering.shapeOf(node.inputs[1]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const auto* attributes = std::get_if<core::MatMulAttributes>(&node.attributes);
    if (!allReal(lowering, node) || !node.quantised.empty() || a.size() < 2 || b.size() < 2 || a.back() == 0
        || output.size() > 6 || (node.inputs.size() > 2 && node.inputs[2] != core::kNoValue)
        || (attributes && attributes->alpha != 1))
        return false;
    const core::ElementType type = lowering.typeOf(node.inputs[0]);
    const Desc src = broadcastMatrix(a, output.size(), type);
    const Desc weights = broadcastMatrix(b, output.size(), type);
    const Desc dst = plainDesc(output, type);
    const Epilogue epilogue = makeEpilogue(lowering, node, dst);
    const matmul::primitive_desc desc(lowering.engine(), src, weights, dst, epilogue.attr);
    std::vector<std::pair<int, TensorId>> arguments = epilogue.arguments;
    arguments.emplace_back(DNNL_ARG_SRC, lowering.view(lowering.plain(node.inputs[0]), src));
    arguments.emplace_back(DNNL_ARG_WEIGHTS, lowering.view(lowering.plain(node.inputs[1]), weights));
    arguments.emplace_back(DNNL_ARG_DST, defineOutput(lowering, node, epilogue, dst));
    lowering.add(matmul(desc), std::move(arguments));
    return true;
}

} // namespace cpu
