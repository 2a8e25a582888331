// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/simulation.h"

#include "core/schedule/queue_recorder.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace core {

namespace {

constexpr Nanoseconds kNever = Nanoseconds::max();

/// A server is done with its part of a batch.
struct Completion {
    Nanoseconds at {};
    std::uint64_t number = 0; // of the dispatch: equal times stay in its order
    std::uint32_t batch = 0;
    bool operator>(const Completion& other) const
    {
        return at != other.at ? at > other.at : number > other.number;
    }
};

/// Kept and used again, with the memory of its requests.
struct Batch {
    std::size_t device = 0;
    int partsLeft = 0;
    std::int64_t items = 0;
    Nanoseconds started {};
    std::vector<Waiting> requests;
};

class Simulator {
public:
    Simulator(std::span<const Request> requests, std::span<const Device> devices, Policy& policy,
        const SimulationSettings& settings)
        : m_requests(requests)
        , m_devices(devices)
        , m_policy(policy)
        , m_settings(settings)
        , m_random(settings.seed)
        , m_lines(policy.lines())
        , m_states(devices.size())
        , m_busy(devices.size())
        , m_recorder(requests.empty() ? Nanoseconds(0) : requests.back().at)
    {
        m_result.latencies.assign(requests.size(), Nanoseconds(-1));
        m_result.devices.resize(devices.size());
        m_services.reserve(requests.size());
        for (std::size_t device = 0; device < devices.size(); ++device) {
            m_states[device].idle = devices[device].servers;
            m_states[device].running.reserve(static_cast<std::size_t>(devices[device].servers));
        }
    }

    SimulationResult run()
    {
        while (advance())
            decide();
        return finish();
    }

private:
    Situation situation() const { return { m_now, m_lines, m_states }; }

    /// To the time of the next event, with everything that happens then; false: there is none.
    bool advance()
    {
        const Nanoseconds arrival = m_next < m_requests.size() ? m_requests[m_next].at : kNever;
        const Nanoseconds completion = m_completions.empty() ? kNever : m_completions.front().at;
        const Nanoseconds at = std::min({ arrival, completion, m_timer });
        if (at == kNever || at > m_settings.until)
            return false;
        assert(at >= m_now);
        m_recorder.advance(at, m_waiting, m_waiting + m_running);
        m_now = at;
        if (m_timer <= at)
            m_timer = kNever;
        while (!m_completions.empty() && m_completions.front().at == at)
            complete();
        while (m_next < m_requests.size() && m_requests[m_next].at == at)
            arrive();
        return true;
    }

    void arrive()
    {
        const Request& request = m_requests[m_next];
        const Waiting waiting { .id = static_cast<std::uint32_t>(m_next++),
            .items = request.items,
            .priority = request.priority,
            .arrived = request.at,
            .deadline = m_settings.slo ? request.at + *m_settings.slo : kNever };
        m_lines[m_policy.place(waiting, situation())].push(waiting);
        ++m_waiting;
    }

    void complete()
    {
        const std::uint32_t index = m_completions.front().batch;
        std::ranges::pop_heap(m_completions, std::greater());
        m_completions.pop_back();
        Batch& batch = m_batches[index];
        DeviceState& state = m_states[batch.device];
        ++state.idle;
        state.running.erase(std::ranges::find(state.running, index, &Running::batch));
        m_busy[batch.device] += m_now - batch.started;
        if (--batch.partsLeft > 0)
            return;
        DeviceFigures& figures = m_result.devices[batch.device];
        ++figures.batches;
        figures.requests += batch.requests.size();
        figures.items += static_cast<std::uint64_t>(batch.items);
        for (const Waiting& request : batch.requests) {
            m_result.latencies[request.id] = m_now - request.arrived;
            m_result.missed += m_now > request.deadline;
            m_services.push_back(m_now - batch.started);
        }
        m_running -= batch.requests.size();
        m_policy.finished({ m_now, batch.started, batch.device, batch.items, batch.requests });
        m_free.push_back(index);
    }

    void decide()
    {
        while (true) {
            const Action action = m_policy.next(situation());
            switch (action.kind) {
            case Action::Kind::Wait:
                assert(action.until > m_now);
                m_timer = action.until;
                return;
            case Action::Kind::Dispatch:
                dispatch(action);
                break;
            case Action::Kind::Drop:
                drop(action);
                break;
            }
        }
    }

    void dispatch(const Action& action)
    {
        assert(action.device < m_devices.size() && m_states[action.device].idle >= action.servers);
        assert(action.servers == 1 || action.requests == 1);
        const std::uint32_t index = freeBatch();
        Batch& batch = m_batches[index];
        batch.device = action.device;
        batch.partsLeft = action.servers;
        batch.started = m_now;
        batch.items = 0;
        batch.requests.clear();
        watchBefore(action);
        Line& line = m_lines[action.line];
        for (std::size_t i = 0; i < action.requests; ++i) {
            batch.requests.push_back(line.pop());
            batch.items += batch.requests.back().items;
        }
        m_waiting -= action.requests;
        m_running += action.requests;
        std::int64_t left = batch.items;
        for (int part = action.servers; part > 0; --part) {
            const std::int64_t items = (left + part - 1) / part;
            left -= items;
            start(index, items);
        }
    }

    /// On one server.
    void start(std::uint32_t batch, std::int64_t items)
    {
        const std::size_t device = m_batches[batch].device;
        const Nanoseconds time = serviceTime(m_devices[device], items);
        m_completions.push_back({ m_now + time, m_number++, batch });
        std::ranges::push_heap(m_completions, std::greater());
        --m_states[device].idle;
        m_states[device].running.push_back({ batch, m_now, items });
    }

    /// A request of more items than a batch may have is run in passes.
    Nanoseconds serviceTime(const Device& device, std::int64_t items)
    {
        Nanoseconds time {};
        for (; items > device.most; items -= device.most)
            time += device.time.draw(device.most, m_random);
        return time + device.time.draw(items, m_random);
    }

    void drop(const Action& action)
    {
        watchBefore(action);
        m_lost += m_now - m_lines[action.line].pop().arrived;
        --m_waiting;
        ++m_result.dropped;
    }

    void watchBefore(const Action& action)
    {
        if (!m_settings.watch)
            return;
        m_watched.clear();
        m_lines[action.line].visit([&](const Waiting& waiting) {
            m_watched.push_back(waiting);
            return m_watched.size() < action.requests;
        });
        m_settings.watch({ m_now, action, m_watched }, situation());
    }

    std::uint32_t freeBatch()
    {
        if (m_free.empty()) {
            m_batches.emplace_back();
            return static_cast<std::uint32_t>(m_batches.size() - 1);
        }
        const std::uint32_t index = m_free.back();
        m_free.pop_back();
        return index;
    }

    SimulationResult finish();

    std::span<const Request> m_requests;
    std::span<const Device> m_devices;
    Policy& m_policy;
    const SimulationSettings& m_settings;
    Random m_random;
    std::vector<Line> m_lines;
    std::vector<DeviceState> m_states;
    std::vector<Nanoseconds> m_busy; // of servers, by device
    QueueRecorder m_recorder;
    std::vector<Completion> m_completions; // a heap, the earliest in front
    std::vector<Batch> m_batches;
    std::vector<std::uint32_t> m_free; // of m_batches
    std::vector<Nanoseconds> m_services;
    std::vector<Waiting> m_watched;
    Nanoseconds m_now {}, m_timer = kNever, m_lost {}; // time that dropped requests waited
    std::size_t m_next = 0, m_waiting = 0, m_running = 0; // requests
    std::uint64_t m_number = 0;
    SimulationResult m_result;
};

SimulationResult Simulator::finish()
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
    for (std::size_t i = 0; i < m_devices.size(); ++i) {
        DeviceFigures& device = result.devices[i];
        const double busy = std::chrono::duration<double>(m_busy[i]).count();
        device.utilisation = seconds > 0 ? busy / (seconds * m_devices[i].servers) : 0;
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

} // namespace

double SimulationResult::littleError() const
{
    return rateTimesTime > 0 ? std::abs(inSystem / rateTimesTime - 1) : 0;
}

std::vector<Nanoseconds> closedLoopOf(
    std::span<const Request> requests, std::span<const Nanoseconds> latencies)
{
    std::vector<Nanoseconds> seen;
    Nanoseconds answered {};
    for (std::size_t i = 0; i < requests.size(); ++i) {
        if (latencies[i] < Nanoseconds(0) || requests[i].at < answered)
            continue;
        seen.push_back(latencies[i]);
        answered = requests[i].at + latencies[i];
    }
    return seen;
}

TimeFigures timeFigures(std::vector<Nanoseconds> times)
{
    TimeFigures figures { .samples = times.size() };
    if (times.empty())
        return figures;
    double sum = 0;
    for (const Nanoseconds time : times)
        sum += static_cast<double>(time.count());
    figures.meanSeconds = sum * 1e-9 / static_cast<double>(times.size());
    auto from = times.begin(); // what is before it is smaller than all behind
    const auto at = [&](double p) -> std::optional<Nanoseconds> {
        if (times.size() < samplesNeededFor(p))
            return {};
        const auto nth = times.begin() + static_cast<std::ptrdiff_t>(percentileRank(times.size(), p) - 1);
        std::nth_element(from, nth, times.end());
        from = nth;
        return *nth;
    };
    figures.p50 = at(0.5);
    figures.p90 = at(0.9);
    figures.p95 = at(0.95);
    figures.p99 = at(0.99);
    figures.largest = *std::ranges::max_element(from, times.end());
    return figures;
}

SimulationResult simulate(std::span<const Request> requests, std::span<const Device> devices, Policy& policy,
    const SimulationSettings& settings)
{
    return Simulator(requests, devices, policy, settings).run();
}

} // namespace core
