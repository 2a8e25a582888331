// SPDX-License-Identifier: GPL-3.0-or-later
// Policies on real engines in the window, which are fake ones here: what is asked, watched, stopped and
// shown.
#include "core/record/run_file.h"
#include "tests/support/lab_run.h"
#include "tests/ui/window_support.h"
#include "ui/format.h"
#include "ui/lab.h"
#include "ui/lab_live_page.h"
#include "ui/lab_page.h"
#include "ui/live_table_model.h"
#include "ui/live_trial.h"

#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>

using namespace std::chrono_literals;
using ui::LiveTableModel;

namespace {

/// 1 ms a batch, whatever its size, by the clock and as the program says.
support::FakeScript oneMillisecond()
{
    support::FakeScript script;
    script.latency = [](std::int64_t, std::size_t) { return std::chrono::nanoseconds(1ms); };
    script.sleep = 1ms;
    return script;
}

ui::LiveWish shortTrial()
{
    return {
        .seconds = QStringLiteral("0.6"), .rehearsal = QStringLiteral("0.1"), .most = 2, .sampling = 0.01
    };
}

/// Without meters: what is used is unknown.
core::Machine unmetered()
{
    core::Machine machine;
    machine.cpuMeter = [] { return core::PowerMeterOr { .unavailable = "No meter here." }; };
    return machine;
}

struct Bench {
    explicit Bench(support::FakeScript script = oneMillisecond())
        : session(support::fakeEngines(std::move(script)), unmetered())
        , page(session)
        , trial(session.live())
        , live(page.live())
    {
        page.resize(1000, 600);
        page.show();
        page.showPart(ui::LabPage::Live);
        ui::LabWish wish = session.lab().wish();
        for (ui::LabPolicy& policy : wish.policies)
            policy.ticked
                = policy.text == QLatin1String("round-robin") || policy.text == QLatin1String("least-work");
        session.lab().ask(wish);
        if (!QTest::qWaitFor([&] { return session.devicesKnown(); }, support::kPatience))
            qFatal("no devices");
    }
    void open() { support::openAndWait(session, QStringLiteral("zoo:tiny-cnn")); }
    QPushButton& button() const { return *page.findChild<QPushButton*>(QStringLiteral("liveStart")); }
    bool ends()
    {
        return QTest::qWaitFor([&] { return !trial.running(); }, support::kPatience);
    }
    QString at(int row, int column, int role = Qt::DisplayRole) const
    {
        return live.table().data(live.table().index(row, column), role).toString();
    }

    ui::Session session;
    ui::LabPage page;
    ui::LiveTrial& trial;
    ui::LabLivePage& live;
};

} // namespace

class TstLabLive : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;

private slots:
    void nothingThere()
    {
        Bench bench;
        QVERIFY(bench.page.answer().startsWith(QStringLiteral("Open a model")));
        QVERIFY(!bench.button().isEnabled());
        QCOMPARE(bench.page.command(), QString());
        bench.trial.start();
        QCOMPARE(bench.page.answer(),
            QStringLiteral("Open a model first: drop an ONNX file on the window or choose a built-in one."));
        QVERIFY(bench.session.state() == ui::State::Empty);
        bench.open(); // what was said then is said no more
        QVERIFY(bench.page.answer().startsWith(QStringLiteral("Press Start")));
    }

    void servesAndShows()
    {
        Bench bench;
        bench.open();
        bench.trial.ask(shortTrial());
        QCOMPARE(bench.trial.servers(), QStringLiteral("cpu,threads=1\ncpu,threads=1")); // it has no bf16
        QCOMPARE(bench.page.command(),
            QStringLiteral(
                "breakeven-cli live zoo:tiny-cnn --server 'cpu,threads=1' --server 'cpu,threads=1' "
                "--seconds 0.6 --rehearsal 0.1 --policy round-robin --policy least-work"));
        QTest::mouseClick(&bench.button(), Qt::LeftButton);
        QVERIFY(bench.session.state() == ui::State::Serving && bench.trial.running());
        QVERIFY(bench.ends());
        QVERIFY2(bench.trial.outcome(), qPrintable(bench.trial.problem()));
        QVERIFY(bench.session.state() == ui::State::Ready);
        const core::LiveComparison& found = bench.trial.outcome()->comparison;
        QVERIFY(!found.stopped);
        QCOMPARE(bench.page.answer(), QString::fromStdString(found.live.conclusion));
        QCOMPARE(bench.live.table().rowCount(), 3); // and gpu-only, which they are held to
        const int best = static_cast<int>(*found.live.best);
        for (int row = 0; row < 3; ++row) {
            const core::SimulationResult& live = found.live.runs[static_cast<std::size_t>(row)].result;
            const core::SimulationResult& said = found.simulated.runs[static_cast<std::size_t>(row)].result;
            QCOMPARE(bench.at(row, LiveTableModel::P50), ui::formatMilliseconds(*live.latency.p50));
            QCOMPARE(bench.at(row, LiveTableModel::P50Simulated), ui::formatMilliseconds(*said.latency.p50));
            const double off = 100.0 * static_cast<double>(live.latency.p50->count())
                    / static_cast<double>(said.latency.p50->count())
                - 100;
            const QString cell = bench.at(row, LiveTableModel::P50Off);
            QVERIFY2(cell.endsWith(QStringLiteral(" %")), qPrintable(cell));
            QString number = cell.chopped(2);
            number.replace(QStringLiteral("−"), QStringLiteral("-"));
            QVERIFY2(std::abs(number.toDouble() - off) <= 0.51, qPrintable(cell));
            QCOMPARE(bench.at(row, LiveTableModel::Dropped), QStringLiteral("0"));
            QCOMPARE(bench.at(row, LiveTableModel::Joules), QString()); // unknown is not zero
            QCOMPARE(bench.at(row, LiveTableModel::Joules, Qt::ToolTipRole),
                QStringLiteral("CPU: unknown. No meter here."));
            QVERIFY(bench.at(row, LiveTableModel::Share).endsWith(QStringLiteral(" %")));
            QCOMPARE(bench.at(row, LiveTableModel::Policy).startsWith(QStringLiteral("★")),
                row == best && found.live.runs[static_cast<std::size_t>(row)].keepsUp);
        }
        QVERIFY(bench.at(2, LiveTableModel::Policy).endsWith(QStringLiteral("gpu-only")));
        QCOMPARE(bench.at(2, LiveTableModel::Gain), QString()); // it mixes nothing
        const auto gain = core::gainOfMix(found.live, found.live.runs[0]);
        QVERIFY(gain);
        QCOMPARE(bench.at(0, LiveTableModel::Gain), ui::formatSignificant(*gain, 3));
        const QString notes = bench.live.notes().join(QLatin1Char('\n'));
        QVERIFY2(
            notes.contains(QStringLiteral("Unknown is what CPU uses: No meter here.")), qPrintable(notes));
        QVERIFY2(notes.contains(QStringLiteral("There is no GPU")), qPrintable(notes));
        // Another model has no results yet.
        support::openAndWait(bench.session, QStringLiteral("zoo:mlp"));
        QVERIFY(!bench.trial.outcome());
        QCOMPARE(bench.live.table().rowCount(), 0);
    }

    void nothingElseStartsAndStopEndsIt()
    {
        Bench bench;
        bench.open();
        ui::LiveWish wish = shortTrial();
        wish.rehearsal = QStringLiteral("600");
        bench.trial.ask(wish);
        QSignalSpy said(&bench.session, &ui::Session::message);
        bench.trial.start();
        QCOMPARE(bench.button().text(), QStringLiteral("Stop"));
        bench.session.start();
        bench.session.trace();
        QVERIFY(bench.session.state() == ui::State::Serving);
        bench.session.openModel(QStringLiteral("zoo:mlp"));
        QCOMPARE(said.back().front().toString(),
            QStringLiteral("Cannot open zoo:mlp now: stop the engines that serve first."));
        const ui::EnabledActions can = ui::enabledActions(ui::State::Serving, true);
        QVERIFY(can.stop);
        QVERIFY(!can.run && !can.trace && !can.open && !can.openRun && !can.edit && !can.goOn && !can.pause);
        QVERIFY(QTest::qWaitFor(
            [&] {
                const ui::LiveGlance* glance = bench.trial.glance();
                return glance && !glance->preparing && glance->answered > 0;
            },
            support::kPatience));
        QVERIFY2(bench.live.progress().startsWith(QStringLiteral("policy 1 of 3, rehearsal: round-robin · ")),
            qPrintable(bench.live.progress()));
        const auto state = bench.live.state();
        QCOMPARE(state.size(), std::size_t(3 + bench.trial.glance()->lines.size() + 2)); // two devices
        QVERIFY(state.back().second == QStringLiteral("idles")
            || state.back().second.startsWith(QStringLiteral("serves ")));
        QVERIFY(!bench.trial.moments().empty() && bench.trial.moments().back().waiting);
        QVERIFY(!bench.page.findChild<QLineEdit*>(QStringLiteral("liveSeconds"))->isEnabled());
        QTest::mouseClick(&bench.button(), Qt::LeftButton);
        QVERIFY(bench.ends());
        QVERIFY(bench.session.state() == ui::State::Ready);
        QVERIFY(bench.trial.outcome() && bench.trial.outcome()->comparison.stopped);
        QVERIFY(bench.page.answer().startsWith(QStringLiteral("Stopped before the end.")));
        QCOMPARE(bench.button().text(), QStringLiteral("Start"));
    }

    void anEngineFails()
    {
        support::FakeScript script = oneMillisecond();
        script.compileErrors[2] = "Cannot compile: the fake is full.";
        Bench bench(script);
        bench.open();
        bench.trial.ask(shortTrial());
        bench.trial.start();
        QVERIFY(bench.ends());
        QVERIFY(bench.session.state() == ui::State::Ready);
        QVERIFY(!bench.trial.outcome());
        QCOMPARE(bench.page.answer(), QStringLiteral("Cannot compile: the fake is full."));
        QVERIFY(bench.button().isEnabled());
    }

    void whatCannotBeServed_data()
    {
        QTest::addColumn<QString>("servers");
        QTest::addColumn<QString>("said");
        QTest::newRow("absent")
            << "gpu"
            << "Cannot serve: gpu is not there: No CUDA driver: libcuda.so.1 cannot be loaded.";
        QTest::newRow("unknown") << "tpu"
                                 << "Cannot serve: there is no engine \"tpu\".";
        QTest::newRow("words") << "cpu,speed=2"
                               << "Cannot read settings: \"speed=2\" is none of ENGINE, threads=N, batch=N, "
                                  "precision=WORD and tuning=WORD.";
        QTest::newRow("many") << QStringLiteral("cpu,threads=1\n").repeated(33)
                              << "Cannot serve: there are 33 servers, at most 32 can be.";
    }
    void whatCannotBeServed()
    {
        QFETCH(QString, servers);
        QFETCH(QString, said);
        Bench bench;
        bench.open();
        auto* field = bench.page.findChild<QPlainTextEdit*>(QStringLiteral("liveServers"));
        field->setPlainText(servers);
        QCOMPARE(bench.page.answer(), said);
        QVERIFY(field->property("invalid").toBool());
        QCOMPARE(bench.page.command(), QString());
        bench.trial.start();
        QCOMPARE(bench.page.answer(), said);
        QVERIFY(bench.session.state() == ui::State::Ready);
    }

    void fieldsThatCannotBeRead()
    {
        Bench bench;
        bench.open();
        auto* seconds = bench.page.findChild<QLineEdit*>(QStringLiteral("liveSeconds"));
        seconds->clear();
        QTest::keyClicks(seconds, QStringLiteral("-1"));
        QCOMPARE(bench.page.answer(),
            QStringLiteral("Cannot read the seconds of each policy: \"-1\" is no number from 0.1 to 3600."));
        QVERIFY(seconds->property("invalid").toBool());
        seconds->clear();
        QTest::keyClicks(seconds, QStringLiteral("2"));
        ui::LabWish wish = bench.session.lab().wish();
        wish.sizes = QStringLiteral("few"); // means nothing here
        bench.session.lab().ask(wish);
        QCOMPARE(bench.trial.checked().problem, QString());
        wish.rate = QStringLiteral("many");
        bench.session.lab().ask(wish);
        QVERIFY(!bench.trial.checked().problem.isEmpty());
        wish.rate = QStringLiteral("300");
        for (ui::LabPolicy& policy : wish.policies)
            policy.ticked = false;
        bench.session.lab().ask(wish);
        QCOMPARE(bench.page.answer(),
            QStringLiteral("Cannot serve: no policy is ticked that can be made of these servers."));
    }

    void theTickedDevicesAreTheDefault()
    {
        const core::Run run = support::labRun();
        const std::vector<core::RunCurve> curves = core::runCurves(run);
        std::vector<core::DeviceInfo> devices { support::FakeEngine::cpu(), support::FakeEngine::gpu() };
        ui::LabWish wish;
        QStringList lines = ui::defaultServers(wish, curves, run, devices).split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines.contains(QStringLiteral("gpu")));
        for (const core::RunCurve& curve : curves)
            wish.devices[curve.device.name]
                = { .ticked = curve.engine == "cpu", .servers = QStringLiteral("2") };
        lines = ui::defaultServers(wish, curves, run, devices).split(QLatin1Char('\n'));
        QCOMPARE(lines.size() % 2, 0);
        QVERIFY(lines.front().startsWith(QStringLiteral("cpu,threads=")));
        devices.front().precisions.push_back(core::Precision::BFloat16);
        QCOMPARE(ui::defaultServers({}, {}, {}, devices),
            QStringLiteral("cpu,threads=1\ncpu,threads=1,precision=bf16"));
    }
};

QTEST_MAIN(TstLabLive)
#include "tst_lab_live.moc"
