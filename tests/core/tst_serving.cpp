// SPDX-License-Identifier: GPL-3.0-or-later
// What serving a rate costs, takes and emits, and what the curves over the rate show of it.
#include "core/analyse/decision.h"
#include "core/analyse/decision_charts.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <cmath>

using core::DecisionSettings;
using core::Figure;
using core::Pricing;

namespace {

using Points = std::vector<std::pair<double, double>>;

core::Cell cell(const char* engine, double ms, Figure joules, Figure idle)
{
    core::Cell made { .key = { .engine = engine, .batch = 1 }, .status = core::CellStatus::Ok };
    for (int i = 0; i < 100; ++i)
        made.samples.push_back({ .latency = core::Nanoseconds(static_cast<std::int64_t>(1e6 * ms)) });
    made.finished
        = core::CellFinished { .energyPerInferenceJoules = std::move(joules), .idleWatts = std::move(idle) };
    made.refreshSummary();
    return made;
}

/// cpu: 1000 a second, 40 W at rest and 100 W at work; gpu: 4000 a second, nobody measured its power.
core::Run run()
{
    core::Run run;
    run.header.devices
        = { { .id = "cpu", .name = "CPU" }, { .id = "gpu", .kind = core::DeviceKind::Gpu, .name = "GPU" } };
    run.cells = { cell("cpu", 1, Figure::known(0.1, "RAPL"), Figure::known(40, "RAPL")),
        cell("gpu", 0.25, Figure::missing("No sensor."), Figure::missing("No sensor.")) };
    return run;
}

/// The owned machine of the golden vector in docs/deciding.md.
Pricing golden()
{
    return core::ownedFromText(
        "owned(price=30000,years=4,idle=0.3kW,busy=1000W,rent=2)", core::DeviceKind::Gpu, "USD");
}

Pricing rented(double perHour, core::Billing billing = core::Billing::Hourly)
{
    Pricing pricing = core::rentedFor(perHour, core::DeviceKind::Cpu, "USD");
    pricing.billing = billing;
    return pricing;
}

bool near(double value, double expected, double tolerance = 1e-9)
{
    return std::abs(value - expected) <= tolerance * std::max(1e-3, std::abs(expected));
}

/// The value of a drawn line at x, just before or just behind a jump there.
double drawn(const Points& points, double x, bool behind)
{
    for (std::size_t i = 1; i < points.size(); ++i) {
        const std::size_t at = behind ? points.size() - 1 - i : i - 1;
        const auto &a = points[at], &b = points[at + 1];
        if (a.first <= x && x <= b.first && a.first < b.first)
            return a.second + (b.second - a.second) * (x - a.first) / (b.first - a.first);
    }
    return NAN;
}

/// Where two drawn lines cross, by looking at them alone.
std::vector<double> crossings(const Points& first, const Points& second)
{
    std::vector<double> xs, found;
    for (const Points* points : { &first, &second })
        for (const auto& point : *points)
            xs.push_back(point.first);
    std::sort(xs.begin(), xs.end());
    xs.erase(std::unique(xs.begin(), xs.end()), xs.end());
    const auto gain = [&](double x, bool behind) {
        const double difference = drawn(first, x, behind) - drawn(second, x, behind);
        return std::abs(difference) < 1e-9 * drawn(first, x, behind) ? 0 : difference;
    };
    int before = 0; // sign
    double from = xs.front(), fromGain = 0;
    const auto look = [&](double x, double value) {
        const int sign = value > 0 ? 1 : value < 0 ? -1 : 0;
        if (sign == 0)
            return;
        if (before != 0 && sign != before)
            found.push_back(
                fromGain == 0 || x == from ? from : from + (x - from) * fromGain / (fromGain - value));
        before = sign;
    };
    for (std::size_t i = 0; i < xs.size(); ++i) {
        if (i > 0)
            look(xs[i], gain(xs[i], false));
        from = xs[i];
        while (i + 1 < xs.size() && xs[i + 1] < xs[i] * (1 + 1e-9))
            ++i; // steps of both at one rate, but for rounding
        fromGain = 0;
        if (i + 1 < xs.size())
            look(from, gain(xs[i], true));
        fromGain = gain(xs[i], true);
    }
    return found;
}

} // namespace

class TstServing : public QObject {
    Q_OBJECT

private slots:
    void rentedMachines()
    {
        const core::Run of = run();
        DecisionSettings settings { .most = 0.5 };
        settings.prices["cpu"] = rented(0.36);
        const auto server = core::serverOf(of.cells[0], settings);
        // Always busy: 0.36 / 3.6e6 an inference.
        QVERIFY(near(*core::served(*server, {}, settings).costPerMillion, 0.1));
        // 1100 a second at 500 each: three machines.
        const core::Serving serving = core::served(*server, 1100, settings);
        QCOMPARE(*serving.machines, 3);
        QVERIFY(near(serving.utilisation, 1100.0 / 3000));
        QVERIFY(near(*serving.costPerMillion, 3 * 0.36 / 3600 / 1100 * 1e6));
        // Paid while it works, any rate costs the same.
        settings.prices["cpu"].billing = core::Billing::WhileBusy;
        for (const double rate : { 3.0, 1100.0, 5000.0 })
            QVERIFY(near(
                *core::served(*core::serverOf(of.cells[0], settings), rate, settings).costPerMillion, 0.1));
        // A spot machine that does a fifth of its work again.
        settings.prices["cpu"].interrupted = 0.2;
        QVERIFY(near(core::serverOf(of.cells[0], settings)->capacity, 800));
        QVERIFY(
            near(*core::served(*core::serverOf(of.cells[0], settings), 10, settings).costPerMillion, 0.125));
        // Without a price nothing is known of it.
        QVERIFY(!core::serverOf(of.cells[1], settings)->fleet);
        QVERIFY(!core::served(*core::serverOf(of.cells[1], settings), 10, settings).costPerMillion);
    }

    void ownedMachines()
    {
        const core::Run of = run();
        DecisionSettings settings { .most = 1 };
        settings.prices["gpu"] = golden();
        const auto server = core::serverOf(of.cells[1], settings);
        // By hand, at half of 4000: 0.856164 + (0.3 + 0.7 / 2) 1.54 0.12 an hour.
        const core::Serving serving = core::served(*server, 2000, settings);
        QVERIFY(near(*serving.costPerMillion, 0.9762844 / 3600 / 2000 * 1e6, 1e-6));
        // Its energy as given: 300 W at rest and 700 W for half of the time.
        QVERIFY(near(*serving.joules, 650.0 / 2000));
        // Power that is not given is what was measured, and unknown where nothing was.
        settings.prices["gpu"] = core::ownedFromText("owned(price=1)", core::DeviceKind::Gpu, "USD");
        QVERIFY(!core::serverOf(of.cells[1], settings)->fleet);
        QCOMPARE(core::serverOf(of.cells[1], settings)->unpriced, "No sensor.");
        QVERIFY(!core::served(*core::serverOf(of.cells[1], settings), 2000, settings).costPerMillion);
        settings.prices["cpu"] = core::ownedFromText("owned(price=0)", core::DeviceKind::Cpu, "USD");
        settings.pue = 2;
        settings.perKwh = 0.5;
        // 40 W at rest and 100 W at work: 0.1 kW an hour of work.
        QVERIFY(near(*core::served(*core::serverOf(of.cells[0], settings), 1000, settings).costPerMillion,
            0.1 / 3600 / 1000 * 1e6));
    }

    void energyAndCarbon()
    {
        const core::Run of = run();
        DecisionSettings settings { .most = 0.5, .pue = 1.5, .gramsPerKwh = 400 };
        const auto server = core::serverOf(of.cells[0], settings);
        const core::Serving busy = core::served(*server, {}, settings);
        QVERIFY(near(*busy.joules, 0.1)); // as measured
        // 600 a second by two machines: 80 W at rest and 60 W for 0.6 of one.
        const core::Serving serving = core::served(*server, 600, settings);
        QVERIFY(near(*serving.joules, (80 + 0.6 * 60) / 600));
        QVERIFY(near(*serving.grams, *serving.joules * 1.5 / 3.6e6 * 400));
        // Nobody knows the GPU's.
        QVERIFY(!core::served(*core::serverOf(of.cells[1], settings), 600, settings).grams);
        QVERIFY(!core::served(*core::serverOf(of.cells[1], settings), 600, settings).joules);
        // Embodied: 8760 kg over a year are 1 kg an hour, 2 machines, 600 a second.
        settings.prices["cpu"]
            = core::ownedFromText("owned(price=1,years=1,embodied=8760kg)", core::DeviceKind::Cpu, "USD");
        QVERIFY(near(*core::served(*core::serverOf(of.cells[0], settings), 600, settings).grams,
            *serving.grams + 2 * 1000 / 3600.0 / 600));
        settings.gramsPerKwh.reset();
        QVERIFY(!core::served(*core::serverOf(of.cells[0], settings), 600, settings).grams); // not asked for
    }

    /// A device that draws less at work than at rest was measured beside something else: no figure of it.
    void restAboveWork()
    {
        core::Run of = run();
        of.cells[0].finished->idleWatts = Figure::known(120, "RAPL");
        const auto server = core::serverOf(of.cells[0], {});
        QVERIFY(!server->idleWatts);
        QCOMPARE(server->idleWatts.unknown, "It drew no more at work than at rest.");
        QVERIFY(!core::served(*server, 10, {}).joules);
    }

    /// The drawn curves cross at u* of the golden vector, where one of both machines is rented for 2 an hour
    /// of work.
    void drawnUtilisation()
    {
        core::Run of = run();
        of.cells[1].key.engine = "gpu";
        of.cells[0] = cell("cpu", 0.25, Figure::missing(""), Figure::missing("")); // as fast
        DecisionSettings settings { .rate = 1000, .most = 1 };
        settings.prices = { { "cpu", rented(2, core::Billing::WhileBusy) }, { "gpu", golden() } };
        const std::size_t cells[] = { 0, 1 };
        const core::ServingCurves curves = core::servingCurves(of, cells, settings);
        const std::vector<double> found = crossings(curves.curves[0].cost, curves.curves[1].cost);
        QVERIFY(!found.empty());
        QVERIFY2(near(found[0] / 4000, 0.48732, 1e-5), qPrintable(QString::number(found[0] / 4000, 'g', 10)));
        QVERIFY(near(curves.breakEvens[0].rate, found[0], 1e-5));
    }

    /// For all kinds of prices what is drawn crosses where breakEvenRates() says, and nowhere else.
    void drawnBreakEvens()
    {
        core::Run of = run();
        const std::size_t cells[] = { 0, 1 };
        int seen = 0;
        for (const double price : { 0.5, 0.77, 1.3, 2.0, 3.9 }) {
            for (const core::Billing billing : { core::Billing::Hourly, core::Billing::WhileBusy }) {
                for (const bool owned : { false, true }) {
                    DecisionSettings settings { .rate = 1500, .most = 0.7 };
                    settings.prices["cpu"] = rented(price / 2, billing);
                    settings.prices["gpu"] = owned ? golden() : rented(price);
                    const core::ServingCurves curves = core::servingCurves(of, cells, settings);
                    const std::vector<double> found = crossings(curves.curves[0].cost, curves.curves[1].cost);
                    const auto first = core::serverOf(of.cells[0], settings);
                    const auto second = core::serverOf(of.cells[1], settings);
                    std::vector<double> expected;
                    for (const core::BreakEven& at :
                        core::breakEvenRates(*first->fleet, *second->fleet, curves.high, settings.most))
                        if (at.rate > curves.low && at.rate < curves.high)
                            expected.push_back(at.rate);
                    QCOMPARE(found.size(), expected.size());
                    for (std::size_t i = 0; i < found.size(); ++i)
                        QVERIFY(near(found[i], expected[i], 1e-5));
                    seen += static_cast<int>(found.size());
                }
            }
        }
        QVERIFY(seen > 20);
    }

    void unknownIsNotDrawn()
    {
        const core::Run of = run();
        DecisionSettings settings { .objective = core::Objective::Throughput, .rate = 500 };
        settings.prices["gpu"] = rented(1);
        const core::Decision decision = core::decide(of, settings);
        const auto charts = core::rateChartsOf(decision, of, settings);
        QCOMPARE(charts.size(), std::size_t { 2 });
        QCOMPARE(charts[0].series.size(), std::size_t { 1 });
        QCOMPARE(charts[0].series[0].name, "gpu at batch 1");
        QCOMPARE(charts[1].series[0].name, "cpu at batch 1");
        const std::vector<std::string> expected { "gpu at batch 1 is in no chart of energy: No sensor.",
            "cpu at batch 1 is in no chart of cost: There is no price for it." };
        QVERIFY(core::undrawn(decision, of, settings) == expected);
        QVERIFY(core::rateChartsOf(core::decide({}, {}), {}, {}).empty());
    }

    void useSentences()
    {
        const core::Run of = run();
        DecisionSettings settings { .objective = core::Objective::Cost, .rate = 2000 };
        settings.prices = { { "cpu", rented(0.5) }, { "gpu", golden() } };
        const auto said = core::decide(of, settings).wouldChange;
        const auto has = [&](const char* sentence) {
            const bool found = std::ranges::find(said, sentence) != said.end();
            if (!found)
                for (const std::string& each : said)
                    qWarning("%s", each.c_str());
            return found;
        };
        QVERIFY(has("Owning the machine of gpu at batch 1 costs less than renting it at 2 USD an hour of its "
                    "work from a utilisation of 48.73 % on."));
        // Four of the CPU's hours: the same price.
        QVERIFY(has(
            "Owning the machine of gpu at batch 1 costs less than renting cpu at batch 1 at 2 USD an hour "
            "of its work from a utilisation of 48.73 % on."));
    }

    void ownedSentences_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("why");
        const auto row = [](const char* name, const char* text, const char* why) {
            QTest::newRow(name) << std::string(text)
                                << fmt::format("Cannot read price: \"{}\": {}.", text, why);
        };
        row("no price", "owned(years=4)", "it needs a price");
        row("bare", "owned", "it needs a price");
        row("negative", "owned(price=-1)", "price is a number from 0 to 1000000000000, not \"-1\"");
        row("nan", "owned(price=nan)", "price is a number from 0 to 1000000000000, not \"nan\"");
        row("years", "owned(price=1,years=0)", "years is a number from 0.01 to 100, not \"0\"");
        row("salvage", "owned(price=1,salvage=2)", "salvage is a number from 0 to 1, not \"2\"");
        row("unit", "owned(price=1,idle=300)",
            "idle is a number with its unit, kW or W, of at most 10000 kW, not \"300\"");
        row("power", "owned(price=1,busy=1e9kW)",
            "busy is a number with its unit, kW or W, of at most 10000 kW, not \"1e9kW\"");
        row("rest", "owned(price=1,idle=2kW,busy=900W)", "it draws less at work than at rest");
        row("carbon", "owned(price=1,embodied=-1kg)",
            "embodied is a number with its unit, kg or g, of at most 1e+09 kg, not \"-1kg\"");
        row("unknown", "owned(price=1,colour=red)", "owned has no parameter colour");
        row("bracket", "owned(price=1", "it has no closing bracket");
    }
    void ownedSentences()
    {
        QFETCH(std::string, text);
        QFETCH(std::string, why);
        QCOMPARE(support::sentenceOf([&] { core::ownedFromText(text, core::DeviceKind::Cpu, "USD"); }), why);
    }
};

QTEST_GUILESS_MAIN(TstServing)
#include "tst_serving.moc"
