// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/combine.h"
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <functional>

namespace core::ops {

void inferBitwise(InferContext& context)
{
    requireOneType(context, kIntegers);
    Shape shape = context.inputs[0];
    for (const Shape& input : context.inputs)
        shape = broadcast(shape, input);
    setOutput(context, 0, std::move(shape), context.types[0]);
}

void bitwiseNotLoop(const LoopContext& context)
{
    dispatchBySize(RawTypes {}, context.inputs[0].type, [&]<typename T>() {
        const auto x = context.inputs[0].as<T>();
        const auto y = context.outputs[0].as<T>();
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = static_cast<T>(~x[i]);
    });
}

void bitwiseLoop(const LoopContext& context)
{
    const OpKind kind = context.node.kind;
    dispatchBySize(RawTypes {}, context.inputs[0].type, [&]<typename T>() {
        if (kind == OpKind::BitwiseAnd)
            combine<T, T, T>(context, std::bit_and<T>());
        else if (kind == OpKind::BitwiseOr)
            combine<T, T, T>(context, std::bit_or<T>());
        else
            combine<T, T, T>(context, std::bit_xor<T>());
    });
}

namespace {

/// Whether shifting by `amount` moves every bit out. A negative amount does too.
template <typename T> bool shiftsOut(T amount)
{
    return amount < T {} || amount >= static_cast<T>(8 * sizeof(T));
}

} // namespace

void bitShiftLoop(const LoopContext& context)
{
    const bool left = std::get<BitShiftAttributes>(context.node.attributes).direction == ShiftDirection::Left;
    dispatch(IntegerTypes {}, context.inputs[0].type, [&]<typename T>() {
        if (left)
            combine<T, T, T>(context, [](T x, T amount) {
                return shiftsOut(amount) ? T {} : static_cast<T>(static_cast<std::uint64_t>(x) << amount);
            });
        else
            combine<T, T, T>(context, [](T x, T amount) {
                if (shiftsOut(amount))
                    return static_cast<T>(x < T {} ? -1 : 0);
                return static_cast<T>(x >> amount); // keeps the sign
            });
    });
}

} // namespace core::ops
