// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <signal.h>

#include <stop_token>
#include <thread>

namespace app {

/// While it lives, Ctrl-C (SIGINT) and SIGTERM ask for a stop instead of ending the program; a second one
/// ends it at once. Make it before any other thread: they inherit that they do not get these signals.
class StopOnSignal {
public:
    StopOnSignal();
    ~StopOnSignal();
    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;

    std::stop_token token() const { return m_stop.get_token(); }

private:
    void wait(const std::stop_token& end);

    sigset_t m_signals {};
    sigset_t m_before {};
    std::stop_source m_stop;
    std::jthread m_waiter;
};

} // namespace app
