// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/index_maps.h"
#include "core/ops/rules.h"
#include "core/ops/strided_copy.h"

#include <algorithm>
#include <numeric>

namespace core::ops {
namespace {

/// What Slice asks, one entry per sliced axis: attributes before opset 10, inputs since.
struct Request {
    Shape starts, ends, axes, steps;
};

/// What it comes to, one entry per dimension.
struct Cut {
    Shape begin, step, length;
};

void completeRequest(Request& request)
{
    const std::size_t count = request.starts.size();
    if (request.axes.empty()) {
        request.axes.resize(count);
        std::iota(request.axes.begin(), request.axes.end(), 0);
    }
    if (request.steps.empty())
        request.steps.assign(count, 1);
    if (request.ends.size() != count || request.axes.size() != count || request.steps.size() != count)
        throw Error("has {} starts, {} ends, {} axes and {} steps.", count, request.ends.size(),
            request.axes.size(), request.steps.size());
}

/// Python's rules: negative counts from the end, out of range is clamped.
void cutAxis(
    Cut& cut, std::size_t d, std::int64_t length, std::int64_t start, std::int64_t end, std::int64_t step)
{
    if (step == 0)
        throw Error("has step 0.");
    const std::int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? length : length - 1;
    const auto place = [&](std::int64_t index) {
        return std::clamp(index < 0 ? std::max(index, -length - 1) + length : index, lowest, highest);
    };
    cut.begin[d] = place(start);
    const std::int64_t distance = place(end) - cut.begin[d];
    // Beyond any tensor a step only ever takes the first element; so bounded, nothing overflows.
    constexpr std::int64_t kLongStep = std::int64_t { 1 } << 61;
    cut.step[d] = std::clamp(step, -kLongStep, kLongStep);
    if ((distance > 0) == (step > 0) && distance != 0)
        cut.length[d] = (distance + cut.step[d] - (step > 0 ? 1 : -1)) / cut.step[d];
    else
        cut.length[d] = 0;
}

Cut cutOf(Request request, const Shape& input)
{
    completeRequest(request);
    axisFlags(request.axes, input.size()); // each one once
    Cut cut { .begin = Shape(input.size(), 0), .step = Shape(input.size(), 1), .length = input };
    for (std::size_t i = 0; i < request.axes.size(); ++i) {
        const std::size_t d = normaliseAxis(request.axes[i], input.size());
        cutAxis(cut, d, input[d], request.starts[i], request.ends[i], request.steps[i]);
    }
    return cut;
}

/// `integers(input)` gives an input's elements, or nothing for one left out.
template <typename Integers> Request requestOf(const Node& node, std::size_t inputs, Integers integers)
{
    if (inputs == 1) {
        const auto& attributes = std::get<AxesAttributes>(node.attributes);
        return { attributes.starts, attributes.ends, attributes.axes.value_or(Shape {}), {} };
    }
    return { integers(1), integers(2), integers(3), integers(4) };
}

} // namespace

void inferSlice(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    const auto integers = [&](std::size_t input) {
        return context.has(input) ? context.integers(input, "limits") : Shape {};
    };
    const Request request = requestOf(context.node, context.inputs.size(), integers);
    setOutput(context, 0, cutOf(request, context.inputs[0]).length, context.types[0]);
}

namespace {

Cut cutOf(const LoopContext& context)
{
    const auto integers = [&](std::size_t index) {
        return hasInput(context, index) ? integersOf(context.inputs[index]) : Shape {};
    };
    return cutOf(requestOf(context.node, ownInputCount(context.node), integers), context.inputs[0].shape);
}

} // namespace

IndexMaps sliceMaps(const LoopContext& context)
{
    const Cut cut = cutOf(context);
    IndexMaps maps(cut.length.size());
    for (std::size_t d = 0; d < maps.size(); ++d)
        for (std::int64_t i = 0; i < cut.length[d]; ++i)
            maps[d].push_back(cut.begin[d] + i * cut.step[d]);
    return maps;
}

void sliceLoop(const LoopContext& context)
{
    const Shape& input = context.inputs[0].shape;
    const Cut cut = cutOf(context);
    if (context.outputs[0].count() == 0)
        return;
    Strides strides = denseStrides(input);
    std::int64_t base = 0;
    for (std::size_t d = 0; d < input.size(); ++d) {
        base += cut.begin[d] * strides[d];
        strides[d] = cut.length[d] == 1 ? 0 : strides[d] * cut.step[d];
    }
    stridedCopy(context.inputs[0], base, strides, context.outputs[0]);
}

} // namespace core::ops
