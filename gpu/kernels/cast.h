// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/element_type.h"
#include "gpu/kernels/half.h"
#include "gpu/kernels/scalar.h"

namespace gpu {

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

} // namespace gpu
