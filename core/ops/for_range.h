// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

/// Loops that may run on several threads. An operator's loop says which of its iterations are independent;
/// the engine that runs it says who runs them. Where nobody does, and inside such a loop, they run in order.
namespace core::ops {

using RangeBody = std::function<void(std::int64_t begin, std::int64_t end)>;

/// Calls the body for parts of [0, count), at the same time where it can, each of at least `grain`
/// iterations; the body must not throw.
using RangeRunner = void (*)(std::int64_t count, std::int64_t grain, const RangeBody& body);

/// Waking a team costs some microseconds: a part of a loop below about as many additions is not worth it.
inline constexpr std::int64_t kWorkOfAPart = 1 << 15;

/// While it lives, loops of the calling thread go to `runner`, in parts of at least `workOfAPart` additions.
class RangeScope {
public:
    explicit RangeScope(RangeRunner runner, std::int64_t workOfAPart = kWorkOfAPart);
    ~RangeScope();
    RangeScope(const RangeScope&) = delete;
    RangeScope& operator=(const RangeScope&) = delete;

private:
    RangeRunner m_runner;
    std::int64_t m_workOfAPart;
};

/// Calls body(begin, end) for parts that make up [0, count). An iteration takes about `work` times as long as
/// adding two numbers. Throws what the body throws (one of them, where several parts do).
void forRange(std::int64_t count, std::int64_t work, const RangeBody& body);

/// The same, one iteration at a time.
template <typename Body> void forEach(std::int64_t count, std::int64_t work, Body&& body)
{
    forRange(count, work, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            body(i);
    });
}

} // namespace core::ops
