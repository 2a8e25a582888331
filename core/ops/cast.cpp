// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/for_range.h"
#include "core/ops/functions.h"
#include "core/ops/half.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

namespace core::ops {

void inferCast(InferContext& context)
{
    const ElementType to = std::get<CastAttributes>(context.node.attributes).to;
    requireType(context, 0, kFixedSize);
    if (elementSize(to) == 0)
        throw Error("casts to a type that is not supported.");
    setOutput(context, 0, context.inputs[0], to);
}

void inferCastLike(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    requireType(context, 1, kFixedSize);
    setOutput(context, 0, context.inputs[0], context.types[1]);
}

void inferBitCast(InferContext& context)
{
    const ElementType to = std::get<CastAttributes>(context.node.attributes).to;
    requireType(context, 0, kFixedSize);
    if (elementSize(to) != elementSize(context.types[0]))
        throw Error("takes the bits of {} for {}.", elementName(context.types[0]), elementName(to));
    setOutput(context, 0, context.inputs[0], to);
}

namespace {

/// Integers to integers keep their low bits; reals are truncated and clamped, as C++ leaves that undefined.
template <typename To, typename From> To converted(From from)
{
    if constexpr (std::is_same_v<To, Boolean>)
        return from != From {};
    else if constexpr (std::is_floating_point_v<From>)
        return fromReal<To>(from);
    else
        return static_cast<To>(from);
}

/// From any element to one of the three types that between them hold every element exactly.
template <typename From>
using Wide = std::conditional_t<std::is_floating_point_v<From>, double,
    std::conditional_t<std::is_signed_v<From>, std::int64_t, std::uint64_t>>;

template <typename From> void castFrom(std::span<const From> from, Tensor& output)
{
    if (isHalf(output.type())) {
        const auto to = output.as<std::uint16_t>();
        forEach(std::ssize(to), 4, [&](std::int64_t index) {
            const auto i = static_cast<std::size_t>(index);
            const auto value = static_cast<float>(static_cast<Wide<From>>(from[i]));
            to[i] = output.type() == ElementType::Float16 ? halfFromFloat(value) : bfloatFromFloat(value);
        });
        return;
    }
    dispatch(AllTypes {}, output.type(), [&]<typename To>() {
        const auto to = output.as<To>();
        forEach(std::ssize(to), 1, [&](std::int64_t index) {
            const auto i = static_cast<std::size_t>(index);
            to[i] = converted<To>(static_cast<Wide<From>>(from[i]));
        });
    });
}

} // namespace

void castLoop(const LoopContext& context)
{
    const TensorView& input = context.inputs[0];
    if (isHalf(input.type)) {
        const Tensor wide = widened(input);
        castFrom(wide.as<float>(), context.outputs[0]);
        return;
    }
    dispatch(
        AllTypes {}, input.type, [&]<typename From>() { castFrom(input.as<From>(), context.outputs[0]); });
}

} // namespace core::ops
