// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/schedule/live.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <atomic>
#include <mutex>
#include <thread>

using core::LiveDevice;
using core::LiveServer;
using core::Nanoseconds;
using core::Request;
using namespace std::chrono_literals;

namespace {

/// Sleeps for a time a batch, and keeps what it was given.
class Sleeper final : public LiveServer {
public:
    struct Log {
        std::mutex mutex;
        std::vector<std::int64_t> batches;
        std::atomic<int> prepared { 0 };
        std::atomic<int> served { 0 };
        std::atomic<int> failAfter { -1 };
    };
    Sleeper(Nanoseconds time, Log& log)
        : m_time(time)
        , m_log(log)
    {
    }
    void prepare() override { ++m_log.prepared; }
    void run(std::int64_t items) override
    {
        std::this_thread::sleep_for(m_time);
        const std::lock_guard lock(m_log.mutex);
        m_log.batches.push_back(items);
        if (m_log.failAfter >= 0 && static_cast<int>(m_log.batches.size()) > m_log.failAfter)
            throw core::Error("Cannot run: the device is lost.");
        ++m_log.served;
    }

private:
    const Nanoseconds m_time;
    Log& m_log;
};

std::vector<LiveDevice> devices(Sleeper::Log& log, int count, int servers, Nanoseconds time, int most = 4)
{
    std::vector<LiveDevice> all;
    for (int i = 0; i < count; ++i) {
        LiveDevice device;
        device.device = { .name = "device " + std::to_string(i),
            .accelerator = i == 1,
            .servers = servers,
            .most = most,
            .time = core::ServiceTime::deterministic(std::chrono::duration<double>(time).count()) };
        for (int server = 0; server < servers; ++server)
            device.servers.push_back(std::make_unique<Sleeper>(time, log));
        all.push_back(std::move(device));
    }
    return all;
}

std::unique_ptr<core::Policy> policy(
    const char* name, const std::vector<LiveDevice>& on, std::vector<core::Device>& kept)
{
    kept.clear();
    for (const LiveDevice& device : on)
        kept.push_back(device.device);
    return core::makePolicy(name, { kept, 500ms });
}

std::vector<Request> every(Nanoseconds gap, std::size_t count)
{
    std::vector<Request> requests;
    for (std::size_t i = 0; i < count; ++i)
        requests.push_back({ .at = static_cast<std::int64_t>(i + 1) * gap });
    return requests;
}

} // namespace

class TstLive : public QObject {
    Q_OBJECT

private slots:
    void everyRequestIsAnswered_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : { "cpu-only", "gpu-only", "static-split", "round-robin", "least-work",
                 "timeout-batch(max=4,delay=3ms)", "eft-deadline", "work-steal" })
            QTest::newRow(name) << QString(name);
    }
    void everyRequestIsAnswered()
    {
        QFETCH(QString, name);
        Sleeper::Log log;
        auto on = devices(log, 2, 1, 2ms);
        std::vector<core::Device> kept;
        const auto with = policy(qPrintable(name), on, kept);
        const auto requests = every(2ms, 60);
        const core::LiveResult result = core::runLive(requests, on, *with, { .slo = 500ms });
        QCOMPARE(log.prepared.load(), 2);
        const core::SimulationResult& measured = result.measured;
        QCOMPARE(measured.arrived, std::size_t { 60 });
        QCOMPARE(measured.completed + measured.dropped, std::size_t { 60 });
        QCOMPARE(measured.inFlight, std::size_t { 0 });
        std::int64_t items = 0;
        for (const std::int64_t batch : log.batches) {
            QVERIFY(batch >= 1 && batch <= 4);
            items += batch;
        }
        QCOMPARE(items, static_cast<std::int64_t>(measured.completed));
        std::uint64_t answered = 0;
        for (const core::DeviceFigures& device : measured.devices)
            answered += device.requests;
        QCOMPARE(answered, static_cast<std::uint64_t>(measured.completed));
        for (const Nanoseconds latency : measured.latencies)
            QVERIFY(latency == -1ns || latency >= 2ms); // no answer before its service
        QCOMPARE(result.late.samples, std::size_t { 60 });
        if (name == "gpu-only") {
            QCOMPARE(measured.devices[1].share, 1.0);
        }
        if (name == "cpu-only") {
            QCOMPARE(measured.devices[0].share, 1.0);
        }
    }

    void severalServersOfADevice()
    {
        Sleeper::Log log;
        auto on = devices(log, 1, 3, 5ms, 1);
        std::vector<core::Device> kept;
        const auto with = policy("least-work", on, kept);
        const auto requests = every(1ms, 30);
        const core::LiveResult result = core::runLive(requests, on, *with);
        QCOMPARE(log.prepared.load(), 3);
        QCOMPARE(result.measured.completed, std::size_t { 30 });
        QCOMPARE(log.batches.size(), std::size_t { 30 });
    }

    void saysWhenItBeginsAndEnds()
    {
        Sleeper::Log log;
        auto on = devices(log, 2, 1, 1ms);
        std::vector<core::Device> kept;
        const auto with = policy("round-robin", on, kept);
        std::vector<int> readyAndServed;
        const auto look = [&] {
            readyAndServed.push_back(log.prepared.load());
            readyAndServed.push_back(log.served.load());
        };
        const auto requests = every(1ms, 10);
        core::runLive(requests, on, *with, { .begin = look, .end = look });
        QCOMPARE(readyAndServed.size(), std::size_t { 4 });
        QCOMPARE(readyAndServed[0], 2); // when all are ready
        QCOMPARE(readyAndServed[1], 0);
        QVERIFY(readyAndServed[3] > 0);
    }

    void isWatched()
    {
        Sleeper::Log log;
        auto on = devices(log, 1, 1, 5ms, 1);
        std::vector<core::Device> kept;
        const auto with = policy("least-work", on, kept);
        const auto requests = every(1ms, 60);
        std::vector<Nanoseconds> times;
        std::size_t mostWaiting = 0, answered = 0;
        bool consistent = true, answeredSomething = false;
        core::runLive(requests, on, *with,
            { .watch =
                    [&](const core::LiveState& state) {
                        times.push_back(state.situation.now);
                        consistent = consistent && state.arrived >= state.waiting + state.answered
                            && state.waiting == state.situation.lines[0].size() && state.answered >= answered
                            && (state.answered > 0) == (state.lastLatency > 0ns);
                        answered = state.answered;
                        mostWaiting = std::max(mostWaiting, state.waiting);
                        answeredSomething = answeredSomething || answered > 0;
                    },
                .watchEvery = 20ms });
        QVERIFY(consistent && answeredSomething);
        QVERIFY(mostWaiting > 5); // a request a millisecond, five milliseconds an answer
        QVERIFY(times.size() > 3);
        for (std::size_t i = 1; i < times.size(); ++i)
            QVERIFY(times[i] - times[i - 1] >= 20ms);
    }

    /// Of a device that another one slows down, less that; the test knows how long each was alone.
    void timesAreThoseAlone()
    {
        Sleeper::Log log;
        auto on = devices(log, 2, 1, 200ms, 1);
        on[1].device.slowdown = 3;
        std::vector<core::Device> kept;
        const auto with = policy("round-robin", on, kept);
        const std::vector<Request> requests { { .at = 0ms }, { .at = 100ms } };
        const core::LiveResult result = core::runLive(requests, on, *with);
        QCOMPARE(result.times.size(), std::size_t { 2 });
        const auto milliseconds = [&](std::size_t device) {
            return std::chrono::duration<double, std::milli>(result.times[device].at(0).samples.at(0))
                .count();
        };
        QCOMPARE(result.times[0][0].items, std::int64_t { 1 });
        QVERIFY(milliseconds(0) >= 200); // nobody slows it down
        // 100 ms beside the first at a third of its pace, 100 ms alone.
        QVERIFY2(milliseconds(1) < 0.95 * 200 && milliseconds(1) > 100,
            qPrintable(QString::number(milliseconds(1))));
    }

    void withoutRequests()
    {
        Sleeper::Log log;
        auto on = devices(log, 2, 1, 1ms);
        std::vector<core::Device> kept;
        const auto with = policy("round-robin", on, kept);
        QCOMPARE(core::runLive({}, on, *with).measured.arrived, std::size_t { 0 });
        QCOMPARE(log.prepared.load(), 2); // what takes long is done all the same
    }

    void aServerThatFails()
    {
        Sleeper::Log log;
        log.failAfter = 3;
        auto on = devices(log, 2, 1, 1ms);
        std::vector<core::Device> kept;
        const auto with = policy("round-robin", on, kept);
        const auto requests = every(1ms, 50);
        QCOMPARE(support::sentenceOf([&] { core::runLive(requests, on, *with); }),
            "Cannot run: the device is lost.");
    }

    void stopped()
    {
        Sleeper::Log log;
        auto on = devices(log, 1, 1, 5ms, 1);
        std::vector<core::Device> kept;
        const auto with = policy("least-work", on, kept);
        std::stop_source stop;
        std::jthread other([&] { // once it is under way: how long that takes is the machine's affair
            for (int looks = 0; log.served.load() < 3 && looks < 10'000; ++looks) {
                std::this_thread::sleep_for(1ms);
            }
            stop.request_stop();
        });
        const auto requests = every(1ms, 100'000);
        const core::LiveResult result = core::runLive(requests, on, *with, { .stop = stop.get_token() });
        QVERIFY(result.measured.arrived < 100'000);
        QCOMPARE(result.measured.completed + result.measured.dropped, result.measured.arrived);
        QVERIFY(result.measured.dropped > 0);
    }
};

QTEST_GUILESS_MAIN(TstLive)
#include "tst_live.moc"
