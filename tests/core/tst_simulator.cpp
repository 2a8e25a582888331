// SPDX-License-Identifier: GPL-3.0-or-later
// The simulator against queues whose answers are known exactly.
#include "core/schedule/simulation.h"
#include "tests/support/sanitized.h"

#include <QTest>
#include <cmath>
#include <cstring>

using core::Device;
using core::Nanoseconds;
using core::Request;
using core::ServiceTime;
using core::SimulationResult;
using namespace std::chrono_literals;

namespace {

/// Under a sanitizer fewer requests, and what that adds to the errors.
constexpr std::size_t kRequests = support::kSanitized ? 100'000 : 1'000'000;
constexpr double kLoose = support::kSanitized ? 5 : 1;
constexpr std::array<std::uint64_t, 3> kSeeds { 1, 2, 3 };

double seconds(Nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

/// Poisson arrivals at one kind of device.
SimulationResult poisson(
    double rate, const ServiceTime& time, int servers, const char* policy, std::uint64_t seed)
{
    const std::vector<Device> devices {
        { .name = "gpu", .accelerator = true, .servers = servers, .time = time }
    };
    const auto requests = core::arrivals({}, rate, kRequests, seed);
    const auto chosen = core::makePolicy(policy, { devices, {} });
    return core::simulate(requests, devices, *chosen, { .slo = {}, .seed = seed + 100, .watch = {} });
}

bool near(double value, double expected, double tolerance, const char* what)
{
    const double error = value / expected - 1;
    qInfo("%s: %.6g, exactly %.6g, error %+.2f %%", what, value, expected, 100 * error);
    return std::abs(error) <= tolerance * kLoose;
}

double meanWait(const SimulationResult& result)
{
    return result.latency.meanSeconds - result.service.meanSeconds;
}

/// Erlang C and what follows from it; Kleinrock, Queueing Systems I, section 3.5.
struct Mmc {
    double wait = 0, meanWait = 0;
    Mmc(double lambda, double mu, int servers)
    {
        const double load = lambda / mu, rho = load / servers;
        double term = 1, sum = 0;
        for (int k = 0; k < servers; ++k) {
            sum += term;
            term *= load / (k + 1);
        }
        wait = term / (1 - rho) / (sum + term / (1 - rho));
        meanWait = wait / (servers * mu - lambda);
    }
};

void addSeeds()
{
    QTest::addColumn<quint64>("seed");
    for (const std::uint64_t seed : kSeeds)
        QTest::addRow("seed %d", static_cast<int>(seed)) << quint64(seed);
}

} // namespace

class TstSimulator : public QObject {
    Q_OBJECT

private slots:
    void mm1_data() { addSeeds(); }
    void mm1()
    {
        QFETCH(quint64, seed);
        const auto result = poisson(80, ServiceTime::exponential(0.01), 1, "gpu-only(max=1)", seed);
        QVERIFY(near(result.latency.meanSeconds, 0.050, 0.02, "M/M/1 mean latency"));
        QVERIFY(near(seconds(*result.latency.p99), std::log(100.0) / 20, 0.04, "M/M/1 p99")); // 230.26 ms
        QVERIFY(near(seconds(*result.latency.p50), std::log(2.0) / 20, 0.02, "M/M/1 p50"));
        QVERIFY(near(result.devices[0].utilisation, 0.8, 0.02, "M/M/1 utilisation"));
        QVERIFY(result.littleError() < 1e-6);
    }

    void md1_data() { addSeeds(); }
    void md1()
    {
        QFETCH(quint64, seed);
        const auto result = poisson(80, ServiceTime::deterministic(0.01), 1, "gpu-only(max=1)", seed);
        QVERIFY(near(meanWait(result), 0.020, 0.02, "M/D/1 mean wait"));
    }

    /// Pollaczek and Khinchine, with service times drawn from samples, as recorded ones are.
    void mg1_data() { addSeeds(); }
    void mg1()
    {
        QFETCH(quint64, seed);
        std::vector<Nanoseconds> samples;
        double first = 0, second = 0;
        for (int i = 0; i < 1000; ++i) { // most take 4 ms, one in ten 40 ms and more
            const double time = i % 10 == 0 ? 0.04 + 1e-5 * i : 0.004 + 1e-6 * i;
            samples.emplace_back(static_cast<std::int64_t>(std::llround(time * 1e9)));
            first += time / 1000;
            second += time * time / 1000;
        }
        const double lambda = 0.7 / first;
        const auto result
            = poisson(lambda, ServiceTime::measured({ { 1, samples } }), 1, "gpu-only(max=1)", seed);
        QVERIFY(near(result.service.meanSeconds, first, 0.02, "M/G/1 mean service"));
        QVERIFY(near(meanWait(result), lambda * second / (2 * (1 - 0.7)), 0.02, "M/G/1 mean wait"));
    }

    void mmc_data() { addSeeds(); }
    void mmc()
    {
        QFETCH(quint64, seed);
        for (const int servers : { 2, 4 }) {
            const Mmc exact(80 * servers, 100, servers);
            const auto result
                = poisson(80 * servers, ServiceTime::exponential(0.01), servers, "gpu-only(max=1)", seed);
            QVERIFY(near(meanWait(result), exact.meanWait, 0.02, "M/M/c mean wait"));
            // P(T > t) for T = wait + service, by the two exponentials.
            const double rest = 100 * servers - 80 * servers;
            const auto tail = [&](double t) {
                return (1 - exact.wait) * std::exp(-100 * t)
                    + exact.wait * (100 * std::exp(-rest * t) - rest * std::exp(-100 * t)) / (100 - rest);
            };
            double low = 0, high = 10;
            for (int i = 0; i < 60; ++i)
                (tail((low + high) / 2) > 0.01 ? low : high) = (low + high) / 2;
            QVERIFY(near(seconds(*result.latency.p99), low, 0.04, "M/M/c p99"));
        }
        QVERIFY(std::abs(Mmc(160, 100, 2).wait - 0.711111) < 1e-6);
        QVERIFY(std::abs(Mmc(320, 100, 4).wait - 0.596432) < 1e-6);
        QVERIFY(std::abs(Mmc(160, 100, 2).meanWait - 0.017778) < 1e-6);
        QVERIFY(std::abs(Mmc(320, 100, 4).meanWait - 0.007455) < 1e-6);
    }

    /// A server that takes all that waits, with batch times alpha b + tau: Inoue, Queueing analysis of
    /// GPU-based inference servers with dynamic batching, arXiv 1912.06322.
    void dynamicBatching_data()
    {
        QTest::addColumn<double>("alpha");
        QTest::addColumn<double>("tau");
        QTest::addColumn<double>("r");
        QTest::addColumn<double>("mean");
        QTest::addRow("0.1 1 0.5") << 0.1 << 1.0 << 0.5 << 3.16664;
        QTest::addRow("0.5 1 0.5") << 0.5 << 1.0 << 0.5 << 3.74966;
        QTest::addRow("1 1 0.5") << 1.0 << 1.0 << 0.5 << 4.41736;
        QTest::addRow("1 1 0.7") << 1.0 << 1.0 << 0.7 << 7.53875;
        QTest::addRow("0.2 5 0.7") << 0.2 << 5.0 << 0.7 << 25.52941;
    }
    void dynamicBatching()
    {
        QFETCH(double, alpha);
        QFETCH(double, tau);
        QFETCH(double, r);
        QFETCH(double, mean);
        const double lambda = r / alpha;
        const double first
            = (alpha + tau) / (2 * (1 - r)) * (1 + 2 * lambda * tau + (1 - lambda * tau) / (1 + r));
        const double second = 1.5 * tau / (1 - r) + alpha / 2 * (r + 2) / (1 - r * r);
        for (const std::uint64_t seed : kSeeds) {
            const auto result = poisson(lambda, ServiceTime::affine(alpha, tau), 1, "gpu-only", seed);
            QVERIFY(near(result.latency.meanSeconds, mean, 0.02, "take-all mean latency"));
            QVERIFY(result.latency.meanSeconds <= std::min(first, second) * (1 + 0.02 * kLoose));
            // The same from another policy: a batcher that does not wait.
            if (seed == kSeeds[0]) {
                const auto batcher
                    = poisson(lambda, ServiceTime::affine(alpha, tau), 1, "timeout-batch(delay=0ms)", seed);
                QCOMPARE(batcher.latencies, result.latencies);
            }
        }
    }

    void littlesLaw()
    {
        for (const char* policy :
            { "gpu-only", "timeout-batch(max=8,delay=5ms)", "eft-deadline(slo=40ms)" }) {
            const auto result = poisson(300, ServiceTime::affine(0.002, 0.01), 1, policy, 5);
            QVERIFY2(result.littleError() < 1e-6, policy);
            QCOMPARE(result.completed + result.dropped, kRequests);
        }
    }

    /// A server that stands still for ten seconds, once. Requests at 100 a second; a client that waits for
    /// its answers sees a single slow one.
    void coordinatedOmission()
    {
        const std::vector<Device> devices {
            { .name = "gpu", .accelerator = true, .time = ServiceTime::affine(1e-3, 0) }
        };
        std::vector<core::Request> requests;
        for (int i = 0; i < 10'000; ++i)
            requests.push_back({ .at = std::chrono::milliseconds(10 * i), .items = i == 5000 ? 10'000 : 1 });
        const auto policy = core::makePolicy("gpu-only(max=1)", { devices, {} });
        const auto result = core::simulate(requests, devices, *policy);
        QCOMPARE(result.latency.samples, std::size_t { 10'000 });
        QVERIFY(*result.latency.p99 > std::chrono::seconds(5));
        QVERIFY(*result.service.p99 == std::chrono::milliseconds(1));
        QVERIFY(*result.closedLoop.p99 < std::chrono::seconds(5)); // of the stall and the queue behind it
        QVERIFY(result.closedLoop.samples < 9'000);
        QCOMPARE(*result.closedLoop.largest, *result.latency.largest);
    }

    void queueOverTime()
    {
        const std::vector<Device> devices {
            { .name = "gpu", .accelerator = true, .time = ServiceTime::deterministic(1) }
        };
        std::vector<core::Request> requests(100); // all at once, a second each
        const auto policy = core::makePolicy("gpu-only(max=1)", { devices, {} });
        const auto result = core::simulate(requests, devices, *policy);
        QCOMPARE(result.duration, Nanoseconds(std::chrono::seconds(100)));
        QVERIFY(result.queue.stretches.size() <= core::kMostStretches);
        QVERIFY(result.queue.stretches.size() > core::kMostStretches / 4);
        QCOMPARE(result.queue.stretches.front().largest, 99U);
        double area = 0, before = 100;
        for (const auto& stretch : result.queue.stretches) {
            QVERIFY(stretch.mean <= before && stretch.mean <= stretch.largest);
            before = stretch.mean;
            area += stretch.mean * seconds(result.queue.width);
        }
        QVERIFY(std::abs(area / 4950 - 1) < 0.02); // 99 + 98 + ... + 0
        QCOMPARE(result.latencies.back(), Nanoseconds(std::chrono::seconds(100)));
        QVERIFY(std::abs(result.inSystem - 50.5) < 1e-6);
    }

    /// One seed for both, as commands have it: M/M/1 answers over time t late with probability exp(-(mu -
    /// lambda) t).
    void arrivalsAndServicesOfOneSeed()
    {
        const std::vector<Device> devices {
            { .name = "one", .most = 1, .time = ServiceTime::exponential(10e-3) }
        };
        for (const std::uint64_t seed : { 1, 2, 3 }) {
            const auto requests = core::arrivals({}, 20, 200'000, seed);
            const auto policy = core::makePolicy("round-robin", { devices, {} });
            const SimulationResult result
                = core::simulate(requests, devices, *policy, { .slo = 40ms, .seed = seed, .watch = {} });
            const double late = double(result.missed) / double(result.completed),
                         exact = std::exp(-80 * 40e-3);
            QVERIFY2(std::abs(late / exact - 1) < 0.04, qPrintable(QString::number(late / exact)));
        }
    }

    /// Two devices that take each other half of their pace: what was alone for 5 of its 10 ms takes 10 more
    /// for the rest, and what is alone then goes on at full pace.
    void devicesSlowEachOtherDown()
    {
        std::vector<Device> devices(
            2, { .name = "cpu", .time = ServiceTime::deterministic(10e-3), .slowdown = 2 });
        devices[0].accelerator = true;
        const auto latencies = [&](Nanoseconds second) {
            const std::vector<Request> requests { { .at = 0ms }, { .at = second } };
            const auto policy = core::makePolicy("round-robin", { devices, {} });
            return core::simulate(requests, devices, *policy).latencies;
        };
        QCOMPARE(latencies(5ms), (std::vector<Nanoseconds> { 15ms, 15ms }));
        QCOMPARE(latencies(0ms), (std::vector<Nanoseconds> { 20ms, 20ms }));
        QCOMPARE(latencies(10ms), (std::vector<Nanoseconds> { 10ms, 10ms }));
        devices[1].slowdown = 1; // who suffers need not be who makes suffer
        QCOMPARE(latencies(5ms), (std::vector<Nanoseconds> { 15ms, 10ms }));
    }

    /// Of three others one: a third of the way to the whole slowdown.
    void fewBusyOthers()
    {
        std::vector<Device> devices(
            4, { .name = "cpu", .time = ServiceTime::deterministic(6e-3), .slowdown = 2.5 });
        const auto policy = core::makePolicy("round-robin", { devices, {} });
        const std::vector<Request> requests(2);
        QCOMPARE(
            core::simulate(requests, devices, *policy).latencies, (std::vector<Nanoseconds> { 9ms, 9ms }));
    }

    void nothingComesIn()
    {
        const std::vector<Device> devices {
            { .name = "gpu", .accelerator = true, .time = ServiceTime::deterministic(1) }
        };
        const auto policy = core::makePolicy("gpu-only", { devices, {} });
        const auto result = core::simulate({}, devices, *policy);
        QCOMPARE(result.arrived, std::size_t { 0 });
        QVERIFY(!result.latency.p50 && result.throughput == 0 && result.littleError() == 0);
    }

    /// A batch of several passes, and a request over several servers.
    void largeRequests()
    {
        const std::vector<Device> devices {
            { .name = "gpu", .accelerator = true, .most = 8, .time = ServiceTime::affine(1, 10) },
            { .name = "cpu", .servers = 4, .time = ServiceTime::affine(1, 0) }
        };
        const std::vector<core::Request> requests { { .at = {}, .items = 20 } };
        const auto run = [&](const char* name) {
            const auto policy = core::makePolicy(name, { devices, {} });
            return *core::simulate(requests, devices, *policy).latency.largest;
        };
        QCOMPARE(run("gpu-only"), Nanoseconds(std::chrono::seconds(18 + 18 + 14)));
        QCOMPARE(run("cpu-only"), Nanoseconds(std::chrono::seconds(20)));
        QCOMPARE(run("size-threshold(T=100,split=3)"), Nanoseconds(std::chrono::seconds(7)));
        QCOMPARE(run("size-threshold(T=100,split=64)"), Nanoseconds(std::chrono::seconds(5)));
    }

    void measuredTimes()
    {
        std::vector<Nanoseconds> one, four;
        for (int i = 0; i < 100; ++i) {
            one.emplace_back(1000 + i);
            four.emplace_back(2000 + 3 * i);
        }
        const ServiceTime time = ServiceTime::measured({ { 4, four }, { 1, one } });
        QCOMPARE(time.largest(), 4);
        QCOMPARE(time.quantile(1, 0.5), Nanoseconds(1050));
        QCOMPARE(time.quantile(4, 0.5), Nanoseconds(2150));
        QCOMPARE(time.quantile(2, 0.5), Nanoseconds(1417)); // a third of the way
        QCOMPARE(time.quantile(10, 0.5), Nanoseconds(2 * 2150 + 1417)); // 4 + 4 + 2
        QCOMPARE(time.quantile(4, 0), Nanoseconds(2000));
        QCOMPARE(time.quantile(4, 1), Nanoseconds(2297));
        QVERIFY(std::abs(time.meanSeconds(4) - 2148.5e-9) < 1e-15);
        QVERIFY(std::abs(time.bestRate(4) - 4 / 2148.5e-9) < 1);
        core::Random random(1);
        double sum = 0;
        for (int i = 0; i < 10'000; ++i)
            sum += seconds(time.draw(2, random));
        QVERIFY(std::abs(sum / 10'000 / time.meanSeconds(2) - 1) < 0.01);
    }
};

QTEST_GUILESS_MAIN(TstSimulator)
#include "tst_simulator.moc"
