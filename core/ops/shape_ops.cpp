// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <array>
#include <cmath>

/// Constants, and operators whose data comes from shapes.
namespace core::ops {

void inferConstant(InferContext& context)
{
    const auto& value = std::get<ConstantAttributes>(context.node.attributes).value;
    if (!value || elementSize(value->type()) == 0)
        throw Error("holds a value that is not a dense tensor of numbers.");
    setOutput(context, 0, value->shape(), value->type());
}

void constantLoop(const LoopContext& context)
{
    const auto bytes = std::get<ConstantAttributes>(context.node.attributes).value->bytes();
    std::copy(bytes.begin(), bytes.end(), context.outputs[0].bytes().begin());
}

void inferConstantOfShape(InferContext& context)
{
    const auto& value = std::get<ConstantAttributes>(context.node.attributes).value;
    if (!value || elementSize(value->type()) == 0)
        throw Error("holds a value that is not a number.");
    Shape shape = context.integers(0, "shape");
    if (std::any_of(shape.begin(), shape.end(), [](std::int64_t dim) { return dim < 0; }))
        throw Error("makes a tensor of shape {}.", toString(shape));
    setOutput(context, 0, std::move(shape), value->type());
}

void constantOfShapeLoop(const LoopContext& context)
{
    const auto& value = std::get<ConstantAttributes>(context.node.attributes).value;
    dispatchBySize(RawTypes {}, value->type(),
        [&]<typename T>() { std::ranges::fill(context.outputs[0].as<T>(), value->as<T>()[0]); });
}

namespace {

/// The part of a shape that Shape gives: [start, end), negative from the back, clamped.
Shape slicedShape(const ShapeAttributes& attributes, const Shape& shape)
{
    const std::int64_t rank = std::ssize(shape);
    const auto place = [rank](std::int64_t index) {
        return std::clamp<std::int64_t>(index < 0 ? std::max(index, -rank) + rank : index, 0, rank);
    };
    const std::int64_t begin = place(attributes.start), end = place(attributes.end.value_or(rank));
    return begin < end ? Shape(shape.begin() + begin, shape.begin() + end) : Shape {};
}

} // namespace

void inferShape(InferContext& context)
{
    const auto& attributes = std::get<ShapeAttributes>(context.node.attributes);
    setOutput(context, 0, { std::ssize(slicedShape(attributes, context.inputs[0])) }, ElementType::Int64);
}

void shapeLoop(const LoopContext& context)
{
    const Shape shape
        = slicedShape(std::get<ShapeAttributes>(context.node.attributes), context.inputs[0].shape);
    std::copy(shape.begin(), shape.end(), context.outputs[0].as<std::int64_t>().begin());
}

void inferSize(InferContext& context)
{
    setOutput(context, 0, {}, ElementType::Int64);
}

void sizeLoop(const LoopContext& context)
{
    context.outputs[0].as<std::int64_t>()[0] = elementCount(context.inputs[0].shape);
}

void inferRange(InferContext& context)
{
    requireOneType(context, kNumbers);
    std::array<double, 3> limits {};
    for (std::size_t input = 0; input < limits.size(); ++input) {
        if (!context.known[input])
            throw NeedsData("takes its limits from data that is not known.");
        if (elementCount(context.inputs[input]) != 1)
            throw Error("has a limit of shape {}, expected a scalar.", toString(context.inputs[input]));
        limits[input] = realOf(*context.known[input]);
    }
    const auto [start, limit, step] = limits;
    if (step == 0)
        throw Error("has a step of 0.");
    const double length = std::ceil((limit - start) / step);
    if (!(length < 0x1p40)) // not a number, or more than any tensor has
        throw Error("counts from {} to {} in steps of {}.", start, limit, step);
    setOutput(context, 0, { static_cast<std::int64_t>(std::max(0.0, length)) }, context.types[0]);
}

void rangeLoop(const LoopContext& context)
{
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T start = context.inputs[0].as<T>()[0], delta = context.inputs[2].as<T>()[0];
        std::int64_t i = 0;
        for (T& y : context.outputs[0].as<T>())
            if constexpr (std::is_floating_point_v<T>)
                y = static_cast<T>(start + static_cast<double>(i++) * delta);
            else
                y = static_cast<T>(static_cast<std::uint64_t>(start)
                    + static_cast<std::uint64_t>(i++) * static_cast<std::uint64_t>(delta));
    });
}

} // namespace core::ops
