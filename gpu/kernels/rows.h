// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/half.h"
#include "gpu/kernels/recurrent.h"

#include <cmath>
#include <limits>

/// Rows and other runs of elements that a group of threads works on together, or a thread alone where they
/// are short.
namespace gpu {

/// The rows of a tensor [outer, length, inner] along its middle dimension, in order of their first elements.
struct RowPlaces {
    std::int64_t length, inner; // elements of a row are `inner` apart

    BREAKEVEN_DEVICE std::int64_t first(std::int64_t row) const
    {
        return inner == 1 ? row * length : row / inner * inner * length + row % inner;
    }
};

/// A thread that is its own group.
struct Alone {
    static constexpr int kSize = 1;

    BREAKEVEN_DEVICE int rank() const { return 0; }
    BREAKEVEN_DEVICE float sum(float x) const { return x; }
    BREAKEVEN_DEVICE float max(float x) const { return x; }
};

/// A sum whose roundings are summed too (Kahan, 1965): a thread may have a hundred thousand elements to add,
/// of which plain float32 would lose the last three digits.
class CarefulSum {
public:
    BREAKEVEN_DEVICE void add(float x)
    {
        const float rest = x - m_lost, next = m_total + rest;
        m_lost = (next - m_total) - rest;
        m_total = next;
    }
    BREAKEVEN_DEVICE float total() const { return m_total; }

private:
    float m_total = 0, m_lost = 0;
};

/// A row a group, and a row a thread: for rows that are shorter than a group, and for those that lie side by
/// side, of which threads read neighbours.
template <typename Row> struct GroupRows {
    static constexpr std::size_t kSharedBytes = 0;
    Row rows;

    template <typename Group> BREAKEVEN_DEVICE void operator()(std::int64_t row, Group& group) const
    {
        rows.compute(row, group);
    }
};

template <typename Row> struct ThreadRows {
    Row rows;

    BREAKEVEN_DEVICE void operator()(std::int64_t row) const { rows.compute(row, Alone {}); }
};

/// Probabilities, or their logarithms.
template <typename T> struct SoftmaxRow {
    const T* x;
    T* y;
    RowPlaces places;
    bool log;

    template <typename Group> BREAKEVEN_DEVICE void compute(std::int64_t row, const Group& group) const
    {
        const T* from = x + places.first(row);
        T* to = y + places.first(row);
        float highest = -std::numeric_limits<float>::infinity(), sum = 0;
        for (std::int64_t i = group.rank(); i < places.length; i += Group::kSize) {
            const float value = static_cast<float>(from[i * places.inner]);
            highest = value > highest ? value : highest;
        }
        highest = group.max(highest);
        for (std::int64_t i = group.rank(); i < places.length; i += Group::kSize)
            sum += expf(static_cast<float>(from[i * places.inner]) - highest);
        sum = group.sum(sum);
        const float shift = log ? logf(sum) : 0.0F, factor = 1.0F / sum;
        for (std::int64_t i = group.rank(); i < places.length; i += Group::kSize) {
            const float value = static_cast<float>(from[i * places.inner]) - highest;
            to[i * places.inner] = T(log ? value - shift : expf(value) * factor);
        }
    }
};

/// Rows that lie one behind the other, each with mean 0 (where `centred`) and variance 1, times a scale, plus
/// a shift.
template <typename T> struct NormRow {
    const T *x, *scale, *shift; // shift may be null
    T* y;
    std::int64_t length;
    float epsilon;
    bool centred;
    /// The parameter of element i of row r is (r % period) * perRow + i / plane.
    std::int64_t period, perRow, plane;

    template <typename Group> BREAKEVEN_DEVICE void compute(std::int64_t row, const Group& group) const
    {
        const T* from = x + row * length;
        T* to = y + row * length;
        const float count = static_cast<float>(length);
        CarefulSum sum, squares;
        if (centred)
            for (std::int64_t i = group.rank(); i < length; i += Group::kSize)
                sum.add(static_cast<float>(from[i]));
        const float mean = centred ? group.sum(sum.total()) / count : 0.0F;
        for (std::int64_t i = group.rank(); i < length; i += Group::kSize) {
            const float distance = static_cast<float>(from[i]) - mean;
            squares.add(distance * distance);
        }
        const float inverse = 1.0F / sqrtf(group.sum(squares.total()) / count + epsilon);
        const std::int64_t first = row % period * perRow;
        for (std::int64_t i = group.rank(); i < length; i += Group::kSize) {
            const std::int64_t at = first + (plane == 1 ? i : i / plane);
            to[i] = T((static_cast<float>(from[i]) - mean) * inverse * static_cast<float>(scale[at])
                + (shift ? static_cast<float>(shift[at]) : 0.0F));
        }
    }
};

enum class Reduction { Mean, Sum, Max, Min, Prod, SumSquare, L1, L2, LogSum, LogSumExp };

/// Rows to single numbers.
template <typename T> struct ReduceRow {
    const T* x;
    T* y; // an element a row
    RowPlaces places;
    Reduction kind; // Prod: for threads alone

    template <typename Group> BREAKEVEN_DEVICE void compute(std::int64_t row, const Group& group) const
    {
        const float result = reduced(x + places.first(row), group);
        if (group.rank() == 0)
            y[row] = T(result);
    }

private:
    template <typename Group> BREAKEVEN_DEVICE float reduced(const T* from, const Group& group) const
    {
        switch (kind) {
        case Reduction::Max:
            return highest(from, 1, group);
        case Reduction::Min:
            return -highest(from, -1, group);
        case Reduction::Prod:
            return product(from);
        case Reduction::LogSumExp:
            return logSumExp(from, group);
        default:
            break;
        }
        CarefulSum part;
        for (std::int64_t i = group.rank(); i < places.length; i += Group::kSize)
            part.add(taken(static_cast<float>(from[i * places.inner])));
        const float sum = group.sum(part.total());
        if (kind == Reduction::Mean)
            return sum / static_cast<float>(places.length);
        return kind == Reduction::L2 ? sqrtf(sum) : kind == Reduction::LogSum ? logf(sum) : sum;
    }

    BREAKEVEN_DEVICE float taken(float value) const
    {
        if (kind == Reduction::SumSquare || kind == Reduction::L2)
            return value * value;
        return kind == Reduction::L1 ? fabsf(value) : value;
    }

    /// Of sign times the elements; what is not a number stays that.
    template <typename Group>
    BREAKEVEN_DEVICE float highest(const T* from, float sign, const Group& group) const
    {
        float found = -std::numeric_limits<float>::infinity();
        for (std::int64_t i = group.rank(); i < places.length; i += Group::kSize) {
            const float value = sign * static_cast<float>(from[i * places.inner]);
            found = value > found || value != value ? value : found;
        }
        return group.max(found);
    }

    BREAKEVEN_DEVICE float product(const T* from) const
    {
        float all = 1;
        for (std::int64_t i = 0; i < places.length; ++i)
            all *= static_cast<float>(from[i * places.inner]);
        return all;
    }

    /// Less the highest element, whose exponential would overflow, unless it is infinite anyway.
    template <typename Group> BREAKEVEN_DEVICE float logSumExp(const T* from, const Group& group) const
    {
        const float most = highest(from, 1, group);
        const float shift = fabsf(most) <= std::numeric_limits<float>::max() ? most : 0.0F;
        float sum = 0;
        for (std::int64_t i = group.rank(); i < places.length; i += Group::kSize)
            sum += expf(static_cast<float>(from[i * places.inner]) - shift);
        return logf(group.sum(sum)) + shift;
    }
};

using RowKernels = KernelList<GroupRows<SoftmaxRow<float>>, GroupRows<SoftmaxRow<Half>>,
    GroupRows<SoftmaxRow<Bfloat>>, ThreadRows<SoftmaxRow<float>>, ThreadRows<SoftmaxRow<Half>>,
    ThreadRows<SoftmaxRow<Bfloat>>, GroupRows<NormRow<float>>, GroupRows<NormRow<Half>>,
    GroupRows<NormRow<Bfloat>>, ThreadRows<NormRow<float>>, ThreadRows<NormRow<Half>>,
    ThreadRows<NormRow<Bfloat>>, GroupRows<ReduceRow<float>>, GroupRows<ReduceRow<Half>>,
    GroupRows<ReduceRow<Bfloat>>, ThreadRows<ReduceRow<float>>, ThreadRows<ReduceRow<Half>>,
    ThreadRows<ReduceRow<Bfloat>>, RecurrentStep>;

} // namespace gpu
