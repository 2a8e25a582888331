// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/spread_operands.h"

#include <algorithm>

namespace gpu {

namespace {

/// Steps of an operand along the result's dimensions; 0 where it is spread.
std::vector<std::int64_t> spread(const core::Shape& shape, Layout layout, std::size_t rank)
{
    const core::Shape aligned = core::ops::alignedTo(shape, rank);
    auto strides = stridesOf(aligned, layout);
    for (std::size_t d = 0; d < rank; ++d)
        if (aligned[d] == 1)
            strides[d] = 0;
    return strides;
}

/// That of the first operand as large as the result.
Layout layoutFor(Lowering& lowering, const std::vector<core::ValueId>& operands, const core::Shape& shape)
{
    for (const core::ValueId operand : operands)
        if (lowering.shapeOf(operand) == shape && !lowering.constant(operand))
            return lowering.layoutOf(operand);
    return Layout::Dense;
}

} // namespace

SpreadDims SpreadOperands::dims() const
{
    if (walk.dims.size() > SpreadDims::kMostDims)
        throw core::Error("spreads its operands along {} dimensions, and {} are the most.", walk.dims.size(),
            static_cast<int>(SpreadDims::kMostDims));
    SpreadDims dims { static_cast<int>(walk.dims.size()), {} };
    std::copy(walk.dims.begin(), walk.dims.end(), dims.shape);
    return dims;
}

SpreadDims::Operand SpreadOperands::operand(std::size_t index) const
{
    SpreadDims::Operand operand { dense[index], {} };
    std::copy_n(walk.strides[index].begin(), std::min<std::size_t>(walk.dims.size(), SpreadDims::kMostDims),
        operand.strides);
    return operand;
}

SpreadOperands spreadOperands(
    Lowering& lowering, const std::vector<core::ValueId>& operands, const core::Shape& shape)
{
    SpreadOperands result;
    result.layout = hasChannels(shape) ? layoutFor(lowering, operands, shape) : Layout::Dense;
    // Dimensions in the order in which the result lies: channels last where they do.
    std::vector<std::size_t> order;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        if (result.layout == Layout::Dense || axis != 1)
            order.push_back(axis);
    if (result.layout == Layout::ChannelsLast)
        order.push_back(1);
    for (const std::size_t axis : order)
        result.walk.dims.push_back(shape[axis]);
    for (const core::ValueId operand : operands) {
        const bool whole = lowering.shapeOf(operand) == shape;
        const Layout layout = whole ? result.layout : Layout::Dense;
        result.tensors.push_back(lowering.in(operand, layout));
        const auto steps = spread(lowering.shapeOf(operand), layout, shape.size());
        result.walk.strides.emplace_back();
        for (const std::size_t axis : order)
            result.walk.strides.back().push_back(steps[axis]);
        result.dense.push_back(whole);
    }
    result.walk = core::ops::merged(result.walk);
    return result;
}

} // namespace gpu
