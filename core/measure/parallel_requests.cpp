// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/parallel_requests.h"

#include <algorithm>

namespace core {

namespace {

using Clock = std::chrono::steady_clock;

/// Lanes look this often whether the next round began before they sleep, and let others run in between:
/// waking a thread takes tens of microseconds, which a small network's latency would show.
constexpr int kLooks = 200;

/// Returns when `value` is no longer `old`.
void awaitChange(const std::atomic<int>& value, int old)
{
    for (int look = 0; look < kLooks; ++look) {
        if (value.load(std::memory_order_acquire) != old)
            return;
        std::this_thread::yield();
    }
    value.wait(old, std::memory_order_acquire);
}

} // namespace

int lanesFor(int requests, int threads, const DeviceInfo& device)
{
    const int places = threads > 0 ? device.maxThreads / threads : device.streams;
    return std::max(1, std::min(requests, places));
}

ParallelRequests::ParallelRequests(Engine& engine, const std::shared_ptr<const Graph>& graph,
    const CompileOptions& options, int requests, int lanes)
    : m_requests(requests)
    , m_lanes(static_cast<std::size_t>(lanes))
{
    try {
        for (int place = 0; place < lanes; ++place)
            start(m_lanes[static_cast<std::size_t>(place)], place, engine, graph, options);
    } catch (...) {
        end();
        throw;
    }
}

ParallelRequests::~ParallelRequests()
{
    end();
}

/// Does `work` on a lane's thread; what it throws is kept for the caller.
template <typename Work> void ParallelRequests::guarded(Lane& lane, Work work)
{
    try {
        work();
    } catch (...) {
        lane.failure = std::current_exception();
    }
}

/// An engine is used by one thread at a time: a lane is compiled before the next begins.
void ParallelRequests::start(
    Lane& lane, int place, Engine& engine, const std::shared_ptr<const Graph>& graph, CompileOptions options)
{
    options.place = place;
    const auto compile = [&] { lane.program = engine.compile(graph, options); };
    if (place == 0)
        return compile();
    m_busy = 1;
    lane.thread = std::thread([this, &lane, &compile] {
        guarded(lane, compile);
        const int round = m_round;
        m_busy = 0;
        m_busy.notify_all();
        // `compile` is gone from here on: the constructor goes on.
        for (int seen = round;; ++seen) {
            awaitChange(m_round, seen);
            if (m_end)
                return;
            serve(lane);
        }
    });
    awaitChange(m_busy, 1);
    rethrow();
}

/// A lane's part of a round.
void ParallelRequests::serve(Lane& lane)
{
    guarded(lane, [&] { answer(lane); });
    if (m_busy.fetch_sub(1, std::memory_order_acq_rel) == 1)
        m_busy.notify_all();
}

void ParallelRequests::answer(Lane& lane)
{
    while (m_next.fetch_add(1, std::memory_order_relaxed) < m_requests)
        lane.program->run();
}

void ParallelRequests::rethrow()
{
    for (Lane& lane : m_lanes) {
        if (std::exception_ptr failure = std::exchange(lane.failure, nullptr))
            std::rethrow_exception(failure);
    }
}

void ParallelRequests::end()
{
    m_end = true;
    ++m_round;
    m_round.notify_all();
    for (Lane& lane : m_lanes) {
        if (lane.thread.joinable())
            lane.thread.join();
    }
}

void ParallelRequests::write(int input, std::span<const std::byte> bytes)
{
    for (Lane& lane : m_lanes)
        lane.program->write(input, bytes);
}

Tensor ParallelRequests::read(int output)
{
    return m_lanes.front().program->read(output);
}

Sample ParallelRequests::run(Trace* trace)
{
    if (trace)
        return m_lanes.front().program->run(trace);
    const auto begin = Clock::now();
    m_next = 0;
    m_busy = static_cast<int>(m_lanes.size()) - 1;
    m_round.fetch_add(1, std::memory_order_release);
    m_round.notify_all();
    guarded(m_lanes.front(), [&] { answer(m_lanes.front()); });
    for (int busy = m_busy; busy > 0; busy = m_busy)
        awaitChange(m_busy, busy);
    rethrow();
    return { .host = Clock::now() - begin };
}

MemoryUse ParallelRequests::memory() const
{
    MemoryUse sum;
    for (const Lane& lane : m_lanes)
        sum += lane.program->memory();
    return sum;
}

} // namespace core
