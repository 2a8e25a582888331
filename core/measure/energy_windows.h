// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"
#include "core/sensors/figure.h"

#include <span>
#include <vector>

namespace core {

/// How sure the energy of an inference is, from a counter that was read again and again during the loop. The
/// loop is cut into windows, and joules over inferences is a ratio of means over them: see docs/measuring.md.
class EnergyWindows {
public:
    static constexpr std::size_t kLeast = 5; // windows that give an interval
    /// At most that many: windows must be long beside the counter's steps and what follows from each other in
    /// the machine (Schmeiser, Operations Research 30, 1982: 10 to 30 batches).
    static constexpr std::size_t kMost = 20;
    static constexpr Nanoseconds kShortest { 100'000'000 };

    /// The loop begins.
    void begin(Nanoseconds now, const Figure& joules);
    /// A reading between two runs, after that many `inferences` since the loop began. The last one ends the
    /// loop.
    void add(Nanoseconds now, const Figure& joules, double inferences);

    /// The loop rested: these joules are no part of it.
    void leaveOut(double joules) { m_leftOut += joules; }

    /// 95 % interval of joules per inference. Both unknown with the same reason where there is none.
    struct Bounds {
        Figure low, high;
    };
    Bounds bounds() const;

    /// The same of parts whose joules and inferences are known, at least kLeast.
    struct Part {
        double joules = 0, inferences = 0;
    };
    static Bounds boundsOf(std::span<const Part> parts, const std::string& source);

private:
    struct Point {
        Nanoseconds at {};
        double joules = 0, inferences = 0;
    };
    std::vector<Point> windowEnds() const;

    std::vector<Point> m_points; // where the counter had moved
    double m_leftOut = 0;
    std::string m_source, m_unknown;
};

} // namespace core
