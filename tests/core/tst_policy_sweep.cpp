// SPDX-License-Identifier: GPL-3.0-or-later
// Sweeps of simulations: what is typed, each value against a closed formula, and what ends them.
#include "core/schedule/policy_sweep.h"
#include "core/schedule/value_list.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <cmath>

using namespace std::chrono_literals;
using core::Device;
using core::PolicySweep;
using core::ServiceTime;
using core::SimulationPlan;
using core::SweptComparison;
using enum core::PolicySweep::Parameter;
using support::sentenceOf;

namespace {

constexpr double kService = 0.01; // seconds

/// One GPU that takes 10 ms for a request, one at a time.
SimulationPlan oneServer()
{
    SimulationPlan plan { .rate = 50, .requests = 150'000 };
    plan.devices
        = { { .name = "gpu", .accelerator = true, .most = 1, .time = ServiceTime::deterministic(kService) } };
    plan.policies = { "gpu-only" };
    return plan;
}

/// A CPU at 5 ms an item, and a GPU at 20 ms for up to 64.
SimulationPlan both()
{
    SimulationPlan plan { .rate = 50, .requests = 4'000 };
    plan.devices
        = { { .name = "gpu", .accelerator = true, .most = 64, .time = ServiceTime::deterministic(0.02) },
              { .name = "cpu", .most = 1, .time = ServiceTime::affine(0.005, 0) } };
    plan.policies = { "cpu-only", "gpu-only" };
    return plan;
}

/// Pollaczek and Khinchine, with times that do not vary.
double meanOfMd1(double rate)
{
    const double load = rate * kService;
    return kService + load * kService / (2 * (1 - load));
}

double meanOf(const SweptComparison& swept, std::size_t run = 0)
{
    return swept.comparison.runs[run].result.latency.meanSeconds;
}

} // namespace

class TstPolicySweep : public QObject {
    Q_OBJECT

private slots:
    void values_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QList<double>>("values");
        QTest::newRow("one") << "7" << QList<double> { 7 };
        QTest::newRow("list") << "2, 0.5,1.25 ,1" << QList<double> { 0.5, 1, 1.25, 2 };
        QTest::newRow("twice") << "1,1,1-2" << QList<double> { 1, 2 };
        QTest::newRow("even steps") << "50-200+50" << QList<double> { 50, 100, 150, 200 };
        QTest::newRow("decimal steps") << "0.1-0.5+0.1" << QList<double> { 0.1, 0.2, 0.3, 0.4, 0.5 };
        QTest::newRow("ends between") << "1-10+4" << QList<double> { 1, 5, 9 };
        QTest::newRow("factor") << "0.5-4x2" << QList<double> { 0.5, 1, 2, 4 };
        QTest::newRow("decimal factor") << "1-2.25x1.5" << QList<double> { 1, 1.5, 2.25 };
        QTest::newRow("ones") << "3-5" << QList<double> { 3, 4, 5 };
        QTest::newRow("exponents") << "1e-1,1e-1-2e-1+1e-1" << QList<double> { 0.1, 0.2 };
        QTest::newRow("alone") << "4-4+1" << QList<double> { 4 };
    }
    void values()
    {
        QFETCH(QString, text);
        QFETCH(QList<double>, values);
        const std::vector<double> read = core::valuesFromText(text.toStdString());
        QCOMPARE(read.size(), static_cast<std::size_t>(values.size()));
        for (std::size_t i = 0; i < read.size(); ++i)
            QVERIFY2(std::abs(read[i] - values[static_cast<qsizetype>(i)]) < 1e-12, qPrintable(text));
    }

    void badTexts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("sentence");
        const auto row
            = [](const char* text, const char* sentence) { QTest::newRow(text) << text << sentence; };
        row("rate=", "Cannot read values: \"\" is no number over 0.");
        row("rate=x", "Cannot read values: \"x\" is no number over 0.");
        row("rate=0", "Cannot read values: \"0\" is no number over 0.");
        row("rate=-3", "Cannot read values: \"-3\" is no number over 0.");
        row("rate=nan", "Cannot read values: \"nan\" is no number over 0.");
        row("rate=1,,2", "Cannot read values: \"\" is no number over 0.");
        row("rate=1-", "Cannot read values: \"\" is no number over 0.");
        row("rate=1-9+0", "Cannot read values: \"0\" is no number over 0.");
        row("rate=9-1", "Cannot read values: \"9-1\" ends before it begins.");
        row("rate=1-9x1", "Cannot read values: \"1-9x1\" never ends: the factor is over 1.");
        row("rate=1-101", "Cannot read values: there are more than 100.");
        row("rate=1-1e300+1e-9", "Cannot read values: there are more than 100.");
        row("50-100", "Cannot read sweep: \"50-100\" is none of rate=LIST, cv=LIST and T=LIST.");
        row("=1", "Cannot read sweep: \"=1\" is none of rate=LIST, cv=LIST and T=LIST.");
        row("rates=1", "Cannot read sweep: \"rates=1\" is none of rate=LIST, cv=LIST and T=LIST.");
    }
    void badTexts()
    {
        QFETCH(QString, text);
        QFETCH(QString, sentence);
        QCOMPARE(QString::fromStdString(sentenceOf([&] { core::policySweepFromText(text.toStdString()); })),
            sentence);
    }

    void texts()
    {
        QVERIFY(core::policySweepFromText("rate=1-100").values.size() == 100);
        for (const auto parameter : { Rate, Variation, Threshold }) {
            const PolicySweep read
                = core::policySweepFromText(core::parameterName(parameter) + std::string("=2,1"));
            QVERIFY(read.parameter == parameter);
            QVERIFY(read.values == std::vector<double>({ 1, 2 }));
        }
        QCOMPARE(core::sweptPolicy(Threshold, "size-threshold(split=2,T=4)"),
            std::string("size-threshold(split=2)"));
        QCOMPARE(core::sweptPolicy(Threshold, "size-threshold(T=4)"), std::string("size-threshold"));
        QCOMPARE(core::sweptPolicy(Threshold, "static-split(p=1)"), std::string("static-split(p=1)"));
        QCOMPARE(core::sweptPolicy(Rate, "size-threshold(T=4)"), std::string("size-threshold(T=4)"));
    }

    void whatAPlanHasNot()
    {
        SimulationPlan plan = both();
        QCOMPARE(sentenceOf([&] { core::planAt(plan, Threshold, 4); }),
            std::string("Cannot sweep T: size-threshold is not among the policies."));
        plan.policies = { "oracle", "size-threshold(split=2)" };
        QCOMPARE(core::planAt(plan, Threshold, 4).policies[1], std::string("size-threshold(T=4,split=2)"));
        QCOMPARE(sentenceOf([&] {
            core::sweepPolicies(plan, { Threshold, { 1, 2.5 } });
        }),
            std::string(
                "Cannot read policy: \"size-threshold(T=2.5,split=2)\": T is a whole number from 0 to "
                "1000000, not \"2.5\"."));
        plan.arrivals = core::arrivalsFromText("mmpp");
        QCOMPARE(sentenceOf([&] { core::planAt(plan, Variation, 1); }),
            std::string("Cannot sweep cv: it is of gamma arrivals, which bursts, days and traces are not."));
        plan.arrivals = core::arrivalsFromText("constant");
        QCOMPARE(sentenceOf([&] { core::planAt(plan, Variation, 1000); }),
            std::string("Cannot read arrivals: \"gamma(cv=1000)\": cv is a number from 0.01 to 100, not "
                        "\"1000\"."));
        QCOMPARE(core::planAt(plan, Variation, 0.5).arrivals.variation, 0.5);
        plan.arrivals = core::arrivalsFromText("trace(x.csv)");
        QCOMPARE(sentenceOf([&] { core::planAt(plan, Rate, 1); }),
            std::string("Cannot sweep rate: a trace has its own."));
    }

    void ratesFollowTheFormula()
    {
        const auto swept = core::sweepPolicies(oneServer(), { Rate, { 20, 50, 70, 80 } });
        QCOMPARE(swept.size(), std::size_t { 4 });
        for (std::size_t i = 0; i < swept.size(); ++i) {
            const double exact = meanOfMd1(swept[i].value);
            QVERIFY2(std::abs(meanOf(swept[i]) / exact - 1) < 0.03,
                qPrintable(QString("%1: %2, not %3").arg(swept[i].value).arg(meanOf(swept[i])).arg(exact)));
            // The same requests, closer together: nobody waits less.
            QVERIFY(i == 0 || meanOf(swept[i]) > meanOf(swept[i - 1]));
            QVERIFY(i == 0
                || *swept[i].comparison.runs[0].result.latency.p99
                    >= *swept[i - 1].comparison.runs[0].result.latency.p99);
        }
    }

    void variationFollowsTheFormula()
    {
        SimulationPlan plan = oneServer();
        plan.rate = 70;
        const auto swept = core::sweepPolicies(plan, { Variation, { 0.1, 0.5, 1, 2 } });
        QVERIFY(std::abs(meanOf(swept[2]) / meanOfMd1(70) - 1) < 0.04); // gaps of cv 1 are a Poisson process
        for (std::size_t i = 1; i < swept.size(); ++i)
            QVERIFY(meanOf(swept[i]) > meanOf(swept[i - 1]));
        QVERIFY(meanOf(swept[0]) < kService * 1.01); // nearly constant: nobody waits
    }

    void thresholdsMoveRequests()
    {
        SimulationPlan plan = both();
        plan.sizes = core::sizesFromText("4");
        plan.rate = 10;
        plan.policies = { "size-threshold(T=1)" };
        const auto swept = core::sweepPolicies(plan, { Threshold, { 3, 4 } });
        QCOMPARE(swept[0].comparison.runs[0].policy, std::string("size-threshold(T=3)"));
        QCOMPARE(swept[0].comparison.runs[0].result.devices[0].share, 1.0); // over 3 items: to the GPU
        QCOMPARE(swept[1].comparison.runs[0].result.devices[0].share, 0.0);
        QCOMPARE(swept[0].comparison.runs[1].policy, std::string("gpu-only"));
        QCOMPARE(meanOf(swept[0], 1), meanOf(swept[1], 1)); // knows no threshold
    }

    void aValueIsAPlanOfItsOwn()
    {
        const SimulationPlan plan = both();
        const auto swept = core::sweepPolicies(plan, { Rate, { 30, 60 } });
        for (const SweptComparison& each : swept) {
            SimulationPlan alone = plan;
            alone.rate = each.value;
            const core::PolicyComparison comparison = core::compared(alone);
            QCOMPARE(each.comparison.conclusion, comparison.conclusion);
            for (std::size_t run = 0; run < comparison.runs.size(); ++run)
                QCOMPARE(meanOf(each, run), comparison.runs[run].result.latency.meanSeconds);
        }
    }

    void namesTheBestOfEachValue()
    {
        const auto swept = core::sweepPolicies(both(), { Rate, { 10, 50, 400, 600, 50'000 } });
        QCOMPARE(core::bestByValue(Rate, swept),
            std::string(
                "Best by rate: cpu-only at 10 to 50, gpu-only at 400 to 600, none keeps up at 50000."));
        QCOMPARE(core::bestByValue(Rate, {}), std::string());
    }

    void stops()
    {
        std::stop_source stop;
        int seen = 0;
        const auto swept = core::sweepPolicies(
            both(), { Rate, { 10, 20, 30 } }, stop.get_token(), [&](const SweptComparison& each) {
                ++seen;
                QCOMPARE(each.value, 10.0);
                stop.request_stop();
            });
        QCOMPARE(seen, 1);
        QCOMPARE(swept.size(), std::size_t { 1 });
        const core::PolicyComparison none = core::compared(both(), stop.get_token());
        QVERIFY(!none.best && none.conclusion.empty() && none.runs.size() == 1);
        QVERIFY(none.runs[0].result.arrived < both().requests);
    }
};

QTEST_APPLESS_MAIN(TstPolicySweep)
#include "tst_policy_sweep.moc"
