// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/for_range.h"
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"

#include <cmath>

/// Normalisations without parameters: by a norm along an axis, by mean and variance over any set of axes.
namespace core::ops {

void inferLpNorm(InferContext& context)
{
    const auto& attributes = std::get<LpNormAttributes>(context.node.attributes);
    if (attributes.p != 1 && attributes.p != 2)
        throw Error("has p {}, expected 1 or 2.", attributes.p);
    normaliseAxis(attributes.axis, context.inputs[0].size());
    sameAsFirst(context, kFloats);
}

namespace {

/// Elements of one line, `step` apart, divided by their norm; zeros stay zeros.
template <typename T> void lpNormLine(const T* x, T* y, std::int64_t count, std::int64_t step, bool squares)
{
    double norm = 0;
    for (std::int64_t k = 0; k < count; ++k) {
        const double element = x[k * step];
        norm += squares ? element * element : std::abs(element);
    }
    if (squares)
        norm = std::sqrt(norm);
    for (std::int64_t k = 0; k < count; ++k)
        y[k * step] = norm == 0 ? T {} : static_cast<T>(x[k * step] / norm);
}

} // namespace

void lpNormLoop(const LoopContext& context)
{
    const auto& attributes = std::get<LpNormAttributes>(context.node.attributes);
    const Shape& shape = context.inputs[0].shape;
    const std::size_t axis = normaliseAxis(attributes.axis, shape.size());
    const std::int64_t step = denseStrides(shape)[axis], length = shape[axis], total = elementCount(shape);
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        T* y = context.outputs[0].as<T>().data();
        forEach(length == 0 ? 0 : total / length, 2 * length, [&](std::int64_t line) {
            const std::int64_t first = line / step * step * length + line % step;
            lpNormLine(x + first, y + first, length, step, attributes.p == 2);
        });
    });
}

void inferMeanVariance(InferContext& context)
{
    axisFlags(std::get<MeanVarianceAttributes>(context.node.attributes).axes, context.inputs[0].size());
    sameAsFirst(context, kFloats);
}

namespace {

/// Where each element's statistics lie among those of all groups: strides of 0 along normalised dimensions.
Strides groupStrides(const Shape& shape, const std::vector<bool>& normalised)
{
    Shape groups = shape;
    for (std::size_t d = 0; d < shape.size(); ++d)
        if (normalised[d])
            groups[d] = 1;
    return broadcastStrides(groups, shape);
}

/// The mean of function(element, its group) over each group.
template <typename Function>
std::vector<double> meansOf(const Shape& shape, const Strides& groups, std::size_t count, Function function)
{
    std::vector<double> sums(count, 0);
    walkRuns(shape, std::array { groups },
        [&](std::int64_t first, std::int64_t length, const auto& at, const auto& step) {
            for (std::int64_t k = 0; k < length; ++k) {
                const auto group = static_cast<std::size_t>(at[0] + k * step[0]);
                sums[group] += function(first + k, group);
            }
        });
    for (double& sum : sums)
        sum *= static_cast<double>(count) / static_cast<double>(elementCount(shape));
    return sums;
}

} // namespace

void meanVarianceLoop(const LoopContext& context)
{
    const Shape& shape = context.inputs[0].shape;
    const auto normalised
        = axisFlags(std::get<MeanVarianceAttributes>(context.node.attributes).axes, shape.size());
    const Strides groups = groupStrides(shape, normalised);
    std::int64_t count = 1;
    for (std::size_t d = 0; d < shape.size(); ++d)
        count *= normalised[d] ? 1 : shape[d];
    if (elementCount(shape) == 0)
        return;
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        T* y = context.outputs[0].as<T>().data();
        const auto size = static_cast<std::size_t>(count);
        const auto means = meansOf(shape, groups, size, [x](std::int64_t i, std::size_t) { return x[i]; });
        const auto variances = meansOf(shape, groups, size,
            [&](std::int64_t i, std::size_t group) { return (x[i] - means[group]) * (x[i] - means[group]); });
        walk(shape, std::array { groups }, [&](std::int64_t i, const auto& at) {
            const auto group = static_cast<std::size_t>(at[0]);
            // ONNX's function divides by the deviation plus this.
            y[i] = static_cast<T>((x[i] - means[group]) / (std::sqrt(variances[group]) + 1e-9));
        });
    });
}

} // namespace core::ops
