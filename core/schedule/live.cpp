// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/live.h"

#include "core/error.h"
#include "core/schedule/ledger.h"
#include "core/schedule/real_time.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

namespace core {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr Nanoseconds kNever = Nanoseconds::max();
constexpr Nanoseconds kSpin = 200us; // a sleep may end that late
constexpr Nanoseconds kSpinFirst = 50us; // that of a thread with real-time priority
constexpr double kMostSpinning = 0.1; // share of a core that such a thread may take from the servers

/// A batch from its dispatch to its end.
struct Batch {
    std::uint32_t number = 0;
    std::size_t device = 0;
    int partsLeft = 1;
    std::int64_t items = 0;
    Nanoseconds started {};
    std::vector<Waiting> requests;
    bool split = false;
    double work = 0; // nanoseconds that it would have taken so far, had it been alone
    Nanoseconds since {}; // to which `work` was counted
};

/// A server's part of a batch.
struct Task {
    std::uint32_t batch = 0;
    std::int64_t items = 0;
};

struct Done {
    std::size_t device = 0, server = 0;
    std::uint32_t batch = 0;
    Clock::time_point at;
};

/// Where the servers' threads and the caller meet.
class Exchange {
public:
    void done(const Done& what)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_done.push_back(what);
        }
        m_changed.notify_one();
    }

    void failed(std::exception_ptr why)
    {
        {
            const std::lock_guard lock(m_mutex);
            if (!m_failure)
                m_failure = std::move(why);
        }
        m_changed.notify_one();
    }

    /// What is done, at once or by `until`; rethrows a server's failure.
    std::deque<Done> take(Clock::time_point until)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_until(lock, until, [&] { return !m_done.empty() || m_failure; });
        if (m_failure)
            std::rethrow_exception(m_failure);
        return std::exchange(m_done, {});
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Done> m_done;
    std::exception_ptr m_failure;
};

/// A server's thread: it takes one task after the other.
class Worker {
public:
    Worker(LiveServer& server, std::size_t device, std::size_t index, Exchange& exchange)
        : m_server(server)
        , m_device(device)
        , m_index(index)
        , m_exchange(exchange)
        , m_thread([this](std::stop_token stop) { serve(stop); })
    {
    }

    void give(const Task& task)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_task = task;
        }
        m_changed.notify_one();
    }

private:
    void serve(const std::stop_token& stop)
    {
        try {
            m_server.prepare();
            m_exchange.done({ m_device, m_index, 0, Clock::now() }); // ready
            while (true) {
                std::unique_lock lock(m_mutex);
                if (!m_changed.wait(lock, stop, [&] { return m_task.has_value(); }))
                    return;
                const Task task = *std::exchange(m_task, std::nullopt);
                lock.unlock();
                m_server.run(task.items);
                m_exchange.done({ m_device, m_index, task.batch, Clock::now() });
            }
        } catch (...) {
            m_exchange.failed(std::current_exception());
        }
    }

    LiveServer& m_server;
    const std::size_t m_device, m_index;
    Exchange& m_exchange;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::optional<Task> m_task;
    std::jthread m_thread; // last: it ends before anything it touches
};

/// One live run. The lines, the policy and all accounts are the calling thread's alone.
class Live {
public:
    Live(std::span<const Request> requests, std::vector<LiveDevice>& devices, Policy& policy,
        const LiveSettings& settings)
        : m_devices(devices)
        , m_policy(policy)
        , m_settings(settings)
        , m_lines(policy.lines())
        , m_states(devices.size())
        , m_idle(devices.size())
        , m_ledger(requests, serversOf(devices))
        , m_times(devices.size())
        , m_requestsASecond(rateOf(requests))
    {
        m_late.reserve(requests.size());
        for (DeviceState& state : m_states)
            state.idle = 0; // until its servers are ready
    }

    LiveResult run()
    {
        start();
        if (m_settings.begin)
            m_settings.begin();
        std::optional<RealTimePriority> first;
        if (sleepsMostly())
            m_spin = first.emplace().granted() ? kSpinFirst : kSpin;
        m_begin = Clock::now();
        while (!m_ledger.settled()) {
            wait();
            decide();
            show();
            if (m_settings.stop.stop_requested())
                giveUp();
        }
        if (m_settings.end)
            m_settings.end();
        return { m_ledger.finish(), timeFigures(std::move(m_late)), timesByDevice() };
    }

private:
    static std::vector<int> serversOf(const std::vector<LiveDevice>& devices)
    {
        std::vector<int> servers;
        for (const LiveDevice& device : devices)
            servers.push_back(static_cast<int>(device.servers.size()));
        return servers;
    }

    static double rateOf(std::span<const Request> requests)
    {
        const double seconds
            = requests.empty() ? 0 : std::chrono::duration<double>(requests.back().at).count();
        return seconds > 0 ? static_cast<double>(requests.size()) / seconds : 0;
    }

    Nanoseconds clock() const { return Clock::now() - m_begin; }
    Nanoseconds now() const { return m_ledger.now(); } // as far as it was looked at
    Situation situation() const { return { now(), m_lines, m_states }; }

    /// All servers compile and warm up side by side, as they will run.
    void start()
    {
        std::size_t expected = 0;
        for (std::size_t device = 0; device < m_devices.size(); ++device) {
            m_first.push_back(m_workers.size());
            for (std::size_t server = 0; server < m_devices[device].servers.size(); ++server, ++expected)
                m_workers.push_back(
                    std::make_unique<Worker>(*m_devices[device].servers[server], device, server, m_exchange));
        }
        for (std::size_t ready = 0; ready < expected;) {
            for (const Done& done : m_exchange.take(Clock::now() + 1h)) {
                m_idle[done.device].push_back(done.server);
                ++m_states[done.device].idle;
                ++ready;
            }
        }
    }

    /// Where all cores are at work, whoever sends the requests would else get its turn milliseconds late. It
    /// sleeps nearly always; where it would not, it takes its chances.
    bool sleepsMostly() const
    {
        return m_requestsASecond * std::chrono::duration<double>(kSpinFirst).count() <= kMostSpinning;
    }

    /// Until the next arrival, end of a batch, or time the policy waits for; takes all that has happened by
    /// then.
    void wait()
    {
        const Nanoseconds until = std::min(m_ledger.nextArrival(), m_timer);
        std::deque<Done> done;
        if (until == kNever)
            done = m_exchange.take(Clock::now() + 1s);
        else
            done = m_exchange.take(m_begin + until - m_spin);
        while (done.empty() && clock() < until) // to the time, but not past the end of a batch
            done = m_exchange.take(Clock::time_point {});
        m_ledger.advance(clock());
        if (m_timer <= now())
            m_timer = kNever;
        for (const Done& each : done)
            complete(each);
        while (m_ledger.nextArrival() <= now())
            arrive();
    }

    void show()
    {
        if (!m_settings.watch || now() < m_nextShow)
            return;
        m_nextShow = now() + m_settings.watchEvery;
        m_settings.watch(
            { situation(), m_ledger.arrived(), m_ledger.waiting(), m_ledger.answered(), m_lastLatency });
    }

    void arrive()
    {
        const Waiting waiting = m_ledger.arrive(m_settings.slo);
        m_lines[m_policy.place(waiting, situation())].push(waiting);
        m_late.push_back(now() - waiting.arrived);
    }

    void complete(const Done& done)
    {
        const auto found = std::ranges::find(m_batches, done.batch, &Batch::number);
        Batch& batch = *found;
        DeviceState& state = m_states[done.device];
        ++state.idle;
        m_idle[done.device].push_back(done.server);
        state.running.erase(std::ranges::find(state.running, done.batch, &Running::batch));
        const Nanoseconds at = done.at - m_begin;
        m_ledger.worked(done.device, batch.started, at);
        countWork(at);
        --m_busy;
        if (--batch.partsLeft > 0)
            return;
        if (!batch.split)
            m_times[done.device][batch.items].push_back(Nanoseconds(std::llround(batch.work)));
        m_ledger.answered(batch.device, batch.items, batch.started, at, batch.requests);
        m_lastLatency = at - batch.requests.back().arrived;
        m_policy.finished({ now(), batch.started, batch.device, batch.items, batch.requests });
        m_batches.erase(found);
    }

    /// As many are at work as before, up to `to`.
    void countWork(Nanoseconds to)
    {
        const auto others = static_cast<double>(std::max<std::size_t>(1, m_workers.size() - 1));
        for (Batch& batch : m_batches) {
            const double slowdown = std::max(1.0, m_devices[batch.device].device.slowdown);
            const double factor = 1 + (slowdown - 1) * (m_busy - 1) / others;
            if (to > batch.since)
                batch.work += static_cast<double>((to - batch.since).count()) / factor;
            batch.since = std::max(batch.since, to);
        }
    }

    std::vector<std::vector<ServiceTime::Point>> timesByDevice()
    {
        std::vector<std::vector<ServiceTime::Point>> all(m_times.size());
        for (std::size_t device = 0; device < m_times.size(); ++device) {
            for (auto& [items, samples] : m_times[device])
                all[device].push_back({ items, std::move(samples) });
        }
        return all;
    }

    void decide()
    {
        while (true) {
            const Action action = m_policy.next(situation());
            if (action.kind == Action::Kind::Wait) {
                m_timer = action.until;
                return;
            }
            if (action.kind == Action::Kind::Dispatch)
                dispatch(action);
            else
                drop(action.line);
        }
    }

    void dispatch(const Action& action)
    {
        Batch batch { .number = ++m_numbers, .device = action.device, .partsLeft = action.servers };
        for (std::size_t i = 0; i < action.requests; ++i) {
            batch.requests.push_back(m_lines[action.line].pop());
            batch.items += batch.requests.back().items;
        }
        m_ledger.dispatched(action.requests);
        m_ledger.advance(clock());
        batch.started = batch.since = now();
        batch.split = action.servers > 1;
        countWork(now());
        m_busy += action.servers;
        std::int64_t left = batch.items;
        for (int part = action.servers; part > 0; --part) {
            const std::int64_t items = (left + part - 1) / part;
            left -= items;
            const std::size_t server = m_idle[action.device].back();
            m_idle[action.device].pop_back();
            --m_states[action.device].idle;
            m_states[action.device].running.push_back({ batch.number, now(), items });
            m_workers[m_first[action.device] + server]->give({ batch.number, items });
        }
        m_batches.push_back(std::move(batch));
    }

    void drop(std::size_t line) { m_ledger.dropped(m_lines[line].pop()); }

    void giveUp()
    {
        m_ledger.close();
        m_timer = kNever;
        for (std::size_t line = 0; line < m_lines.size(); ++line)
            while (!m_lines[line].empty())
                drop(line);
    }

    std::vector<LiveDevice>& m_devices;
    Policy& m_policy;
    const LiveSettings& m_settings;
    std::vector<Line> m_lines;
    std::vector<DeviceState> m_states;
    std::vector<std::vector<std::size_t>> m_idle; // servers, by device
    Ledger m_ledger;
    std::deque<Batch> m_batches; // that run: a handful
    std::vector<std::map<std::int64_t, std::vector<Nanoseconds>>> m_times; // see LiveResult
    int m_busy = 0; // servers
    std::vector<Nanoseconds> m_late;
    std::vector<std::size_t> m_first; // worker of each device
    Clock::time_point m_begin {};
    const double m_requestsASecond;
    Nanoseconds m_spin = kSpin;
    Nanoseconds m_timer = kNever;
    Nanoseconds m_nextShow {}, m_lastLatency {};
    std::uint32_t m_numbers = 0;
    Exchange m_exchange;
    std::vector<std::unique_ptr<Worker>> m_workers; // last: their threads use the exchange
};

} // namespace

LiveResult runLive(std::span<const Request> requests, std::vector<LiveDevice>& devices, Policy& policy,
    const LiveSettings& settings)
{
    return Live(requests, devices, policy, settings).run();
}

} // namespace core
