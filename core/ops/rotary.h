// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"

#include <algorithm>

/// Rotary position embeddings, which the default domain and com.microsoft have with other inputs.
namespace core::ops {

struct RotarySizes {
    std::int64_t batch, heads, length, size;
    std::int64_t rotated; // of each head's elements, from the first
    bool joined; // [batch, length, heads * size] instead of [batch, heads, length, size]

    std::int64_t at(std::int64_t b, std::int64_t h, std::int64_t i) const
    {
        return joined ? ((b * length + i) * heads + h) * size : ((b * heads + h) * length + i) * size;
    }
};

/// `cacheWidth`: half a head's size where the number of heads is not given. Throws Error when x does not fit.
RotarySizes rotarySizes(const RotaryAttributes& rotary, const Shape& x, std::int64_t cacheWidth);

/// Every row is below `count`; throws Error otherwise.
void requireRows(const std::vector<std::int64_t>& rows, std::int64_t count);

/// `rows`: which row of cosines and sines each (batch, position) takes, already checked.
template <typename T>
void rotate(const T* x, T* y, const RotarySizes& sizes, bool interleaved,
    const std::vector<std::int64_t>& rows, const T* cosines, const T* sines)
{
    const std::int64_t half = sizes.rotated / 2, apart = interleaved ? 1 : half, step = interleaved ? 2 : 1;
    for (std::int64_t b = 0; b < sizes.batch; ++b)
        for (std::int64_t i = 0; i < sizes.length; ++i) {
            const std::int64_t row = rows[static_cast<std::size_t>(b * sizes.length + i)] * half;
            for (std::int64_t h = 0; h < sizes.heads; ++h) {
                const std::int64_t at = sizes.at(b, h, i);
                for (std::int64_t k = 0; k < half; ++k) {
                    const T real = x[at + k * step], imaginary = x[at + k * step + apart];
                    const T c = cosines[row + k], s = sines[row + k];
                    y[at + k * step] = real * c - imaginary * s;
                    y[at + k * step + apart] = real * s + imaginary * c;
                }
                std::copy(x + at + sizes.rotated, x + at + sizes.size, y + at + sizes.rotated);
            }
        }
}

} // namespace core::ops
