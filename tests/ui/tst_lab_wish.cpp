// SPDX-License-Identifier: GPL-3.0-or-later
// What is typed into the lab: what it amounts to, what is wrong with it, and the command that says the same.
#include "tests/support/lab_run.h"
#include "tests/ui/window_support.h"
#include "ui/lab_wish.h"
#include "ui/settings.h"

using ui::check;
using ui::CheckedLab;
using ui::LabField;
using ui::LabWish;
using Parameter = core::PolicySweep::Parameter;

class TstLabWish : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;
    std::vector<core::RunCurve> m_curves = core::runCurves(support::labRun());
    std::vector<core::RunCurve> m_one = core::runCurves(support::labRun(false, false));

    static QString command(const LabWish& wish, const std::vector<core::RunCurve>& curves,
        ui::LabCommand which = ui::LabCommand::Compare)
    {
        return simulateCommand(wish, check(wish, curves), {}, which);
    }

private slots:
    void nothingTyped()
    {
        const CheckedLab checked = check({}, m_curves);
        QCOMPARE(checked.problem, QString());
        QVERIFY(checked.wrong.empty() && checked.wrongPolicies.empty() && checked.wrongDevices.empty());
        // 16 items in 16 ms by the faster CPU, 16 in 7 ms by the GPU.
        QVERIFY(std::abs(checked.capacity - (1000 + 16 / 0.007)) < 1e-6);
        QCOMPARE(checked.plan.rate, 1640.0); // half of it, three digits
        QCOMPARE(checked.plan.devices.size(), std::size_t { 2 });
        QCOMPARE(checked.plan.devices[0].name, std::string("cpu x2"));
        // aimd needs a time to keep; nobody has typed anything, so that is no mistake.
        QCOMPARE(checked.plan.policies.size(), core::policyList().size() - 1);
        QCOMPARE(std::ranges::count_if(checked.unfit, [](const QString& why) { return !why.isEmpty(); }), 1);
        QCOMPARE(command({}, m_curves),
            QStringLiteral("breakeven-cli simulate RUN.json --rate 1640 --requests 20000"));
        QCOMPARE(check({ .slo = QStringLiteral("20ms") }, m_curves).plan.policies.size(),
            core::policyList().size());
    }

    void sizesHalveTheRate()
    {
        QVERIFY(std::abs(check({ .sizes = QStringLiteral("1-3") }, m_curves).capacity * 2
                    - check({}, m_curves).capacity)
            < 1e-6);
    }

    void wrong_data()
    {
        QTest::addColumn<LabWish>("wish");
        QTest::addColumn<int>("field");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, const LabWish& wish, LabField field, const char* sentence) {
            QTest::newRow(name) << wish << static_cast<int>(field) << sentence;
        };
        const auto q = [](const char* text) { return QString::fromLatin1(text); };
        row("rate", { .rate = q("fast") }, LabField::Rate,
            "Cannot read the rate: \"fast\" is no number over 0.");
        row("no rate", { .rate = q("0") }, LabField::Rate,
            "Cannot read the rate: \"0\" is no number over 0.");
        row("infinite", { .rate = q("inf") }, LabField::Rate,
            "Cannot read the rate: \"inf\" is no number over 0.");
        row("arrivals", { .arrivals = q("gamma(cv=x)") }, LabField::Arrivals,
            "Cannot read arrivals: \"gamma(cv=x)\": cv is a number from 0.01 to 100, not \"x\".");
        row("sizes", { .sizes = q("0") }, LabField::Sizes,
            "Cannot read sizes: \"0\" is neither 4 nor 1-64 nor geometric(mean=8).");
        row("slo", { .slo = q("20") }, LabField::Slo, "Cannot read the SLO: \"20\" is no time as 20ms.");
        row("no slo", { .slo = q("0ms") }, LabField::Slo, "Cannot read the SLO: \"0ms\" is no time as 20ms.");
        row("requests", { .requests = q("1e9") }, LabField::Requests,
            "Cannot read the number of requests: \"1e9\" is no whole number from 1 to 1000000.");
        row("half a request", { .requests = q("0.5") }, LabField::Requests,
            "Cannot read the number of requests: \"0.5\" is no whole number from 1 to 1000000.");
        row("seed", { .seed = q("-1") }, LabField::Seed,
            "Cannot read the seed: \"-1\" is no whole number from 0 to 9e+15.");
    }
    void wrong()
    {
        QFETCH(LabWish, wish);
        QFETCH(int, field);
        QFETCH(QString, sentence);
        const CheckedLab checked = check(wish, m_curves);
        QVERIFY(!sentence.isEmpty());
        QCOMPARE(checked.problem, sentence);
        QVERIFY(checked.wrong == std::vector { static_cast<LabField>(field) });
    }

    void policies()
    {
        LabWish wish;
        wish.policies[6].text = QStringLiteral("timeout-batch(max=4,delay=2ms)");
        wish.policies.back().text = QStringLiteral("aimd(slo=30ms)");
        for (std::size_t row = 1; row < 6; ++row)
            wish.policies[row].ticked = false;
        const CheckedLab checked = check(wish, m_curves);
        QCOMPARE(checked.problem, QString());
        QVERIFY(std::ranges::find(checked.plan.policies, "aimd(slo=30ms)") != checked.plan.policies.end());
        const QString line = command(wish, m_curves);
        QVERIFY2(
            line.contains(QStringLiteral(" --policy cpu-only --policy 'timeout-batch(max=4,delay=2ms)' ")),
            qPrintable(line));
        QVERIFY(!line.contains(QStringLiteral("round-robin")));
        wish.policies[6].text = QStringLiteral("timeout-batch(maximum=4)");
        const CheckedLab mistaken = check(wish, m_curves);
        QVERIFY(mistaken.wrongPolicies == std::vector<std::size_t> { 6 });
        QCOMPARE(mistaken.problem,
            QStringLiteral("Cannot read policy: \"timeout-batch(maximum=4)\": timeout-batch has no parameter "
                           "maximum."));
        for (ui::LabPolicy& policy : wish.policies)
            policy.ticked = false;
        QCOMPARE(check(wish, m_curves).problem,
            QStringLiteral("Cannot simulate: no policy is ticked that can be made of these devices."));
    }

    void oneDevice()
    {
        LabWish wish;
        const CheckedLab checked = check(wish, m_one);
        QCOMPARE(checked.problem, QString());
        QCOMPARE(checked.unfit[1], QStringLiteral("Cannot read policy: \"gpu-only\": there is no GPU."));
        wish.policies[1].text = QStringLiteral("gpu-only(max=4)"); // somebody wants it
        QCOMPARE(check(wish, m_one).problem,
            QStringLiteral("Cannot read policy: \"gpu-only(max=4)\": there is no GPU."));
    }

    void devices()
    {
        LabWish wish;
        wish.devices["cpu x1"] = { .ticked = true, .servers = QStringLiteral("4") };
        wish.devices["gpu"] = { .ticked = false };
        const CheckedLab checked = check(wish, m_curves);
        QCOMPARE(checked.problem, QString());
        QCOMPARE(checked.plan.devices.size(), std::size_t { 1 }); // of the CPU's curves the ticked ones alone
        QCOMPARE(checked.plan.devices[0].servers, 4);
        QVERIFY(command(wish, m_curves).contains(QStringLiteral("--device 'cpu x1=4'")));
        wish.devices["cpu x2"] = { .ticked = true };
        const CheckedLab two = check(wish, m_curves);
        QVERIFY(two.plan.devices[0].accelerator); // four slow ones do more than one
        QCOMPARE(two.notes.size(), std::size_t { 1 });
        wish.devices["cpu x1"].servers = QStringLiteral("many");
        QCOMPARE(check(wish, m_curves).problem,
            QStringLiteral("Cannot read device: \"many\" is no number of devices."));
        QVERIFY(check(wish, m_curves).wrongDevices == std::vector<std::string> { "cpu x1" });
        for (auto& [name, device] : wish.devices)
            device.ticked = false;
        QCOMPARE(check(wish, m_curves).problem, QStringLiteral("Cannot simulate: no device is ticked."));
        QCOMPARE(check(LabWish(), {}).problem,
            QStringLiteral("Cannot simulate: the run has no cell with a latency."));
    }

    void aTraceHasItsOwnRate()
    {
        const LabWish wish { .rate = QStringLiteral("x"), .arrivals = QStringLiteral("trace(a b.csv)") };
        QCOMPARE(check(wish, m_curves).problem, QString());
        QCOMPARE(command(wish, m_curves),
            QStringLiteral("breakeven-cli simulate RUN.json --arrivals 'trace(a b.csv)' --requests 20000"));
        QCOMPARE(
            check(wish, m_curves).sweepProblem, QStringLiteral("Cannot sweep rate: a trace has its own."));
    }

    void sweeps()
    {
        const CheckedLab rates = check({}, m_curves);
        QCOMPARE(rates.sweepValues, QStringLiteral("320-3520+320"));
        QCOMPARE(rates.sweep.values.size(), std::size_t { 11 });
        QVERIFY(rates.sweep.values.back() > rates.capacity); // it ends where nobody can keep up
        QCOMPARE(command({}, m_curves, ui::LabCommand::Sweep),
            QStringLiteral("breakeven-cli simulate RUN.json --sweep rate=320-3520+320 --requests 20000"));
        const LabWish variation { .sweep = Parameter::Variation, .sweepValues = QStringLiteral("0.5,2") };
        QVERIFY(check(variation, m_curves).sweep.values == std::vector<double>({ 0.5, 2 }));
        QCOMPARE(command(variation, m_curves, ui::LabCommand::Sweep),
            QStringLiteral(
                "breakeven-cli simulate RUN.json --rate 1640 --sweep 'cv=0.5,2' --requests 20000"));
        const LabWish bursts { .arrivals = QStringLiteral("mmpp"), .sweep = Parameter::Variation };
        QCOMPARE(check(bursts, m_curves).problem, QString()); // in the way of the sweep alone
        QCOMPARE(check(bursts, m_curves).sweepProblem,
            QStringLiteral(
                "Cannot sweep cv: it is of gamma arrivals, which bursts, days and traces are not."));
        const LabWish threshold { .sizes = QStringLiteral("1-30"), .sweep = Parameter::Threshold };
        QCOMPARE(check(threshold, m_curves).sweepValues, QStringLiteral("1-30x2"));
        const LabWish half { .sweep = Parameter::Threshold, .sweepValues = QStringLiteral("1.5") };
        QVERIFY(check(half, m_curves).sweepProblem.contains(QStringLiteral("T is a whole number")));
        const LabWish slip { .sweepValues = QStringLiteral("1-y") };
        QCOMPARE(check(slip, m_curves).sweepProblem,
            QStringLiteral("Cannot read values: \"y\" is no number over 0."));
        QVERIFY(check(slip, m_curves).wrong == std::vector { LabField::SweepValues });
        QVERIFY(slip.sameButSweep({}) && !LabWish { .rate = QStringLiteral("1") }.sameButSweep({}));
    }

    void outliveTheWindow()
    {
        LabWish wish { .rate = QStringLiteral("x"),
            .arrivals = QStringLiteral("constant"),
            .sizes = QStringLiteral("4"),
            .slo = QStringLiteral("5ms"),
            .requests = QStringLiteral("77"),
            .seed = QStringLiteral("3"),
            .sweep = Parameter::Threshold,
            .sweepValues = QStringLiteral("1,2") };
        wish.policies[2] = { .text = QStringLiteral("static-split(p=0.1)"), .ticked = false };
        wish.devices["cpu x2"] = { .ticked = true, .servers = QStringLiteral("2") };
        QVERIFY(ui::loadLabWish() == LabWish());
        ui::saveLabWish(wish);
        QVERIFY(ui::loadLabWish() == wish);
        QSettings().setValue(QStringLiteral("lab/policies/size"), 2); // another version's
        QVERIFY(ui::loadLabWish().policies == ui::allPolicies());
    }
};

QTEST_GUILESS_MAIN(TstLabWish)
#include "tst_lab_wish.moc"
