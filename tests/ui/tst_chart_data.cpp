// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/runs.h"
#include "ui/chart.h"
#include "ui/chart_content.h"
#include "ui/chart_data.h"
#include "ui/format.h"
#include "ui/run_text.h"
#include "ui/tickers.h"

#include <QtTest>
#include <cmath>
#include <set>

class TstChartData : public QObject {
    Q_OBJECT

    using List = std::vector<double>;

    static core::Run runOf(std::size_t samples)
    {
        core::RunStarted start = support::exampleStart();
        start.cells = { { "cpu", core::Precision::Model, 2, 8 }, { "cpu", core::Precision::Model, 2, 1 } };
        core::Run run;
        run.apply(start);
        for (int cell = 0; cell < 2; ++cell) {
            const core::Nanoseconds at(cell * 1'000'000'000);
            run.apply(core::SamplesTaken {
                cell, support::exampleSamples(samples, core::Nanoseconds(1'000'000), at) });
            run.apply(core::CellFinished {
                .cell = cell, .memory = { .weights = 1000, .arena = 200, .workspace = 30 } });
        }
        return run;
    }

private slots:
    void seriesRiseAndHaveBands()
    {
        const core::Run run = runOf(200);
        const auto latency = ui::seriesByBatch(run, ui::Quantity::Latency, ui::lightTheme());
        QCOMPARE(latency.size(), std::size_t(1));
        QCOMPARE(latency[0].name, QStringLiteral("CPU · 2 threads"));
        QCOMPARE(latency[0].points.size(), std::size_t(2));
        QCOMPARE(latency[0].points[0].x, 1.0);
        QCOMPARE(latency[0].points[1].x, 8.0);
        const ui::Point& point = latency[0].points[1];
        QVERIFY(point.low <= point.y && point.y <= point.high);
        const auto throughput = ui::seriesByBatch(run, ui::Quantity::Throughput, ui::lightTheme());
        QCOMPARE(throughput[0].points[1].y, 8 / point.y);
        QVERIFY(throughput[0].points[1].low <= throughput[0].points[1].high);
        const auto memory = ui::seriesByBatch(run, ui::Quantity::Memory, ui::lightTheme());
        QCOMPARE(memory[0].points[0].y, 1230.0);
    }

    void requestsTakeTheAxisOrTheName()
    {
        core::RunStarted start = support::exampleStart();
        start.spec.batches = { 2 };
        start.spec.requests = { 1, 4 };
        start.cells
            = { { "cpu", core::Precision::Model, 1, 2, 1 }, { "cpu", core::Precision::Model, 1, 2, 4 } };
        core::Run run;
        run.apply(start);
        for (int cell = 0; cell < 2; ++cell) {
            run.apply(
                core::SamplesTaken { cell, support::exampleSamples(50, core::Nanoseconds(1'000'000), {}) });
            run.apply(core::CellFinished { .cell = cell });
        }
        QVERIFY(ui::isOverRequests(run));
        const auto series = ui::seriesByBatch(run, ui::Quantity::Throughput, ui::lightTheme());
        QCOMPARE(series.size(), std::size_t(1));
        QCOMPARE(ui::batchTicks(run), (List { 1, 4 }));
        const ui::Point& point = series[0].points[1];
        QCOMPARE(point.x, 4.0);
        QCOMPARE(point.y, 8 * 1e9 / static_cast<double>(run.cells[1].summary.median->count()));

        run.header.spec.batches = { 1, 2 };
        const auto apart = ui::seriesByBatch(run, ui::Quantity::Latency, ui::lightTheme());
        QCOMPARE(apart.size(), std::size_t(2));
        QCOMPARE(apart[1].name, QStringLiteral("CPU · 1 thread · 4 at once"));
    }

    void whatIsUnknownIsNoPoint()
    {
        const core::Run run = runOf(200);
        const auto power = ui::seriesByBatch(run, ui::Quantity::Power, ui::lightTheme());
        QVERIFY(power[0].points.empty());
        QCOMPARE(ui::seriesByBatch(runOf(0), ui::Quantity::Latency, ui::lightTheme())[0].points.size(),
            std::size_t(0));
    }

    void powerSaysWhyThereIsNone()
    {
        core::Run run = support::exampleRun();
        run.header.cpuPower = core::Figure::missing("No CPU power reading: a test.");
        const auto notes = ui::powerNotes(run, ui::lightTheme());
        QCOMPARE(notes.size(), std::size_t(2)); // the example uses both devices
        QCOMPARE(notes[0].title, QStringLiteral("CPU power unknown"));
        QCOMPARE(notes[0].text, QStringLiteral("No CPU power reading: a test."));
        run.header.cpuPower = { {}, "RAPL package-0, powercap", {} };
        QCOMPARE(ui::powerNotes(run, ui::lightTheme()).size(), std::size_t(1));
    }

    void logTicks_data()
    {
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<List>("ticks");
        QTest::newRow("decades") << 0.9e-3 << 1.1 << List { 1e-3, 1e-2, 1e-1, 1 };
        QTest::newRow("one and a half") << 9.0 << 250.0 << List { 10, 20, 50, 100, 200 };
        QTest::newRow("within one") << 21.0 << 39.0 << List { 25, 30, 35 };
        QTest::newRow("nonsense") << -1.0 << 10.0 << List {};
        QTest::newRow("empty") << 5.0 << 5.0 << List {};
    }
    void logTicks()
    {
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(List, ticks);
        const List found = ui::logTicks(low, high);
        QCOMPARE(found.size(), ticks.size());
        for (std::size_t i = 0; i < ticks.size(); ++i)
            QVERIFY(std::abs(found[i] - ticks[i]) < 1e-9 * ticks[i]);
    }

    void manyDecadesHaveFewTicks() { QVERIFY(ui::logTicks(1e-9, 1e9).size() <= 8); }

    void linearTicks()
    {
        QCOMPARE(ui::linearTicks(0, 10, 5), (List { 0, 2, 4, 6, 8, 10 }));
        QCOMPARE(ui::linearTicks(0, 0.9, 5), (List { 0, 0.2, 2 * 0.2, 3 * 0.2, 4 * 0.2 }));
        QVERIFY(ui::linearTicks(3, 3, 5).empty());
        QVERIFY(ui::linearTicks(0, HUGE_VAL, 5).empty());
    }

    void labelsThatTouchAreLeftOut()
    {
        QCOMPARE(ui::labelsThatFit({ 0, 10, 20, 40 }, { 12, 12, 12, 12 }, 4),
            (std::vector<bool> { true, false, true, true }));
        QVERIFY(ui::labelsThatFit({}, {}, 4).empty());
    }

    void ticksHaveUnits()
    {
        const auto plain = [](QString text) { return text.replace(QChar(0xa0), ' '); };
        QCOMPARE(plain(ui::formatTick(ui::Quantity::Latency, 1e-4)), QStringLiteral("100 µs"));
        QCOMPARE(plain(ui::formatTick(ui::Quantity::Latency, 10)), QStringLiteral("10 s"));
        QCOMPARE(plain(ui::formatTick(ui::Quantity::Throughput, 1e4)), QStringLiteral("10 k"));
        QCOMPARE(plain(ui::formatTick(ui::Quantity::Memory, 1.5e9)), QStringLiteral("1.5 GB"));
        QCOMPARE(plain(ui::formatTick(ui::Quantity::Power, 200)), QStringLiteral("200 W"));
        QCOMPARE(plain(ui::formatTick(ui::Quantity::Memory, 0)), QStringLiteral("0"));
    }

    void smallChangesNeedNoRepaint()
    {
        ui::ChartContent a;
        ui::Series& series = a.series.emplace_back();
        series.name = QStringLiteral("x");
        series.points.push_back({ .x = 1, .y = 100 });
        ui::ChartContent b = a;
        QVERIFY(!ui::looksDifferent(a, b));
        b.series[0].points[0].y = 100.2;
        QVERIFY(!ui::looksDifferent(a, b));
        b.series[0].points[0].y = 102;
        QVERIFY(ui::looksDifferent(a, b));
        b.series[0].points = { { .x = 1, .y = ui::kNoValue } };
        QVERIFY(ui::looksDifferent(a, b));
        b = a;
        b.series[0].points[0].verdict = core::Verdict::Same;
        QVERIFY(ui::looksDifferent(a, b));
        b = a;
        b.overlays = a.series;
        QVERIFY(ui::looksDifferent(a, b));
    }

    void overlaysAreToldApart()
    {
        std::vector<ui::OpenedRun> overlays;
        for (int k = 0; k < 6; ++k)
            overlays.push_back(
                { support::exampleRun(), { .name = QStringLiteral("run %1").arg(k), .file = {}, .id = {} } });
        for (const ui::Theme& theme : { ui::lightTheme(), ui::darkTheme() }) {
            const auto legend = ui::overlayLegend(overlays, theme);
            QCOMPARE(legend.size(), std::size_t(6));
            std::set<std::pair<ui::Marker, Qt::PenStyle>> looks;
            for (const ui::LegendEntry& entry : legend)
                looks.insert({ entry.style.marker, entry.style.dash });
            QCOMPARE(looks.size(), std::size_t(6));
            const auto series = ui::overlaySeries(overlays, ui::Quantity::Latency, theme);
            QVERIFY(series[0].name.startsWith(QStringLiteral("run 0 · ")));
            for (const ui::Series& each : series) {
                QVERIFY2(ui::contrastRatio(each.style.line, theme.card) > 2, "thin curves are still seen");
                QVERIFY(each.style.dash != Qt::SolidLine);
            }
        }
    }

    void longNamesOfOverlaysHaveShortForms()
    {
        core::Run run = support::exampleRun();
        const QString when = ui::localTime(run.header.startedAt);
        const auto legend
            = ui::overlayLegend({ { run, { .name = QStringLiteral("net · ") + when, .file = {}, .id = {} } },
                                    { run, { .name = QString(300, 'x'), .file = {}, .id = {} } } },
                ui::lightTheme());
        QCOMPARE(legend[0].shortName, when.mid(5));
        QVERIFY(legend[1].shortName.size() < 20);
        QVERIFY(legend[1].name.size() <= 40);
    }

    void verdictsLieOnLatencyAndThroughput()
    {
        const core::Run run = support::exampleRun();
        const ui::Comparison comparison = ui::comparisonOf(run, run);
        for (const ui::Quantity quantity : ui::kQuantities) {
            const bool compared = quantity == ui::Quantity::Latency || quantity == ui::Quantity::Throughput;
            for (const ui::Series& series : ui::seriesByBatch(run, quantity, ui::lightTheme(), &comparison)) {
                for (const ui::Point& point : series.points)
                    QCOMPARE(point.verdict.has_value(), compared);
            }
        }
    }
};

QTEST_MAIN(TstChartData)
#include "tst_chart_data.moc"
