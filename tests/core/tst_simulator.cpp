// SPDX-License-Identifier: GPL-3.0-or-later
// The simulator against queues whose answers are known exactly.
#include "core/schedule/simulation.h"
#include "tests/support/sanitized.h"

#include <QTest>
#include <cmath>
#include <cstring>

using core::Device;
using core::Nanoseconds;
using core::ServiceTime;
using core::SimulationResult;

namespace {

/// Under a sanitizer fewer requests, and what that adds to the errors.
constexpr std::size_t kRequests = support::kSanitized ? 40'000 : 2'000'000;
constexpr double kLoose = support::kSanitized ? 6 : 1;
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
};

QTEST_GUILESS_MAIN(TstSimulator)
#include "tst_simulator.moc"
