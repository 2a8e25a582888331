// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

/// Reading an image between its pixels, with zeros around it.
namespace core::ops {

struct Bilinear {
    std::array<std::int64_t, 4> offsets {}; // in the plane
    std::array<double, 4> weights {}; // 0 where the neighbour is outside

    template <typename T> double of(const T* plane) const
    {
        double sum = 0;
        for (std::size_t k = 0; k < 4; ++k)
            if (weights[k] != 0)
                sum += weights[k] * plane[offsets[k]];
        return sum;
    }
};

/// Any number is allowed as a place, NaN too.
inline Bilinear bilinearAt(double y, double x, std::int64_t height, std::int64_t width)
{
    Bilinear result;
    if (!(y > -1 && y < static_cast<double>(height) && x > -1 && x < static_cast<double>(width)))
        return result;
    const auto top = static_cast<std::int64_t>(std::floor(y)),
               left = static_cast<std::int64_t>(std::floor(x));
    const double down = y - static_cast<double>(top), right = x - static_cast<double>(left);
    for (std::size_t k = 0; k < 4; ++k) {
        const std::int64_t row = top + static_cast<std::int64_t>(k / 2),
                           column = left + static_cast<std::int64_t>(k % 2);
        if (row < 0 || row >= height || column < 0 || column >= width)
            continue;
        result.offsets[k] = row * width + column;
        result.weights[k] = (k / 2 ? down : 1 - down) * (k % 2 ? right : 1 - right);
    }
    return result;
}

} // namespace core::ops
