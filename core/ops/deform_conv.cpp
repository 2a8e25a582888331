// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/bilinear.h"
#include "core/ops/convolve.h"
#include "core/ops/functions.h"
#include "core/ops/parse.h"
#include "core/ops/rules.h"

/// DeformConv: a convolution whose taps read at places that another input moves, between pixels too.
namespace core::ops {

Attributes parseDeformConv(const OnnxAttributes& from)
{
    DeformConvAttributes deform { .conv = std::get<ConvAttributes>(parseConv(from)),
        .offsetGroups = from.integer("offset_group", 1) };
    if (deform.offsetGroups < 1)
        throw Error("has offset_group {}, expected 1 or more.", deform.offsetGroups);
    return deform;
}

namespace {

enum Input : std::size_t { kX, kW, kOffset, kBias, kMask };

void requireOffsets(const InferContext& context, std::size_t input, const char* what, Shape expected)
{
    if (context.has(input) && context.inputs[input] != expected)
        throw Error(
            "has {} of shape {}, expected {}.", what, toString(context.inputs[input]), toString(expected));
}

} // namespace

void inferDeformConv(InferContext& context)
{
    const auto& [conv, offsetGroups] = std::get<DeformConvAttributes>(context.node.attributes);
    const Shape &x = context.inputs[kX], &w = context.inputs[kW];
    requireOneType(context, kFloats);
    if (x.size() != 4 || w.size() != 4)
        throw Error(
            "convolves {} with weights {}, expected both to have 4 dimensions.", toString(x), toString(w));
    if (x[1] % conv.group != 0 || w[1] != x[1] / conv.group || w[0] % conv.group != 0
        || x[1] % offsetGroups != 0)
        throw Error("has weights {} in {} groups, and {} groups of offsets, for {} channels.", toString(w),
            conv.group, offsetGroups, x[1]);
    const Window window = convWindow(conv, spatial(x), spatial(w));
    const std::int64_t taps = checkedProduct(w[2], w[3]);
    const Shape& output = window.output;
    requireOffsets(
        context, kOffset, "offsets", { x[0], checkedProduct(2 * offsetGroups, taps), output[0], output[1] });
    requireOffsets(
        context, kMask, "a mask", { x[0], checkedProduct(offsetGroups, taps), output[0], output[1] });
    requireOffsets(context, kBias, "a bias", { w[0] });
    setOutput(context, 0, { x[0], w[0], output[0], output[1] }, context.types[0]);
}

namespace {

/// The taps of one output pixel for all input channels, [channel][tap], as the offsets and the mask have
/// them.
template <typename T>
void gatherTaps(const LoopContext& context, const Window& window, std::int64_t image, const Shape& at,
    std::vector<double>& taps)
{
    const Shape& x = context.inputs[kX].shape;
    const std::int64_t groups = std::get<DeformConvAttributes>(context.node.attributes).offsetGroups;
    const std::int64_t plane = window.output[0] * window.output[1];
    const std::int64_t pixel = at[0] * window.output[1] + at[1];
    const std::int64_t count = window.kernel[0] * window.kernel[1], perGroup = x[1] / groups;
    const T* offsets = context.inputs[kOffset].as<T>().data() + image * groups * count * 2 * plane + pixel;
    const T* mask = hasInput(context, kMask)
        ? context.inputs[kMask].as<T>().data() + image * groups * count * plane + pixel
        : nullptr;
    for (std::int64_t g = 0; g < groups; ++g)
        for (std::int64_t k = 0; k < count; ++k) {
            const std::int64_t tap = g * count + k, row = k / window.kernel[1], column = k % window.kernel[1];
            const double top = static_cast<double>(
                at[0] * window.strides[0] - window.padsBegin[0] + row * window.dilations[0]);
            const double left = static_cast<double>(
                at[1] * window.strides[1] - window.padsBegin[1] + column * window.dilations[1]);
            const Bilinear place = bilinearAt(
                top + offsets[2 * tap * plane], left + offsets[(2 * tap + 1) * plane], x[2], x[3]);
            const double factor = mask ? mask[tap * plane] : 1;
            for (std::int64_t c = g * perGroup; c < (g + 1) * perGroup; ++c)
                taps[static_cast<std::size_t>(c * count + k)]
                    = factor * place.of(context.inputs[kX].as<T>().data() + (image * x[1] + c) * x[2] * x[3]);
        }
}

} // namespace

void deformConvLoop(const LoopContext& context)
{
    const auto& conv = std::get<DeformConvAttributes>(context.node.attributes).conv;
    const Shape &x = context.inputs[kX].shape, &w = context.inputs[kW].shape;
    if (context.outputs[0].count() == 0)
        return;
    const Window window = convWindow(conv, spatial(x), spatial(w));
    const ConvSizes sizes = convSizes(window, x, w, conv.group);
    const std::int64_t depth = sizes.inputChannels * sizes.taps;
    dispatch(FloatTypes {}, context.inputs[kX].type, [&]<typename T>() {
        const T* weights = context.inputs[kW].as<T>().data();
        const T* bias = hasInput(context, kBias) ? context.inputs[kBias].as<T>().data() : nullptr;
        T* y = context.outputs[0].as<T>().data();
        std::vector<double> taps(static_cast<std::size_t>(x[1] * sizes.taps));
        for (std::int64_t image = 0; image < x[0]; ++image) {
            Shape at { 0, 0 };
            for (std::int64_t pixel = 0; pixel < sizes.outputPlane; ++pixel, advance(at, window.output)) {
                gatherTaps<T>(context, window, image, at, taps);
                for (std::int64_t o = 0; o < w[0]; ++o) {
                    const double* from = taps.data() + o / sizes.outputChannels * depth;
                    double sum = bias ? bias[o] : T {};
                    for (std::int64_t i = 0; i < depth; ++i)
                        sum += from[i] * weights[o * depth + i];
                    y[(image * w[0] + o) * sizes.outputPlane + pixel] = static_cast<T>(sum);
                }
            }
        }
    });
}

} // namespace core::ops
