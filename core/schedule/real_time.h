// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sched.h>

namespace core {

/// While it lives the calling thread goes before all that have no real-time priority, where the system allows
/// that (root, CAP_SYS_NICE, or a limit "rtprio"). Threads that it starts meanwhile would inherit it.
class RealTimePriority {
public:
    RealTimePriority();
    ~RealTimePriority();
    RealTimePriority(const RealTimePriority&) = delete;
    RealTimePriority& operator=(const RealTimePriority&) = delete;

    bool granted() const { return m_granted; }

private:
    int m_policy = 0;
    sched_param m_before {};
    bool m_granted = false;
};

} // namespace core
