// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/chain_kernel.h"
#include "cpu/lower_table.h"
#include "cpu/threads.h"

#include <fmt/format.h>

#include <algorithm>

namespace cpu {

namespace {

/// How the result's elements lie in memory, outermost dimension first, and what dimension of the shape each
/// is a part of: of channels in blocks there are two.
struct MemoryOrder {
    Desc desc;
    std::vector<std::int64_t> dims;
    std::vector<std::size_t> axes;
    std::int64_t block = 1; // channels behind each other in the last dimension

    bool dense() const { return block == 1 && std::is_sorted(axes.begin(), axes.end()); }
};

MemoryOrder denseOrder(const core::Shape& shape)
{
    MemoryOrder order { .desc = plainDesc(shape, core::ElementType::Float32), .dims = shape, .axes = {} };
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        order.axes.push_back(axis);
    return order;
}

/// Channels in whole blocks: padding of the last block must stay zero, which a chain would not keep.
std::optional<MemoryOrder> imageOrder(const Desc& desc, const core::Shape& shape, int block)
{
    if (shape.size() < 3 || shape.size() > 5)
        return std::nullopt;
    const bool blocked = desc == channelBlockedDesc(shape, block) && shape[1] % block == 0;
    if (!blocked && desc != channelsLastDesc(shape))
        return std::nullopt;
    MemoryOrder order { .desc = desc, .dims = { shape[0] }, .axes = { 0 }, .block = blocked ? block : 1 };
    const auto append = [&](std::int64_t dim, std::size_t axis) {
        order.dims.push_back(dim);
        order.axes.push_back(axis);
    };
    if (blocked)
        append(shape[1] / block, 1);
    for (std::size_t axis = 2; axis < shape.size(); ++axis)
        append(shape[axis], axis);
    append(blocked ? block : shape[1], 1);
    return order;
}

/// Of a dense operand of shape `aligned`, along the dimensions of memory.
core::ops::Strides spread(const core::Shape& aligned, const MemoryOrder& order)
{
    std::vector<std::int64_t> steps(aligned.size(), 0);
    std::int64_t step = 1;
    for (std::size_t axis = aligned.size(); axis-- > 0; step *= aligned[axis])
        steps[axis] = aligned[axis] == 1 ? 0 : step;
    core::ops::Strides strides;
    for (std::size_t d = 0; d < order.axes.size(); ++d) {
        const bool blocks = order.block > 1 && order.axes[d] == 1 && d + 1 < order.axes.size();
        strides.push_back(steps[order.axes[d]] * (blocks ? order.block : 1));
    }
    return strides;
}

/// The layout of the first operand that is as large as the result and computed, where it is one the kernel
/// can walk through and the others fit into; dense otherwise.
MemoryOrder orderFor(Lowering& lowering, const core::ElementwiseChain& chain, const core::Shape& shape)
{
    MemoryOrder dense = denseOrder(shape);
    std::optional<MemoryOrder> image;
    for (const core::ValueId operand : chain.operands) {
        if (lowering.shapeOf(operand) != shape) { // a number each, or one for a channel
            const core::Shape aligned = core::ops::alignedTo(lowering.shapeOf(operand), shape.size());
            for (std::size_t axis = 2; axis < aligned.size(); ++axis)
                if (aligned[axis] != 1)
                    return dense;
        } else if (!image && !lowering.constant(operand)) {
            image
                = imageOrder(lowering.tensor(lowering.current(operand)).desc, shape, lowering.channelBlock());
            if (!image)
                return dense;
        }
    }
    return image.value_or(std::move(dense));
}

/// The operand over which the result may be written: read for the last time, element for element.
std::optional<std::size_t> dyingOperand(Lowering& lowering, const core::ElementwiseChain& chain,
    const std::vector<TensorId>& tensors, const MemoryOrder& order)
{
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const core::ValueId value = chain.operands[i];
        const Tensor& tensor = lowering.tensor(tensors[i]);
        if (tensor.desc != order.desc || !lowering.dies(value)
            || tensor.buffer != lowering.tensor(lowering.current(value)).buffer)
            continue;
        const bool alone = std::none_of(tensors.begin(), tensors.end(), [&](const TensorId& other) {
            return &other != &tensors[i] && lowering.tensor(other).buffer == tensor.buffer;
        });
        if (alone)
            return i;
    }
    return std::nullopt;
}

} // namespace

bool chainOwn(Lowering& lowering, const core::ElementwiseChain& chain)
{
    const core::ValueId output
        = lowering.graph().nodes[static_cast<std::size_t>(chain.nodes.back())].outputs[0];
    const core::Shape& shape = lowering.shapeOf(output);
    if (shape.size() > DNNL_MAX_NDIMS)
        return false;
    const MemoryOrder order = orderFor(lowering, chain, shape);
    std::vector<TensorId> tensors;
    core::ops::Walk walk { order.dims, {} };
    for (const core::ValueId operand : chain.operands) {
        if (lowering.shapeOf(operand) == shape && !order.dense()) {
            tensors.push_back(lowering.inLayout(operand, order.desc));
            walk.strides.push_back(core::ops::denseStrides(order.dims));
        } else {
            tensors.push_back(lowering.plain(operand));
            walk.strides.push_back(
                spread(core::ops::alignedTo(lowering.shapeOf(operand), shape.size()), order));
        }
    }
    const ChainKernel kernel(chain, walk);
    const auto over = dyingOperand(lowering, chain, tensors, order);
    const TensorId result = over ? lowering.defineAlias(output, tensors[*over], order.desc)
                                 : lowering.define(output, order.desc);
    lowering.addOwn(
        chain.nodes.size() > 1 ? fmt::format("own:chain of {}", chain.nodes.size()) : "own:elementwise",
        tensors, { result }, [=](const Addresses& at) {
            const float* from[ChainKernel::kMostOperands];
            for (std::size_t i = 0; i < tensors.size(); ++i)
                from[i] = at.as<const float>(tensors[i]);
            float* to = at.as<float>(result);
            parallelFor(kernel.count(), kernel.grain(),
                [&](std::int64_t begin, std::int64_t end) { kernel.run(from, to, begin, end); });
        });
    lowering.steps().back().cost = core::costOf(lowering.graph(), chain, lowering.shapes());
    return true;
}

bool elementwiseOwn(Lowering& lowering, const core::Node&)
{
    const auto chain = core::chainOf(lowering.graph(), lowering.shapes(), lowering.node());
    return chain && chainOwn(lowering, *chain);
}

} // namespace cpu
