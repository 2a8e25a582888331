// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/reduced_axes.h"
#include "gpu/engine/element_types.h"
#include "gpu/engine/lower_table.h"

#include <algorithm>

namespace gpu {

namespace {

using K = core::OpKind;

/// Rows of this length keep no more than a warp of a group busy: a thread each is better.
constexpr std::int64_t kShortRow = 32;
/// Where as many rows lie side by side, threads that have one each read whole lines of memory; there have to
/// be enough of them to fill a device.
constexpr std::int64_t kSideBySide = 32, kManyRows = 4096;

bool byThreads(std::int64_t length, std::int64_t inner, std::int64_t rows)
{
    return length <= kShortRow || (inner >= kSideBySide && rows >= kManyRows);
}

/// The work of `rows` rows; place(row, addresses) sets the pointers.
template <typename Row, typename Place> Work rowWork(Row row, std::int64_t rows, bool threads, Place place)
{
    return [=](Device& device, const Addresses& at) {
        Row placed = row;
        place(placed, at);
        if (threads)
            device.run(ThreadRows<Row> { placed }, rows);
        else
            device.run(GroupRows<Row> { placed }, rows);
    };
}

std::int64_t product(core::Shape::const_iterator first, core::Shape::const_iterator last)
{
    std::int64_t count = 1;
    for (; first != last; ++first)
        count *= *first;
    return count;
}

std::size_t positive(std::int64_t axis, std::size_t rank)
{
    return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis);
}

/// Axes in the order in which a tensor lies, the innermost one last.
std::vector<std::size_t> memoryOrder(std::size_t rank, Layout layout)
{
    std::vector<std::size_t> order;
    for (std::size_t axis = 0; axis < rank; ++axis)
        if (layout == Layout::Dense || axis != 1)
            order.push_back(axis);
    if (layout == Layout::ChannelsLast)
        order.push_back(1);
    return order;
}

struct Rows {
    RowPlaces places;
    std::int64_t count;
};

/// Along the marked axes of a tensor that lies in `layout`; nullopt where others lie between them.
std::optional<Rows> rowsAlong(const core::Shape& shape, Layout layout, const std::vector<bool>& marked)
{
    Rows rows { { 1, 1 }, 1 };
    bool inside = false, behind = false;
    for (const std::size_t axis : memoryOrder(shape.size(), layout)) {
        if (shape[axis] == 1)
            continue;
        if (marked[axis]) {
            if (behind)
                return std::nullopt;
            inside = true;
            rows.places.length *= shape[axis];
            continue;
        }
        behind = inside;
        rows.count *= shape[axis];
        if (behind)
            rows.places.inner *= shape[axis];
    }
    return rows;
}

void requireOneType(const Lowering& lowering, const core::Node& node, std::size_t inputs)
{
    for (std::size_t i = 0; i < inputs && i < node.inputs.size(); ++i)
        if (node.inputs[i] != core::kNoValue
            && lowering.typeOf(node.inputs[i]) != lowering.typeOf(node.outputs[0]))
            throw core::Error("mixes {} and {}, and has no kernel for that.",
                core::elementName(lowering.typeOf(node.inputs[i])),
                core::elementName(lowering.typeOf(node.outputs[0])));
}

} // namespace

void lowerSoftmax(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::AxisAttributes>(node.attributes);
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    const std::size_t axis = positive(attributes.axis, shape.size());
    // Before opset 13 all axes behind that one are rows with it.
    const Layout layout = attributes.flattened ? Layout::Dense : lowering.layoutOf(node.inputs[0]);
    std::vector<bool> marked(shape.size(), false);
    for (std::size_t d = axis; d < shape.size() && (d == axis || attributes.flattened); ++d)
        marked[d] = true;
    const Rows rows = *rowsAlong(shape, layout, marked);
    const TensorId x = lowering.in(node.inputs[0], layout);
    const TensorId y = lowering.define(node.outputs[0], layout);
    lowering.add("own:softmax", { x }, { y }, withReal(lowering.typeOf(node.inputs[0]), [&]<typename T>() {
        const SoftmaxRow<T> row { nullptr, nullptr, rows.places, node.kind == K::LogSoftmax };
        return rowWork(row, core::elementCount(shape) == 0 ? 0 : rows.count,
            byThreads(rows.places.length, rows.places.inner, rows.count),
            [x, y](SoftmaxRow<T>& placed, const Addresses& at) {
                placed.x = at.as<const T>(x);
                placed.y = at.as<T>(y);
            });
    }));
}

namespace {

/// Rows that are normalised, and where their parameters are.
struct Norm {
    std::int64_t length = 1;
    float epsilon = 0;
    bool centred = true;
    std::int64_t period = 1, perRow = 0, plane = 1;
};

void addNorm(Lowering& lowering, const core::Node& node, const Norm& norm, TensorId scale, TensorId shift)
{
    requireOneType(lowering, node, 3);
    const std::int64_t total = core::elementCount(lowering.shapeOf(node.inputs[0]));
    const std::int64_t rows = total == 0 ? 0 : total / norm.length;
    const TensorId x = lowering.in(node.inputs[0]);
    const TensorId y = lowering.define(node.outputs[0]);
    std::vector<TensorId> reads { x, scale };
    if (shift >= 0)
        reads.push_back(shift);
    lowering.add("own:norm", reads, { y }, withReal(lowering.typeOf(node.outputs[0]), [&]<typename T>() {
        const NormRow<T> row { nullptr, nullptr, nullptr, nullptr, norm.length, norm.epsilon, norm.centred,
            norm.period, norm.perRow, norm.plane };
        return rowWork(row, rows, byThreads(norm.length, 1, rows),
            [x, y, scale, shift](NormRow<T>& placed, const Addresses& at) {
                placed.x = at.as<const T>(x);
                placed.scale = at.as<const T>(scale);
                placed.shift = at.as<const T>(shift);
                placed.y = at.as<T>(y);
            });
    }));
}

/// A parameter spread over the dimensions that are normalised.
TensorId parameter(Lowering& lowering, core::ValueId value, const core::Shape& normalised)
{
    const core::Shape& shape = lowering.shapeOf(value);
    const TensorId given = lowering.in(value);
    const std::int64_t count = core::elementCount(normalised);
    if (core::elementCount(shape) == count)
        return given;
    std::vector<std::int64_t> from(normalised.size(), 0);
    std::int64_t step = 1;
    for (std::size_t d = 1; d <= shape.size(); ++d) {
        const std::int64_t dim = shape[shape.size() - d];
        from[from.size() - d] = dim == 1 ? 0 : step;
        step *= dim;
    }
    const TensorId spread
        = lowering.temporary(static_cast<std::size_t>(count) * core::elementSize(lowering.typeOf(value)));
    addCopy(lowering, "own:expand", given, from, spread, stridesOf(normalised, Layout::Dense), normalised);
    return spread;
}

} // namespace

void lowerLayerNorm(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::NormAttributes>(node.attributes);
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    const auto axis = static_cast<std::ptrdiff_t>(positive(attributes.axis, shape.size()));
    const core::Shape normalised(shape.begin() + axis, shape.end());
    const bool shifted = node.inputs.size() > 2 && node.inputs[2] != core::kNoValue;
    const Norm norm { .length = core::elementCount(normalised),
        .epsilon = attributes.epsilon,
        .centred = node.kind == K::LayerNormalization };
    const TensorId scale = parameter(lowering, node.inputs[1], normalised);
    addNorm(lowering, node, norm, scale, shifted ? parameter(lowering, node.inputs[2], normalised) : -1);
}

void lowerGroupNorm(Lowering& lowering, const core::Node& node)
{
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    const std::int64_t plane = product(shape.begin() + 2, shape.end());
    Norm norm;
    if (const auto* groups = std::get_if<core::GroupNormAttributes>(&node.attributes)) {
        const std::int64_t channels = shape[1] / groups->groups; // of one group
        norm.length = channels * plane;
        norm.epsilon = groups->epsilon;
        norm.period = groups->groups;
        norm.perRow = groups->perGroup ? 1 : channels;
        norm.plane = groups->perGroup ? norm.length : plane;
    } else { // InstanceNormalization: every channel is a group
        norm.length = norm.plane = plane;
        norm.epsilon = std::get<core::BatchNormAttributes>(node.attributes).epsilon;
        norm.period = shape[1];
        norm.perRow = 1;
    }
    const TensorId scale = lowering.in(node.inputs[1]);
    addNorm(lowering, node, norm, scale, lowering.in(node.inputs[2]));
}

namespace {

Reduction reductionOf(K kind)
{
    switch (kind) {
    case K::ReduceMean:
        return Reduction::Mean;
    case K::ReduceMax:
        return Reduction::Max;
    case K::ReduceMin:
        return Reduction::Min;
    case K::ReduceProd:
        return Reduction::Prod;
    case K::ReduceSumSquare:
        return Reduction::SumSquare;
    case K::ReduceL1:
        return Reduction::L1;
    case K::ReduceL2:
        return Reduction::L2;
    case K::ReduceLogSum:
        return Reduction::LogSum;
    case K::ReduceLogSumExp:
        return Reduction::LogSumExp;
    default:
        return Reduction::Sum;
    }
}

std::vector<bool> reducedDims(const Lowering& lowering, const core::Node& node)
{
    std::vector<core::TensorView> inputs;
    for (const core::ValueId value : node.inputs)
        inputs.push_back(lowering.constant(value).value_or(core::TensorView {}));
    inputs[0] = { lowering.typeOf(node.inputs[0]), lowering.shapeOf(node.inputs[0]), {} };
    if (inputs.size() > 1 && node.inputs[1] != core::kNoValue && !lowering.constant(node.inputs[1]))
        throw core::Error("computes its axes, and has no kernel for that.");
    return core::ops::reducedAxes({ node, inputs, {} });
}

/// What is left of an image with its channels innermost lies in an order that the output has a layout for:
/// the batch still stands before the channels, or there are none.
bool keepsOrder(const std::vector<bool>& reduced, const core::Shape& input, const core::Shape& output)
{
    return reduced[1] || !reduced[0] || output.size() == input.size();
}

/// A copy in which the reduced axes are innermost.
TensorId reducedLast(Lowering& lowering, const core::Node& node, const std::vector<bool>& reduced)
{
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    const Layout layout = lowering.layoutOf(node.inputs[0]);
    const auto strides = stridesOf(shape, layout);
    core::Shape dims;
    std::vector<std::int64_t> from;
    for (const bool last : { false, true })
        for (std::size_t d = 0; d < shape.size(); ++d)
            if (reduced[d] == last) {
                dims.push_back(shape[d]);
                from.push_back(strides[d]);
            }
    const TensorId source = lowering.in(node.inputs[0], layout);
    const TensorId copied = lowering.temporary(byteCount(lowering.tensor(source)));
    addCopy(lowering, "own:transpose", source, from, copied, stridesOf(dims, Layout::Dense), dims);
    return copied;
}

} // namespace

void lowerReduce(Lowering& lowering, const core::Node& node)
{
    const core::Shape &shape = lowering.shapeOf(node.inputs[0]), &output = lowering.shapeOf(node.outputs[0]);
    const std::vector<bool> reduced = reducedDims(lowering, node);
    Layout layout = lowering.layoutOf(node.inputs[0]);
    if (layout == Layout::ChannelsLast && !keepsOrder(reduced, shape, output))
        layout = Layout::Dense;
    auto rows = rowsAlong(shape, layout, reduced);
    const bool inPlace = rows.has_value();
    if (!inPlace) {
        layout = Layout::Dense;
        rows = Rows { { 1, 1 }, core::elementCount(output) };
        for (std::size_t d = 0; d < shape.size(); ++d)
            rows->places.length *= reduced[d] ? shape[d] : 1;
    }
    const TensorId x = inPlace ? lowering.in(node.inputs[0], layout) : reducedLast(lowering, node, reduced);
    const bool channels = layout == Layout::ChannelsLast && !reduced[1];
    const TensorId y = lowering.define(node.outputs[0], channels ? layout : Layout::Dense);
    const Reduction kind = reductionOf(node.kind);
    lowering.add("own:reduce", { x }, { y }, withReal(lowering.typeOf(node.inputs[0]), [&]<typename T>() {
        // Groups have no product of what their threads hold.
        const bool threads
            = kind == Reduction::Prod || byThreads(rows->places.length, rows->places.inner, rows->count);
        return rowWork(ReduceRow<T> { nullptr, nullptr, rows->places, kind }, core::elementCount(output),
            threads, [x, y](ReduceRow<T>& placed, const Addresses& at) {
                placed.x = at.as<const T>(x);
                placed.y = at.as<T>(y);
            });
    }));
}

} // namespace gpu
