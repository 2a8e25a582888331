// SPDX-License-Identifier: GPL-3.0-or-later
// The lab in the window: what is typed is simulated, shown and remembered; a sweep stops it; a run plays.
#include "core/record/run_file.h"
#include "tests/support/lab_run.h"
#include "tests/ui/window_support.h"
#include "ui/charts_page.h"
#include "ui/format.h"
#include "ui/lab.h"
#include "ui/lab_page.h"
#include "ui/lab_sweep_page.h"
#include "ui/lab_timeline.h"
#include "ui/lab_watch_page.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QLineEdit>
#include <QTableView>

using ui::LabTableModel;

class TstLabPage : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;
    QTemporaryDir m_folder;

    QString file(const char* name) const { return m_folder.filePath(QLatin1String(name)); }

    static bool simulates(ui::Session& session)
    {
        return QTest::qWaitFor(
            [&] { return session.lab().simulated() && !session.lab().simulating(); }, support::kPatience);
    }

    void open(ui::Session& session, ui::LabPage& page, const char* name = "run.json") const
    {
        page.resize(1000, 600);
        page.show();
        session.lab().ask({ .requests = QStringLiteral("6000") });
        session.openRun(file(name));
        QVERIFY(simulates(session));
    }

    static void type(QWidget& page, const char* name, const QString& text)
    {
        auto* field = page.findChild<QLineEdit*>(QLatin1String(name));
        QVERIFY2(field, name);
        field->clear();
        QTest::keyClicks(field, text);
    }

    static QString at(const ui::LabPage& page, int row, int column, int role = Qt::DisplayRole)
    {
        return page.table().data(page.table().index(row, column), role).toString();
    }

    static int rowOf(const ui::LabPage& page, const QString& policy)
    {
        for (int row = 0; row < page.table().rowCount(); ++row)
            if (at(page, row, LabTableModel::Policy) == policy)
                return row;
        return -1;
    }

private slots:
    void initTestCase()
    {
        core::writeFile(file("run.json").toStdString(), core::toJson(support::labRun()), "run");
        core::writeFile(file("one.json").toStdString(), core::toJson(support::labRun(false, false)), "run");
    }

    void nothingThere()
    {
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        page.show();
        QVERIFY(page.answer().startsWith(QStringLiteral("Run a sweep, or open a run")));
        QCOMPARE(page.table().rowCount(), 0);
        QVERIFY(!session.lab().simulating());
    }

    void fillsTheTable()
    {
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        open(session, page);
        const ui::Simulated& found = *session.lab().simulated();
        QCOMPARE(page.answer(), QString::fromStdString(found.comparison.conclusion));
        QCOMPARE(page.table().rowCount(), static_cast<int>(found.comparison.runs.size()) + 1);
        const int best = static_cast<int>(*found.comparison.best);
        QCOMPARE(at(page, best, LabTableModel::Standing), QStringLiteral("★ best"));
        const core::SimulationResult& result = found.comparison.runs[*found.comparison.best].result;
        QCOMPARE(at(page, best, LabTableModel::P99), ui::formatMilliseconds(*result.latency.p99));
        QCOMPARE(at(page, best, LabTableModel::ServiceP50), ui::formatMilliseconds(*result.service.p50));
        QVERIFY(at(page, best, LabTableModel::Share).contains(QStringLiteral(" / ")));
        QCOMPARE(at(page, best, LabTableModel::Missed), QString()); // there are no deadlines
        const int last = page.table().rowCount() - 1;
        QCOMPARE(at(page, last, LabTableModel::Policy), QStringLiteral("oracle"));
        QCOMPARE(at(page, last, LabTableModel::P99), ui::formatMilliseconds(*found.comparison.oracle.p99));
        QCOMPARE(page.command(),
            QStringLiteral("breakeven-cli simulate %1 --rate 1640 --requests 6000").arg(file("run.json")));
    }

    void warns()
    {
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        open(session, page);
        const QString said = page.warnings().join(QLatin1Char('\n'));
        QVERIFY2(said.contains(QStringLiteral("Cannot keep up: cpu-only")), qPrintable(said));
        QCOMPARE(at(page, rowOf(page, QStringLiteral("cpu-only")), LabTableModel::Standing),
            QStringLiteral("▲ falls behind"));
    }

    void whatIsTypedCounts()
    {
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        open(session, page);
        type(page, "labRate", QStringLiteral("300"));
        type(page, "labSlo", QStringLiteral("15ms"));
        type(page, "labRequests", QStringLiteral("300"));
        QVERIFY(session.lab().simulating());
        QVERIFY(simulates(session));
        const core::SimulationPlan& plan = session.lab().simulated()->plan;
        QCOMPARE(plan.rate, 300.0);
        QVERIFY(plan.slo == core::Nanoseconds(std::chrono::milliseconds(15)));
        QCOMPARE(plan.policies.size(), core::policyList().size()); // deadlines make all of them possible
        // 300 answers are too few for a p99: nothing is said, and the tooltip says why.
        const int gpu = rowOf(page, QStringLiteral("gpu-only"));
        QCOMPARE(at(page, gpu, LabTableModel::P99), QString());
        QCOMPARE(at(page, gpu, LabTableModel::P99, Qt::ToolTipRole),
            QStringLiteral("A 99th percentile takes at least 459 answers, there are 300."));
        QVERIFY(at(page, gpu, LabTableModel::Missed).endsWith(QLatin1Char('%')));
        type(page, "labPolicy11", QStringLiteral("static-split(p=0.9)"));
        QVERIFY(simulates(session));
        QVERIFY(rowOf(page, QStringLiteral("static-split(p=0.9)")) > 0);
        QTest::mouseClick(
            page.findChild<QCheckBox*>(QStringLiteral("labTick3")), Qt::LeftButton, {}, { 5, 8 });
        QVERIFY(simulates(session));
        QCOMPARE(rowOf(page, QStringLiteral("round-robin")), -1);
    }

    void whatCannotBeReadSimulatesNothing()
    {
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        open(session, page);
        type(page, "labSizes", QStringLiteral("few"));
        QVERIFY(!session.lab().simulated() && !session.lab().simulating());
        QCOMPARE(page.answer(),
            QStringLiteral("Cannot read sizes: \"few\" is neither 4 nor 1-64 nor geometric(mean=8)."));
        QVERIFY(page.findChild<QLineEdit*>(QStringLiteral("labSizes"))->property("invalid").toBool());
        QCOMPARE(page.table().rowCount(), 0);
        type(page, "labSizes", QStringLiteral("2"));
        QVERIFY(simulates(session));
        QVERIFY(!page.findChild<QLineEdit*>(QStringLiteral("labSizes"))->property("invalid").toBool());
        type(page, "labPolicy0", QStringLiteral("cpu-only(least=2)"));
        QVERIFY(page.findChild<QLineEdit*>(QStringLiteral("labPolicy0"))->property("invalid").toBool());
        QCOMPARE(page.answer(),
            QStringLiteral("Cannot read policy: \"cpu-only(least=2)\": cpu-only has no parameter least."));
        session.lab().ask({ .arrivals = QStringLiteral("trace(/nowhere)") });
        QVERIFY(QTest::qWaitFor([&] { return page.answer().startsWith(QStringLiteral("Cannot read trace")); },
            support::kPatience));
        QVERIFY(!session.lab().simulated());
    }

    void aTraceCanBeTooLong()
    {
        QFile trace(file("long.csv"));
        QVERIFY(trace.open(QIODevice::WriteOnly));
        QByteArray lines;
        for (int i = 0; i <= static_cast<int>(ui::kMostLabRequests); ++i)
            lines += "1,1\n";
        trace.write(lines);
        trace.close();
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        open(session, page);
        session.lab().ask({ .arrivals = QStringLiteral("trace(%1)").arg(trace.fileName()) });
        QVERIFY(QTest::qWaitFor([&] { return !session.lab().simulating(); }, support::kPatience));
        QCOMPARE(page.answer(),
            QStringLiteral(
                "Cannot simulate in the window: the trace has 1000001 requests, at most 1000000 can be; "
                "breakeven-cli simulate takes them."));
        QVERIFY(!session.lab().simulated());
    }

    void theSwitchSwapsTheFigures()
    {
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        open(session, page);
        const int row = static_cast<int>(*session.lab().simulated()->comparison.best);
        const core::SimulationResult& best
            = session.lab().simulated()->comparison.runs[static_cast<std::size_t>(row)].result;
        QVERIFY(best.closedLoop.p99 && best.closedLoop.samples < best.latency.samples);
        page.findChild<QCheckBox*>(QStringLiteral("waits"))->setChecked(true);
        QCOMPARE(at(page, row, LabTableModel::P99), ui::formatMilliseconds(*best.closedLoop.p99));
        QCOMPARE(at(page, row, LabTableModel::P50), ui::formatMilliseconds(*best.closedLoop.p50));
        QCOMPARE(
            at(page, page.table().rowCount() - 1, LabTableModel::P99), QString()); // the bound is of others
        QVERIFY2(page.omission().contains(ui::formatMilliseconds(*best.closedLoop.p99))
                && page.omission().contains(ui::formatMilliseconds(*best.latency.p99)),
            qPrintable(page.omission()));
        page.findChild<QCheckBox*>(QStringLiteral("waits"))->setChecked(false);
        QCOMPARE(at(page, row, LabTableModel::P99), ui::formatMilliseconds(*best.latency.p99));
    }

    void aSweepIsDrawn()
    {
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        open(session, page);
        QVERIFY(session.lab().swept().empty()); // nobody looks
        type(page, "labRequests", QStringLiteral("4000"));
        type(page, "labSlo", QStringLiteral("50ms"));
        page.showPart(ui::LabPage::Sweep);
        QVERIFY(page.command().contains(QStringLiteral(" --sweep rate=320-3520+320 ")));
        type(page, "sweepValues", QStringLiteral("100,800,3200"));
        const auto sweeps = [&] {
            return QTest::qWaitFor(
                [&] { return session.lab().swept().size() == 3 && !session.lab().sweeping(); },
                support::kPatience);
        };
        QVERIFY(sweeps());
        const ui::SweepContent& content = page.sweep().chart().content();
        QCOMPARE(content.lines.size(), core::policyList().size() + 1); // and the bound
        QCOMPARE(content.limit, std::optional(50.0));
        const ui::SweepLine& cpu = content.lines[0];
        QCOMPARE(cpu.name, QStringLiteral("cpu-only"));
        QVERIFY(std::isfinite(cpu.y[1]) && std::isnan(cpu.y[2])); // 1000 items a second at most
        QVERIFY(cpu.end && cpu.end->first == 800);
        QCOMPARE(
            cpu.y[0], ui::seconds(*session.lab().swept()[0].comparison.runs[0].result.latency.p99) * 1e3);
        QVERIFY(content.lines.back().style.dash == Qt::DashLine && content.lines.back().y[0] <= cpu.y[0]);
        page.findChild<QCheckBox*>(QStringLiteral("waits"))->setChecked(true);
        QCOMPARE(page.sweep().chart().content().lines[0].y[0],
            ui::seconds(*session.lab().swept()[0].comparison.runs[0].result.closedLoop.p99) * 1e3);
        // Another figure is drawn of the same sweep, another parameter simulates anew.
        auto* figure = page.findChild<QComboBox*>(QStringLiteral("sweepFigure"));
        figure->setCurrentIndex(2);
        emit figure->activated(2);
        QVERIFY(page.sweep().chart().content().yTitle.contains(QLatin1Char('%')));
        QVERIFY(session.lab().swept().size() == 3);
        auto* parameter = page.findChild<QComboBox*>(QStringLiteral("sweepParameter"));
        parameter->setCurrentIndex(1);
        emit parameter->activated(1);
        QVERIFY(session.lab().simulated()); // the table stays
        QVERIFY(QTest::qWaitFor([&] { return session.lab().swept().size() == 6; }, support::kPatience));
        QCOMPARE(session.lab().swept().back().value, 8.0);
        type(page, "sweepValues", QStringLiteral("1,x"));
        QVERIFY(QTest::qWaitFor(
            [&] {
                return page.sweep().chart().content().emptyText.startsWith(
                    QStringLiteral("Cannot read values"));
            },
            support::kPatience));
        QVERIFY(page.findChild<QLineEdit*>(QStringLiteral("sweepValues"))->property("invalid").toBool());
    }

    void aRunPlays()
    {
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        open(session, page);
        auto* table = page.findChild<QTableView*>(QStringLiteral("labTable"));
        const int row = rowOf(page, QStringLiteral("round-robin"));
        table->selectRow(row);
        page.showPart(ui::LabPage::Watch);
        QVERIFY(QTest::qWaitFor([&] { return session.lab().watched(); }, support::kPatience));
        QCOMPARE(session.lab().watched()->policy, std::string("round-robin"));
        const core::SimulationResult& seen
            = session.lab().simulated()->comparison.runs[static_cast<std::size_t>(row)].result;
        QCOMPARE(
            session.lab().watched()->result.latency.meanSeconds, seen.latency.meanSeconds); // the same run
        ui::LabTimeline& timeline = page.watchPage().timeline();
        QCOMPARE(timeline.points(), seen.completed);
        QCOMPARE(page.watchPage().state().front().first, QStringLiteral("whole run"));
        QVERIFY(!timeline.cursor());
        page.watchPage().play(true);
        QVERIFY(page.watchPage().playing());
        const double before = timeline.cursor().value_or(-1);
        QVERIFY(QTest::qWaitFor([&] { return timeline.cursor().value_or(0) > before; }, support::kPatience));
        QCOMPARE(page.watchPage().state().front().first, QStringLiteral("time"));
        page.watchPage().play(false);
        const auto stands = timeline.cursor();
        QTest::qWait(80);
        QCOMPARE(timeline.cursor(), stands);
        timeline.showCursor(timeline.duration() - 1e-3);
        page.watchPage().play(true);
        QVERIFY(
            QTest::qWaitFor([&] { return !page.watchPage().playing(); }, support::kPatience)); // at the end
        QCOMPARE(timeline.cursor(), std::optional(timeline.duration()));
        timeline.showRange(0.5, 1);
        timeline.showCursor(3.0); // what is shown follows
        QVERIFY(timeline.range().first < 3 && timeline.range().second > 3);
        page.findChild<QCheckBox*>(QStringLiteral("waits"))->setChecked(true);
        QCOMPARE(timeline.points(), seen.closedLoop.samples);
        page.showPart(ui::LabPage::Table);
        QVERIFY(!session.lab().watched()); // nobody looks
    }

    void closesWhileARunPlays()
    {
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        open(session, page);
        page.showPart(ui::LabPage::Watch);
        QVERIFY(QTest::qWaitFor([&] { return session.lab().watched(); }, support::kPatience));
        page.watchPage().play(true);
    }

    void oneDeviceSaysWhatToDo()
    {
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        open(session, page, "one.json");
        QCOMPARE(rowOf(page, QStringLiteral("gpu-only")), -1);
        QVERIFY(rowOf(page, QStringLiteral("cpu-only")) >= 0);
        QVERIFY(page.note().contains(QStringLiteral("One device leaves nothing to mix")));
        QVERIFY(!page.findChild<QCheckBox*>(QStringLiteral("labTick1"))->isEnabled());
    }

    void aSweepOfTheMachineStopsIt()
    {
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        open(session, page);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        QVERIFY(simulates(session));
        bool simulated = false, said = false;
        connect(&session, &ui::Session::samplesTaken, &page, [&] {
            simulated = simulated || session.lab().simulated() || session.lab().simulating();
            said = said || page.answer().startsWith(QStringLiteral("The lab opens when the sweep has ended"));
            session.lab().ask({ .rate = QStringLiteral("10") });
        });
        support::runAndWait(session, QStringLiteral("1,2"));
        QVERIFY(said && !simulated);
        QVERIFY(simulates(session)); // of the new run
        QCOMPARE(session.lab().curves().size(), std::size_t { 1 });
        page.hide();
        session.lab().ask({ .rate = QStringLiteral("20"), .requests = QStringLiteral("2000") });
        QTest::qWait(200);
        QVERIFY(!session.lab().simulating()); // nobody looks
        QVERIFY(session.lab().simulated()->plan.rate != 20);
        page.show();
        QVERIFY(
            QTest::qWaitFor([&] { return session.lab().simulated()->plan.rate == 20; }, support::kPatience));
    }

    void canBeStopped()
    {
        ui::Session session(support::fakeEngines());
        ui::LabPage page(session);
        open(session, page);
        session.lab().ask({ .requests = QStringLiteral("1000000") });
        QVERIFY(session.lab().simulating());
        session.lab().stop();
        QCOMPARE(page.answer(), QStringLiteral("The simulation was stopped."));
        session.lab().ask({ .requests = QStringLiteral("1000000"), .seed = QStringLiteral("2") });
        QTest::qWait(200); // it has begun
        session.lab().ask({ .requests = QStringLiteral("500") }); // what is running is in the way of nothing
        QVERIFY(simulates(session));
        QCOMPARE(session.lab().simulated()->plan.requests, std::size_t { 500 });
    }

    void isATab()
    {
        ui::Session session(support::fakeEngines());
        ui::ChartsPage charts(session);
        charts.show();
        QVERIFY(!charts.lab().isVisible());
        charts.showLab();
        QVERIFY(charts.lab().isVisible());
    }
};

QTEST_MAIN(TstLabPage)
#include "tst_lab_page.moc"
