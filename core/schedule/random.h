// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

namespace core {

/// For what else is drawn with the same seed: streams that begin alike would make long gaps meet long
/// services.
inline std::uint64_t apart(std::uint64_t seed)
{
    return seed ^ 0x9E3779B97F4A7C15; // the golden ratio's digits: no seed that a person types is another's
}

/// Numbers that are the same for the same seed with every standard library: the standard fixes
/// std::mt19937_64 and leaves the distributions to whoever writes the library.
class Random {
public:
    explicit Random(std::uint64_t seed)
        : m_bits(seed)
    {
    }

    /// Between 0 and 1, both excluded.
    double uniform() { return (static_cast<double>(m_bits() >> 11) + 0.5) * 0x1p-53; }
    /// By inversion.
    double exponential(double mean) { return -mean * std::log(uniform()); }
    /// Standard normal (Box and Muller, 1958); the second of each pair is thrown away.
    double normal()
    {
        const double radius = std::sqrt(-2 * std::log(uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }
    /// Mean `shape`, scale 1 (Marsaglia and Tsang, A simple method for generating gamma variables, 2000;
    /// below a shape of 1 by their note on boosting it).
    double gamma(double shape)
    {
        if (shape < 1) {
            const double boost = std::pow(uniform(), 1 / shape);
            return gamma(shape + 1) * boost;
        }
        const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
        while (true) {
            const double x = normal(), root = 1 + c * x;
            if (root <= 0)
                continue;
            const double v = root * root * root;
            if (std::log(uniform()) < 0.5 * x * x + d - d * v + d * std::log(v))
                return d * v;
        }
    }

private:
    std::mt19937_64 m_bits;
};

} // namespace core
