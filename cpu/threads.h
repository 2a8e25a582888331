// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

namespace cpu {

/// Cores this process may use, as the kernel said when it was first asked (before anything was pinned).
int allowedCores();

/// The threads that run a program.
struct Team {
    int threads = 1;
    int place = 0; // teams that run at the same time have places of their own, counted from 0

    bool operator==(const Team&) const = default;
};

/// Makes the calling thread the head of a team of OpenMP threads, each pinned to a core of its own: the last
/// ones of those allowed, which leaves the first to the window; the next team's are before them. Cheap when
/// the calling thread has that team already. oneDNN runs its primitives on it.
void useTeam(Team team);

/// While it lives, numbers below 1.2e-38 are 0 on the calling thread, going in and coming out; on the team's other
/// threads they always are. Processors take a hundred times as long over them, and networks that fade out make
/// many: a convolution of PP-OCRv6 took 111 ms instead of 2.
class FlushSubnormals {
public:
    FlushSubnormals();
    ~FlushSubnormals();
    FlushSubnormals(const FlushSubnormals&) = delete;
    FlushSubnormals& operator=(const FlushSubnormals&) = delete;

private:
    unsigned m_before = 0;
};

/// Calls `body(begin, end)` for parts of [0, count) on the team; on the calling thread alone when a part
/// would have fewer than `grain` items, because waking the team costs some microseconds.
void parallelFor(
    std::int64_t count, std::int64_t grain, const std::function<void(std::int64_t, std::int64_t)>& body);

} // namespace cpu
