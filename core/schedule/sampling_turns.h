// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <mutex>

namespace core {

/// Servers that take samples of their times: first each alone, one after the other, then all together. The
/// difference is what they take from each other. Used by one thread a server.
class SamplingTurns {
public:
    explicit SamplingTurns(int servers)
        : m_servers(servers)
    {
    }

    /// Waits until all are ready and the `turn`-th may sample alone; false: one of them has failed.
    bool alone(int turn)
    {
        std::unique_lock lock(m_mutex);
        ++m_ready;
        m_changed.notify_all();
        m_changed.wait(lock, [&] { return m_failed || (m_ready == m_servers && m_turn == turn); });
        return !m_failed;
    }
    /// The next one's turn; waits until all had theirs.
    bool together()
    {
        std::unique_lock lock(m_mutex);
        ++m_turn;
        m_changed.notify_all();
        m_changed.wait(lock, [&] { return m_failed || m_turn == m_servers; });
        return !m_failed;
    }
    /// Nobody waits for one that will not come.
    void fail()
    {
        const std::lock_guard lock(m_mutex);
        m_failed = true;
        m_changed.notify_all();
    }

private:
    const int m_servers;
    int m_ready = 0, m_turn = 0;
    bool m_failed = false;
    std::mutex m_mutex;
    std::condition_variable m_changed;
};

} // namespace core
