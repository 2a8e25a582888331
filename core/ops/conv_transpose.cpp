// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/convolve.h"
#include "core/ops/functions.h"
#include "core/ops/parse.h"
#include "core/ops/rules.h"

#include <algorithm>
#include <functional>
#include <numeric>

/// ConvTranspose: a convolution read backwards, each input pixel spread over a window of the output.
namespace core {
namespace {

constexpr std::int64_t kLargestKernel = std::numeric_limits<std::int32_t>::max();

std::vector<std::int64_t> orFilled(
    const std::vector<std::int64_t>& given, std::size_t rank, std::int64_t filler, const char* name)
{
    if (given.empty())
        return std::vector<std::int64_t>(rank, filler);
    if (given.size() != rank)
        throw Error("has {} {} for {} spatial dimensions.", given.size(), name, rank);
    return given;
}

/// Splits what must go so that the output has the size asked for; an odd one goes to the end or the
/// beginning.
void padToOutput(Window& window, std::size_t d, std::int64_t full, AutoPad autoPad)
{
    const std::int64_t total = std::max<std::int64_t>(0, full - window.output[d]);
    window.padsBegin[d] = autoPad == AutoPad::SameUpper ? total / 2 : total - total / 2;
    window.padsEnd[d] = total - window.padsBegin[d];
}

/// How far the windows of all input elements reach.
std::int64_t fullExtent(const Window& window, std::size_t d, std::int64_t input, std::int64_t padding)
{
    if (input < 1)
        throw Error("spreads {} elements.", input);
    return ops::checkedProduct(window.strides[d], input - 1) + padding
        + (window.kernel[d] - 1) * window.dilations[d] + 1;
}

} // namespace

Window transposedWindow(const ConvTransposeAttributes& attributes, const Shape& input, const Shape& kernel)
{
    const auto& [conv, outputPadding, outputShape] = attributes;
    const std::size_t rank = input.size();
    if (!conv.kernel.empty() && conv.kernel != kernel)
        throw Error("has kernel_shape {} and weights of {}.", toString(conv.kernel), toString(kernel));
    if (std::any_of(
            kernel.begin(), kernel.end(), [](auto size) { return size < 1 || size > kLargestKernel; }))
        throw Error("has a kernel of {}.", toString(kernel));
    Window window { .kernel = kernel,
        .strides = orFilled(conv.strides, rank, 1, "strides"),
        .dilations = orFilled(conv.dilations, rank, 1, "dilations"),
        .padsBegin = Shape(rank, 0),
        .padsEnd = Shape(rank, 0),
        .output = orFilled(outputShape, rank, 0, "output sizes") };
    const Shape padding = orFilled(outputPadding, rank, 0, "output paddings");
    const bool padded = conv.autoPad == AutoPad::NotSet && outputShape.empty() && !conv.pads.empty();
    if (padded && conv.pads.size() != 2 * rank)
        throw Error("has {} pads for {} spatial dimensions.", conv.pads.size(), rank);
    for (std::size_t d = 0; d < rank; ++d) {
        const std::int64_t full = fullExtent(window, d, input[d], padding[d]);
        const bool same = conv.autoPad == AutoPad::SameUpper || conv.autoPad == AutoPad::SameLower;
        if (!outputShape.empty()) {
            padToOutput(window, d, full, conv.autoPad);
        } else if (same) {
            window.output[d] = ops::checkedProduct(input[d], window.strides[d]);
            padToOutput(window, d, full, conv.autoPad);
        } else {
            window.padsBegin[d] = padded ? conv.pads[d] : 0;
            window.padsEnd[d] = padded ? conv.pads[rank + d] : 0;
            window.output[d] = full - window.padsBegin[d] - window.padsEnd[d];
        }
        if (window.output[d] < 1)
            throw Error("pads all {} elements of its output away.", full);
    }
    return window;
}

namespace ops {

Attributes parseConvTranspose(const OnnxAttributes& from)
{
    return ConvTransposeAttributes { .conv = std::get<ConvAttributes>(parseConv(from)),
        .outputPadding = windowSizes(from, "output_padding", 0),
        .outputShape = windowSizes(from, "output_shape", 1) };
}

void inferConvTranspose(InferContext& context)
{
    const auto& attributes = std::get<ConvTransposeAttributes>(context.node.attributes);
    const std::int64_t group = attributes.conv.group;
    const Shape &input = context.inputs[0], &weights = context.inputs[1];
    requireOneType(context, kFloats);
    if (input.size() < 3 || weights.size() != input.size())
        throw Error("convolves {} with weights {}, expected both to have one rank of 3 or more.",
            toString(input), toString(weights));
    if (weights[0] != input[1] || input[1] % group != 0)
        throw Error(
            "has weights for {} channels in {} groups, but {} input channels.", weights[0], group, input[1]);
    const Shape biased { checkedProduct(weights[1], group) };
    if (context.has(2) && context.inputs[2] != biased)
        throw Error("has a bias of shape {} for {} output channels.", toString(context.inputs[2]), biased[0]);
    const Window window = transposedWindow(attributes, spatial(input), spatial(weights));
    Shape output { input[0], biased[0] };
    output.insert(output.end(), window.output.begin(), window.output.end());
    setOutput(context, 0, std::move(output), context.types[0]);
}

namespace {

/// A tap of one dimension that spreads an input pixel to an output position; both as steps through their
/// dense arrays.
struct Reach {
    std::int64_t tap, pixel;
};

/// Those of dimension `d` for the output position `at`, found along the shorter of kernel and input: a kernel
/// of thousands of taps over a few pixels must not be walked for every position of its large output.
void findReaches(
    const Window& window, const Shape& input, std::size_t d, std::int64_t at, std::vector<Reach>& found)
{
    const auto inner = [d](const Shape& sizes) {
        return std::accumulate(sizes.begin() + static_cast<std::ptrdiff_t>(d) + 1, sizes.end(),
            std::int64_t { 1 }, std::multiplies<>());
    };
    const std::int64_t stride = window.strides[d], dilation = window.dilations[d],
                       target = at + window.padsBegin[d];
    const auto add = [&](std::int64_t tap, std::int64_t position) {
        if (tap >= 0 && tap < window.kernel[d] && position >= 0 && position < input[d]
            && position * stride + tap * dilation == target)
            found.push_back({ tap * inner(window.kernel), position * inner(input) });
    };
    found.clear();
    if (window.kernel[d] <= input[d])
        for (std::int64_t tap = 0; tap < window.kernel[d]; ++tap)
            add(tap, (target - tap * dilation) / stride);
    else
        for (std::int64_t position = input[d] - 1; position >= 0; --position)
            add((target - position * stride) / dilation, position);
}

/// Calls use(tap, pixel) for every combination of one reach a dimension, the last dimension fastest.
template <typename Use> void forEachReach(const std::vector<std::vector<Reach>>& reaches, const Use& use)
{
    if (std::ranges::any_of(reaches, [](const auto& each) { return each.empty(); }))
        return;
    std::vector<std::size_t> at(reaches.size(), 0);
    for (;;) {
        Reach sum { 0, 0 };
        for (std::size_t d = 0; d < at.size(); ++d) {
            sum.tap += reaches[d][at[d]].tap;
            sum.pixel += reaches[d][at[d]].pixel;
        }
        use(sum.tap, sum.pixel);
        std::size_t d = at.size();
        while (d > 0 && ++at[d - 1] == reaches[d - 1].size())
            at[--d] = 0;
        if (d == 0)
            return;
    }
}

/// convolve() for a kernel that spreads: the work is that of the taps that meet a pixel, however large the
/// output is.
template <typename X, typename Begin, typename End>
void spread(const X* x, const std::vector<double>& packed, const ConvSizes& sizes, const Window& window,
    const Shape& plane, const Begin& begin, const End& end)
{
    const std::int64_t tapWeights = sizes.inputChannels * sizes.outputChannels;
    const std::int64_t pixels = sizes.batch * sizes.group * sizes.outputPlane;
    forRange(pixels, std::max<std::int64_t>(1, tapWeights), [&](std::int64_t first, std::int64_t last) {
        std::vector<double> sums(static_cast<std::size_t>(sizes.outputChannels));
        std::vector<std::vector<Reach>> reaches(plane.size());
        for (std::int64_t i = first; i < last; ++i) {
            const std::int64_t block = i / sizes.outputPlane, pixel = i % sizes.outputPlane;
            const Shape at = positionAt(pixel, window.output);
            begin(block % sizes.group, sums);
            if (tapWeights > 0) { // else there is no input
                for (std::size_t d = 0; d < plane.size(); ++d)
                    findReaches(window, plane, d, at[d], reaches[d]);
                const X* input = x + block * sizes.inputChannels * sizes.inputPlane;
                const double* weights = packed.data() + block % sizes.group * sizes.taps * tapWeights;
                forEachReach(reaches, [&](std::int64_t tap, std::int64_t from) {
                    addProducts(sums, input + from, sizes.inputPlane, weights + tap * tapWeights,
                        sizes.inputChannels);
                });
            }
            end(block, pixel, sums);
        }
    });
}

} // namespace

void convTransposeLoop(const LoopContext& context)
{
    const auto& attributes = std::get<ConvTransposeAttributes>(context.node.attributes);
    const std::int64_t group = attributes.conv.group;
    const Shape &input = context.inputs[0].shape, &weights = context.inputs[1].shape;
    const Shape plane = spatial(input);
    const Window window = transposedWindow(attributes, plane, spatial(weights));
    const ConvSizes sizes { .batch = input[0],
        .group = group,
        .inputChannels = input[1] / group,
        .outputChannels = weights[1],
        .inputPlane = elementCount(plane),
        .outputPlane = elementCount(window.output),
        .taps = elementCount(window.kernel) };
    const bool biased = hasInput(context, 2);
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* w = context.inputs[1].as<T>().data();
        const T* bias = biased ? context.inputs[2].as<T>().data() : nullptr;
        const auto packed = packedWeights<double>(
            sizes, [&](std::int64_t g, std::int64_t o, std::int64_t i, std::int64_t tap) {
                return w[((g * sizes.inputChannels + i) * sizes.outputChannels + o) * sizes.taps + tap];
            });
        spread(context.inputs[0].as<T>().data(), packed, sizes, window, plane, startAt(bias),
            storeTo(context.outputs[0].as<T>().data(), sizes));
    });
}

} // namespace ops
} // namespace core
