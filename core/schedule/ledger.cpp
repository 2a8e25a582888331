// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/ledger.h"

#include <algorithm>

namespace core {

Ledger::Ledger(std::span<const Request> requests, std::vector<int> servers)
    : m_requests(requests)
    , m_servers(std::move(servers))
    , m_busy(m_servers.size())
    , m_recorder(requests.empty() ? Nanoseconds(0) : requests.back().at)
{
    m_result.latencies.assign(requests.size(), Nanoseconds(-1));
    m_result.devices.resize(m_servers.size());
    m_services.reserve(requests.size());
}

SimulationResult Ledger::finish()
{
    SimulationResult& result = m_result;
    result.arrived = m_next;
    result.inFlight = m_waiting + m_running;
    result.duration = m_now;
    std::vector<Nanoseconds> answered;
    answered.reserve(m_next);
    std::ranges::copy_if(
        result.latencies, std::back_inserter(answered), [](Nanoseconds t) { return t >= Nanoseconds(0); });
    result.completed = answered.size();
    result.latency = timeFigures(std::move(answered));
    result.service = timeFigures(std::move(m_services));
    result.closedLoop = timeFigures(closedLoopOf(m_requests.first(m_next), result.latencies));
    const double seconds = std::chrono::duration<double>(m_now).count();
    result.throughput = seconds > 0 ? static_cast<double>(result.completed) / seconds : 0;
    for (std::size_t i = 0; i < m_servers.size(); ++i) {
        DeviceFigures& device = result.devices[i];
        const double busy = std::chrono::duration<double>(m_busy[i]).count();
        device.utilisation = seconds > 0 ? busy / (seconds * m_servers[i]) : 0;
        device.share = result.completed > 0
            ? static_cast<double>(device.requests) / static_cast<double>(result.completed)
            : 0;
    }
    result.queue = m_recorder.queue();
    result.inSystem = seconds > 0 ? m_recorder.requestSeconds() / seconds : 0;
    const double lost = std::chrono::duration<double>(m_lost).count();
    result.rateTimesTime
        = result.throughput * result.latency.meanSeconds + (seconds > 0 ? lost / seconds : 0);
    return std::move(m_result);
}

} // namespace core
