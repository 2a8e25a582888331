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

    void verdictsStandBesideTheirPointsAndNeverOnEachOther()
    {
        const auto chart = shown();
        ui::ChartContent compared = content();
        compared.series.push_back(
            compared.series.front()); // the same points again: the least room there can be
        for (ui::Series& series : compared.series) {
            for (ui::Point& point : series.points)
                point.verdict = core::Verdict::Slower;
        }
        compared.series.back().points.back().verdict = core::Verdict::Unclear;
        chart->setContent(compared);
        QTest::qWait(50);
        const QRectF area = plot(*chart).axisRect()->rect();
        std::vector<QRectF> marks;
        QStringList texts;
        for (int k = 0; k < plot(*chart).itemCount(); ++k) {
            const auto* mark = qobject_cast<QCPItemText*>(plot(*chart).item(k));
            if (!mark || !mark->visible())
                continue;
            const QRectF rect(mark->topLeft->pixelPosition(), mark->bottomRight->pixelPosition());
            QVERIFY(area.adjusted(-2, -2, 2, 2).contains(rect));
            for (const QRectF& other : marks)
                QVERIFY(!other.intersects(rect.adjusted(1, 3, -1, -3)));
            marks.push_back(rect);
            texts << mark->text();
        }
        QCOMPARE(marks.size(), std::size_t(8));
        QCOMPARE(texts.count(QStringLiteral("▼S")), 7);
        QCOMPARE(texts.count(QStringLiteral("?")), 1);
        chart->showXRange(1.5, 3); // one batch is left
        QTest::qWait(50);
        int visible = 0;
        for (int k = 0; k < plot(*chart).itemCount(); ++k) {
            const auto* mark = qobject_cast<QCPItemText*>(plot(*chart).item(k));
            visible += mark && mark->visible();
        }
        QCOMPARE(visible, 2);
    }

    void overlaysAreDrawnAndRead()
    {
        const auto chart = shown();
        ui::ChartContent with = content();
        ui::Series behind = with.series.front();
        behind.name = QStringLiteral("before · CPU");
        for (ui::Point& point : behind.points)
            point.y *= 100;
        with.overlays = { behind };
        chart->setContent(with);
        QVERIFY2(plot(*chart).yAxis->range().upper > 0.8, "they are part of what is fitted");
        with.series.clear();
        chart->setContent(with);
        QVERIFY2(plot(*chart).xAxis->visible(), "overlays alone are something to see");
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
