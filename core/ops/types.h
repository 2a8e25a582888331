// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/model/element_type.h"

#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

/// From ElementType at run time to a C++ type at compile time, for the reference loops.
namespace core::ops {

/// A stored bool: any byte but 0 is true, as files may hold any.
struct Boolean {
    std::uint8_t byte = 0;

    Boolean() = default;
    Boolean(bool value)
        : byte(value ? 1 : 0)
    {
    }
    operator bool() const { return byte != 0; }
};

template <typename... T> struct Types {
};

using FloatTypes = Types<float, double>;
using IntegerTypes = Types<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, std::uint16_t,
    std::uint32_t, std::uint64_t>;
using NumberTypes = Types<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
    std::uint16_t, std::uint32_t, std::uint64_t>;
using AllTypes = Types<Boolean, float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
    std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>;
/// Unsigned integers that stand for any element of their size, for loops that only move elements.
using RawTypes = Types<std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>;

template <typename T> constexpr ElementType elementTypeOf()
{
    if constexpr (std::is_same_v<T, Boolean>)
        return ElementType::Bool;
    else if constexpr (std::is_same_v<T, float>)
        return ElementType::Float32;
    else if constexpr (std::is_same_v<T, double>)
        return ElementType::Double;
    else if constexpr (std::is_signed_v<T>)
        return sizeof(T) == 1 ? ElementType::Int8
            : sizeof(T) == 2  ? ElementType::Int16
            : sizeof(T) == 4  ? ElementType::Int32
                              : ElementType::Int64;
    else
        return sizeof(T) == 1 ? ElementType::UInt8
            : sizeof(T) == 2  ? ElementType::UInt16
            : sizeof(T) == 4  ? ElementType::UInt32
                              : ElementType::UInt64;
}

/// Calls `body.template operator()<T>()` for the T of the list that is `type`.
template <typename... T, typename Body> void dispatch(Types<T...>, ElementType type, Body&& body)
{
    const bool done = ((type == elementTypeOf<T>() && (body.template operator()<T>(), true)) || ...);
    if (!done)
        throw Error("cannot compute with elements of type {}.", elementName(type));
}

/// The same by size alone.
template <typename... T, typename Body> void dispatchBySize(Types<T...>, ElementType type, Body&& body)
{
    const bool done = ((elementSize(type) == sizeof(T) && (body.template operator()<T>(), true)) || ...);
    if (!done)
        throw Error("cannot move elements of type {}.", elementName(type));
}

/// What sums are kept in: double for floats, for it is the oracle; unsigned 64 bit for integers, whose
/// overflow wraps as it does in other engines, and whose low bits are right for any narrower type, signed or
/// not.
template <typename T>
using Accumulator = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;

/// The nearest T to a real number: rounded for floats; truncated, and clamped to the range, for integers; NaN
/// is 0.
template <typename T> T fromReal(double value)
{
    if constexpr (std::is_integral_v<T>) {
        using Limits = std::numeric_limits<T>;
        // The limits themselves may not be doubles: 2^63 - 1 rounds up to one that no int64 holds.
        if (value != value)
            return 0;
        if (value <= static_cast<double>(Limits::lowest()))
            return Limits::lowest();
        if (value >= static_cast<double>(Limits::max()))
            return Limits::max();
    }
    return static_cast<T>(value);
}

/// sums[j] += sum over k of x[k * stride] * rows[k][j]: the inner loop of every product. Four rows at a time,
/// for sums are then loaded and stored once in four, contiguous in all of them, for compilers to vectorise.
template <typename Sum, typename X, typename Row>
void addProducts(std::vector<Sum>& sums, const X* x, std::int64_t stride, const Row* rows, std::int64_t count)
{
    const std::size_t width = sums.size();
    Sum* to = sums.data();
    std::int64_t k = 0;
    for (; k + 4 <= count; k += 4, rows += 4 * width, x += 4 * stride) {
        const Sum x0 = static_cast<Sum>(x[0]), x1 = static_cast<Sum>(x[stride]);
        const Sum x2 = static_cast<Sum>(x[2 * stride]), x3 = static_cast<Sum>(x[3 * stride]);
        const Row *r0 = rows, *r1 = r0 + width, *r2 = r1 + width, *r3 = r2 + width;
        for (std::size_t j = 0; j < width; ++j)
            to[j] += x0 * static_cast<Sum>(r0[j]) + x1 * static_cast<Sum>(r1[j])
                + x2 * static_cast<Sum>(r2[j]) + x3 * static_cast<Sum>(r3[j]);
    }
    for (; k < count; ++k, rows += width, x += stride)
        for (std::size_t j = 0; j < width; ++j)
            to[j] += static_cast<Sum>(*x) * static_cast<Sum>(rows[j]);
}

} // namespace core::ops
