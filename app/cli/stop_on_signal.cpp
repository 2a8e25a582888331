// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/stop_on_signal.h"

#include <unistd.h>

#include <ctime>

namespace app {

StopOnSignal::StopOnSignal()
{
    sigemptyset(&m_signals);
    sigaddset(&m_signals, SIGINT);
    sigaddset(&m_signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &m_signals, &m_before);
    m_waiter = std::jthread([this](const std::stop_token& end) { wait(end); });
}

StopOnSignal::~StopOnSignal()
{
    m_waiter.request_stop();
    m_waiter.join();
    pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

void StopOnSignal::wait(const std::stop_token& end)
{
    constexpr int kInterrupted = 130; // 128 + SIGINT, as shells say it
    // Wakes ten times a second to see whether the work is over: too rarely to show in a measurement.
    const timespec tick { .tv_sec = 0, .tv_nsec = 100'000'000 };
    while (!end.stop_requested()) {
        if (sigtimedwait(&m_signals, nullptr, &tick) < 0)
            continue;
        if (m_stop.stop_requested())
            _exit(kInterrupted);
        m_stop.request_stop();
    }
}

} // namespace app
