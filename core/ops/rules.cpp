// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/rules.h"

#include "core/ops/half.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cstring>

namespace core::ops {

bool isFloat(ElementType type)
{
    return type == ElementType::Float32 || type == ElementType::Double || type == ElementType::Float16
        || type == ElementType::BFloat16;
}

bool isInteger(ElementType type)
{
    return elementSize(type) > 0 && !isFloat(type) && type != ElementType::Bool;
}

const TypeSet kFloats { "floating-point numbers", isFloat };
const TypeSet kIntegers { "integers", isInteger };
const TypeSet kNumbers { "numbers", [](ElementType type) { return isFloat(type) || isInteger(type); } };
const TypeSet kNumbersAndBool { "numbers or bool", [](ElementType type) { return elementSize(type) > 0; } };
const TypeSet kBools { "bool", [](ElementType type) { return type == ElementType::Bool; } };
const TypeSet kFixedSize { "elements of fixed size", [](ElementType type) { return elementSize(type) > 0; } };
const TypeSet kIndices { "int32 or int64",
    [](ElementType type) { return type == ElementType::Int32 || type == ElementType::Int64; } };

void requireInput(const InferContext& context, std::size_t input)
{
    if (!context.has(input))
        throw Error("lacks its input {}.", input + 1);
}

void requireType(const InferContext& context, std::size_t input, const TypeSet& allowed)
{
    if (!allowed.contains(context.types[input]))
        throw Error(
            "takes {} as input {}, not {}.", allowed.words, input + 1, elementName(context.types[input]));
}

void requireOneType(const InferContext& context, const TypeSet& allowed)
{
    requireType(context, 0, allowed);
    for (std::size_t input = 1; input < context.types.size(); ++input)
        if (context.has(input) && context.types[input] != context.types[0])
            throw Error("mixes {} and {}.", elementName(context.types[0]), elementName(context.types[input]));
}

void requireFloats(const InferContext& context, std::initializer_list<std::size_t> inputs)
{
    const bool wide = context.types[*inputs.begin()] == ElementType::Double;
    for (const std::size_t input : inputs) {
        if (!context.has(input))
            continue;
        requireType(context, input, kFloats);
        if ((context.types[input] == ElementType::Double) != wide)
            throw Error("mixes {} and {}.", elementName(context.types[*inputs.begin()]),
                elementName(context.types[input]));
    }
}

void setOutput(InferContext& context, std::size_t index, Shape shape, ElementType type)
{
    if (index >= context.outputs.size())
        return;
    context.outputs[index] = std::move(shape);
    context.outputTypes[index] = type;
}

Shape broadcast(const Shape& a, const Shape& b)
{
    const Shape& longer = a.size() >= b.size() ? a : b;
    const Shape& shorter = a.size() >= b.size() ? b : a;
    Shape result = longer;
    const std::size_t offset = longer.size() - shorter.size();
    for (std::size_t i = 0; i < shorter.size(); ++i) {
        if (shorter[i] == 1 || shorter[i] == result[offset + i])
            continue;
        if (result[offset + i] != 1)
            throw Error("cannot broadcast {} and {} to one shape.", toString(a), toString(b));
        result[offset + i] = shorter[i];
    }
    return result;
}

bool broadcastsTo(const Shape& from, const Shape& to)
{
    if (from.size() > to.size())
        return false;
    const std::size_t offset = to.size() - from.size();
    for (std::size_t i = 0; i < from.size(); ++i)
        if (from[i] != 1 && from[i] != to[offset + i])
            return false;
    return true;
}

std::size_t normaliseAxis(std::int64_t axis, std::size_t rank)
{
    const auto limit = static_cast<std::int64_t>(rank);
    if (axis < -limit || axis >= limit)
        throw Error("has axis {}, which a tensor of {} dimensions does not have.", axis, rank);
    return static_cast<std::size_t>(axis < 0 ? axis + limit : axis);
}

std::vector<bool> axisFlags(const std::vector<std::int64_t>& axes, std::size_t rank)
{
    std::vector<bool> flags(rank, false);
    for (const std::int64_t axis : axes) {
        const std::size_t index = normaliseAxis(axis, rank);
        if (flags[index])
            throw Error("has axis {} twice.", axis);
        flags[index] = true;
    }
    return flags;
}

std::int64_t checkedProduct(std::int64_t a, std::int64_t b)
{
    std::int64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product) || product > std::int64_t { 1 } << 62)
        throw Error("makes a tensor of more than 2^62 elements.");
    return product;
}

Shape integersOf(const TensorView& view)
{
    Shape integers;
    const std::size_t size = elementSize(view.type);
    for (std::size_t at = 0; at + size <= view.bytes.size(); at += size) {
        std::int32_t narrow = 0;
        std::int64_t wide = 0;
        std::memcpy(size == sizeof wide ? static_cast<void*>(&wide) : &narrow, view.bytes.data() + at, size);
        integers.push_back(size == sizeof wide ? wide : narrow);
    }
    return integers;
}

std::vector<double> realsOf(const TensorView& view)
{
    if (isHalf(view.type))
        return realsOf(widened(view).view());
    std::vector<double> reals;
    dispatch(FloatTypes {}, view.type,
        [&]<typename T>() { reals.assign(view.as<T>().begin(), view.as<T>().end()); });
    return reals;
}

std::vector<double> expandedTo(const TensorView& view, const Shape& shape)
{
    const auto given = realsOf(view);
    std::vector<double> expanded(static_cast<std::size_t>(elementCount(shape)));
    walk(shape, std::array { broadcastStrides(view.shape, shape) }, [&](std::int64_t i, const auto& at) {
        expanded[static_cast<std::size_t>(i)] = given[static_cast<std::size_t>(at[0])];
    });
    return expanded;
}

std::vector<double> knownReals(const InferContext& context, std::size_t index, const char* what)
{
    const auto& view = context.known[index];
    if (!view)
        throw NeedsData("takes its {} from data that is not known.", what);
    requireType(context, index, kFloats);
    return realsOf(Tensor::copyOf(*view).view()); // in a file it may lie at any address
}

double realOf(const TensorView& scalar)
{
    if (isHalf(scalar.type))
        return widened(scalar).as<float>()[0];
    double real = 0;
    dispatch(
        NumberTypes {}, scalar.type, [&]<typename T>() { real = static_cast<double>(scalar.as<T>()[0]); });
    return real;
}

std::int64_t integerScalar(const InferContext& context, std::size_t index, const char* what)
{
    if (elementCount(context.inputs[index]) != 1)
        throw Error("has a {} of shape {}, expected a scalar.", what, toString(context.inputs[index]));
    if (!context.known[index])
        throw NeedsData("takes its {} from data that is not known.", what);
    return fromReal<std::int64_t>(realOf(*context.known[index]));
}

bool hasInput(const LoopContext& context, std::size_t index)
{
    return index < ownInputCount(context.node) && index < context.inputs.size()
        && context.inputs[index].type != ElementType::Undefined;
}

void sameAsFirst(InferContext& context, const TypeSet& allowed)
{
    requireType(context, 0, allowed);
    setOutput(context, 0, context.inputs[0], context.types[0]);
}

} // namespace core::ops
