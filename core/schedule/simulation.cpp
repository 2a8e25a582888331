// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/simulation.h"

#include "core/schedule/ledger.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace core {

namespace {

constexpr Nanoseconds kNever = Nanoseconds::max();
constexpr unsigned kStopEvery = 1024; // events; asking takes about as long as one of them

/// A server is done with its part of a batch.
struct Completion {
    Nanoseconds at {};
    std::uint64_t number = 0; // of the dispatch: equal times stay in its order
    std::uint32_t batch = 0;
    /// Of devices that slow each other down: what was left at `since` of the time it takes alone, and how
    /// many times as long it takes now.
    double left = 0;
    Nanoseconds since {};
    double factor = 1;
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
        : m_devices(devices)
        , m_policy(policy)
        , m_settings(settings)
        , m_random(apart(settings.seed))
        , m_lines(policy.lines())
        , m_states(devices.size())
        , m_ledger(requests, serversOf(devices))
    {
        for (std::size_t device = 0; device < devices.size(); ++device) {
            m_states[device].idle = devices[device].servers;
            m_states[device].running.reserve(static_cast<std::size_t>(devices[device].servers));
            m_servers += devices[device].servers;
            m_shared = m_shared || devices[device].slowdown > 1;
        }
    }

    SimulationResult run()
    {
        while (advance()) {
            decide();
            if (m_shared)
                share();
        }
        return m_ledger.finish();
    }

private:
    static std::vector<int> serversOf(std::span<const Device> devices)
    {
        std::vector<int> servers;
        for (const Device& device : devices)
            servers.push_back(device.servers);
        return servers;
    }

    Nanoseconds now() const { return m_ledger.now(); }
    Situation situation() const { return { now(), m_lines, m_states }; }

    /// To the time of the next event, with everything that happens then; false: there is none.
    bool advance()
    {
        if (++m_events % kStopEvery == 0 && m_settings.stop.stop_requested())
            return false;
        const Nanoseconds completion = m_completions.empty() ? kNever : m_completions.front().at;
        const Nanoseconds at = std::min({ m_ledger.nextArrival(), completion, m_timer });
        if (at == kNever || at > m_settings.until)
            return false;
        assert(at >= now());
        m_ledger.advance(at);
        if (m_timer <= at)
            m_timer = kNever;
        while (!m_completions.empty() && m_completions.front().at == at)
            complete();
        while (m_ledger.nextArrival() == at)
            arrive();
        return true;
    }

    void arrive()
    {
        const Waiting waiting = m_ledger.arrive(m_settings.slo);
        m_lines[m_policy.place(waiting, situation())].push(waiting);
    }

    void complete()
    {
        m_changed = true;
        const std::uint32_t index = m_completions.front().batch;
        std::ranges::pop_heap(m_completions, std::greater());
        m_completions.pop_back();
        Batch& batch = m_batches[index];
        DeviceState& state = m_states[batch.device];
        ++state.idle;
        state.running.erase(std::ranges::find(state.running, index, &Running::batch));
        m_ledger.worked(batch.device, batch.started, now());
        if (--batch.partsLeft > 0)
            return;
        m_ledger.answered(batch.device, batch.items, batch.started, now(), batch.requests);
        m_policy.finished({ now(), batch.started, batch.device, batch.items, batch.requests });
        m_free.push_back(index);
    }

    void decide()
    {
        while (true) {
            const Action action = m_policy.next(situation());
            switch (action.kind) {
            case Action::Kind::Wait:
                assert(action.until > now());
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
        batch.started = now();
        batch.items = 0;
        batch.requests.clear();
        watchBefore(action);
        Line& line = m_lines[action.line];
        for (std::size_t i = 0; i < action.requests; ++i) {
            batch.requests.push_back(line.pop());
            batch.items += batch.requests.back().items;
        }
        m_ledger.dispatched(action.requests);
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
        m_changed = true;
        const std::size_t device = m_batches[batch].device;
        const Nanoseconds time = serviceTime(m_devices[device], items);
        m_completions.push_back({ .at = now() + time,
            .number = m_number++,
            .batch = batch,
            .left = static_cast<double>(time.count()),
            .since = now() });
        std::ranges::push_heap(m_completions, std::greater());
        --m_states[device].idle;
        m_states[device].running.push_back({ batch, now(), items });
    }

    /// As many servers are at work now: what runs goes on at another pace.
    void share()
    {
        if (!std::exchange(m_changed, false) || m_servers < 2)
            return;
        const auto busy = static_cast<int>(m_completions.size());
        for (Completion& each : m_completions) {
            const double slowdown = m_devices[m_batches[each.batch].device].slowdown;
            const double factor = 1 + (std::max(1.0, slowdown) - 1) * (busy - 1) / (m_servers - 1);
            each.left
                = std::max(0.0, each.left - static_cast<double>((now() - each.since).count()) / each.factor);
            each.since = now();
            each.factor = factor;
            each.at = now() + Nanoseconds(std::llround(each.left * factor));
        }
        std::ranges::make_heap(m_completions, std::greater());
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
        m_ledger.dropped(m_lines[action.line].pop());
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
        m_settings.watch({ now(), action, m_watched }, situation());
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

    std::span<const Device> m_devices;
    Policy& m_policy;
    const SimulationSettings& m_settings;
    Random m_random;
    std::vector<Line> m_lines;
    std::vector<DeviceState> m_states;
    Ledger m_ledger;
    std::vector<Completion> m_completions; // a heap, the earliest in front
    std::vector<Batch> m_batches;
    std::vector<std::uint32_t> m_free; // of m_batches
    std::vector<Waiting> m_watched;
    Nanoseconds m_timer = kNever;
    std::uint64_t m_number = 0;
    int m_servers = 0;
    bool m_shared = false; // devices slow each other down
    bool m_changed = false; // who is at work, since their pace was set
    unsigned m_events = 0; // may wrap
};

} // namespace

double SimulationResult::littleError() const
{
    return rateTimesTime > 0 ? std::abs(inSystem / rateTimesTime - 1) : 0;
}

std::vector<std::size_t> closedLoopRequests(
    std::span<const Request> requests, std::span<const Nanoseconds> latencies)
{
    std::vector<std::size_t> sent;
    Nanoseconds answered {};
    for (std::size_t i = 0; i < requests.size(); ++i) {
        if (latencies[i] < Nanoseconds(0) || requests[i].at < answered)
            continue;
        sent.push_back(i);
        answered = requests[i].at + latencies[i];
    }
    return sent;
}

std::vector<Nanoseconds> closedLoopOf(
    std::span<const Request> requests, std::span<const Nanoseconds> latencies)
{
    std::vector<Nanoseconds> seen;
    for (const std::size_t request : closedLoopRequests(requests, latencies))
        seen.push_back(latencies[request]);
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
