// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"
#include "core/ops/strides.h"

namespace core::ops {

/// output[i] = function(a, b) with the first two inputs broadcast to the output. The cases that models have,
/// wide numbers, both dense or one of them repeated, are loops of their own, for compilers to vectorise.
template <typename A, typename B, typename Y, typename Function>
void combine(const LoopContext& context, Function function)
{
    const Shape& shape = context.outputs[0].shape();
    const A* allA = context.inputs[0].as<A>().data();
    const B* allB = context.inputs[1].as<B>().data();
    Y* allY = context.outputs[0].as<Y>().data();
    const std::array strides { broadcastStrides(context.inputs[0].shape, shape),
        broadcastStrides(context.inputs[1].shape, shape) };
    walkRunsApart(
        shape, strides, [&](std::int64_t first, std::int64_t count, const auto& at, const auto& step) {
            const A* a = allA + at[0];
            const B* b = allB + at[1];
            Y* y = allY + first;
            if constexpr (std::is_same_v<A, B> && sizeof(A) >= sizeof(float)) {
                if (step[0] == 1 && step[1] == 1) {
                    for (std::int64_t k = 0; k < count; ++k)
                        y[k] = function(a[k], b[k]);
                    return;
                }
                if (step[0] == 1 && step[1] == 0) {
                    for (std::int64_t k = 0; k < count; ++k)
                        y[k] = function(a[k], *b);
                    return;
                }
                if (step[0] == 0 && step[1] == 1) {
                    for (std::int64_t k = 0; k < count; ++k)
                        y[k] = function(*a, b[k]);
                    return;
                }
            }
            for (std::int64_t k = 0; k < count; ++k)
                y[k] = function(a[k * step[0]], b[k * step[1]]);
        });
}

} // namespace core::ops
