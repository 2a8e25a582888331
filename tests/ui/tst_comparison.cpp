// SPDX-License-Identifier: GPL-3.0-or-later
// The shown run against the pinned one: values, words, and when the session knows them.
#include "tests/support/run_entries.h"
#include "tests/ui/window_support.h"
#include "ui/cell_table_model.h"
#include "ui/charts_page.h"
#include "ui/company_bar.h"
#include "ui/main_window.h"
#include "ui/window_actions.h"

#include <QAction>
#include <QPushButton>
#include <atomic>

using core::Verdict;

class TstComparison : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;

    static core::Run run(int nanoseconds, std::size_t samples = 200)
    {
        core::Run made;
        core::RunStarted start = support::exampleStart();
        start.cells.resize(1);
        made.apply(start);
        made.apply(
            core::SamplesTaken { 0, support::exampleSamples(samples, core::Nanoseconds(nanoseconds)) });
        made.apply(core::CellFinished { .cell = 0 });
        return made;
    }

private slots:
    void verdicts_data()
    {
        QTest::addColumn<int>("before");
        QTest::addColumn<int>("after");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("ratio");
        QTest::addColumn<QString>("mark");
        QTest::newRow("slower") << 1'000'000 << 1'100'000 << "▼ SLOWER"
                                << "1.100 ["
                                << "▼S";
        QTest::newRow("faster") << 1'000'000 << 500'000 << "▲ FASTER"
                                << "0.50"
                                << "▲F";
        QTest::newRow("same") << 1'000'000 << 1'000'000 << "= SAME"
                              << "1.000 ["
                              << "=";
        QTest::newRow("far apart") << 1'000'000 << 1'000'000'000 << "▼ SLOWER"
                                   << ""
                                   << "▼S";
    }
    void verdicts()
    {
        QFETCH(int, before);
        QFETCH(int, after);
        QFETCH(QString, ratio);
        const core::Run shown = run(after);
        const ui::CellVerdict verdict = ui::verdictOn(shown.cells[0], run(before), shown);
        QTEST(ui::verdictText(verdict), "text");
        QTEST(ui::verdictMark(verdict.verdict), "mark");
        QVERIFY2(ui::ratioText(verdict).startsWith(ratio), qPrintable(ui::ratioText(verdict)));
        QVERIFY(ui::verdictToolTip(verdict, QStringLiteral("COMMAND")).endsWith(QStringLiteral("\nCOMMAND")));
    }

    void whyIsSaid_data()
    {
        QTest::addColumn<int>("samples");
        QTest::addColumn<core::CellStatus>("status");
        QTest::addColumn<QString>("why");
        QTest::newRow("few samples") << 3 << core::CellStatus::Ok << "too few samples for an interval";
        QTest::newRow("disturbed") << 200 << core::CellStatus::Disturbed << "disturbed in the second run";
        QTest::newRow("failed") << 0 << core::CellStatus::Failed << "failed in the second run";
        QTest::newRow("refused") << 0 << core::CellStatus::Refused << "refused in the second run";
    }
    void whyIsSaid()
    {
        QFETCH(int, samples);
        QFETCH(core::CellStatus, status);
        QFETCH(QString, why);
        core::Run shown = run(1'000'000, static_cast<std::size_t>(samples));
        shown.cells[0].status = status;
        const ui::CellVerdict verdict = ui::verdictOn(shown.cells[0], run(1'000'000), shown);
        QCOMPARE(ui::verdictText(verdict), QStringLiteral("? UNCLEAR"));
        QVERIFY2(ui::verdictToolTip(verdict, {}).contains(why), qPrintable(ui::verdictToolTip(verdict, {})));
    }

    void aCellThatRunsHasNone()
    {
        core::Run shown = run(1'000'000);
        shown.cells[0].status = core::CellStatus::Running;
        const ui::CellVerdict verdict = ui::verdictOn(shown.cells[0], run(1'000'000), shown);
        QVERIFY(!verdict.known);
        QVERIFY(ui::verdictText(verdict).isEmpty() && ui::ratioText(verdict).isEmpty());
        QVERIFY(ui::verdictToolTip(verdict, QStringLiteral("x")).isEmpty());
    }

    void aCellOfOneRunOnlySaysSo()
    {
        core::Run shown = run(1'000'000), other = run(1'000'000);
        other.cells[0].key.batch = 77;
        const ui::CellVerdict verdict = ui::verdictOn(shown.cells[0], other, shown);
        QVERIFY(ui::verdictToolTip(verdict, {}).contains(QStringLiteral("not in the first run")));
    }

    void command_data()
    {
        QTest::addColumn<QString>("fileA");
        QTest::addColumn<QString>("idA");
        QTest::addColumn<QString>("fileB");
        QTest::addColumn<QString>("command");
        QTest::newRow("files") << "/a b/x.json"
                               << ""
                               << "y.json"
                               << "breakeven-cli compare '/a b/x.json' y.json";
        QTest::newRow("id") << ""
                            << "0123456789abcdef"
                            << "y.json"
                            << "breakeven-cli compare 0123456789ab y.json";
        QTest::newRow("nowhere") << ""
                                 << ""
                                 << "y.json"
                                 << "";
        QTest::newRow("shown one nowhere") << "x.json"
                                           << ""
                                           << ""
                                           << "";
    }
    void command()
    {
        QFETCH(QString, fileA);
        QFETCH(QString, idA);
        QFETCH(QString, fileB);
        QTEST(ui::compareCommand({ {}, fileA, idA }, { {}, fileB, {} }), "command");
    }

    void theSessionComparesAsCellsEndAndAtRest()
    {
        auto slower = std::make_shared<std::atomic<int>>(1);
        support::FakeScript script;
        script.latency = [slower](std::int64_t batch, std::size_t index) {
            return support::steadyLatency(batch, index) * slower->load();
        };
        ui::Session session(support::fakeEngines(script));
        ui::MainWindow window(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(session, QStringLiteral("1,2"));
        QVERIFY(session.comparison().cells.empty());
        session.pinBaseline();
        QVERIFY(QTest::qWaitFor([&] { return session.comparison().cells.at(1).known; }, support::kPatience));
        QCOMPARE(session.comparison().cells[0].verdict, Verdict::Same);
        auto* bar = window.findChild<ui::CompanyBar*>();
        QVERIFY2(
            bar->sentence().startsWith(QStringLiteral("Against tiny-cnn · 20")), qPrintable(bar->sentence()));
        QVERIFY2(bar->sentence().endsWith(QStringLiteral(": = 2 same.")), qPrintable(bar->sentence()));

        *slower = 2;
        support::runAndWait(session, QStringLiteral("1,2,4"));
        QCOMPARE(session.comparison().cells.size(), std::size_t(3));
        QCOMPARE(session.comparison().cells[1].verdict, Verdict::Slower);
        QVERIFY(std::abs(session.comparison().cells[1].ratio->value - 2) < 0.05);
        QCOMPARE(session.comparison().cells[2].why, std::string("not in the first run"));
        QVERIFY(bar->sentence().contains(QStringLiteral("▼S 2 slower · ? 1 unclear.")));
        const auto& points = window.charts().chart(ui::Quantity::Latency).content().series.front().points;
        QCOMPARE(points[0].verdict, std::optional(Verdict::Slower));
        session.unpinBaseline();
        QVERIFY(session.comparison().cells.empty());
        QVERIFY(bar->sentence().isEmpty());
        QVERIFY(!window.charts().chart(ui::Quantity::Latency).content().series.front().points[0].verdict);
    }

    void differencesStandOnce()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("runs.sqlite").toStdString();
        const auto ids = support::fill(path, { "a", "b" });
        ui::Session session(support::fakeEngines(), {}, { .path = path, .off = {} });
        ui::MainWindow window(session);
        QVERIFY(QTest::qWaitFor([&] { return session.library().known(); }, support::kPatience));
        session.pinKept(QString::fromStdString(ids[0]));
        session.openKept({ QString::fromStdString(ids[1]) });
        QVERIFY(QTest::qWaitFor(
            [&] { return !session.comparison().cells.empty() && session.comparison().cells[0].known; },
            support::kPatience));
        const QString sentence = window.findChild<ui::CompanyBar*>()->sentence();
        QCOMPARE(sentence.count(QStringLiteral("The model differs: ")), 1);
        const ui::CellTableModel model(session);
        QVERIFY(model.index(0, ui::CellTableModel::Verdict)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .endsWith(QStringLiteral("breakeven-cli compare %1 %2")
                                  .arg(QString::fromStdString(ids[0].substr(0, 12)),
                                      QString::fromStdString(ids[1].substr(0, 12)))));
    }
};

QTEST_MAIN(TstComparison)
#include "tst_comparison.moc"
