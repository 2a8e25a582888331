// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/half.h"
#include "gpu/kernels/integer_ending.h"
#include "gpu/kernels/rows.h"
#include "gpu/kernels/spread.h"

/// Numbers to quantised ones and back: real = scale * (quantised - zero point).
namespace gpu {

/// Of float32 or either half.
BREAKEVEN_DEVICE inline float realAt(const void* numbers, core::ElementType type, std::int64_t index)
{
    switch (type) {
    case core::ElementType::Float16:
        return static_cast<const Half*>(numbers)[index];
    case core::ElementType::BFloat16:
        return static_cast<const Bfloat*>(numbers)[index];
    default:
        return static_cast<const float*>(numbers)[index];
    }
}

/// Scales, and zero points beside them, read along the dimensions of what they belong to.
struct QuantisedSteps {
    const void *scales, *zeros; // zeros may be null; they are of the integers' type
    core::ElementType scaleType; // Float32, Float16 or BFloat16
    SpreadDims dims;
    SpreadDims::Operand operand;

    BREAKEVEN_DEVICE std::int64_t place(std::int64_t index) const { return dims.place(operand, index); }
    BREAKEVEN_DEVICE float scale(std::int64_t place) const { return realAt(scales, scaleType, place); }
    template <typename T> BREAKEVEN_DEVICE std::int64_t zero(std::int64_t place) const
    {
        return zeros ? static_cast<const T*>(zeros)[place] : 0;
    }
};

template <typename From> struct QuantiseBody {
    const From* x;
    void* y;
    core::ElementType type; // of y, 8 or 16 bits
    QuantisedSteps steps;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        switch (type) {
        case core::ElementType::Int8:
            return store<std::int8_t>(index);
        case core::ElementType::Int16:
            return store<std::int16_t>(index);
        case core::ElementType::UInt16:
            return store<std::uint16_t>(index);
        default:
            return store<std::uint8_t>(index);
        }
    }

private:
    template <typename T> BREAKEVEN_DEVICE void store(std::int64_t index) const
    {
        const std::int64_t place = steps.place(index);
        static_cast<T*>(y)[index] = quantised<T>(static_cast<float>(x[index]), steps.scale(place),
            static_cast<int>(steps.template zero<T>(place)));
    }
};

template <typename To> struct DequantiseBody {
    const void* x;
    To* y;
    core::ElementType type; // of x, 8 or 16 bits or Int32
    QuantisedSteps steps;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        switch (type) {
        case core::ElementType::Int8:
            return store<std::int8_t>(index);
        case core::ElementType::Int16:
            return store<std::int16_t>(index);
        case core::ElementType::UInt16:
            return store<std::uint16_t>(index);
        case core::ElementType::Int32:
            return store<std::int32_t>(index);
        default:
            return store<std::uint8_t>(index);
        }
    }

private:
    template <typename T> BREAKEVEN_DEVICE void store(std::int64_t index) const
    {
        const std::int64_t place = steps.place(index);
        const std::int64_t distance = static_cast<const T*>(x)[index] - steps.template zero<T>(place);
        // float32 holds all distances but those of 32 bits.
        using Real = std::conditional_t<sizeof(T) == 4, double, float>;
        y[index]
            = To(static_cast<float>(static_cast<Real>(distance) * static_cast<Real>(steps.scale(place))));
    }
};

/// The least and the greatest of a part of some numbers and of 0; NaN is neither.
struct RangeBody {
    static constexpr std::size_t kSharedBytes = 0;
    static constexpr std::int64_t kPart = 8'192;

    const float* x;
    float* ranges; // two of each part
    std::int64_t count;

    BREAKEVEN_DEVICE std::int64_t parts() const { return (count + kPart - 1) / kPart; }

    template <typename Group> BREAKEVEN_DEVICE void operator()(std::int64_t index, Group& group) const
    {
        const std::int64_t rest = count - index * kPart, end = index * kPart + (rest < kPart ? rest : kPart);
        float lowest = 0, highest = 0;
        for (std::int64_t i = index * kPart + group.rank(); i < end; i += Group::kSize) {
            lowest = x[i] < lowest ? x[i] : lowest;
            highest = x[i] > highest ? x[i] : highest;
        }
        lowest = -group.max(-lowest);
        highest = group.max(highest);
        if (group.rank() == 0) {
            ranges[2 * index] = lowest;
            ranges[2 * index + 1] = highest;
        }
    }
};

/// The scale and the zero point of uint8 over the range of all parts.
struct RangeScaleBody {
    static constexpr std::size_t kSharedBytes = 0;

    const float* ranges;
    std::int64_t parts;
    float* scale;
    std::uint8_t* zero;

    template <typename Group> BREAKEVEN_DEVICE void operator()(std::int64_t, Group& group) const
    {
        float lowest = 0, highest = 0;
        for (std::int64_t i = group.rank(); i < parts; i += Group::kSize) {
            lowest = ranges[2 * i] < lowest ? ranges[2 * i] : lowest;
            highest = ranges[2 * i + 1] > highest ? ranges[2 * i + 1] : highest;
        }
        lowest = -group.max(-lowest);
        highest = group.max(highest);
        if (group.rank() == 0) {
            *scale = highest == lowest ? 1.0F : (highest - lowest) / 255;
            *zero = quantised<std::uint8_t>(-lowest, *scale, 0);
        }
    }
};

/// Exact sums to what operators on quantised numbers end with, in double as they are defined: times a scale
/// of the row and one of the column, plus a bias, and by the scale of the result to its steps.
struct ScaleSumsBody {
    /// One, or one for each line; null: 1.
    struct Scales {
        const void* given;
        core::ElementType type;
        std::int64_t step;

        BREAKEVEN_DEVICE double at(std::int64_t line) const
        {
            return given ? static_cast<double>(realAt(given, type, line * step)) : 1.0;
        }
    };

    const std::int32_t *sums, *addends; // addends may be null; their steps along rows and columns:
    std::int64_t addendRow, addendColumn;
    Scales rowScales, columnScales, resultScale;
    const float* bias; // of columns; may be null
    const std::uint8_t* zero; // of the result; may be null
    void* result;
    core::ElementType type; // Float32, UInt8 or Int8
    double alpha;
    bool dividesLast; // by the result's scale: QGemm does
    std::int64_t rows, columns; // of a matrix

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t row = index;
        const std::int64_t column = takeRemainder(row, columns);
        row %= rows;
        auto sum = static_cast<std::uint32_t>(sums[index]);
        if (addends)
            sum += static_cast<std::uint32_t>(addends[row * addendRow + column * addendColumn]);
        const auto exact = static_cast<double>(static_cast<std::int32_t>(sum));
        const double left = alpha * rowScales.at(row), right = columnScales.at(column);
        const double steps = dividesLast ? exact * left * right / resultScale.at(0)
                                         : exact * (left / resultScale.at(0) * right);
        if (type == core::ElementType::Int8)
            static_cast<std::int8_t*>(result)[index]
                = quantised<std::int8_t>(steps, 1.0, zero ? integerOf(*zero, true) : 0);
        else if (type == core::ElementType::UInt8)
            static_cast<std::uint8_t*>(result)[index] = quantised<std::uint8_t>(steps, 1.0, zero ? *zero : 0);
        else
            static_cast<float*>(result)[index]
                = static_cast<float>(steps + (bias ? static_cast<double>(bias[column]) : 0.0));
    }
};

/// A function of 8-bit integers, whatever it is.
struct LookUpBody {
    const std::uint8_t *x, *table; // a table of 256
    std::uint8_t* y;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const { y[index] = table[x[index]]; }
};

/// Probabilities of quantised numbers, quantised.
struct QuantisedSoftmaxRow {
    const std::uint8_t *x, *zero; // the zero point of the result; may be null: that of x plays no part
    const float *scale, *resultScale;
    std::uint8_t* y;
    RowPlaces places;
    bool isSigned;

    template <typename Group> BREAKEVEN_DEVICE void compute(std::int64_t row, const Group& group) const
    {
        const std::int64_t first = places.first(row);
        float highest = -128, sum = 0;
        for (std::int64_t i = group.rank(); i < places.length; i += Group::kSize) {
            const float value = at(first, i);
            highest = value > highest ? value : highest;
        }
        highest = group.max(highest);
        for (std::int64_t i = group.rank(); i < places.length; i += Group::kSize)
            sum += expf(*scale * (at(first, i) - highest));
        sum = group.sum(sum);
        for (std::int64_t i = group.rank(); i < places.length; i += Group::kSize)
            y[first + i * places.inner] = quantisedBits(expf(*scale * (at(first, i) - highest)) / sum,
                *resultScale, zero ? integerOf(*zero, isSigned) : 0, isSigned);
    }

private:
    BREAKEVEN_DEVICE float at(std::int64_t first, std::int64_t i) const
    {
        return static_cast<float>(integerOf(x[first + i * places.inner], isSigned));
    }
};

/// Sums and products of quantised numbers, in double as they are defined.
struct QuantisedPairBody {
    struct Operand {
        const std::uint8_t *bits, *zero; // zero may be null
        const float* scale;
        SpreadDims::Operand places;
    };

    Operand a, b, y; // y is the result's
    std::uint8_t* result;
    SpreadDims dims;
    bool isSigned, adds;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        const double left = real(a, index), right = real(b, index),
                     value = adds ? left + right : left * right;
        const auto scale = static_cast<double>(*y.scale);
        const int zero = y.zero ? integerOf(*y.zero, isSigned) : 0;
        result[index] = isSigned ? static_cast<std::uint8_t>(quantised<std::int8_t>(value, scale, zero))
                                 : quantised<std::uint8_t>(value, scale, zero);
    }

private:
    BREAKEVEN_DEVICE double real(const Operand& of, std::int64_t index) const
    {
        const int zero = of.zero ? integerOf(*of.zero, isSigned) : 0;
        return static_cast<double>(*of.scale)
            * (integerOf(of.bits[dims.place(of.places, index)], isSigned) - zero);
    }
};

} // namespace gpu
