// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/for_range.h"
#include "core/ops/functions.h"
#include "core/ops/reduced_axes.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"

#include <algorithm>
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

/// Integers add and multiply unsigned: they wrap on overflow.
template <typename Sum, typename Function> Sum wrapping(Sum a, Sum b, Function function)
{
    if constexpr (std::is_floating_point_v<Sum>)
        return function(a, b);
    else
        return static_cast<Sum>(function(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
}

/// A reduction in the sum's type is three functions: what an element counts for (`take`), how two partial
/// results become one (`join`), and what the last one ends as. They are types of their own, for loops over
/// them to be vectorised.
template <typename Sum> constexpr auto kAsItIs = [](Sum x) { return x; };
template <typename Sum> constexpr auto kAdd = [](Sum a, Sum b) { return wrapping(a, b, std::plus<>()); };
template <typename Sum>
constexpr auto kMultiply = [](Sum a, Sum b) { return wrapping(a, b, std::multiplies<>()); };
template <typename Sum> constexpr auto kSquare = [](Sum x) { return kMultiply<Sum>(x, x); };
template <typename Sum>
constexpr auto kMagnitude = [](Sum x) { return x < 0 ? wrapping(Sum {}, x, std::minus<>()) : x; };
template <typename Sum> constexpr auto kLarger = [](Sum a, Sum b) { return b > a || b != b ? b : a; };
template <typename Sum> constexpr auto kSmaller = [](Sum a, Sum b) { return b < a || b != b ? b : a; };

/// The dimensions of a reduction: where each element's result lies.
struct Plan {
    const Shape& shape;
    Strides to; // 0 along reduced dimensions
    std::size_t results;

    Plan(const Shape& from, const std::vector<bool>& reduced)
        : shape(from)
        , to(broadcastStrides(reducedShape(from, reduced, true), from))
        , results(static_cast<std::size_t>(elementCount(reducedShape(from, reduced, false))))
    {
    }
};

/// One run of elements into one result: several partial results at a time, since each waits for its last
/// step.
template <typename Sum, typename T, typename Take, typename Join>
Sum foldRun(const T* x, std::int64_t count, Take take, Join join, Sum sum)
{
    constexpr std::int64_t kLanes = 8;
    std::int64_t k = 0;
    if (count >= 2 * kLanes) {
        Sum lanes[kLanes];
        for (; k < kLanes; ++k)
            lanes[k] = take(static_cast<Sum>(x[k]));
        for (; k + kLanes <= count; k += kLanes)
            for (std::int64_t lane = 0; lane < kLanes; ++lane)
                lanes[lane] = join(lanes[lane], take(static_cast<Sum>(x[k + lane])));
        for (const Sum lane : lanes)
            sum = join(sum, lane);
    }
    for (; k < count; ++k)
        sum = join(sum, take(static_cast<Sum>(x[k])));
    return sum;
}

template <typename Sum, typename T, typename Take, typename Join>
std::vector<Sum> fold(const Plan& plan, const T* x, Sum start, Take take, Join join)
{
    std::vector<Sum> sums(plan.results, start);
    walkRuns(plan.shape, std::array { plan.to },
        [&](std::int64_t first, std::int64_t count, const auto& at, const auto& step) {
            Sum* sum = sums.data() + at[0];
            if (step[0] == 0)
                *sum = foldRun(x + first, count, take, join, *sum);
            else
                for (std::int64_t k = 0; k < count; ++k)
                    sum[k * step[0]] = join(sum[k * step[0]], take(static_cast<Sum>(x[first + k])));
        });
    return sums;
}

/// log(sum(exp(x))): less the largest x, which would overflow, unless it is infinite anyway.
template <typename T> std::vector<double> foldLogSumExp(const Plan& plan, const T* x)
{
    const double infinity = std::numeric_limits<double>::infinity();
    std::vector<double> shifts = fold<double>(plan, x, -infinity, kAsItIs<double>, kLarger<double>);
    for (double& shift : shifts)
        shift = std::isfinite(shift) ? shift : 0;
    std::vector<double> sums(plan.results, 0);
    walkRuns(plan.shape, std::array { plan.to },
        [&](std::int64_t first, std::int64_t count, const auto& at, const auto& step) {
            for (std::int64_t k = 0; k < count; ++k) {
                const auto result = static_cast<std::size_t>(at[0] + k * step[0]);
                sums[result] += std::exp(static_cast<double>(x[first + k]) - shifts[result]);
            }
        });
    for (std::size_t i = 0; i < sums.size(); ++i)
        sums[i] = std::log(sums[i]) + shifts[i];
    return sums;
}

template <typename T> struct ReduceTypes {
    using Limits = std::numeric_limits<std::conditional_t<std::is_same_v<T, Boolean>, bool, T>>;
    using Sum = std::conditional_t<std::is_floating_point_v<T>, double,
        std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;
    /// The extremes of an empty set.
    static Sum lowest() { return std::is_floating_point_v<T> ? -Limits::infinity() : Limits::lowest(); }
    static Sum highest() { return std::is_floating_point_v<T> ? Limits::infinity() : Limits::max(); }
};

template <typename T>
std::vector<typename ReduceTypes<T>::Sum> sumsOf(OpKind kind, const Plan& plan, const T* x)
{
    using Sum = typename ReduceTypes<T>::Sum;
    if (kind == OpKind::ReduceMax)
        return fold<Sum>(plan, x, ReduceTypes<T>::lowest(), kAsItIs<Sum>, kLarger<Sum>);
    if (kind == OpKind::ReduceMin)
        return fold<Sum>(plan, x, ReduceTypes<T>::highest(), kAsItIs<Sum>, kSmaller<Sum>);
    if (kind == OpKind::ReduceProd)
        return fold<Sum>(plan, x, 1, kAsItIs<Sum>, kMultiply<Sum>);
    if (kind == OpKind::ReduceSumSquare || kind == OpKind::ReduceL2)
        return fold<Sum>(plan, x, 0, kSquare<Sum>, kAdd<Sum>);
    if (kind == OpKind::ReduceL1)
        return fold<Sum>(plan, x, 0, kMagnitude<Sum>, kAdd<Sum>);
    return fold<Sum>(plan, x, 0, kAsItIs<Sum>, kAdd<Sum>);
}

template <typename Sum> Sum finished(OpKind kind, Sum sum, std::int64_t count)
{
    if (kind == OpKind::ReduceL2)
        return fromReal<Sum>(std::sqrt(static_cast<double>(sum)));
    if (kind == OpKind::ReduceLogSum)
        return fromReal<Sum>(std::log(static_cast<double>(sum)));
    if (kind == OpKind::ReduceMean)
        return std::is_integral_v<Sum> && count == 0 ? Sum {}
                                                     : static_cast<Sum>(sum / static_cast<Sum>(count));
    return sum;
}

template <typename T> void reduce(const LoopContext& context, const Plan& plan)
{
    const auto x = context.inputs[0].as<T>();
    const auto y = context.outputs[0].as<T>();
    if (context.node.kind == OpKind::ReduceLogSumExp) {
        const auto logs = foldLogSumExp(plan, x.data());
        std::transform(logs.begin(), logs.end(), y.begin(), fromReal<T>);
        return;
    }
    const auto sums = sumsOf(context.node.kind, plan, x.data());
    const std::int64_t count = y.empty() ? 0 : std::ssize(x) / std::ssize(y);
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = static_cast<T>(finished(context.node.kind, sums[i], count));
}

} // namespace

std::vector<bool> reducedAxes(const LoopContext& context)
{
    const auto& attributes = std::get<AxesAttributes>(context.node.attributes);
    const auto axes
        = hasInput(context, 1) ? integersOf(context.inputs[1]) : attributes.axes.value_or(Shape {});
    return reducedAxes(attributes, axes, context.inputs[0].shape.size());
}

void reduceLoop(const LoopContext& context)
{
    const Plan plan(context.inputs[0].shape, reducedAxes(context));
    dispatch(AllTypes {}, context.inputs[0].type, [&]<typename T>() { reduce<T>(context, plan); });
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
        forEach(std::ssize(y), shape[axis], [&](std::int64_t i) {
            const T* line = context.inputs[0].as<T>().data() + i / step * step * shape[axis] + i % step;
            std::int64_t best = 0;
            for (std::int64_t k = 1; k < shape[axis]; ++k) {
                const T x = line[k * step], record = line[best * step];
                if ((largest ? x > record : x < record) || (attributes.selectLast && x == record))
                    best = k;
            }
            y[static_cast<std::size_t>(i)] = best;
        });
    });
}

} // namespace core::ops
