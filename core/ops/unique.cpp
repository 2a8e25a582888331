// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/half.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <numeric>

namespace core::ops {

void inferUnique(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    if (const auto& axis = std::get<UniqueAttributes>(context.node.attributes).axis)
        normaliseAxis(*axis, context.inputs[0].size());
    throw NeedsData("has as many unique elements as its data.");
}

namespace {

/// The input as slices along an axis; without an axis each element is one.
struct Slices {
    std::size_t outer = 1, length = 1, inner = 1;

    Slices(const Node& node, const Shape& shape)
    {
        const auto& axis = std::get<UniqueAttributes>(node.attributes).axis;
        const std::size_t at = axis ? normaliseAxis(*axis, shape.size()) : 0;
        for (std::size_t d = 0; d < shape.size(); ++d)
            (axis && d < at ? outer : axis && d > at ? inner : length) *= static_cast<std::size_t>(shape[d]);
    }
};

/// Numbers in order; NaN, which numbers have no order with, counts as the largest and as one value.
template <typename T> bool isLess(T a, T b)
{
    return a < b || (b != b && a == a);
}

template <typename T> struct SliceOrder {
    const T* x;
    const Slices& slices;

    /// Below, at or above 0, as the first element that differs says.
    int compare(std::size_t a, std::size_t b) const
    {
        for (std::size_t outer = 0; outer < slices.outer; ++outer)
            for (std::size_t inner = 0; inner < slices.inner; ++inner) {
                const T first = x[(outer * slices.length + a) * slices.inner + inner];
                const T second = x[(outer * slices.length + b) * slices.inner + inner];
                if (isLess(first, second))
                    return -1;
                if (isLess(second, first))
                    return 1;
            }
        return 0;
    }
};

/// Equal slices together: where each stands first, how many there are, and to which group each slice belongs.
struct Groups {
    std::vector<std::int64_t> first, counts, groupOf;
};

template <typename T> Groups groupsOf(const T* x, const Slices& slices)
{
    const SliceOrder<T> order { x, slices };
    std::vector<std::size_t> sorted(slices.length);
    std::iota(sorted.begin(), sorted.end(), std::size_t { 0 });
    std::sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) {
        const int how = order.compare(a, b);
        return how != 0 ? how < 0 : a < b;
    });
    Groups groups;
    groups.groupOf.resize(slices.length);
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (i == 0 || order.compare(sorted[i - 1], sorted[i]) != 0) {
            groups.first.push_back(static_cast<std::int64_t>(sorted[i]));
            groups.counts.push_back(0);
        }
        ++groups.counts.back();
        groups.groupOf[sorted[i]] = std::ssize(groups.first) - 1;
    }
    return groups;
}

/// The same groups in the order in which they stand in the data first.
Groups byAppearance(const Groups& groups)
{
    std::vector<std::size_t> order(groups.first.size());
    std::iota(order.begin(), order.end(), std::size_t { 0 });
    std::sort(order.begin(), order.end(),
        [&](std::size_t a, std::size_t b) { return groups.first[a] < groups.first[b]; });
    std::vector<std::int64_t> place(order.size());
    Groups result;
    for (std::size_t i = 0; i < order.size(); ++i) {
        place[order[i]] = static_cast<std::int64_t>(i);
        result.first.push_back(groups.first[order[i]]);
        result.counts.push_back(groups.counts[order[i]]);
    }
    for (const std::int64_t group : groups.groupOf)
        result.groupOf.push_back(place[static_cast<std::size_t>(group)]);
    return result;
}

Tensor listOf(const std::vector<std::int64_t>& numbers)
{
    return Tensor::of(ElementType::Int64, { std::ssize(numbers) }, numbers);
}

} // namespace

std::vector<Tensor> produceUnique(const ProduceContext& context)
{
    const auto& attributes = std::get<UniqueAttributes>(context.node.attributes);
    const TensorView& x = context.inputs[0];
    const Slices slices(context.node, x.shape);
    Groups groups;
    if (isHalf(x.type))
        groups = groupsOf(widened(x).as<float>().data(), slices);
    else
        dispatch(AllTypes {}, x.type, [&]<typename T>() { groups = groupsOf(x.as<T>().data(), slices); });
    if (!attributes.sorted)
        groups = byAppearance(groups);
    Shape shape { std::ssize(groups.first) };
    if (attributes.axis) {
        shape = x.shape;
        shape[normaliseAxis(*attributes.axis, shape.size())] = std::ssize(groups.first);
    }
    std::vector<Tensor> outputs;
    outputs.emplace_back(x.type, shape);
    dispatchBySize(RawTypes {}, x.type, [&]<typename T>() {
        T* y = outputs[0].as<T>().data();
        for (std::size_t outer = 0; outer < slices.outer; ++outer)
            for (const std::int64_t slice : groups.first)
                y = std::copy_n(x.as<T>().data()
                        + (outer * slices.length + static_cast<std::size_t>(slice)) * slices.inner,
                    slices.inner, y);
    });
    outputs.push_back(listOf(groups.first));
    outputs.push_back(listOf(groups.groupOf));
    outputs.push_back(listOf(groups.counts));
    outputs.resize(context.node.outputs.size());
    return outputs;
}

} // namespace core::ops
