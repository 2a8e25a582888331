// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/simulation.h"

namespace core {

/// Adds up how many requests wait and are in the system while time goes on. Where a run gets longer than the
/// stretches reach, two become one.
class QueueRecorder {
public:
    /// `expected`: how long the run will be at least.
    explicit QueueRecorder(Nanoseconds expected)
        : m_width(std::max<std::int64_t>(1, expected.count() / static_cast<std::int64_t>(kMostStretches / 2)))
    {
    }

    /// From the time before to `now`, `waiting` and `inSystem` requests were there.
    void advance(Nanoseconds now, std::size_t waiting, std::size_t inSystem)
    {
        m_requestSeconds += static_cast<double>(inSystem) * static_cast<double>((now - m_now).count()) * 1e-9;
        while (m_now < now) {
            const std::int64_t index = m_now.count() / m_width;
            const Nanoseconds end = std::min(now, Nanoseconds((index + 1) * m_width));
            if (index >= static_cast<std::int64_t>(kMostStretches)) {
                halve();
                continue;
            }
            if (static_cast<std::size_t>(index) >= m_sums.size())
                m_sums.resize(static_cast<std::size_t>(index) + 1);
            Sum& sum = m_sums[static_cast<std::size_t>(index)];
            sum.area += static_cast<double>(waiting) * static_cast<double>((end - m_now).count());
            sum.largest = std::max(sum.largest, static_cast<std::uint32_t>(waiting));
            m_now = end;
        }
    }

    double requestSeconds() const { return m_requestSeconds; }

    QueueOverTime queue() const
    {
        QueueOverTime queue { .width = Nanoseconds(m_width), .stretches = {} };
        for (std::size_t i = 0; i < m_sums.size(); ++i) {
            const auto begin = static_cast<std::int64_t>(i) * m_width;
            const auto length = std::min(m_width, m_now.count() - begin);
            queue.stretches.push_back({ m_sums[i].area / static_cast<double>(length), m_sums[i].largest });
        }
        return queue;
    }

private:
    struct Sum {
        double area = 0;
        std::uint32_t largest = 0;
    };
    void halve()
    {
        for (std::size_t i = 0; i < m_sums.size(); ++i) {
            if (i % 2 == 0)
                m_sums[i / 2] = m_sums[i];
            else
                m_sums[i / 2] = { m_sums[i / 2].area + m_sums[i].area,
                    std::max(m_sums[i / 2].largest, m_sums[i].largest) };
        }
        m_sums.resize((m_sums.size() + 1) / 2);
        m_width *= 2;
    }

    std::int64_t m_width; // nanoseconds
    std::vector<Sum> m_sums;
    Nanoseconds m_now {};
    double m_requestSeconds = 0;
};

} // namespace core
