// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/index_maps.h"
#include "gpu/engine/lower_table.h"
#include "gpu/engine/node_context.h"
#include "gpu/engine/words.h"

#include <algorithm>
#include <cassert>

namespace gpu {

namespace {

using core::OpKind;
using core::ops::IndexMaps;
using core::ops::kFill;

constexpr std::size_t kPadValue = 2; // input of Pad

/// What maps leave out is filled with: one element that a run tells, or a word full of a constant one.
struct Fill {
    TensorId tensor = -1;
    bool single = false;
};

Fill fillOf(Lowering& lowering, const core::LoopContext& context)
{
    const core::Node& node = context.node;
    const bool pads = node.kind == OpKind::Pad;
    if (pads && core::ownInputCount(node) > kPadValue && node.inputs[kPadValue] != core::kNoValue
        && !lowering.constant(node.inputs[kPadValue]))
        return { lowering.in(node.inputs[kPadValue]), true };
    std::vector<std::byte> word(sizeof(Quad));
    if (pads || std::holds_alternative<core::ResizeAttributes>(node.attributes)) {
        const core::Tensor element = pads ? core::ops::padFill(context) : core::ops::nearestFill(context);
        for (std::size_t at = 0; at < word.size(); at += element.bytes().size())
            std::ranges::copy(element.bytes(), word.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return { lowering.uploadAll(std::move(word)) };
}

/// A dimension of the target: evenly spaced in the source, or by a table.
struct Axis {
    std::int64_t count, step; // in elements
    std::vector<std::int64_t> table {};
};

struct Plan {
    std::int64_t base = 0; // elements of the source before all
    std::vector<Axis> axes;

    void add(std::vector<std::int64_t> map, std::int64_t stride);
    std::size_t widest(std::size_t element) const;
};

/// Dimensions that lie together in both become one.
void Plan::add(std::vector<std::int64_t> map, std::int64_t stride)
{
    const std::int64_t spacing = map.size() > 1 ? map[1] - map[0] : 0;
    bool even = std::ranges::count(map, kFill) == 0;
    for (std::size_t i = 1; even && i < map.size(); ++i)
        even = map[i] - map[i - 1] == spacing;
    if (!even) {
        const std::int64_t count = std::ssize(map);
        axes.push_back({ count, stride, std::move(map) });
        return;
    }
    base += map[0] * stride;
    const std::int64_t count = std::ssize(map), step = spacing * stride;
    if (count == 1)
        return;
    if (!axes.empty() && axes.back().table.empty() && axes.back().step == count * step) {
        axes.back().count *= count;
        axes.back().step = step;
        return;
    }
    axes.push_back({ count, step });
}

/// Bytes of the words that it can be copied in.
std::size_t Plan::widest(std::size_t element) const
{
    if (axes.empty() || !axes.back().table.empty() || axes.back().step != 1)
        return element;
    const auto size = static_cast<std::int64_t>(element);
    std::int64_t bytes = (axes.back().count | base) * size;
    for (std::size_t d = 0; d + 1 < axes.size(); ++d)
        bytes |= axes[d].step * size;
    return widestWord({ bytes });
}

template <typename Word>
Work mappedWork(
    Lowering& lowering, Plan plan, std::size_t element, TensorId fill, TensorId source, TensorId target)
{
    using Body = MappedBody<Word>;
    assert(plan.axes.size() <= Body::kMostDims && "tensors have no more than core::limits::kRank");
    const auto together = static_cast<std::int64_t>(sizeof(Word) / element);
    if (together > 1)
        plan.axes.back().count /= together;
    Body body {};
    body.dims = static_cast<int>(plan.axes.size());
    std::vector<TensorId> tables;
    std::int64_t count = 1;
    for (std::size_t d = 0; d < plan.axes.size(); ++d) {
        Axis& axis = plan.axes[d];
        // In steps of words; the last one's elements lie beside each other, and so do its words.
        const bool inWords = d + 1 < plan.axes.size() || together == 1;
        body.dim[d] = { axis.count, inWords ? axis.step / together : 1, nullptr };
        tables.push_back(axis.table.empty() ? -1 : lowering.uploadAll(std::move(axis.table)));
        count *= axis.count;
    }
    return [=, base = plan.base / together](Device& device, const Addresses& at) mutable {
        body.source = at.as<const Word>(source) + base;
        body.target = at.as<Word>(target);
        body.fill = at.as<const Word>(fill);
        for (std::size_t d = 0; d < tables.size(); ++d)
            body.dim[d].table = at.as<const std::int64_t>(tables[d]);
        device.run(body, count);
    };
}

/// That of the input, if all outputs have as many dimensions.
Layout layoutFor(Lowering& lowering, const core::Node& node)
{
    const std::size_t rank = lowering.shapeOf(node.inputs[0]).size();
    const bool same = std::ranges::all_of(node.outputs, [&](core::ValueId value) {
        return value == core::kNoValue || lowering.shapeOf(value).size() == rank;
    });
    return same ? lowering.layoutOf(node.inputs[0]) : Layout::Dense;
}

void lowerOutput(Lowering& lowering, const core::LoopContext& context, std::size_t output, Layout layout)
{
    const core::Node& node = context.node;
    const core::ValueId value = node.outputs[output];
    if (core::elementCount(lowering.shapeOf(value)) == 0) {
        lowering.define(value);
        return;
    }
    IndexMaps maps = core::ops::mapsOf(context, output);
    core::Shape input = lowering.shapeOf(node.inputs[0]);
    input.insert(input.begin(), maps.size() - input.size(), 1);
    auto strides = stridesOf(input, layout);
    if (layout == Layout::ChannelsLast) { // both in the order of memory
        std::rotate(maps.begin() + 1, maps.begin() + 2, maps.end());
        std::rotate(strides.begin() + 1, strides.begin() + 2, strides.end());
    }
    Plan plan;
    for (std::size_t d = 0; d < maps.size(); ++d)
        plan.add(std::move(maps[d]), strides[d]);
    const TensorId source = lowering.in(node.inputs[0], layout);
    const std::size_t element = core::elementSize(lowering.typeOf(value));
    // A part that lies in one piece needs no copy, where it begins like memory of its own.
    const bool whole = plan.axes.empty()
        || (plan.axes.size() == 1 && plan.axes[0].table.empty() && plan.axes[0].step == 1);
    const std::size_t offset = static_cast<std::size_t>(plan.base) * element;
    if (whole && offset % kAlignment == 0) {
        lowering.defineAlias(value, source, layout, offset);
        return;
    }
    const Fill fill = fillOf(lowering, context);
    const TensorId target = lowering.define(value, layout);
    lowering.add(ownKernel(node), { source, fill.tensor }, { target },
        withWord(fill.single ? element : plan.widest(element), [&]<typename Word>() {
            return mappedWork<Word>(lowering, std::move(plan), element, fill.tensor, source, target);
        }));
}

} // namespace

void lowerMapped(Lowering& lowering, const core::Node& node)
{
    const bool pads = node.kind == OpKind::Pad;
    const NodeContext context(lowering, node, pads ? kPadValue : 0);
    const Layout layout = layoutFor(lowering, node);
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
        if (node.outputs[i] != core::kNoValue)
            lowerOutput(lowering, context.context(), i, layout);
}

} // namespace gpu
