// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/half.h"
#include "gpu/kernels/spread.h"

#include <cmath>
#include <type_traits>

namespace gpu {

/// Functions of two numbers, or two truths.
enum class Combination {
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    Pow, // of floats
    // to bool
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    And,
    Or,
    Xor,
    Same // of truths
};

/// One function of two tensors. Integers wrap around; dividing one by 0 gives 0, for there is nobody to tell.
template <typename T, typename Result> struct CombineBody {
    using Number = std::conditional_t<std::is_integral_v<T>, T, float>;

    const T *x, *y;
    Result* result;
    Combination function;
    SpreadDims dims;
    SpreadDims::Operand operand[2];

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        const auto a = static_cast<Number>(x[dims.place(operand[0], index)]);
        const auto b = static_cast<Number>(y[dims.place(operand[1], index)]);
        if constexpr (std::is_same_v<Result, bool>)
            result[index] = holds(a, b);
        else
            result[index] = Result(combined(a, b));
    }

private:
    BREAKEVEN_DEVICE bool holds(Number a, Number b) const
    {
        const bool p = a != Number(0), q = b != Number(0);
        switch (function) {
        case Combination::Equal:
            return a == b;
        case Combination::Greater:
            return a > b;
        case Combination::GreaterOrEqual:
            return a >= b;
        case Combination::Less:
            return a < b;
        case Combination::LessOrEqual:
            return a <= b;
        case Combination::And:
            return p && q;
        case Combination::Or:
            return p || q;
        case Combination::Xor:
            return p != q;
        default:
            return p == q;
        }
    }

    BREAKEVEN_DEVICE Number combined(Number a, Number b) const
    {
        switch (function) {
        case Combination::Add:
            return wrapped(a, b, [](auto p, auto q) { return p + q; });
        case Combination::Sub:
            return wrapped(a, b, [](auto p, auto q) { return p - q; });
        case Combination::Mul:
            return wrapped(a, b, [](auto p, auto q) { return p * q; });
        case Combination::Div:
            return quotient(a, b);
        case Combination::Pow:
            return power(a, b);
        case Combination::Min:
            return b < a || b != b ? b : a;
        default:
            return b > a || b != b ? b : a;
        }
    }

    template <typename Function> static BREAKEVEN_DEVICE Number wrapped(Number a, Number b, Function function)
    {
        if constexpr (std::is_integral_v<T>)
            return static_cast<T>(function(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
        else
            return function(a, b);
    }

    static BREAKEVEN_DEVICE Number power(Number a, Number b)
    {
        if constexpr (std::is_integral_v<T>)
            return a;
        else
            return powf(a, b);
    }

    static BREAKEVEN_DEVICE Number quotient(Number a, Number b)
    {
        if constexpr (std::is_integral_v<T>) {
            if (b == 0)
                return 0;
            if (std::is_signed_v<T> && b == static_cast<T>(-1)) // the lowest wraps
                return static_cast<T>(std::uint64_t { 0 } - static_cast<std::uint64_t>(a));
        }
        return a / b;
    }
};

/// Functions of one whole number, or of a truth as a byte.
enum class Change { Not, Neg, Abs, Sign };

template <typename T> struct ChangeBody {
    const T* x;
    T* y;
    Change function;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        const T value = x[index];
        const auto negated = static_cast<T>(std::uint64_t { 0 } - static_cast<std::uint64_t>(value));
        switch (function) {
        case Change::Not:
            y[index] = value == 0;
            break;
        case Change::Neg:
            y[index] = negated;
            break;
        case Change::Abs:
            y[index] = value < 0 ? negated : value;
            break;
        case Change::Sign:
            y[index] = static_cast<T>((value > 0) - (value < 0));
            break;
        }
    }
};

} // namespace gpu
