// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace core {

/// Lets a sweep wait. Anyone may ask for it and end it; the measuring thread looks between two runs.
class PauseGate {
public:
    void pause();
    void resume();
    bool paused() const;

    /// Returns when nobody wants a pause (any more), or when a stop is asked for.
    void wait(const std::stop_token& stop);

private:
    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    bool m_paused = false;
};

} // namespace core
