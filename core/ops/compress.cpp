// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/half.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <cstring>

/// Operators that keep the elements that data picks out.
namespace core::ops {

void inferNonZero(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    throw NeedsData("finds as many elements as its data has.");
}

namespace {

/// The places of all elements that are not 0, in row-major order.
std::vector<std::int64_t> nonZeroPlaces(const TensorView& x)
{
    std::vector<std::int64_t> places;
    const auto find = [&places](const auto elements) {
        for (std::size_t i = 0; i < elements.size(); ++i)
            if (elements[i] != 0)
                places.push_back(static_cast<std::int64_t>(i));
    };
    if (isHalf(x.type))
        find(widened(x).as<float>());
    else
        dispatch(AllTypes {}, x.type, [&]<typename T>() { find(x.as<T>()); });
    return places;
}

} // namespace

std::vector<Tensor> produceNonZero(const ProduceContext& context)
{
    const Shape& shape = context.inputs[0].shape;
    std::vector<std::int64_t> places = nonZeroPlaces(context.inputs[0]);
    std::vector<Tensor> outputs;
    Tensor& found = outputs.emplace_back(ElementType::Int64, Shape { std::ssize(shape), std::ssize(places) });
    for (std::size_t d = shape.size(); d-- > 0;) {
        std::int64_t* indices = found.as<std::int64_t>().data() + d * places.size();
        for (std::int64_t& place : places) {
            *indices++ = place % shape[d];
            place /= shape[d];
        }
    }
    return outputs;
}

namespace {

/// Without an axis the input counts as flat.
Shape compressedShape(const Node& node, const Shape& shape)
{
    return std::get<CompressAttributes>(node.attributes).axis ? shape : Shape { elementCount(shape) };
}

std::size_t compressedAxis(const Node& node, const Shape& shape)
{
    const auto& axis = std::get<CompressAttributes>(node.attributes).axis;
    return axis ? normaliseAxis(*axis, shape.size()) : 0;
}

} // namespace

void inferCompress(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    requireType(context, 1, kBools);
    const Shape shape = compressedShape(context.node, context.inputs[0]);
    const std::int64_t length = shape[compressedAxis(context.node, shape)];
    if (context.inputs[1].size() != 1 || context.inputs[1][0] > length)
        throw Error("picks by flags of shape {} from {} elements.", toString(context.inputs[1]), length);
    throw NeedsData("keeps as many elements as its flags say.");
}

std::vector<Tensor> produceCompress(const ProduceContext& context)
{
    const TensorView& x = context.inputs[0];
    Shape shape = compressedShape(context.node, x.shape);
    const std::size_t axis = compressedAxis(context.node, shape);
    const std::int64_t length = shape[axis];
    std::vector<std::size_t> kept;
    const auto flags = context.inputs[1].as<Boolean>();
    for (std::size_t i = 0; i < flags.size(); ++i)
        if (flags[i])
            kept.push_back(i);
    shape[axis] = std::ssize(kept);
    std::vector<Tensor> outputs;
    std::byte* to = outputs.emplace_back(x.type, shape).bytes().data();
    if (outputs[0].count() == 0)
        return outputs;
    const std::size_t block = static_cast<std::size_t>(elementCount(
                                  Shape(shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end())))
        * elementSize(x.type);
    const std::size_t row = block * static_cast<std::size_t>(length);
    for (std::size_t outer = 0; outer < x.bytes.size(); outer += row)
        for (const std::size_t index : kept) {
            std::memcpy(to, x.bytes.data() + outer + index * block, block);
            to += block;
        }
    return outputs;
}

} // namespace core::ops
