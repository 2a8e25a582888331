// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart.h"
#include "ui/read_out.h"

#include <qcustomplot.h>

#include <QSignalSpy>
#include <QtTest>

/// One chart under the mouse and the keyboard.
class TstChart : public QObject {
    Q_OBJECT

    static ui::ChartContent content()
    {
        ui::ChartContent content;
        ui::Series series;
        series.name = QStringLiteral("CPU");
        for (const double batch : { 1.0, 2.0, 4.0, 8.0 })
            series.points.push_back(
                { .x = batch, .y = batch * 1e-3, .low = batch * 0.9e-3, .high = batch * 1.2e-3 });
        content.series = { series };
        content.ticks = { 1, 2, 4, 8 };
        return content;
    }

    static std::unique_ptr<ui::Chart> shown()
    {
        auto chart = std::make_unique<ui::Chart>(ui::Quantity::Latency);
        chart->resize(500, 320);
        chart->setContent(content());
        chart->show();
        const bool exposed = QTest::qWaitForWindowExposed(chart.get());
        QTest::qWait(50); // the queued first painting
        return exposed ? std::move(chart) : nullptr;
    }

    static QCustomPlot& plot(const ui::Chart& chart) { return *chart.findChild<QCustomPlot*>(); }

private slots:
    void fitsTheData()
    {
        const auto chart = shown();
        const QCPRange x = plot(*chart).xAxis->range(), y = plot(*chart).yAxis->range();
        QVERIFY(x.lower < 1 && x.lower > 0.5 && x.upper > 8 && x.upper < 16);
        QVERIFY(y.lower > 0 && y.lower < 0.9e-3 && y.upper > 9.6e-3);
        QCOMPARE(plot(*chart).xAxis->scaleType(), QCPAxis::stLogarithmic);
        chart->setLogarithmic(Qt::Vertical, false);
        QCOMPARE(plot(*chart).yAxis->range().lower, 0.0);
    }

    void aBoxZoomsAndADoubleClickFits()
    {
        const auto chart = shown();
        const QCPRange before = plot(*chart).xAxis->range();
        QSignalSpy chosen(chart.get(), &ui::Chart::xRangeChosen);
        QWidget* canvas = &plot(*chart);
        const QRect area = plot(*chart).axisRect()->rect();
        QTest::mousePress(canvas, Qt::LeftButton, {}, area.center());
        QTest::mouseMove(canvas, area.center() + QPoint(60, 40));
        QTest::mouseRelease(canvas, Qt::LeftButton, {}, area.center() + QPoint(60, 40));
        QCOMPARE(chosen.size(), 1);
        QVERIFY(plot(*chart).xAxis->range().size() < before.size() / 2);
        const QCPRange zoomed = plot(*chart).xAxis->range();
        chart->setContent(content());
        QCOMPARE(plot(*chart).xAxis->range().upper, zoomed.upper); // fresh points leave the view alone
        QSignalSpy fit(chart.get(), &ui::Chart::fitChosen);
        QTest::mouseDClick(canvas, Qt::LeftButton, {}, area.center());
        QCOMPARE(fit.size(), 1);
        chart->fit();
        QCOMPARE(plot(*chart).xAxis->range().upper, before.upper);
    }

    void aClickIsNoZoom()
    {
        const auto chart = shown();
        const QCPRange before = plot(*chart).xAxis->range();
        QTest::mouseClick(&plot(*chart), Qt::LeftButton, {}, plot(*chart).axisRect()->rect().center());
        QCOMPARE(plot(*chart).xAxis->range().lower, before.lower);
    }

    void theMouseMovesTheCursor()
    {
        const auto chart = shown();
        QSignalSpy moved(chart.get(), &ui::Chart::cursorMoved);
        const int x = static_cast<int>(plot(*chart).xAxis->coordToPixel(4));
        QTest::mouseMove(&plot(*chart), QPoint(x, plot(*chart).axisRect()->rect().center().y()));
        QVERIFY(!moved.isEmpty());
        QVERIFY(std::abs(moved.last().first().toDouble() - 4) < 0.2);
    }

    void theReadOutIsThereOnlyWhereSomethingCanBeRead()
    {
        const auto chart = shown();
        const auto* readOut = chart->findChild<ui::ReadOut*>();
        QVERIFY(!readOut->isVisible());
        chart->showCursor(4);
        QVERIFY(readOut->isVisible());
        chart->showCursor(3); // between two batches
        QVERIFY(!readOut->isVisible());
        chart->showCursor(std::nullopt);
        QVERIFY(!readOut->isVisible());
    }

    void keysZoomAndFit()
    {
        const auto chart = shown();
        const double before = plot(*chart).xAxis->range().size();
        QTest::keyClick(chart.get(), Qt::Key_Plus);
        QVERIFY(plot(*chart).xAxis->range().size() < before);
        QSignalSpy fit(chart.get(), &ui::Chart::fitChosen);
        QTest::keyClick(chart.get(), Qt::Key_Home);
        QCOMPARE(fit.size(), 1);
    }

    void anEmptyChartTakesEverything()
    {
        ui::Chart chart(ui::Quantity::Power);
        ui::ChartContent empty;
        empty.emptyText = QStringLiteral("Nothing yet.");
        chart.resize(300, 200);
        chart.setContent(empty);
        chart.show();
        chart.showCursor(3);
        QTest::keyClick(&chart, Qt::Key_Plus);
        QTest::mouseClick(&plot(chart), Qt::LeftButton);
        QCOMPARE(chart.curveCount(), 0);
        QVERIFY(!chart.picture(QSize(200, 100), 2).isNull());
    }

    void oddFiguresAreDrawnWithoutHarm()
    {
        ui::ChartContent odd = content();
        odd.series[0].points = { { .x = 1, .y = 0 }, { .x = 2, .y = -3 }, { .x = 4, .y = ui::kNoValue } };
        ui::Chart chart(ui::Quantity::Latency);
        chart.resize(300, 200);
        chart.setContent(odd);
        QVERIFY(!chart.picture(QSize(200, 100), 1).isNull());
    }
};

QTEST_MAIN(TstChart)
#include "tst_chart.moc"
