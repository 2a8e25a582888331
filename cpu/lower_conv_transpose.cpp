// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"
#include "cpu/threads.h"
#include "cpu/window.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace cpu {

namespace {

using dnnl::deconvolution_forward;
using dnnl::memory;

/// Weights [I, O / groups, k...] as oneDNN names their dimensions, [groups, O / groups, I / groups, k...],
/// read where they lie.
Desc weightsInFile(const core::Shape& shape, std::int64_t groups)
{
    std::int64_t taps = 1;
    for (std::size_t d = 2; d < shape.size(); ++d)
        taps *= shape[d];
    const std::int64_t inputs = shape[0] / groups, outputs = shape[1];
    Dims dims { outputs, inputs }, strides { taps, outputs * taps };
    if (groups > 1) {
        dims.insert(dims.begin(), groups);
        strides.insert(strides.begin(), inputs * outputs * taps);
    }
    std::int64_t step = taps;
    for (std::size_t d = 2; d < shape.size(); ++d) {
        step /= shape[d];
        dims.push_back(shape[d]);
        strides.push_back(step);
    }
    return Desc(dims, memory::data_type::f32, strides);
}

/// The padding at the end that makes oneDNN's formula give the output's size; negative for output_padding.
Window windowOf(const core::Window& given, const core::Shape& input, const core::Shape& output)
{
    Window window { .kernel = given.kernel, .strides = given.strides, .padsBegin = given.padsBegin };
    for (std::size_t d = 0; d < given.kernel.size(); ++d) {
        window.dilations.push_back(given.dilations[d] - 1);
        window.padsEnd.push_back((input[d + 2] - 1) * given.strides[d]
            + (given.kernel[d] - 1) * given.dilations[d] + 1 - given.padsBegin[d] - output[d + 2]);
    }
    return window;
}

/// Windows that tile the output: each output element comes from one input element, so that the whole is one
/// product and a rearrangement. oneDNN's deconvolution took 100 times as long for 24 channels of 160 x 160.
struct Tiles {
    std::int64_t batch, inputs, outputs, height, width, kernelHeight, kernelWidth;
};

std::optional<Tiles> tilesOf(const core::ConvTransposeAttributes& attributes, const core::Window& window,
    const core::Shape& input, const core::Shape& weights, const core::Shape& output)
{
    if (input.size() != 4 || attributes.conv.group != 1 || window.strides != window.kernel)
        return std::nullopt;
    for (std::size_t d = 0; d < 2; ++d)
        if (window.padsBegin[d] != 0 || window.dilations[d] != 1
            || output[d + 2] != input[d + 2] * window.kernel[d])
            return std::nullopt;
    return Tiles { input[0], input[1], weights[1], input[2], input[3], window.kernel[0], window.kernel[1] };
}

/// Writes the products [N, O, kh, kw, H, W] to their places in [N, O, H * kh, W * kw], with the bias.
OwnKernel placeTiles(const Tiles& tiles, TensorId products, TensorId bias, TensorId output)
{
    return [=](const Addresses& at) {
        const std::int64_t outputs = tiles.outputs, height = tiles.height, width = tiles.width;
        const std::int64_t kh = tiles.kernelHeight, kw = tiles.kernelWidth;
        parallelFor(tiles.batch * outputs, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t plane = begin; plane < end; ++plane) {
                const float shift = bias < 0 ? 0 : at.as<const float>(bias)[plane % outputs];
                const float* from = at.as<const float>(products) + plane * kh * kw * height * width;
                float* to = at.as<float>(output) + plane * kh * kw * height * width;
                for (std::int64_t tap = 0; tap < kh * kw; ++tap)
                    for (std::int64_t y = 0; y < height; ++y, from += width) {
                        float* row = to + (y * kh + tap / kw) * width * kw + tap % kw;
                        for (std::int64_t x = 0; x < width; ++x)
                            row[x * kw] = from[x] + shift;
                    }
            }
        });
    };
}

} // namespace

bool convTransposeTiles(Lowering& lowering, const core::Node& node)
{
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const auto weights = lowering.constant(node.inputs[1]);
    const bool hasBias = node.inputs.size() > 2 && node.inputs[2] != core::kNoValue;
    if (!weights || lowering.typeOf(node.inputs[0]) != core::ElementType::Float32
        || core::elementCount(output) == 0 || core::elementCount(input) == 0
        || std::any_of(node.epilogue.begin(), node.epilogue.end(),
            [](const core::PostOp& post) { return post.kind == core::PostOp::Kind::Add; }))
        return false;
    const auto& attributes = std::get<core::ConvTransposeAttributes>(node.attributes);
    const auto tiles = tilesOf(attributes,
        core::transposedWindow(attributes, core::ops::spatial(input), core::ops::spatial(weights->shape)),
        input, weights->shape, output);
    if (!tiles)
        return false;
    const std::int64_t rows = tiles->outputs * tiles->kernelHeight * tiles->kernelWidth;
    const std::int64_t pixels = tiles->height * tiles->width;
    const Desc left(Dims { 1, rows, tiles->inputs }, memory::data_type::f32, memory::format_tag::any);
    const Desc right = plainDesc(Dims { tiles->batch, tiles->inputs, pixels });
    const Desc result = plainDesc(Dims { tiles->batch, rows, pixels });
    const dnnl::matmul::primitive_desc desc(lowering.engine(), left, right, result, plainAttr());
    const Desc inFile(
        Dims { 1, rows, tiles->inputs }, memory::data_type::f32, Dims { rows * tiles->inputs, 1, rows });
    const TensorId products = lowering.temporary(result);
    lowering.add(dnnl::matmul(desc),
        { { DNNL_ARG_SRC, lowering.packed(*weights, inFile, desc.src_desc()) },
            { DNNL_ARG_WEIGHTS, lowering.view(lowering.plain(node.inputs[0]), right) },
            { DNNL_ARG_DST, products } });
    const TensorId bias = hasBias ? lowering.plain(node.inputs[2]) : -1;
    const TensorId target = lowering.definePlain(node.outputs[0]);
    std::vector<TensorId> reads { products };
    if (hasBias)
        reads.push_back(bias);
    lowering.addOwn("own:tiles", std::move(reads), { target }, placeTiles(*tiles, products, bias, target));
    addActivations(lowering, node, target);
    return true;
}

bool convTransposeOnednn(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::ConvTransposeAttributes>(node.attributes);
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const auto weights = lowering.constant(node.inputs[1]);
    const bool hasBias = node.inputs.size() > 2 && node.inputs[2] != core::kNoValue;
    const auto bias = hasBias ? lowering.constant(node.inputs[2]) : std::nullopt;
    if (!weights || (hasBias && !bias) || lowering.typeOf(node.inputs[0]) != core::ElementType::Float32
        || input.size() < 3 || input.size() > 5 || core::elementCount(output) == 0
        || core::elementCount(input) == 0)
        return false;
    const std::int64_t groups = attributes.conv.group;
    const Window window = windowOf(
        core::transposedWindow(attributes, core::ops::spatial(input), core::ops::spatial(weights->shape)),
        input, output);
    const Desc inFile = weightsInFile(weights->shape, groups);
    const Desc anyWeights(inFile.get_dims(), memory::data_type::f32, memory::format_tag::any);
    const Desc biasDesc = bias ? plainDesc(bias->shape, core::ElementType::Float32) : Desc();
    const Desc src = channelBlockedDesc(input, lowering.channelBlock());
    const Desc dst = channelBlockedDesc(output, lowering.channelBlock());
    const Epilogue epilogue = makeEpilogue(lowering, node, dst);
    const deconvolution_forward::primitive_desc desc(lowering.engine(), dnnl::prop_kind::forward_inference,
        dnnl::algorithm::deconvolution_direct, src, anyWeights, biasDesc, dst, window.strides,
        window.dilations, window.padsBegin, window.padsEnd, epilogue.attr);
    if (std::string_view(desc.impl_info_str()).starts_with("ref"))
        return false; // the plain loop is no slower
    std::vector<std::pair<int, TensorId>> arguments = epilogue.arguments;
    arguments.emplace_back(DNNL_ARG_SRC, lowering.inLayout(node.inputs[0], src));
    arguments.emplace_back(DNNL_ARG_WEIGHTS, lowering.packed(*weights, inFile, desc.weights_desc()));
    if (bias)
        arguments.emplace_back(DNNL_ARG_BIAS, lowering.constantTensor(*bias, biasDesc));
    arguments.emplace_back(DNNL_ARG_DST, defineOutput(lowering, node, epilogue, dst));
    lowering.add(deconvolution_forward(desc), std::move(arguments));
    return true;
}

} // namespace cpu
