// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/real_time.h"

#include <pthread.h>

namespace core {

RealTimePriority::RealTimePriority()
{
    if (pthread_getschedparam(pthread_self(), &m_policy, &m_before) != 0)
        return;
    const sched_param lowest { .sched_priority = 1 };
    m_granted = pthread_setschedparam(pthread_self(), SCHED_FIFO, &lowest) == 0;
}

RealTimePriority::~RealTimePriority()
{
    if (m_granted)
        pthread_setschedparam(pthread_self(), m_policy, &m_before);
}

} // namespace core
