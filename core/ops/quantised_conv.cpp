// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/convolve.h"
#include "core/ops/functions_quantise.h"
#include "core/ops/quantise.h"

/// ConvInteger, QLinearConv.
namespace core::ops {
namespace {

/// Where an operator has its tensors and their zero points.
struct Inputs {
    std::size_t x, xZero, w, wZero;
};

constexpr Inputs kInteger { 0, 2, 1, 3 }, kLinear { 0, 2, 3, 5 };
constexpr std::size_t kXScale = 1, kWScale = 4, kYScale = 6, kYZero = 7, kBias = 8; // QLinearConv

/// The output's shape; throws Error when something does not fit.
Shape inferProducts(InferContext& context, const Inputs& inputs)
{
    const auto& conv = std::get<ConvAttributes>(context.node.attributes);
    const Shape &x = context.inputs[inputs.x], &w = context.inputs[inputs.w];
    requireType(context, inputs.x, kQuantised);
    requireType(context, inputs.w, kQuantised);
    if (x.size() < 3 || w.size() != x.size())
        throw Error("convolves {} with weights {}, expected both to have one rank of 3 or more.", toString(x),
            toString(w));
    if (x[1] % conv.group != 0 || w[1] != x[1] / conv.group || w[0] % conv.group != 0)
        throw Error("has weights {} in {} groups for {} channels.", toString(w), conv.group, x[1]);
    requireZeroPoint(context, inputs.xZero, context.types[inputs.x]);
    requireZeroPoint(context, inputs.wZero, context.types[inputs.w], w[0]);
    const Window window = convWindow(conv, spatial(x), spatial(w));
    Shape output { x[0], w[0] };
    output.insert(output.end(), window.output.begin(), window.output.end());
    return output;
}

/// The sums of products of centred numbers: begin and end as in convolve(). Padding is the zero point, so 0.
template <typename Begin, typename End>
void convolveIntegers(const LoopContext& context, const Inputs& inputs, Begin&& begin, End&& end)
{
    const auto& conv = std::get<ConvAttributes>(context.node.attributes);
    const TensorView &x = context.inputs[inputs.x], &w = context.inputs[inputs.w];
    const Shape plane = spatial(x.shape);
    const Window window = convWindow(conv, plane, spatial(w.shape));
    const ConvSizes sizes = convSizes(window, x.shape, w.shape, conv.group);
    const auto zerosOf = [&](std::size_t input) {
        return hasInput(context, input) ? quantisedIntegers(context.inputs[input])
                                        : std::vector<std::int64_t> {};
    };
    const auto from = centred(x, zerosOf(inputs.xZero));
    const auto weights = centred(w, zerosOf(inputs.wZero), sizes.inputChannels * sizes.taps);
    convolve(
        from.data(), packedConvWeights<IntegerSum>(weights.data(), sizes), sizes, window.output,
        window.kernel, [&](const Shape& at, const Shape& tap) { return planeOffset(window, plane, at, tap); },
        begin,
        [&](std::int64_t block, std::int64_t pixel, const std::vector<IntegerSum>& sums) {
            const std::int64_t first = block * sizes.outputChannels;
            for (std::size_t o = 0; o < sums.size(); ++o)
                end(first + static_cast<std::int64_t>(o), sizes.outputPlane, pixel,
                    static_cast<std::int32_t>(sums[o]));
        });
}

} // namespace

void inferIntegerConv(InferContext& context)
{
    setOutput(context, 0, inferProducts(context, kInteger), ElementType::Int32);
}

void integerConvLoop(const LoopContext& context)
{
    std::int32_t* y = context.outputs[0].as<std::int32_t>().data();
    convolveIntegers(
        context, kInteger,
        [](std::int64_t, std::vector<IntegerSum>& sums) { std::ranges::fill(sums, IntegerSum { 0 }); },
        [&](std::int64_t channel, std::int64_t plane, std::int64_t pixel, std::int32_t sum) {
            y[channel * plane + pixel] = sum;
        });
}

void inferQuantisedConv(InferContext& context)
{
    Shape output = inferProducts(context, kLinear);
    const std::int64_t channels = context.inputs[kLinear.w][0];
    requireScale(context, kXScale);
    requireScale(context, kWScale, channels);
    requireScale(context, kYScale);
    requireType(context, kYZero, kQuantised);
    requireZeroPoint(context, kYZero, context.types[kYZero]);
    if (context.has(kBias)
        && (context.inputs[kBias] != Shape { channels } || context.types[kBias] != ElementType::Int32))
        throw Error("has a bias of {} {} for {} output channels, expected int32.",
            elementName(context.types[kBias]), toString(context.inputs[kBias]), channels);
    setOutput(context, 0, std::move(output), context.types[kYZero]);
}

void quantisedConvLoop(const LoopContext& context)
{
    const std::int64_t channels = context.inputs[kLinear.w].shape[0];
    const double xScale = realsOf(context.inputs[kXScale])[0], yScale = realsOf(context.inputs[kYScale])[0];
    std::vector<double> factors = realsOf(context.inputs[kWScale]);
    factors.resize(static_cast<std::size_t>(channels), factors[0]);
    for (double& factor : factors)
        factor *= xScale / yScale;
    const std::int64_t zero = quantisedIntegers(context.inputs[kYZero])[0];
    const std::int32_t* bias
        = hasInput(context, kBias) ? context.inputs[kBias].as<std::int32_t>().data() : nullptr;
    dispatch(QuantisedTypes {}, context.outputs[0].type(), [&]<typename Y>() {
        Y* y = context.outputs[0].as<Y>().data();
        convolveIntegers(
            context, kLinear,
            [&](std::int64_t group, std::vector<IntegerSum>& sums) {
                for (std::size_t o = 0; o < sums.size(); ++o)
                    sums[o] = bias
                        ? static_cast<IntegerSum>(bias[static_cast<std::size_t>(group) * sums.size() + o])
                        : 0;
            },
            [&](std::int64_t channel, std::int64_t plane, std::int64_t pixel, std::int32_t sum) {
                y[channel * plane + pixel]
                    = quantised<Y>(sum * factors[static_cast<std::size_t>(channel % channels)], zero);
            });
    });
}

} // namespace core::ops
