// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

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

namespace {

/// How many numbers Range makes; more than any tensor has when its limits are absurd.
template <typename T>
double rangeLength(const TensorView& start, const TensorView& limit, const TensorView& delta)
{
    const auto number = [](const TensorView& view) { return static_cast<double>(view.as<T>()[0]); };
    if (number(delta) == 0)
        throw Error("has a step of 0.");
    const double length = std::ceil((number(limit) - number(start)) / number(delta));
    if (!(length < 0x1p40))
        throw Error("counts from {} to {} in steps of {}.", number(start), number(limit), number(delta));
    return std::max(0.0, length);
}

} // namespace

void inferRange(InferContext& context)
{
    requireOneType(context, kNumbers);
    for (std::size_t input = 0; input < 3; ++input)
        if (!context.known[input])
            throw Error("takes its limits from data that is not constant.");
        else if (elementCount(context.inputs[input]) != 1)
            throw Error("has a limit of shape {}, expected a scalar.", toString(context.inputs[input]));
    dispatch(NumberTypes {}, context.types[0], [&]<typename T>() {
        const double length = rangeLength<T>(*context.known[0], *context.known[1], *context.known[2]);
        setOutput(context, 0, { static_cast<std::int64_t>(length) }, context.types[0]);
    });
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
