// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/student_t.h"

#include <algorithm>
#include <array>

namespace core {

double studentT975(int degrees)
{
    // Below 5 the expansion behind is not close enough.
    constexpr std::array<double, 4> kFew { 12.7062, 4.3027, 3.1824, 2.7764 };
    if (degrees <= 4)
        return kFew[static_cast<std::size_t>(std::max(degrees, 1) - 1)];
    // Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5: powers of the normal quantile x over
    // powers of the degrees of freedom.
    constexpr double x = 1.959963985, x2 = x * x;
    const double n = degrees;
    return x + x * (x2 + 1) / (4 * n) + x * ((5 * x2 + 16) * x2 + 3) / (96 * n * n)
        + x * (((3 * x2 + 19) * x2 + 17) * x2 - 15) / (384 * n * n * n)
        + x * ((((79 * x2 + 776) * x2 + 1482) * x2 - 1920) * x2 - 945) / (92160 * n * n * n * n);
}

} // namespace core
