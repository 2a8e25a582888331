// SPDX-License-Identifier: GPL-3.0-or-later
// Capacity over a day: each part against closed formulas, brute force, or the request-level simulator.
#include "core/schedule/capacity_search.h"
#include "core/schedule/random.h"
#include "core/schedule/result_cache.h"
#include "core/schedule/simulation.h"
#include "tests/support/sentence.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <list>
#include <unordered_map>

using core::ArrivalProcess;
using core::Group;
using core::InstanceKind;
using core::LoadCurve;
using core::MixResult;
using core::RateOverTime;
using core::ServiceTime;

using namespace std::chrono_literals;

namespace {

/// Items one by one, in `seconds` each.
core::Device single(double seconds)
{
    return { .name = "one", .most = 1, .time = ServiceTime::deterministic(seconds) };
}

/// Nothing is late below its capacity: an SLO of a year.
InstanceKind easy(const char* name, double rate, double perHour)
{
    return { .name = name,
        .load = LoadCurve::of(single(1 / rate), 24h * 365, 1),
        .price = core::FleetChoice { .capacity = rate, .perHour = perHour } };
}

RateOverTime steps(std::vector<double> rates, double width = 60)
{
    return { .width = width, .rates = std::move(rates) };
}

std::vector<int> first(const MixResult& result)
{
    std::vector<int> counts;
    for (const std::vector<int>& each : result.instances)
        counts.push_back(each[0]);
    return counts;
}

ArrivalProcess process(const char* text)
{
    return core::arrivalsFromText(text);
}

/// Hits of a cache that keeps what was used last, request by request.
double bruteHits(std::size_t size, int keys, double zipf, int requests)
{
    std::vector<double> until;
    double sum = 0;
    for (int key = 1; key <= keys; ++key)
        until.push_back(sum += std::pow(key, -zipf));
    core::Random random(3);
    std::list<int> used; // last first
    std::unordered_map<int, std::list<int>::iterator> places;
    int hits = 0, counted = 0;
    for (int request = 0; request < requests; ++request) {
        const int key = static_cast<int>(
            std::lower_bound(until.begin(), until.end(), random.uniform() * sum) - until.begin());
        const auto found = places.find(key);
        const bool warm = request > requests / 4;
        counted += warm;
        if (found != places.end()) {
            hits += warm;
            used.splice(used.begin(), used, found->second);
            continue;
        }
        used.push_front(key);
        places[key] = used.begin();
        if (used.size() > size) {
            places.erase(used.back());
            used.pop_back();
        }
    }
    return double(hits) / counted;
}

} // namespace

class TstCapacity : public QObject {
    Q_OBJECT

private slots:
    void cheAgainstBruteForce()
    {
        for (const auto& [size, zipf] : { std::pair(50, 0.9), { 400, 0.9 }, { 200, 1.3 }, { 200, 0.0 } }) {
            const double model = core::lruHits(size, 2000, zipf),
                         brute = bruteHits(size, 2000, zipf, 400'000);
            QVERIFY2(std::abs(model - brute) < 0.005, qPrintable(QString("%1 %2").arg(model).arg(brute)));
        }
        QVERIFY(std::abs(core::lruHits(200, 2000, 0) - 0.1) < 1e-6); // all as popular
        QCOMPARE(core::lruHits(10, 10, 1), 1.0);
    }

    void caches_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("why");
        const auto row = [](const char* text, const char* why) {
            QTest::newRow(text) << std::string(text)
                                << fmt::format("Cannot read cache: \"{}\": {}.", text, why);
        };
        row("hit=1", "hit is a number from 0 to below 1");
        row("hit=nan", "hit is a number from 0 to below 1");
        row("fifo(size=3)", "the ways are hit=0.3 and lru(size=1000,keys=100000,zipf=0.9)");
        row("lru(size=0)", "size is a whole number from 1 to 1000000, not \"0\"");
        row("lru(keys=1e9)", "keys is a whole number from 1 to 1000000, not \"1e9\"");
        row("lru(zipf=-1)", "zipf is a number from 0 to 10, not \"-1\"");
        row("lru(size=10,keys=10)", "it keeps everything, and would answer all but the first requests");
        row("lru(x=1)", "lru has no parameter x");
    }
    void caches()
    {
        QFETCH(std::string, text);
        QFETCH(std::string, why);
        QCOMPARE(support::sentenceOf([&] { core::cacheFromText(text); }), why);
    }

    void goodCaches()
    {
        QCOMPARE(core::cacheFromText("hit=0.3").hits, 0.3);
        QVERIFY(core::cacheFromText("lru(size=1000,keys=1e5,zipf=0.9)").hits > 0.2);
    }

    void rates()
    {
        const RateOverTime day
            = core::rateOverTime(process("diurnal(swing=0.8,period=24h)"), 200, 86400, 60, 1);
        QCOMPARE(day.rates.size(), std::size_t { 1440 });
        QVERIFY(std::abs(day.mean() - 200) < 1e-9);
        QVERIFY(std::abs(day.peak() - 360) < 0.01);
        // The same as the arrivals that the simulator gets, counted.
        const auto requests = core::arrivals(process("diurnal(swing=0.8,period=600s)"), 1000, 600'000, 1);
        const RateOverTime model
            = core::rateOverTime(process("diurnal(swing=0.8,period=600s)"), 1000, 600, 60, 1);
        std::vector<double> counted(10);
        for (const core::Request& request : requests)
            if (const auto place = static_cast<std::size_t>(request.at / 60s); place < counted.size())
                counted[place] += 1 / 60.0;
        for (std::size_t i = 0; i < counted.size(); ++i)
            QVERIFY(std::abs(counted[i] / model.rates[i] - 1) < 0.03);
        const RateOverTime bursts
            = core::rateOverTime(process("mmpp(burst=10,share=0.1,length=60s)"), 100, 5e6, 60, 7);
        QVERIFY2(std::abs(bursts.mean() / 100 - 1) < 0.03, qPrintable(QString::number(bursts.mean())));
        QVERIFY(bursts.peak() > 500); // 526 in a burst
        QVERIFY(core::rateOverTime(process("mmpp"), 100, 600, 60, 7).rates
            == core::rateOverTime(process("mmpp"), 100, 600, 60, 7).rates);
    }

    void traces()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("trace.csv");
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("time,items\n100,3\n101,1\n129,2\n171,60\n");
        file.close();
        const RateOverTime rates
            = core::rateOverTime(process(("trace(" + path.toStdString() + ")").c_str()), 0, 0, 30, 1);
        QVERIFY(rates.rates == (std::vector<double> { 6 / 30.0, 0, 2 }));
        const std::string refused = support::sentenceOf([&] {
            core::rateOverTime(process(("trace(" + path.toStdString() + ")").c_str()), 0, 0, 1e-4, 1);
        });
        QCOMPARE(refused,
            "Cannot plan capacity: the trace has 710000 intervals of 0.0001 s, at most 100000 can be.");
        QCOMPARE(support::sentenceOf([&] { core::rateOverTime(process("gamma"), 1, 60, 1, 1); }),
            "Cannot plan capacity: gamma has the same rate all the time; the ways are poisson, mmpp, diurnal "
            "and "
            "trace(FILE).");
        QCOMPARE(support::sentenceOf([&] { core::rateOverTime({}, 1, 1e9, 1, 1); }),
            "Cannot plan capacity: these are 1000000000 intervals of 1 s, at most 100000 can be.");
    }

    /// One server in the books: M/D/1, where P(wait <= t) = (1 - rho) exp(lambda t) below a service, and
    /// M/M/1, where P(time in the system > t) = exp(-(mu - lambda) t).
    void loadCurvesAgainstQueues()
    {
        const LoadCurve fixed = LoadCurve::of(single(0.01), 15ms, 1); // 5 ms of wait are allowed
        QCOMPARE(fixed.capacity(), 100.0);
        core::Device random = single(0.01);
        random.time = ServiceTime::exponential(0.01);
        const LoadCurve exponential = LoadCurve::of(random, 40ms, 1);
        for (const double load : { 0.2, 0.5, 0.7, 0.8 }) {
            const double expected = 1 - (1 - load) * std::exp(100 * load * 0.005);
            QVERIFY2(
                std::abs(fixed.late(load) - expected) < 0.02, qPrintable(QString::number(fixed.late(load))));
            QVERIFY(std::abs(fixed.busy(load) - load) < 0.02);
            const double tail = std::exp(-(100 - 100 * load) * 0.04);
            QVERIFY2(std::abs(exponential.late(load) - tail) < 0.03,
                qPrintable(QString("%1: %2 %3").arg(load).arg(exponential.late(load)).arg(tail)));
        }
        QCOMPARE(fixed.late(1), 1.0);
        QCOMPARE(fixed.late(7), 1.0);
        QCOMPARE(fixed.busy(0), 0.0);
    }

    /// The whole model against the simulator: three instances that a day's requests are spread over at
    /// random.
    void dayAgainstSimulator()
    {
        const core::Device device {
            .name = "batches", .most = 16, .time = ServiceTime::affine(0.002, 0.008)
        };
        const double rate = 3 * device.bestRate();
        const ArrivalProcess day = process("diurnal(swing=0.8,period=1200s)");
        const InstanceKind kind { .name = "batches", .load = LoadCurve::of(device, 60ms, 1) };
        for (const double load : { 0.3, 0.45 }) { // 0.54 and 0.81 at its peak
            const auto count = static_cast<std::size_t>(load * rate * 1200);
            const auto requests = core::arrivals(day, load * rate, count, 5);
            core::Random random(9);
            std::vector<core::Request> parts[3];
            for (const core::Request& request : requests)
                parts[static_cast<int>(random.uniform() * 3)].push_back(request);
            core::Device one = device;
            one.accelerator = true;
            const std::span<const core::Device> devices(&one, 1);
            double late = 0, busy = 0;
            for (const auto& part : parts) {
                const auto policy = core::makePolicy("gpu-only", { devices, 60ms });
                const auto result = core::simulate(part, devices, *policy, { .slo = 60ms });
                late += double(result.missed) / double(count);
                busy += result.devices[0].utilisation / 3;
            }
            InstanceKind priced = kind;
            priced.price
                = core::FleetChoice { .capacity = 1, .perBusyHour = 1 }; // its cost counts busy hours
            const MixResult model = core::serve(
                core::rateOverTime(day, load * rate, 1200, 10, 1), { priced }, { { { 0, 3, 3 } }, {} });
            QVERIFY2(
                std::abs(model.late - late) < 0.01, qPrintable(QString("%1 %2").arg(model.late).arg(late)));
            QVERIFY2(
                std::abs(*model.cost / (3 * 1200 / 3600.0) - busy) < 0.02, qPrintable(QString::number(busy)));
        }
    }

    /// By hand: capacity 10 each, grows beyond 0.5, starts take two intervals, three to cool.
    void growsAndShrinks()
    {
        const std::vector<InstanceKind> kinds { easy("a", 10, 3.6) };
        core::Mix mix { { { 0, 1, 4 } },
            { .up = 0.5, .down = 0.3, .startSeconds = 120, .coolSeconds = 180 } };
        const RateOverTime rates = steps({ 4, 4, 14, 14, 14, 14, 1, 1, 1, 1, 1 });
        const MixResult result = core::serve(rates, kinds, mix);
        // It sees 14 at the fourth minute, and 1 at the eighth, when it has cooled.
        QVERIFY(first(result) == (std::vector<int> { 1, 1, 1, 3, 3, 3, 3, 1, 1, 1, 1 }));
        QCOMPARE(result.starts, 2);
        QCOMPARE(result.mostInstances[0], 3);
        QVERIFY(std::abs(*result.cost - 19 * 3.6 / 60) < 1e-12); // nineteen minutes of instances
        QVERIFY(!result.joules);
        // One instance of 10 a second has 14 to do until the two new ones work: 4 a second wait for three
        // minutes and are done within the sixth, as 30 carry 14 and what waits.
        QCOMPARE(result.lateOverTime[1], 0.0);
        for (const int over : { 2, 3, 4 })
            QCOMPARE(result.lateOverTime[static_cast<std::size_t>(over)], 1.0);
        QVERIFY(std::abs(result.lateOverTime[5] - (3 * 4 * 60) / ((30 - 14) * 60.0)) < 1e-9);
        // At once, and no more than there may be.
        mix.scaling.startSeconds = 0;
        mix.groups[0].most = 2;
        QVERIFY(
            first(core::serve(rates, kinds, mix)) == (std::vector<int> { 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1 }));
        // A fixed group never changes.
        mix.groups[0] = { 0, 3, 3 };
        QCOMPARE(core::serve(rates, kinds, mix).starts, 0);
    }

    void coolsDown()
    {
        const std::vector<InstanceKind> kinds { easy("a", 10, 1) };
        core::Mix mix { { { 0, 1, 9 } }, { .up = 0.5, .down = 0.3, .startSeconds = 0, .coolSeconds = 300 } };
        const MixResult result = core::serve(steps({ 4, 40, 4, 4, 4, 4, 4, 4 }), kinds, mix);
        // Grown at minute 2; minute 7 is the first after five.
        QVERIFY(first(result) == (std::vector<int> { 1, 1, 8, 8, 8, 8, 8, 1 }));
    }

    void fillsGroupsInOrder()
    {
        std::vector<InstanceKind> kinds { easy("base", 100, 1), easy("burst", 10, 1) };
        kinds[0].idleWatts = kinds[1].idleWatts = 100;
        kinds[0].busyWatts = kinds[1].busyWatts = 300;
        const core::Mix mix { { { 0, 1, 1 }, { 1, 0, 20 } }, { .up = 0.5, .down = 0.2, .startSeconds = 0 } };
        const MixResult result = core::serve(steps({ 40, 40, 70, 70 }), kinds, mix);
        QVERIFY(
            result.instances == (std::vector<std::vector<int>> { { 1, 0 }, { 1, 0 }, { 1, 0 }, { 1, 4 } }));
        // Energy: at rest all that stand there; work as they are busy: 0.4, 0.4, 0.7, then 0.5 and 4 of 0.5.
        const double expected = 60 * ((100 + 0.4 * 200) * 2 + 100 + 0.7 * 200 + 5 * 100 + 5 * 0.5 * 200);
        QVERIFY2(std::abs(*result.joules / expected - 1) < 0.02, qPrintable(QString::number(*result.joules)));
        // One that nobody knows the power of makes all of it unknown, once it runs.
        kinds[1].busyWatts.reset();
        QVERIFY(!core::serve(steps({ 40, 70, 70 }), kinds, mix).joules);
        QVERIFY(core::serve(steps({ 40, 40 }), kinds, mix).joules);
    }

    /// The best of the fixed ones against all fixed sizes, and the answer against all mixes of a small world.
    void findsTheCheapest()
    {
        core::Device device { .name = "batches", .most = 16, .time = ServiceTime::affine(0.002, 0.008) };
        std::vector<InstanceKind> kinds { easy("big", 1000, 2.0), easy("small", 100, 0.3) };
        kinds[0].load = LoadCurve::of(single(0.001), 8ms, 1);
        kinds[1].load = LoadCurve::of(device, 30ms, 1);
        const RateOverTime rates
            = core::rateOverTime(process("diurnal(swing=0.8,period=24h)"), 900, 86400, 300, 1);
        core::CapacitySearch search { .allowedLate = 0.02 };
        search.scaling.startSeconds = 300;
        const core::CapacityAnswer answer = core::searchMixes(rates, kinds, search);
        QVERIFY(answer.meets);
        QVERIFY(answer.tried > 100);
        QCOMPARE(answer.mixes.size(), std::size_t { 6 }); // two fixed, two that scale, two of both
        std::map<std::size_t, double> cheapest;
        for (const std::size_t kind : { 0u, 1u }) {
            for (int size = 1; size < 60; ++size) {
                const MixResult result
                    = core::serve(rates, kinds, { { { kind, size, size } }, search.scaling });
                if (result.late <= search.allowedLate && !cheapest.contains(kind))
                    cheapest[kind] = *result.cost;
            }
        }
        int fixed = 0;
        double before = 0;
        for (const core::TriedMix& tried : answer.mixes) {
            if (tried.result.late <= search.allowedLate) {
                QVERIFY(*tried.result.cost >= before);
                before = *tried.result.cost;
            }
            if (tried.mix.groups.size() == 1 && tried.mix.groups[0].least == tried.mix.groups[0].most) {
                QCOMPARE(*tried.result.cost, cheapest.at(tried.mix.groups[0].kind));
                ++fixed;
            }
            // What is said of a mix is what serving with it says.
            QCOMPARE(core::serve(rates, kinds, tried.mix).late, tried.result.late);
        }
        QCOMPARE(fixed, 2);
        // Scaling follows the day: it never costs more than the fixed size of the same kind here.
        QVERIFY(*answer.mixes.front().result.cost < cheapest.at(0)
            && *answer.mixes.front().result.cost < cheapest.at(1));
    }

    void keepsBounds()
    {
        const std::vector<InstanceKind> kinds { easy("a", 10, 1) };
        core::CapacitySearch search;
        search.bounds = { { 0, 0, 2 } };
        const core::CapacityAnswer answer = core::searchMixes(steps({ 50, 50 }), kinds, search);
        QVERIFY(!answer.meets); // 50 a second take five
        for (const core::TriedMix& tried : answer.mixes)
            QVERIFY(tried.result.mostInstances[0] <= 2);
    }

    void refuses()
    {
        std::vector<InstanceKind> kinds { easy("a", 10, 1) };
        core::CapacitySearch search;
        search.bounds = { { 0, 900, 1000 } };
        QCOMPARE(support::sentenceOf([&] { core::searchMixes(steps({ 1 }), kinds, search); }),
            "Cannot plan capacity: no mix has as many instances as are asked for.");
        kinds[0].price.reset();
        QCOMPARE(support::sentenceOf([&] { core::searchMixes(steps({ 1 }), kinds, {}); }),
            "Cannot plan capacity: no device has a known price.");
    }
};

QTEST_GUILESS_MAIN(TstCapacity)
#include "tst_capacity.moc"
