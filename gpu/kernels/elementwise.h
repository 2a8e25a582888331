// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/chain_function.h"
#include "gpu/kernels/cast.h"
#include "gpu/kernels/combine.h"
#include "gpu/kernels/half.h"
#include "gpu/kernels/scalar.h"

/// One element at a time: chains of functions, functions of two numbers, casts.
namespace gpu {

/// A chain of elementwise functions in one pass. Operands are read along the result's dimensions, the last of
/// which is the innermost; a stride of 0 repeats.
template <typename T> struct ChainBody {
    static constexpr int kMostDims = 6, kMostOperands = 8, kMostSteps = 24;

    struct Step {
        core::ChainFunction function;
        float alpha, beta;
        int x, y; // operands first, then steps; y is -1 where there is none
    };
    struct Operand {
        const T* data;
        bool dense; // lies like the result
        std::int64_t strides[kMostDims];
    };

    T* result;
    int dims, operands, steps;
    std::int64_t shape[kMostDims];
    Operand operand[kMostOperands];
    Step step[kMostSteps];

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        float values[kMostOperands + kMostSteps];
        for (int i = 0; i < operands; ++i)
            values[i]
                = static_cast<float>(operand[i].data[operand[i].dense ? index : place(operand[i], index)]);
        for (int i = 0; i < steps; ++i) {
            const Step& at = step[i];
            values[operands + i]
                = chainValue(at.function, values[at.x], at.y < 0 ? 0.0F : values[at.y], at.alpha, at.beta);
        }
        result[index] = T(values[operands + steps - 1]);
    }

private:
    BREAKEVEN_DEVICE std::int64_t place(const Operand& of, std::int64_t index) const
    {
        std::int64_t at = 0;
        for (int d = dims - 1; d >= 0; --d)
            at += takeRemainder(index, shape[d]) * of.strides[d];
        return at;
    }
};

using ElementwiseKernels = KernelList<ChainBody<float>, ChainBody<Half>, ChainBody<Bfloat>,
    CastBody<float, Half>, CastBody<Half, float>, CastBody<float, Bfloat>, CastBody<Bfloat, float>,
    CastBody<std::int32_t, float>, CastBody<std::int64_t, float>, CastBody<float, std::int32_t>,
    CastBody<float, std::int64_t>, CastBody<std::int32_t, std::int64_t>, CastBody<std::int64_t, std::int32_t>,
    CastBody<bool, float>, CastBody<float, bool>, CastBody<std::uint8_t, float>, CastBody<std::int8_t, float>,
    CastBody<bool, std::int32_t>, CastBody<bool, std::int64_t>, CastBody<std::int64_t, bool>,
    CastBody<std::int32_t, bool>, AnyCastBody, CombineBody<float, float>, CombineBody<Half, Half>,
    CombineBody<Bfloat, Bfloat>, CombineBody<std::int32_t, std::int32_t>,
    CombineBody<std::int64_t, std::int64_t>, CombineBody<float, bool>, CombineBody<Half, bool>,
    CombineBody<Bfloat, bool>, CombineBody<std::int32_t, bool>, CombineBody<std::int64_t, bool>,
    CombineBody<std::uint8_t, bool>, CombineBody<std::int8_t, bool>, ChangeBody<std::int8_t>,
    ChangeBody<std::int32_t>, ChangeBody<std::int64_t>>;

} // namespace gpu
