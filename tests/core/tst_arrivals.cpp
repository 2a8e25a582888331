// SPDX-License-Identifier: GPL-3.0-or-later
// Drawn arrivals against their known moments, and traces against what files may hold.
#include "core/call.h"
#include "core/schedule/arrivals.h"
#include "core/schedule/random.h"
#include "tests/support/runs.h"
#include "tests/support/sanitized.h"
#include "tests/support/sentence.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

using core::ArrivalProcess;
using core::Nanoseconds;
using core::Request;

namespace {

constexpr std::size_t kCount = 400'000;

double seconds(Nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

struct Moments {
    double mean = 0, variation = 0; // of the gaps, in seconds; variation: standard deviation over mean
};

Moments momentsOf(const std::vector<Request>& requests)
{
    double sum = 0, squares = 0, before = 0;
    for (const Request& request : requests) {
        const double gap = seconds(request.at) - before;
        before = seconds(request.at);
        sum += gap;
        squares += gap * gap;
    }
    const auto count = static_cast<double>(requests.size());
    const double mean = sum / count;
    return { mean, std::sqrt(std::max(0.0, squares / count - mean * mean)) / mean };
}

/// Coefficient of variation of a stationary two-state MMPP's gaps: with generator Q, rates L and
/// D = L - Q, E[X^k] = k! phi D^-k 1, phi the state at an arrival (Fischer and Meier-Hellstern, The
/// Markov-modulated Poisson process cookbook, 1993).
double mmppVariation(double rate, double burst, double share, double length)
{
    const double quiet = rate / (1 - share + share * burst), busy = quiet * burst;
    const double leave = 1 / length, enter = share / (1 - share) / length;
    const double a = quiet + enter, b = -enter, c = -leave, d = busy + leave, det = a * d - b * c;
    const double p = (1 - share) * quiet / rate, q = share * busy / rate;
    const double x = (d - b) / det, y = (a - c) / det; // D^-1 1
    const double xx = (d * x - b * y) / det, yy = (a * y - c * x) / det;
    const double mean = p * x + q * y, square = 2 * (p * xx + q * yy);
    return std::sqrt(square / (mean * mean) - 1);
}

} // namespace

class TstArrivals : public QObject {
    Q_OBJECT

private slots:
    void moments_data()
    {
        QTest::addColumn<QString>("process");
        QTest::addColumn<double>("variation");
        QTest::newRow("constant") << "constant" << 0.0;
        QTest::newRow("poisson") << "poisson" << 1.0;
        QTest::newRow("gamma, regular") << "gamma(cv=0.3)" << 0.3;
        QTest::newRow("gamma, bursty") << "gamma(cv=2)" << 2.0;
        QTest::newRow("gamma, poisson") << "gamma(cv=1)" << 1.0;
        QTest::newRow("mmpp") << "mmpp(burst=10,share=0.1,length=100ms)" << mmppVariation(200, 10, 0.1, 0.1);
        QTest::newRow("mmpp, long") << "mmpp(burst=5,share=0.3,length=150ms)"
                                    << mmppVariation(200, 5, 0.3, 0.15);
        QTest::newRow("mmpp, none") << "mmpp(burst=1)" << 1.0;
        QTest::newRow("diurnal, flat") << "diurnal(swing=0)" << 1.0;
    }
    void moments()
    {
        QFETCH(QString, process);
        QFETCH(double, variation);
        for (const std::uint64_t seed : { 1, 2, 3 }) {
            const auto requests
                = core::arrivals(core::arrivalsFromText(process.toStdString()), 200, kCount, seed);
            QCOMPARE(requests.size(), kCount);
            const Moments found = momentsOf(requests);
            QVERIFY2(
                std::abs(found.mean * 200 - 1) < 0.03, qPrintable(QString("rate %1").arg(1 / found.mean)));
            QVERIFY2(std::abs(found.variation - variation) < 0.03 * std::max(variation, 1e-4),
                qPrintable(QString("variation %1, exactly %2").arg(found.variation).arg(variation)));
            QVERIFY(std::ranges::is_sorted(requests, {}, &Request::at));
        }
    }

    /// Counts in an eighth of the period against the integral of the rate over it.
    void diurnalFollowsTheDay()
    {
        const auto requests
            = core::arrivals(core::arrivalsFromText("diurnal(swing=0.8,period=80s)"), 500, kCount, 4);
        const auto days = static_cast<int>(seconds(requests.back().at) / 80);
        std::array<double, 8> counts {};
        for (const Request& request : requests) {
            if (seconds(request.at) < days * 80.0)
                ++counts[static_cast<std::size_t>(std::fmod(seconds(request.at), 80.0) / 10)];
        }
        for (int eighth = 0; eighth < 8; ++eighth) {
            const double turn = 2 * std::numbers::pi / 8;
            const double expected = 500.0 * days
                * (10
                    + 0.8 * 80 / (2 * std::numbers::pi)
                        * (std::cos(turn * eighth) - std::cos(turn * (eighth + 1))));
            QVERIFY(std::abs(counts[static_cast<std::size_t>(eighth)] / expected - 1) < 0.04);
        }
    }

    void burstsTakeTheirShare()
    {
        const auto requests
            = core::arrivals(core::arrivalsFromText("mmpp(burst=20,share=0.2,length=10s)"), 100, kCount, 1);
        // Of seconds, those with over 100 requests are in bursts: 417 a second in them, 21 outside.
        std::map<std::int64_t, int> perSecond;
        for (const Request& request : requests)
            ++perSecond[request.at.count() / 1'000'000'000];
        const auto busy
            = std::ranges::count_if(perSecond, [](const auto& each) { return each.second > 100; });
        const double share = static_cast<double>(busy) / seconds(requests.back().at);
        QVERIFY2(std::abs(share - 0.2) < 0.06, qPrintable(QString::number(share)));
    }

    void sizes()
    {
        const auto meanOf = [](const char* text) {
            double sum = 0;
            int least = core::kMostItems, most = 0;
            for (const Request& request : core::arrivals({}, 1, 50'000, 3, core::sizesFromText(text))) {
                sum += request.items;
                least = std::min(least, request.items);
                most = std::max(most, request.items);
            }
            return std::tuple(sum / 50'000, least, most);
        };
        QVERIFY(meanOf("4") == std::tuple(4.0, 4, 4));
        const auto [uniform, low, high] = meanOf("2-9");
        QVERIFY(std::abs(uniform - 5.5) < 0.05 && low == 2 && high == 9);
        const auto [geometric, one, large] = meanOf("geometric(mean=8)");
        QVERIFY(std::abs(geometric - 8) < 0.2 && one == 1 && large > 40);
        QVERIFY(std::get<0>(meanOf("geometric(mean=1)")) == 1);
        for (const char* wrong : { "", "0", "4-2", "1.5", "x", "1-", "-3", "2000000" })
            QCOMPARE(support::sentenceOf([&] { core::sizesFromText(wrong); }),
                "Cannot read sizes: \"" + std::string(wrong)
                    + "\" is neither 4 nor 1-64 nor geometric(mean=8).");
    }

    /// Fixed numbers: the same on every machine, with every library.
    void sameEverywhere()
    {
        core::Random random(1);
        QCOMPARE(random.uniform(), 0.13387664401253263);
        QCOMPARE(std::mt19937_64(1)(), 2469588189546311528U);
        const auto first = core::arrivals({}, 100, 1000, 7), again = core::arrivals({}, 100, 1000, 7),
                   other = core::arrivals({}, 100, 1000, 8);
        QVERIFY(std::ranges::equal(first, again, {}, &Request::at, &Request::at));
        QVERIFY(!std::ranges::equal(first, other, {}, &Request::at, &Request::at));
        const auto larger = core::arrivals({}, 100, 1000, 7, core::sizesFromText("1-9"));
        QVERIFY(std::ranges::equal(first, larger, {}, &Request::at, &Request::at));
    }

    void processMistakes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("why");
        QTest::newRow("unknown") << "normal"
                                 << "the ways are constant, poisson, gamma, mmpp, diurnal and trace(FILE)";
        QTest::newRow("trace") << "trace()"
                               << "the ways are constant, poisson, gamma, mmpp, diurnal and trace(FILE)";
        QTest::newRow("cv") << "gamma(cv=0)"
                            << "cv is a number from 0.01 to 100, not \"0\"";
        QTest::newRow("nan") << "gamma(cv=nan)"
                             << "cv is a number from 0.01 to 100, not \"nan\"";
        QTest::newRow("share") << "mmpp(share=1)"
                               << "share is a number from 1e-06 to 0.999, not \"1\"";
        QTest::newRow("length") << "mmpp(length=1)"
                                << "length is a time with its unit, as 5ms, not \"1\"";
        QTest::newRow("short") << "mmpp(length=0s)"
                               << "a time is too short";
        QTest::newRow("swing") << "diurnal(swing=2)"
                               << "swing is a number from 0 to 1, not \"2\"";
        QTest::newRow("other's") << "poisson(cv=1)"
                                 << "poisson has no parameter cv";
    }
    void processMistakes()
    {
        QFETCH(QString, text);
        QFETCH(QString, why);
        QCOMPARE(
            QString::fromStdString(support::sentenceOf([&] { core::arrivalsFromText(text.toStdString()); })),
            "Cannot read arrivals: \"" + text + "\": " + why + ".");
    }

    void ratesThatAreNone()
    {
        for (const double rate : { 0.0, -1.0, std::nan(""), 1e-300 })
            QVERIFY(support::sentenceOf([&] {
                core::arrivals({}, rate, 10, 1);
            }).starts_with("Cannot make arrivals: "));
        QCOMPARE(support::sentenceOf([] { core::arrivals({}, 1, core::kMostArrivals + 1, 1); }),
            "Cannot make arrivals: 20000001 are asked for, at most 20000000 can be.");
    }

    void trace()
    {
        const auto requests = core::traceFromCsv(
            "time,items,priority\r\n1700000000.5,2,1\r\n\n 1700000000.75 , 1\n1700000002,3,7");
        QCOMPARE(requests.size(), std::size_t { 3 });
        QCOMPARE(requests[0].at, Nanoseconds(0));
        QCOMPARE(requests[1].at, Nanoseconds(250'000'000));
        QCOMPARE(requests[2].at, Nanoseconds(1'500'000'000));
        QCOMPARE(requests[0].items, 2);
        QCOMPARE(requests[0].priority, 1);
        QCOMPARE(requests[1].priority, 0);
        QCOMPARE(requests[2].priority, 7);
    }

    void traceMistakes_data()
    {
        QTest::addColumn<QString>("csv");
        QTest::addColumn<QString>("why");
        QTest::newRow("empty") << ""
                               << "it has no request";
        QTest::newRow("head alone") << "time,items\n"
                                    << "it has no request";
        QTest::newRow("time") << "0,1\nx,1"
                              << "line 2: \"x\" is not a time in seconds";
        QTest::newRow("negative") << "-1,1"
                                  << "line 1: \"-1\" is not a time in seconds";
        QTest::newRow("endless") << "inf,1"
                                 << "line 1: \"inf\" is not a time in seconds";
        QTest::newRow("far") << "1e300,1"
                             << "line 1: \"1e300\" is not a time in seconds";
        QTest::newRow("backwards") << "5,1\n4,1"
                                   << "line 2: 4 s is before the 5 s of the line above";
        QTest::newRow("items") << "0,0"
                               << "line 1: \"0\" is not a number of items from 1 to 1000000";
        QTest::newRow("half") << "0,1.5"
                              << "line 1: \"1.5\" is not a number of items from 1 to 1000000";
        QTest::newRow("priority") << "0,1,8"
                                  << "line 1: \"8\" is not a priority from 0 to 7";
        QTest::newRow("one field") << "0"
                                   << "line 1: it has 1 field, expected time,items or time,items,priority";
        QTest::newRow("many fields")
            << "0,1,2,3"
            << "line 1: it has over 3 fields, expected time,items or time,items,priority";
        QTest::newRow("long") << QString(100, 'a') + ",1"
                              << "line 1: \"" + QString(40, 'a') + "\" is not a time in seconds";
    }
    void traceMistakes()
    {
        QFETCH(QString, csv);
        QFETCH(QString, why);
        QCOMPARE(QString::fromStdString(support::sentenceOf([&] { core::traceFromCsv(csv.toStdString()); })),
            "Cannot read trace: " + why + ".");
    }

    /// Whatever a file holds, it is read or refused in a sentence.
    void hostileTraces()
    {
        std::mt19937 random(1);
        for (int i = 0; i < (support::kSanitized ? 2'000 : 20'000); ++i) {
            const std::string text
                = support::mutated("time,items,priority\n0.5,2,1\n0.75,1,0\n2e0,3,7\n9,1000000,2\n", random);
            const std::string sentence = support::sentenceOf([&] { core::traceFromCsv(text); });
            QVERIFY(sentence.empty() || sentence.starts_with("Cannot read trace: "));
        }
    }

    void traceFiles()
    {
        const QTemporaryDir folder;
        const QString path = folder.path() + "/trace.csv";
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("0,1\n1,2\n") > 0);
        file.close();
        QCOMPARE(core::readTrace(path.toStdString()).size(), std::size_t { 2 });
        QCOMPARE(support::sentenceOf([&] { core::readTrace("/nowhere.csv"); }),
            "Cannot read trace: /nowhere.csv: No such file or directory.");
        QCOMPARE(support::sentenceOf([&] { core::readTrace(folder.path().toStdString()); }),
            "Cannot read trace: " + folder.path().toStdString() + ": it is a folder.");
        QCOMPARE(core::arrivalsFromText("trace(a b.csv)").file, "a b.csv");
    }

    void times()
    {
        QCOMPARE(*core::timeFromText("5ms"), Nanoseconds(5'000'000));
        QCOMPARE(*core::timeFromText("0.5us"), Nanoseconds(500));
        QCOMPARE(*core::timeFromText("2min"), Nanoseconds(120'000'000'000));
        for (const char* wrong : { "", "5", "ms", "-1s", "1e300h", "5 ms", "5m", "nans", "1.2.3s" })
            QVERIFY2(!core::timeFromText(wrong), wrong);
    }
};

QTEST_GUILESS_MAIN(TstArrivals)
#include "tst_arrivals.moc"
