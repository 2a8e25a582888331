// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/cost.h"
#include "core/analyse/price_table.h"
#include "tests/support/runs.h"
#include "tests/support/sentence.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

using core::DeviceKind;
using core::OwnedMachine;
using core::Price;

namespace {

constexpr const char* kHeader = "name,kind,price_per_hour,currency,basis,date,source,notes\n";

std::string sentence(const std::string& csv)
{
    return support::sentenceOf([&] { core::pricesFromCsv(csv); });
}

/// The machine of shared/deciding.md's golden vector.
OwnedMachine golden()
{
    return {
        .price = 30'000, .salvage = 0, .years = 4, .idleKw = 0.3, .busyKw = 1.0, .pue = 1.54, .perKwh = 0.12
    };
}

bool near(double value, double expected, double tolerance = 1e-5)
{
    return std::abs(value - expected) <= tolerance * std::max(1.0, std::abs(expected));
}

} // namespace

class TstPrices : public QObject {
    Q_OBJECT

private slots:
    void ownedMachine()
    {
        QVERIFY(near(golden().capitalPerHour(), 0.856164));
        QVERIFY(near(*core::breakEvenUtilisation(golden(), 2.00), 0.48732));
        // There, owning costs as much in an hour as renting for the hours of work.
        const double u = *core::breakEvenUtilisation(golden(), 2.00);
        QVERIFY(near(golden().perHour(u), 2.00 * u, 1e-12));
        // By hand: 0.856164 + (0.3 + 0.7 / 2) 0.1848.
        QVERIFY(near(golden().perHour(0.5), 0.976284));
        OwnedMachine half = golden();
        half.salvage = 0.5;
        half.otherPerHour = 0.1;
        QVERIFY(near(half.perHour(0), 0.428082 + 0.3 * 0.1848 + 0.1));
        QVERIFY(!core::breakEvenUtilisation(golden(), 0.1)); // power alone costs more
        QVERIFY(*core::breakEvenUtilisation(golden(), 0.5) > 1);
    }

    void millions()
    {
        QVERIFY(near(core::costPerMillion(1000, 3.6), 1.0));
        QVERIFY(near(core::costPerMillion(1000, 3.6, 0.5), 2.0));
        QVERIFY(near(core::costPerMillion(500, 0.526), 0.292222));
    }

    void wholeMachines()
    {
        QCOMPARE(core::machinesFor(0, 10), 1);
        QCOMPARE(core::machinesFor(10, 10), 1);
        QCOMPARE(core::machinesFor(10.01, 10), 2);
        QCOMPARE(core::machinesFor(30, 0.1 * 100), 3); // not 4 for a product's last bit
        QCOMPARE(core::machinesFor(60, 100, 0.5), 2);
        QCOMPARE(core::machinesFor(1e300, 1), 1'000'000'000);
    }

    void breakEvenRates()
    {
        const core::FleetChoice cpu { 100, 0.34 }, gpu { 1000, 1.006 };
        // ceil(r / 100) 0.34 > 1.006 from the third machine on: right behind 200.
        QCOMPARE(*core::breakEvenRate(cpu, gpu, 5000), 200.0);
        QCOMPARE(*core::breakEvenRate(cpu, gpu, 5000, 0.5), 100.0);
        QCOMPARE(*core::breakEvenRate(cpu, { 1000, 0.2 }, 5000), 0.0); // at once
        QVERIFY(!core::breakEvenRate(cpu, { 100, 0.5 }, 5000)); // never
        QVERIFY(!core::breakEvenRate(cpu, gpu, 150)); // not so far
        // By brute force over rates.
        for (const double price : { 0.5, 0.9, 1.3, 2.7 }) {
            const core::FleetChoice second { 430, price };
            std::optional<double> expected;
            for (double rate = 0.5; rate < 4000 && !expected; ++rate)
                if (core::machinesFor(rate, cpu.capacity) * cpu.perHour
                    > core::machinesFor(rate, second.capacity) * second.perHour)
                    expected = rate - 0.5;
            QCOMPARE(core::breakEvenRate(cpu, second, 4000), expected);
        }
    }

    /// Standing and work: each crossing is one, by looking at costs on both sides of it; and none is missed.
    void breakEvensOfOwned()
    {
        const core::FleetChoice fleets[] { { 100, 0.34, 0 }, { 100, 0, 0.4 }, { 130, 0.1, 0.25 },
            { 1000, 0.9, 0.13 }, { 730, 0.2, 2.0 } };
        int seen = 0;
        for (const core::FleetChoice& first : fleets) {
            for (const core::FleetChoice& second : fleets) {
                const auto gain = [&](double rate) {
                    return core::fleetPerHour(first, rate, 0.7) - core::fleetPerHour(second, rate, 0.7);
                };
                const auto found = core::breakEvenRates(first, second, 3000, 0.7);
                for (const core::BreakEven& at : found) {
                    QVERIFY((gain(at.rate * (1 + 1e-6) + 1e-6) > 1e-12) == at.second);
                    if (at.rate > 0)
                        QVERIFY((gain(at.rate * (1 - 1e-6)) > 1e-12) != at.second);
                    ++seen;
                }
                for (double rate = 0.33; rate < 3000; rate += 0.7) {
                    bool cheaper = false;
                    for (const core::BreakEven& at : found)
                        cheaper = at.rate < rate ? at.second : cheaper;
                    if (std::abs(gain(rate)) > 1e-9)
                        QCOMPARE(gain(rate) > 0, cheaper);
                }
            }
        }
        QVERIFY(seen > 30);
    }

    void carbon() { QVERIFY(near(core::carbonPerInference(2, 400, 200, 1e6), 1e-3)); }

    void tablesSurvive()
    {
        const auto prices = core::pricesFromCsv(core::toCsv(core::examplePrices()));
        QCOMPARE(prices.size(), core::examplePrices().size());
        for (std::size_t i = 0; i < prices.size(); ++i) {
            QCOMPARE(prices[i].name, core::examplePrices()[i].name);
            QCOMPARE(prices[i].perHour, core::examplePrices()[i].perHour);
            QVERIFY(prices[i].date == core::examplePrices()[i].date);
        }
        const auto gpus = core::pricesOf(prices, DeviceKind::Gpu);
        QCOMPARE(gpus.size(), std::size_t { 2 });
        QVERIFY(gpus[0].perHour < gpus[1].perHour);
    }

    void columnsInAnyOrder()
    {
        const auto prices = core::pricesFromCsv("\xef\xbb\xbf"
                                                "date,basis,currency,price_per_hour,kind,name\r\n"
                                                "2026-05,spot,EUR,0.25,cpu,\"a, \"\"big\"\" one\"\r\n\r\n");
        QCOMPARE(prices.size(), std::size_t { 1 });
        QCOMPARE(prices[0].name, "a, \"big\" one");
        QVERIFY(prices[0].date == std::chrono::year(2026) / 5 / 1);
        QCOMPARE(prices[0].source, "");
    }

    void stale()
    {
        using namespace std::chrono;
        Price price { .date = 2026y / 6 / 1 };
        QVERIFY(!core::isStale(price, sys_days(2027y / 6 / 1)));
        QVERIFY(core::isStale(price, sys_days(2027y / 6 / 2)));
    }

    void sentences_data()
    {
        QTest::addColumn<std::string>("csv");
        QTest::addColumn<std::string>("why");
        const std::string header = kHeader;
        const auto row = [&](const char* name, const std::string& csv, const std::string& why) {
            QTest::newRow(name) << csv << "Cannot read prices: " + why + ".";
        };
        row("nothing", "", "there is no column \"name\"");
        row("no date", "name,kind,price_per_hour,currency,basis\n", "there is no column \"date\"");
        row("no line", header, "there is no price in it");
        row("price", header + "a,cpu,-1,USD,spot,2026-01-01,,\n", "line 2: \"-1\" is not a price");
        row("not a number", header + "a,cpu,nan,USD,spot,2026-01-01,,\n", "line 2: \"nan\" is not a price");
        row("words", header + "a,cpu,0.5x,USD,spot,2026-01-01,,\n", "line 2: \"0.5x\" is not a price");
        row("kind", header + "a,tpu,1,USD,spot,2026-01-01,,\n", "line 2: \"tpu\" is neither cpu nor gpu");
        row("date", header + "a,cpu,1,USD,spot,yesterday,,\n",
            "line 2: \"yesterday\" is not a date as 2026-06-01");
        row("no such day", header + "a,cpu,1,USD,spot,2026-02-30,,\n",
            "line 2: \"2026-02-30\" is not a date as 2026-06-01");
        row("fields", header + "a,cpu,1\n", "line 2: 3 fields, expected 8");
        row("empty", header + "a,cpu,1,,spot,2026-01-01,,\n", "line 2: name, currency or basis is empty");
        row("quote", header + "\"a,cpu", "a quote is not closed");
        row("long", header + std::string(201, 'a') + ",cpu,1,USD,spot,2026-01-01,,\n",
            "line 2: a text of 201 characters, expected at most 200");
        row("huge", std::string((1 << 20) + 1, 'a'), "it has 1048577 bytes, expected at most 1048576");
    }
    void sentences()
    {
        QFETCH(std::string, csv);
        QFETCH(std::string, why);
        QCOMPARE(sentence(csv), why);
    }

    void files()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("prices.csv").toStdString();
        QCOMPARE(support::sentenceOf([&] { core::readPrices(path); }),
            "Cannot read prices: " + path + ": no such file or directory.");
        QCOMPARE(support::sentenceOf([&] { core::readPrices(folder.path().toStdString()); }),
            "Cannot read prices: " + folder.path().toStdString() + ": it is empty or a folder.");
        QFile file(QString::fromStdString(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(core::toCsv(core::examplePrices()).c_str());
        file.close();
        QCOMPARE(core::readPrices(path).size(), core::examplePrices().size());
    }

    void hostile()
    {
        std::mt19937 random(5);
        const std::string good = core::toCsv(core::examplePrices());
        int read = 0;
        for (int trial = 0; trial < 20'000; ++trial) {
            const std::string said = sentence(support::mutated(good, random));
            QVERIFY2(said.empty() || said.starts_with("Cannot read prices: "), said.c_str());
            read += said.empty();
        }
        QVERIFY(read > 0);
    }
};

QTEST_GUILESS_MAIN(TstPrices)
#include "tst_prices.moc"
