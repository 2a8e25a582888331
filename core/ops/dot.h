// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace core::ops {

/// The sum of a[i] * b[i] in double, in eight sums side by side so that compilers vectorise it.
template <typename T> double dot(const T* a, const T* b, std::int64_t count)
{
    constexpr std::int64_t kLanes = 8;
    double sums[kLanes] = {};
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (std::int64_t lane = 0; lane < kLanes; ++lane)
            sums[lane] += static_cast<double>(a[i + lane]) * static_cast<double>(b[i + lane]);
    double sum = 0;
    for (; i < count; ++i)
        sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    for (const double lane : sums)
        sum += lane;
    return sum;
}

} // namespace core::ops
