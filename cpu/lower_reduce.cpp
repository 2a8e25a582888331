// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/reduced_axes.h"
#include "cpu/lower_table.h"
#include "cpu/reduce_kernel.h"
#include "cpu/threads.h"

#include <algorithm>

namespace cpu {

namespace {

constexpr std::int64_t kGrain = 16'384; // elements that are read: some microseconds

bool suits(const Lowering& lowering, const core::Node& node)
{
    const bool axes = node.inputs.size() > 1 && node.inputs[1] != core::kNoValue;
    return ReduceKernel::knows(node.kind) && node.epilogue.empty()
        && lowering.typeOf(node.inputs[0]) == core::ElementType::Float32
        && core::elementCount(lowering.shapeOf(node.inputs[0])) > 0
        && (!axes || lowering.constant(node.inputs[1]));
}

std::vector<bool> reducedDims(const Lowering& lowering, const core::Node& node)
{
    std::vector<core::TensorView> inputs;
    for (const core::ValueId value : node.inputs)
        inputs.push_back(lowering.constant(value).value_or(core::TensorView {}));
    inputs[0] = { lowering.typeOf(node.inputs[0]), lowering.shapeOf(node.inputs[0]), {} };
    return core::ops::reducedAxes({ node, inputs, {} });
}

/// An input as it lies in memory, and how the output that is made of it does.
struct Placed {
    core::Shape shape; // dimensions in the order of memory
    std::vector<bool> reduced;
    Desc output; // zero: dense
};

Placed channelsLast(core::Shape shape, std::vector<bool> reduced)
{
    std::rotate(shape.begin() + 1, shape.begin() + 2, shape.end());
    std::rotate(reduced.begin() + 1, reduced.begin() + 2, reduced.end());
    return { std::move(shape), std::move(reduced), {} };
}

Placed blocked(core::Shape shape, std::vector<bool> reduced, std::int64_t block)
{
    shape[1] = (shape[1] + block - 1) / block;
    shape.push_back(block);
    reduced.push_back(reduced[1]);
    return { std::move(shape), std::move(reduced), {} };
}

/// Images in a layout of their own; nullopt where what comes out of them would lie in none that values have.
std::optional<Placed> placed(const Desc& desc, core::OpKind kind, const core::Shape& shape,
    const std::vector<bool>& reduced, const core::Shape& output)
{
    if (desc.is_zero() || shape.size() < 3 || shape.size() > 5
        || desc == plainDesc(shape, core::ElementType::Float32))
        return std::nullopt;
    const auto blocks = desc.get_inner_blks();
    const std::int64_t block = blocks.empty() ? 1 : blocks[0];
    const bool last = desc == channelsLastDesc(shape);
    if (!last && (block == 1 || desc != channelBlockedDesc(shape, static_cast<int>(block))))
        return std::nullopt;
    Placed made = last ? channelsLast(shape, reduced) : blocked(shape, reduced, block);
    // What pads the last block is 0: it counts for nothing in sums, and must be 0 in the output.
    const bool whole = shape[1] % block == 0;
    const bool extreme = kind == core::OpKind::ReduceMax || kind == core::OpKind::ReduceMin;
    if (!whole && (reduced[1] ? extreme : kind == core::OpKind::ReduceLogSum))
        return std::nullopt;
    if (reduced[1]) // without channels the rest is in order
        return made;
    const bool flat = std::all_of(reduced.begin() + 2, reduced.end(), [](bool r) { return r; });
    const bool front
        = output.size() == shape.size() || !reduced[0]; // the batch is still in front of the channels
    if (output.size() >= 3 && front)
        made.output = last ? channelsLastDesc(output) : channelBlockedDesc(output, static_cast<int>(block));
    else if (!flat || !whole)
        return std::nullopt;
    return made;
}

} // namespace

/// Sums, means, norms and extremes, in the layout that an image has.
bool reduceOwn(Lowering& lowering, const core::Node& node)
{
    if (!suits(lowering, node))
        return false;
    const core::Shape &input = lowering.shapeOf(node.inputs[0]), &output = lowering.shapeOf(node.outputs[0]);
    const std::int64_t count = core::elementCount(input) / core::elementCount(output);
    if (count == 1 && ReduceKernel::keepsNumbers(node.kind))
        return aliasOwn(lowering, node);
    const std::vector<bool> reduced = reducedDims(lowering, node);
    const auto image
        = placed(lowering.tensor(lowering.current(node.inputs[0])).desc, node.kind, input, reduced, output);
    const Placed as = image ? *image : Placed { input, reduced, {} };
    const TensorId source = image ? lowering.current(node.inputs[0]) : lowering.plain(node.inputs[0]);
    const TensorId target = as.output.is_zero() ? lowering.definePlain(node.outputs[0])
                                                : lowering.define(node.outputs[0], as.output);
    const ReduceKernel kernel(node.kind, as.shape, as.reduced, count);
    lowering.addOwn("own:reduce", { source }, { target }, [=](const Addresses& at) {
        parallelFor(kernel.units(), std::max<std::int64_t>(1, kGrain / kernel.unitElements()),
            [&](std::int64_t begin, std::int64_t end) {
                kernel.run(at.as<const float>(source), at.as<float>(target), begin, end);
            });
    });
    return true;
}

} // namespace cpu
