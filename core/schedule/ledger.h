// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/queue_recorder.h"

#include <vector>

namespace core {

/// The accounts of a run, simulated or live: who came in, waits, runs, was answered, was dropped, and when.
/// Its figures mean the same wherever they come from.
class Ledger {
public:
    /// `servers` of each device. `requests` outlive it.
    Ledger(std::span<const Request> requests, std::vector<int> servers);

    Nanoseconds now() const { return m_now; }
    /// Time goes on; never back.
    void advance(Nanoseconds to)
    {
        m_recorder.advance(to, m_waiting, m_waiting + m_running);
        m_now = to;
    }

    bool moreToCome() const { return m_next < m_requests.size(); }
    /// Never, where nothing more comes in.
    Nanoseconds nextArrival() const { return moreToCome() ? m_requests[m_next].at : Nanoseconds::max(); }
    /// Nothing more comes in.
    void close() { m_requests = m_requests.first(m_next); }
    bool settled() const { return !moreToCome() && m_waiting + m_running == 0; }
    /// Requests so far.
    std::size_t arrived() const { return m_next; }
    std::size_t waiting() const { return m_waiting; }
    std::size_t answered() const { return m_next - m_waiting - m_running - m_result.dropped; }

    /// The next request comes in and waits from now on.
    Waiting arrive(const std::optional<Nanoseconds>& slo)
    {
        const Request& request = m_requests[m_next];
        ++m_waiting;
        return { .id = static_cast<std::uint32_t>(m_next++),
            .items = request.items,
            .priority = request.priority,
            .arrived = request.at,
            .deadline = slo ? request.at + *slo : Nanoseconds::max() };
    }
    void dispatched(std::size_t requests)
    {
        m_waiting -= requests;
        m_running += requests;
    }
    void dropped(const Waiting& request)
    {
        m_lost += m_now - request.arrived;
        --m_waiting;
        ++m_result.dropped;
    }
    /// A server of `device` worked from `started` to `at`.
    void worked(std::size_t device, Nanoseconds started, Nanoseconds at) { m_busy[device] += at - started; }
    /// A batch is done.
    void answered(std::size_t device, std::int64_t items, Nanoseconds started, Nanoseconds at,
        std::span<const Waiting> requests)
    {
        DeviceFigures& figures = m_result.devices[device];
        ++figures.batches;
        figures.requests += requests.size();
        figures.items += static_cast<std::uint64_t>(items);
        for (const Waiting& request : requests) {
            m_result.latencies[request.id] = at - request.arrived;
            m_result.missed += at > request.deadline;
            m_services.push_back(at - started);
        }
        m_running -= requests.size();
    }

    /// All figures; the ledger is empty then.
    SimulationResult finish();

private:
    std::span<const Request> m_requests;
    const std::vector<int> m_servers;
    std::vector<Nanoseconds> m_busy; // of servers, by device
    QueueRecorder m_recorder;
    std::vector<Nanoseconds> m_services;
    Nanoseconds m_now {}, m_lost {}; // the time that dropped requests waited
    std::size_t m_next = 0, m_waiting = 0, m_running = 0;
    SimulationResult m_result;
};

} // namespace core
