// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"
#include "gpu/engine/convolution.h"
#include "gpu/engine/images.h"
#include "gpu/engine/integer_steps.h"
#include "gpu/engine/lower_table.h"

/// Convolutions and products that the passes have marked: of 8-bit integers, Node::quantised.
namespace gpu {

namespace {

/// What the input and the known weights stand for, and what one step of their sums does.
struct Factors {
    InputZero zero;
    core::TensorView weights;
    std::vector<std::int64_t> weightZeros;
    std::vector<float> scales;
};

Factors factorsOf(const Lowering& lowering, const core::Node& node)
{
    const core::Quantisation *input = core::inputQuantisation(node, 0),
                             *weights = core::inputQuantisation(node, 1);
    const auto constant = lowering.constant(node.inputs[1]);
    if (!input || !weights || !constant)
        throw core::Error("multiplies integers and real numbers, or integers that only a run tells, and has "
                          "no kernel for that.");
    Factors factors { { .type = input->type, .known = input->zero }, *constant, { weights->zero },
        weights->scales };
    for (float& scale : factors.scales)
        scale *= input->scales.at(0);
    return factors;
}

[[noreturn]] void refuseWeights()
{
    throw core::Error("has weights farther than int8 from their zero point, and has no kernel for that.");
}

/// One channel a group, each of them its own sum.
bool isDepthwise(const Convolution& conv)
{
    return conv.group > 1 && conv.channels == 1;
}

void lowerDepthwiseIntegers(Lowering& lowering, const core::Node& node, const Convolution& conv,
    const Factors& factors, const IntegerSteps& steps)
{
    const std::int64_t channels = conv.weights[0];
    const auto weights = packDepthwise(lowering, factors.weights, factors.weightZeros, channels, conv.taps);
    if (!weights)
        refuseWeights();
    const TensorId x = lowering.in(node.inputs[0], Layout::ChannelsLast);
    const ImageWindow window = imageWindow(conv.window, core::ops::spatial(conv.input));
    const auto work = [&]<int N>(std::integral_constant<int, N>) -> Work {
        return [=, weights = *weights, zero = factors.zero, multiplier = conv.features,
                   count = core::elementCount(conv.output)](Device& device, const Addresses& at) {
            const IntegerDepthwise<N> body { .window = window,
                .input = at.as<const std::uint8_t>(x),
                .weights = at.as<const std::int8_t>(weights),
                .zero = zero.at(at),
                .ending = steps.at(at),
                .channels = channels,
                .multiplier = multiplier };
            device.run(body, count / N);
        };
    };
    const bool packs = conv.features == 1 && channels % kPack == 0;
    lowering.add("own:depthwise integers", steps.reads({ x, *weights }), { steps.result },
        packs ? work(std::integral_constant<int, kPack> {}) : work(std::integral_constant<int, 1> {}));
}

} // namespace

void lowerIntegerConv(Lowering& lowering, const core::Node& node)
{
    requireImage(lowering, node.inputs[0]);
    const Convolution conv = convolutionOf(lowering, node, node.inputs[0], node.inputs[1]);
    requireExactSums(conv.taps * conv.channels);
    const Factors factors = factorsOf(lowering, node);
    const IntegerSteps steps
        = integerSteps(lowering, node, factors.scales, conv.weights[0], Layout::ChannelsLast);
    if (isDepthwise(conv)) {
        lowerDepthwiseIntegers(lowering, node, conv, factors, steps);
    } else {
        const auto packed = packIntegers(lowering, factors.weights, factors.weightZeros, weightPlaces(conv));
        if (!packed)
            refuseWeights();
        addIntegerProduct(lowering, placesOf(conv), lowering.in(node.inputs[0], Layout::ChannelsLast),
            factors.zero, *packed, steps);
    }
    addRest(lowering, node, steps, Layout::ChannelsLast);
}

void lowerIntegerProduct(Lowering& lowering, const core::Node& node)
{
    const auto* gemm = std::get_if<core::GemmAttributes>(&node.attributes);
    const auto* matMul = std::get_if<core::MatMulAttributes>(&node.attributes);
    const core::Shape &a = lowering.shapeOf(node.inputs[0]), &b = lowering.shapeOf(node.inputs[1]),
                      &output = lowering.shapeOf(node.outputs[0]);
    const bool turned = gemm && gemm->transB;
    if (b.size() != 2 || a.empty() || core::elementCount(output) == 0 || core::elementCount(b) == 0)
        throw core::Error(
            "multiplies {} by {}, and has no kernel for that.", core::toString(a), core::toString(b));
    if ((gemm && (gemm->transA || gemm->alpha != 1)) || (matMul && matMul->alpha != 1))
        throw core::Error("multiplies turned or scaled integers, and has no kernel for that.");
    const std::int64_t terms = b[turned ? 1 : 0], columns = b[turned ? 0 : 1];
    if (gemm && core::ownInputCount(node) > 2 && node.inputs[2] != core::kNoValue) {
        const core::Shape& c = lowering.shapeOf(node.inputs[2]);
        if (core::elementCount(c) != columns || c.empty() || c.back() != columns || gemm->beta != 1)
            throw core::Error("adds {} times {}, and has no kernel for that.", gemm->beta, core::toString(c));
    }
    requireExactSums(terms);
    const Factors factors = factorsOf(lowering, node);
    const auto packed = packIntegers(lowering, factors.weights, factors.weightZeros,
        { .features = columns,
            .channels = terms,
            .feature = turned ? terms : 1,
            .channel = turned ? 1 : columns });
    if (!packed)
        refuseWeights();
    const IntegerSteps steps = integerSteps(lowering, node, factors.scales, columns, Layout::Dense);
    addIntegerProduct(lowering, matrixPlaces(core::elementCount(output) / columns, terms, columns),
        lowering.in(node.inputs[0]), factors.zero, *packed, steps);
    addRest(lowering, node, steps, Layout::Dense);
}

} // namespace gpu
