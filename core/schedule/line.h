// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/arrivals.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

namespace core {

/// A request that waits.
struct Waiting {
    std::uint32_t id = 0;
    std::int32_t items = 1, priority = 0;
    Nanoseconds arrived {}; // as scheduled
    Nanoseconds deadline = Nanoseconds::max();
};

/// Requests in the order they are served: by priority, and within one first come, first served. It keeps its
/// memory, so that a long run allocates nothing.
class Line {
public:
    bool empty() const { return m_size == 0; }
    std::size_t size() const { return m_size; }
    std::int64_t items() const { return m_items; }

    /// Of a line that is not empty.
    const Waiting& front() const { return m_rings[firstPriority()].at(0); }

    /// The earliest arrival of all that wait; a line that is not empty.
    Nanoseconds oldestArrival() const { return least(&Waiting::arrived); }

    /// Calls `visit` with requests from the front on until it says false.
    template <typename Visit> void visit(Visit visit) const
    {
        for (unsigned left = m_used; left; left &= left - 1) {
            const Ring& ring = m_rings[static_cast<std::size_t>(std::countr_zero(left))];
            for (std::size_t i = 0; i < ring.count; ++i) {
                if (!visit(ring.at(i)))
                    return;
            }
        }
    }

    struct Prefix {
        std::size_t requests = 0;
        std::int64_t items = 0;
    };
    /// How many from the front on make a batch of up to `most` items; one that is larger is a batch alone.
    Prefix fit(std::int64_t most) const
    {
        if (m_items <= most)
            return { m_size, m_items };
        Prefix prefix;
        visit([&](const Waiting& waiting) {
            if (prefix.requests > 0 && prefix.items + waiting.items > most)
                return false;
            ++prefix.requests;
            prefix.items += waiting.items;
            return prefix.items < most;
        });
        return prefix;
    }

    void push(const Waiting& waiting)
    {
        assert(waiting.priority >= 0 && waiting.priority < kPriorities);
        m_rings[static_cast<std::size_t>(waiting.priority)].push(waiting);
        m_used |= 1U << waiting.priority;
        ++m_size;
        m_items += waiting.items;
    }

    Waiting pop()
    {
        Ring& ring = m_rings[firstPriority()];
        const Waiting first = ring.at(0);
        ring.pop();
        if (ring.count == 0)
            m_used &= m_used - 1;
        --m_size;
        m_items -= first.items;
        return first;
    }

private:
    struct Ring {
        std::vector<Waiting> places; // a power of two of them
        std::size_t head = 0, count = 0;

        const Waiting& at(std::size_t i) const { return places[(head + i) & (places.size() - 1)]; }
        void push(const Waiting& waiting)
        {
            if (count == places.size()) {
                std::rotate(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(head), places.end());
                head = 0;
                places.resize(std::max<std::size_t>(16, places.size() * 2));
            }
            places[(head + count++) & (places.size() - 1)] = waiting;
        }
        void pop()
        {
            head = (head + 1) & (places.size() - 1);
            --count;
        }
    };
    std::size_t firstPriority() const
    {
        assert(m_used != 0);
        return static_cast<std::size_t>(std::countr_zero(m_used));
    }
    Nanoseconds least(Nanoseconds Waiting::*field) const
    {
        Nanoseconds found = Nanoseconds::max();
        for (unsigned left = m_used; left; left &= left - 1)
            found = std::min(found, m_rings[static_cast<std::size_t>(std::countr_zero(left))].at(0).*field);
        return found;
    }

    std::array<Ring, kPriorities> m_rings;
    unsigned m_used = 0; // a bit for each priority that somebody waits with
    std::size_t m_size = 0;
    std::int64_t m_items = 0;
};

} // namespace core
