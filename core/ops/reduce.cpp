// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"

#include <cmath>
#include <functional>
#include <limits>

namespace core::ops {
namespace {

/// Which dimensions are reduced, from the input or the attribute, whichever the opset version has.
std::vector<bool> reducedAxes(
    const AxesAttributes& attributes, const std::vector<std::int64_t>& axes, std::size_t rank)
{
    if (axes.empty())
        return std::vector<bool>(rank, !attributes.noopWithEmptyAxes);
    return axisFlags(axes, rank);
}

Shape reducedShape(const Shape& shape, const std::vector<bool>& reduced, bool keepDims)
{
    Shape result;
    for (std::size_t d = 0; d < shape.size(); ++d)
        if (!reduced[d])
            result.push_back(shape[d]);
        else if (keepDims)
            result.push_back(1);
    return result;
}

} // namespace

void inferReduce(InferContext& context)
{
    const auto& attributes = std::get<AxesAttributes>(context.node.attributes);
    const bool extreme = context.node.kind == OpKind::ReduceMax || context.node.kind == OpKind::ReduceMin;
    requireType(context, 0, extreme ? kNumbersAndBool : kNumbers);
    const auto axes = context.has(1) ? context.integers(1, "axes") : attributes.axes.value_or(Shape {});
    const auto reduced = reducedAxes(attributes, axes, context.inputs[0].size());
    setOutput(context, 0, reducedShape(context.inputs[0], reduced, attributes.keepDims), context.types[0]);
}

namespace {

/// One kind of reduction in the sum's type: where it begins, how it takes in an element, what it ends as.
template <typename Sum> struct Reduction {
    Sum start;
    Sum (*step)(Sum sum, Sum x);
    Sum (*finish)(Sum sum, std::int64_t count);
};

template <typename Sum> Sum unchanged(Sum sum, std::int64_t)
{
    return sum;
}

/// Integers add and multiply unsigned: they wrap on overflow.
template <typename Sum, typename Function> Sum wrapping(Sum a, Sum b, Function function)
{
    if constexpr (std::is_floating_point_v<Sum>)
        return function(a, b);
    else
        return static_cast<Sum>(function(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
}

template <typename Sum> Sum add(Sum a, Sum b)
{
    return wrapping(a, b, [](auto x, auto y) { return x + y; });
}

template <typename Sum> Sum multiply(Sum a, Sum b)
{
    return wrapping(a, b, [](auto x, auto y) { return x * y; });
}

/// `lowest` and `highest` are those of the element, the extremes of an empty set.
template <typename Sum> Reduction<Sum> reductionOf(OpKind kind, Sum lowest, Sum highest)
{
    if (kind == OpKind::ReduceMax)
        return { lowest, [](Sum sum, Sum x) { return x > sum || x != x ? x : sum; }, unchanged };
    if (kind == OpKind::ReduceMin)
        return { highest, [](Sum sum, Sum x) { return x < sum || x != x ? x : sum; }, unchanged };
    if (kind == OpKind::ReduceProd)
        return { 1, multiply<Sum>, unchanged };
    if (kind == OpKind::ReduceSumSquare)
        return { 0, [](Sum sum, Sum x) { return add(sum, multiply(x, x)); }, unchanged };
    if (kind == OpKind::ReduceL1)
        return { 0, [](Sum sum, Sum x) { return x < 0 ? wrapping(sum, x, std::minus<>()) : add(sum, x); },
            unchanged };
    if (kind == OpKind::ReduceL2)
        return { 0, [](Sum sum, Sum x) { return add(sum, multiply(x, x)); },
            [](Sum sum, std::int64_t) { return fromReal<Sum>(std::sqrt(static_cast<double>(sum))); } };
    if (kind == OpKind::ReduceMean)
        return { 0, add<Sum>, [](Sum sum, std::int64_t count) {
                    if (std::is_integral_v<Sum> && count == 0)
                        return Sum {};
                    return static_cast<Sum>(sum / static_cast<Sum>(count));
                } };
    return { 0, add<Sum>, unchanged };
}

template <typename T> void reduce(const LoopContext& context, const std::vector<bool>& reduced)
{
    using Limits = std::numeric_limits<std::conditional_t<std::is_same_v<T, Boolean>, bool, T>>;
    using Sum = std::conditional_t<std::is_floating_point_v<T>, double,
        std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;
    const bool infinite = std::is_floating_point_v<T>;
    const auto reduction = reductionOf<Sum>(context.node.kind,
        infinite ? -Limits::infinity() : Limits::lowest(), infinite ? Limits::infinity() : Limits::max());
    const Shape& shape = context.inputs[0].shape;
    Strides to = denseStrides(reducedShape(shape, reduced, true));
    for (std::size_t d = 0; d < shape.size(); ++d)
        if (reduced[d])
            to[d] = 0;
    const auto x = context.inputs[0].as<T>();
    const auto y = context.outputs[0].as<T>();
    std::vector<Sum> sums(y.size(), reduction.start);
    walk(shape, std::array { to }, [&](std::int64_t i, const auto& at) {
        Sum& sum = sums[static_cast<std::size_t>(at[0])];
        sum = reduction.step(sum, static_cast<Sum>(x[static_cast<std::size_t>(i)]));
    });
    const std::int64_t count = y.empty() ? 0 : std::ssize(x) / std::ssize(y);
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = static_cast<T>(reduction.finish(sums[i], count));
}

} // namespace

void reduceLoop(const LoopContext& context)
{
    const auto& attributes = std::get<AxesAttributes>(context.node.attributes);
    const auto axes
        = hasInput(context, 1) ? integersOf(context.inputs[1]) : attributes.axes.value_or(Shape {});
    const auto reduced = reducedAxes(attributes, axes, context.inputs[0].shape.size());
    dispatch(AllTypes {}, context.inputs[0].type, [&]<typename T>() { reduce<T>(context, reduced); });
}

void inferArg(InferContext& context)
{
    const auto& attributes = std::get<AxesAttributes>(context.node.attributes);
    requireType(context, 0, kNumbers);
    const auto reduced = axisFlags(attributes.axes.value(), context.inputs[0].size());
    for (std::size_t d = 0; d < reduced.size(); ++d)
        if (reduced[d] && context.inputs[0][d] == 0)
            throw Error("looks for an extreme in {}, which is empty there.", toString(context.inputs[0]));
    setOutput(context, 0, reducedShape(context.inputs[0], reduced, attributes.keepDims), ElementType::Int64);
}

void argLoop(const LoopContext& context)
{
    const auto& attributes = std::get<AxesAttributes>(context.node.attributes);
    const Shape& shape = context.inputs[0].shape;
    const std::size_t axis = normaliseAxis(attributes.axes.value()[0], shape.size());
    const std::int64_t step = denseStrides(shape)[axis];
    const bool largest = context.node.kind == OpKind::ArgMax;
    std::span<std::int64_t> y = context.outputs[0].as<std::int64_t>();
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        for (std::int64_t i = 0; i < std::ssize(y); ++i) {
            const T* line = context.inputs[0].as<T>().data() + i / step * step * shape[axis] + i % step;
            std::int64_t best = 0;
            for (std::int64_t k = 1; k < shape[axis]; ++k) {
                const T x = line[k * step], record = line[best * step];
                if ((largest ? x > record : x < record) || (attributes.selectLast && x == record))
                    best = k;
            }
            y[static_cast<std::size_t>(i)] = best;
        }
    });
}

} // namespace core::ops
