// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/chain_function.h"
#include "core/model/element_type.h"
#include "gpu/kernels/half.h"
#include "gpu/kernels/scalar.h"
#include "gpu/kernels/spread.h"

/// One element at a time: chains of functions, casts.
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

/// Numbers as numbers of another type: to integers truncated, to bool whether they are not 0.
template <typename From, typename To> struct CastBody {
    const From* from;
    To* to;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const { to[index] = convert<To>(from[index]); }
};

/// The same between any two types, told when it runs: for pairs that networks seldom ask for.
struct AnyCastBody {
    const void* from;
    void* to;
    core::ElementType fromType, toType;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        using Type = core::ElementType;
        switch (fromType) {
        case Type::Bool:
            return store(index, static_cast<std::uint64_t>(load<std::uint8_t>(index) != 0));
        case Type::UInt8:
            return store(index, static_cast<std::uint64_t>(load<std::uint8_t>(index)));
        case Type::UInt16:
            return store(index, static_cast<std::uint64_t>(load<std::uint16_t>(index)));
        case Type::UInt32:
            return store(index, static_cast<std::uint64_t>(load<std::uint32_t>(index)));
        case Type::UInt64:
            return store(index, load<std::uint64_t>(index));
        case Type::Int8:
            return store(index, static_cast<std::int64_t>(load<std::int8_t>(index)));
        case Type::Int16:
            return store(index, static_cast<std::int64_t>(load<std::int16_t>(index)));
        case Type::Int32:
            return store(index, static_cast<std::int64_t>(load<std::int32_t>(index)));
        case Type::Int64:
            return store(index, load<std::int64_t>(index));
        case Type::Float16:
            return store(index, static_cast<float>(load<Half>(index)));
        case Type::BFloat16:
            return store(index, static_cast<float>(load<Bfloat>(index)));
        case Type::Double:
            return store(index, load<double>(index));
        default:
            return store(index, load<float>(index));
        }
    }

private:
    template <typename T> BREAKEVEN_DEVICE T load(std::int64_t index) const
    {
        return static_cast<const T*>(from)[index];
    }

    template <typename T, typename Value> BREAKEVEN_DEVICE void put(std::int64_t index, Value value) const
    {
        static_cast<T*>(to)[index] = convert<T>(value);
    }

    template <typename Value> BREAKEVEN_DEVICE void store(std::int64_t index, Value value) const
    {
        using Type = core::ElementType;
        switch (toType) {
        case Type::Bool:
            return put<bool>(index, value);
        case Type::UInt8:
            return put<std::uint8_t>(index, value);
        case Type::UInt16:
            return put<std::uint16_t>(index, value);
        case Type::UInt32:
            return put<std::uint32_t>(index, value);
        case Type::UInt64:
            return put<std::uint64_t>(index, value);
        case Type::Int8:
            return put<std::int8_t>(index, value);
        case Type::Int16:
            return put<std::int16_t>(index, value);
        case Type::Int32:
            return put<std::int32_t>(index, value);
        case Type::Int64:
            return put<std::int64_t>(index, value);
        case Type::Float16:
            return put<Half>(index, static_cast<float>(value));
        case Type::BFloat16:
            return put<Bfloat>(index, static_cast<float>(value));
        case Type::Double:
            return put<double>(index, value);
        default:
            return put<float>(index, value);
        }
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
