// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/recorded_server.h"

#include "core/error.h"

#include <thread>

namespace core {

RecordedServer::RecordedServer(ServiceTime time, std::uint64_t seed)
    : m_time(std::move(time))
    , m_random(seed)
{
}

void RecordedServer::run(std::int64_t items)
{
    using namespace std::chrono_literals;
    using Clock = std::chrono::steady_clock;
    constexpr Nanoseconds kSpin = 100us; // a sleep may end that late
    const auto end = Clock::now() + m_time.draw(items, m_random);
    std::this_thread::sleep_until(end - kSpin);
    while (Clock::now() < end) { }
}

ServiceTime recordedTimes(const Recording& recording, const ModelSummary& model,
    const std::map<std::string, std::int64_t>& dims, CellKey key, int most)
{
    std::vector<ServiceTime::Point> points;
    std::string why;
    for (int batch = 1; batch <= most; ++batch) {
        key.batch = batch;
        const RecordedCell cell = recording.find(model, dims, key);
        if (const auto* failed = std::get_if<CellFailed>(&cell.end); failed && why.empty())
            why = failed->reason; // of batch 1, which says what there is
        if (!std::holds_alternative<CellFinished>(cell.end) || cell.samples.empty())
            continue;
        ServiceTime::Point& point = points.emplace_back();
        point.items = batch;
        for (const TimedSample& sample : cell.samples)
            point.samples.push_back(sample.latency);
    }
    if (points.empty())
        throw Error("Cannot serve: {}", why);
    return ServiceTime::measured(std::move(points));
}

} // namespace core
