// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/for_range.h"
#include "core/ops/functions_resample.h"
#include "core/ops/index_maps.h"
#include "core/ops/parse.h"
#include "core/ops/resize_taps.h"
#include "core/ops/rules.h"
#include "core/ops/strided_copy.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>
#include <numeric>

/// Resize and Upsample. Every mode is separable: one dimension after the other is resampled with a table of
/// taps.
namespace core::ops {

Attributes parseResize(const OnnxAttributes& from)
{
    using Resize = ResizeAttributes;
    const bool first = from.version() < 11;
    Resize resize {
        .mode = static_cast<Resize::Mode>(wordOf(from, "mode", 0, { "nearest", "linear", "cubic" })),
        .coordinates = static_cast<Resize::Coordinates>(wordOf(from, "coordinate_transformation_mode", 0,
            { "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
                "tf_half_pixel_for_nn", "tf_crop_and_resize" })),
        .rounding = static_cast<Resize::Rounding>(
            wordOf(from, "nearest_mode", 0, { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" })),
        .policy = static_cast<Resize::Policy>(
            wordOf(from, "keep_aspect_ratio_policy", 0, { "stretch", "not_larger", "not_smaller" })),
        .cubicA = from.real("cubic_coeff_a", -0.75F),
        .extrapolation = from.real("extrapolation_value", 0),
        .excludeOutside = from.integer("exclude_outside", 0) != 0,
        .antialias = from.integer("antialias", 0) != 0,
        .axes = from.integers("axes"),
        .scalesFirst = first,
    };
    if (first) {
        resize.coordinates = Resize::Coordinates::Asymmetric;
        resize.rounding = Resize::Rounding::Truncate;
    }
    return resize;
}

Attributes parseUpsample(const OnnxAttributes& from)
{
    using Resize = ResizeAttributes;
    const std::size_t word = wordOf(from, "mode", 0, { "nearest", "linear", "bilinear" });
    return Resize { .mode = word == 0 ? Resize::Mode::Nearest : Resize::Mode::Linear,
        .coordinates = Resize::Coordinates::Asymmetric,
        .rounding = Resize::Rounding::Floor,
        .scales = from.reals("scales"),
        .scalesFirst = true };
}

namespace {

using Coordinates = ResizeAttributes::Coordinates;
using Mode = ResizeAttributes::Mode;

/// How every dimension is resized.
struct Plan {
    Shape output;
    std::vector<double> scales;
};

/// The dimensions that scales, sizes and regions speak of.
std::vector<std::size_t> resizedAxes(const ResizeAttributes& resize, std::size_t rank)
{
    std::vector<std::size_t> axes(resize.axes.empty() ? rank : resize.axes.size());
    std::iota(axes.begin(), axes.end(), 0);
    axisFlags(resize.axes, rank); // each one once
    for (std::size_t i = 0; i < resize.axes.size(); ++i)
        axes[i] = normaliseAxis(resize.axes[i], rank);
    return axes;
}

Plan planFromScales(
    const Shape& input, const std::vector<std::size_t>& axes, const std::vector<double>& scales)
{
    if (scales.size() != axes.size())
        throw Error("has {} scales for {} dimensions.", scales.size(), axes.size());
    Plan plan { input, std::vector<double>(input.size(), 1.0) };
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const auto scale = static_cast<float>(scales[i]);
        const float size = std::floor(static_cast<float>(input[axes[i]]) * scale);
        if (!(scale > 0) || !(size < 0x1p48F))
            throw Error("scales {} elements by {}.", input[axes[i]], scale);
        plan.scales[axes[i]] = scale;
        plan.output[axes[i]] = static_cast<std::int64_t>(size);
    }
    return plan;
}

Plan planFromSizes(const ResizeAttributes& resize, const Shape& input, const std::vector<std::size_t>& axes,
    const Shape& sizes)
{
    if (sizes.size() != axes.size())
        throw Error("has {} sizes for {} dimensions.", sizes.size(), axes.size());
    Plan plan { input, std::vector<double>(input.size(), 1.0) };
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const std::int64_t from = input[axes[i]];
        if (sizes[i] < 0 || (from == 0 && sizes[i] > 0))
            throw Error("makes {} elements of {}.", sizes[i], from);
        plan.output[axes[i]] = sizes[i];
        plan.scales[axes[i]] = from == 0 ? 1 : static_cast<double>(sizes[i]) / static_cast<double>(from);
    }
    if (resize.policy == ResizeAttributes::Policy::Stretch || axes.empty())
        return plan;
    const auto less = [&](std::size_t a, std::size_t b) { return plan.scales[a] < plan.scales[b]; };
    const std::size_t chosen = resize.policy == ResizeAttributes::Policy::NotLarger
        ? *std::min_element(axes.begin(), axes.end(), less)
        : *std::max_element(axes.begin(), axes.end(), less);
    const double scale = plan.scales[chosen];
    for (const std::size_t axis : axes) {
        const double size = std::floor(scale * static_cast<double>(input[axis]) + 0.5);
        if (!(size < 0x1p48))
            throw Error("scales {} elements by {}.", input[axis], scale);
        plan.output[axis] = static_cast<std::int64_t>(size);
        plan.scales[axis] = scale;
    }
    return plan;
}

/// Where the inputs are that say how large the output gets.
constexpr std::size_t kRegion = 1, kSizes = 3;

std::size_t scalesInput(const ResizeAttributes& resize)
{
    return resize.scalesFirst ? 1 : 2;
}

/// An input that is there but empty counts as left out: opset 11 asks for it so.
bool isGiven(bool there, const Shape& shape)
{
    return there && shape != Shape { 0 };
}

} // namespace

void inferResize(InferContext& context)
{
    const auto& resize = std::get<ResizeAttributes>(context.node.attributes);
    const Shape& input = context.inputs[0];
    requireType(context, 0, resize.mode == Mode::Nearest ? kFixedSize : kNumbers);
    const auto axes = resizedAxes(resize, input.size());
    const auto given
        = [&](std::size_t index) { return context.has(index) && isGiven(true, context.inputs[index]); };
    const std::size_t scales = scalesInput(resize);
    if (resize.coordinates == Coordinates::TfCropAndResize) {
        if (!given(kRegion) || context.inputs[kRegion] != Shape { 2 * std::ssize(axes) })
            throw Error("crops to no region of {} numbers.", 2 * axes.size());
        requireType(context, kRegion, kFloats);
    }
    Plan plan;
    if (!resize.scales.empty())
        plan = planFromScales(input, axes, { resize.scales.begin(), resize.scales.end() });
    else if (given(scales))
        plan = planFromScales(input, axes, knownReals(context, scales, "scales"));
    else if (!resize.scalesFirst && given(kSizes))
        plan = planFromSizes(resize, input, axes, context.integers(kSizes, "sizes"));
    else
        throw Error("has neither scales nor sizes.");
    setOutput(context, 0, std::move(plan.output), context.types[0]);
}

namespace {

Plan planOf(const LoopContext& context)
{
    const auto& resize = std::get<ResizeAttributes>(context.node.attributes);
    const Shape& input = context.inputs[0].shape;
    const auto axes = resizedAxes(resize, input.size());
    if (!resize.scales.empty())
        return planFromScales(input, axes, { resize.scales.begin(), resize.scales.end() });
    const std::size_t scales = scalesInput(resize);
    if (isGiven(
            hasInput(context, scales), hasInput(context, scales) ? context.inputs[scales].shape : Shape {}))
        return planFromScales(input, axes, realsOf(context.inputs[scales]));
    return planFromSizes(resize, input, axes, integersOf(context.inputs[kSizes]));
}

/// Resamples the middle one of three dimensions: `inner` elements lie behind each other for one index.
template <typename T>
void resample(const std::vector<T>& from, std::vector<T>& to, const Taps& taps, const ResizeAxis& axis,
    std::int64_t inner, T outside)
{
    const std::int64_t outer = std::ssize(from) / std::max<std::int64_t>(axis.input * inner, 1);
    to.assign(static_cast<std::size_t>(outer * axis.output * inner), T {});
    forEach(outer * axis.output, taps.count * inner, [&](std::int64_t line) {
        const std::int64_t o = line / axis.output, i = line % axis.output;
        T* y = to.data() + line * inner;
        if (taps.outside[static_cast<std::size_t>(i)]) {
            std::fill_n(y, inner, outside);
            return;
        }
        for (std::int64_t k = i * taps.count; k < (i + 1) * taps.count; ++k) {
            const T weight = static_cast<T>(taps.weights[static_cast<std::size_t>(k)]);
            const T* x = from.data() + (o * axis.input + taps.indices[static_cast<std::size_t>(k)]) * inner;
            for (std::int64_t j = 0; j < inner; ++j)
                y[j] += weight * x[j];
        }
    });
}

} // namespace

std::vector<ResizeAxis> resizeAxes(const LoopContext& context)
{
    const auto& resize = std::get<ResizeAttributes>(context.node.attributes);
    const Shape& input = context.inputs[0].shape;
    const Plan plan = planOf(context);
    std::vector<ResizeAxis> axes;
    for (std::size_t d = 0; d < input.size(); ++d)
        axes.push_back({ input[d], context.outputs[0].shape()[d], plan.scales[d] });
    if (resize.coordinates != Coordinates::TfCropAndResize)
        return axes;
    const auto region = realsOf(context.inputs[kRegion]);
    const auto named = resizedAxes(resize, input.size());
    for (std::size_t i = 0; i < named.size(); ++i) {
        axes[named[i]].regionBegin = region[i];
        axes[named[i]].regionEnd = region[named.size() + i];
    }
    return axes;
}

IndexMaps nearestMaps(const LoopContext& context)
{
    IndexMaps maps;
    for (const ResizeAxis& axis : resizeAxes(context))
        maps.push_back(nearestOf(std::get<ResizeAttributes>(context.node.attributes), axis));
    return maps;
}

Tensor nearestFill(const LoopContext& context)
{
    return fillElement(
        context.inputs[0].type, std::get<ResizeAttributes>(context.node.attributes).extrapolation);
}

void resizeLoop(const LoopContext& context)
{
    const auto& resize = std::get<ResizeAttributes>(context.node.attributes);
    if (context.outputs[0].count() == 0)
        return;
    if (resize.mode == Mode::Nearest) {
        const Tensor fill = nearestFill(context);
        const TensorView filler = fill.view();
        mappedCopy(context.inputs[0], nearestMaps(context), &filler, context.outputs[0]);
        return;
    }
    const auto axes = resizeAxes(context);
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        using Work = std::conditional_t<std::is_same_v<T, float>, float, double>;
        const auto x = context.inputs[0].as<T>();
        std::vector<Work> from(x.begin(), x.end()), to;
        std::int64_t inner = 1;
        for (std::size_t d = axes.size(); d-- > 0; inner *= axes[d].output) { // the innermost first
            if (!axes[d].changes() && resize.coordinates != Coordinates::TfCropAndResize)
                continue;
            resample<Work>(from, to, tapsOf(resize, axes[d]), axes[d], inner, resize.extrapolation);
            from.swap(to);
        }
        const auto y = context.outputs[0].as<T>();
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = fromReal<T>(from[i]);
    });
}

} // namespace core::ops
