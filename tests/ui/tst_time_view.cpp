// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/runs.h"
#include "tests/ui/window_support.h"
#include "ui/chart_content.h"
#include "ui/charts_page.h"

#include <QPainter>
#include <QtTest>

using namespace std::chrono_literals;

namespace {

/// Two cells of 300 runs, 1 to 1.3 s and 3 to 3.3 s, and readings from 0 to 4 s.
core::Run runOf(bool sensors)
{
    core::Run run;
    core::RunStarted start = support::exampleStart();
    start.cells.resize(2);
    run.apply(start);
    for (const int cell : { 0, 1 }) {
        run.apply(core::SamplesTaken { cell, support::exampleSamples(300, 1ms, cell == 0 ? 1s : 3s) });
        run.apply(core::CellFinished { .cell = cell });
    }
    for (core::Nanoseconds at {}; sensors && at <= 4s; at += 50ms) {
        core::SensorReading reading { .at = at,
            .cpuWatts = core::Figure::known(42, "meter"),
            .gpuWatts = core::Figure::missing("none"),
            .residentBytes = 1'000'000 };
        reading.cpu = { 3000, 800, 3500, 61 };
        reading.lostPercent = 1.5;
        run.apply(reading);
    }
    return run;
}

const ui::TrackContent& trackOf(const ui::TimeViewContent& content, ui::Track track)
{
    return content.tracks[static_cast<std::size_t>(track)];
}

} // namespace

class TstTimeView : public QObject {
    Q_OBJECT

private slots:
    void curvesTakeInWhatIsNew()
    {
        core::Run run = runOf(false);
        ui::TimeCurves curves;
        curves.update(run);
        const auto before = curves.tracks(run, ui::lightTheme());
        QCOMPARE(before[0].curves.size(), std::size_t(2)); // a cell each, measured at other times
        QCOMPARE(before[0].curves[0].points->size(), std::size_t(301)); // a gap before the first
        run.apply(core::SamplesTaken { 1, support::exampleSamples(10, 5ms, 3400ms) });
        run.apply(core::SensorReading { .at = 1ms, .residentBytes = 1000 });
        curves.update(run);
        const auto after = curves.tracks(run, ui::lightTheme());
        QCOMPARE(after[0].curves[1].points->size(), std::size_t(311));
        QCOMPARE(after[static_cast<int>(ui::Track::Memory)].curves[0].points->back().y, 1000.0);
        curves.clear();
        QVERIFY(!curves.span());
        QVERIFY(curves.tracks(run, ui::lightTheme())[0].curves.empty());
    }

    void throughputIsItemsOverWindows()
    {
        const core::Run run = runOf(false);
        ui::TimeCurves curves;
        curves.update(run);
        const auto points = *curves.tracks(run, ui::lightTheme())[1].curves[0].points;
        QVERIFY(points.size() >= 2);
        // One item a millisecond, and up to 6 microseconds more.
        QVERIFY(points[1].y > 980 && points[1].y <= 1000);
    }

    void blocksOfACellAreApart()
    {
        core::Run run = runOf(false);
        run.apply(core::SamplesTaken { 0, support::exampleSamples(300, 1ms, 2s) });
        ui::TimeCurves curves;
        curves.update(run);
        const auto cells = curves.cells(run, ui::lightTheme());
        QCOMPARE(cells.size(), std::size_t(3)); // by turns: first, first again, second
        QCOMPARE(cells[0].name, cells[1].name);
        QCOMPARE(cells[1].begin, 2.0);
        QVERIFY(cells[0].end < 1.31);
        const auto points = *curves.tracks(run, ui::lightTheme())[0].curves[0].points;
        QCOMPARE(std::ranges::count_if(points, [](const auto& point) { return std::isnan(point.y); }), 2);
    }

    void longPausesOfSensorsAreGaps()
    {
        core::Run run = runOf(true);
        run.apply(core::SensorReading { .at = 9s, .cpuWatts = core::Figure::known(40, "meter") });
        ui::TimeCurves curves;
        curves.update(run);
        const auto content = ui::timeViewContent(run, curves, ui::lightTheme());
        const auto& points = *trackOf(content, ui::Track::Power).curves[0].points;
        QVERIFY(std::isnan(points[points.size() - 2].y));
        QCOMPARE(content.span->second, 9.0);
    }

    void emptyTracksSayWhy()
    {
        core::Run run = runOf(false);
        ui::TimeCurves curves;
        curves.update(run);
        ui::TimeViewContent content = ui::timeViewContent(run, curves, ui::lightTheme());
        QCOMPARE(trackOf(content, ui::Track::Clock).none, QStringLiteral("No CPU clock: a test."));
        QCOMPARE(trackOf(content, ui::Track::Lost).none, QStringLiteral("Not read in this run."));
        run.header.sensors.clear();
        run.header.cpuPower = core::Figure::missing("No CPU power reading: an old run.");
        content = ui::timeViewContent(run, curves, ui::lightTheme());
        QCOMPARE(
            trackOf(content, ui::Track::Power).none, QStringLiteral("No CPU power reading: an old run."));
        ui::TimeView view;
        view.setContent(content, std::nullopt);
        QCOMPARE(view.shownTracks(), 2);
    }

    void oneCursorReadsAllTracks()
    {
        const core::Run run = runOf(true);
        ui::TimeCurves curves;
        curves.update(run);
        ui::TimeView view;
        view.resize(900, 600);
        view.setContent(ui::timeViewContent(run, curves, ui::lightTheme()), std::nullopt);
        view.showCursor(1.1);
        const QString lines = view.readOutLines()
                                  .join(QLatin1Char('\n'))
                                  .replace(QChar(0xa0), QLatin1Char(' '))
                                  .replace(QChar(0x202f), QLatin1Char(' '));
        for (const char* part : { "at 1.10 s", "Latency · CPU", "Power · CPU 42.0 W", "Clock · CPU 3 000 MHz",
                 "Temperature · CPU 61 °C", "Disturbance · Lost to others 1.5 %" })
            QVERIFY2(lines.contains(QString::fromUtf8(part)), qPrintable(lines));
        view.showCursor(2.2); // no cell is measured there
        QVERIFY(!view.readOutLines().join(QLatin1Char(' ')).contains(QStringLiteral("Latency")));
        view.showCursor(std::nullopt);
        QVERIFY(view.readOutLines().isEmpty());
    }

    void zoomByMouse()
    {
        const core::Run run = runOf(true);
        ui::TimeCurves curves;
        curves.update(run);
        ui::TimeView view;
        view.resize(900, 600);
        view.setContent(ui::timeViewContent(run, curves, ui::lightTheme()), std::nullopt);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        const auto [begin, end] = view.range();
        QCOMPARE(begin, 0.0);
        QVERIFY(end >= 4.0);
        QTest::mousePress(&view, Qt::LeftButton, {}, { 400, 300 });
        QTest::mouseMove(&view, { 500, 310 });
        QTest::mouseRelease(&view, Qt::LeftButton, {}, { 500, 310 });
        const auto box = view.range();
        QVERIFY(box.first > begin && box.second < end && box.second - box.first < (end - begin) / 4);
        view.setContent(ui::timeViewContent(run, curves, ui::lightTheme()), std::nullopt);
        QCOMPARE(view.range(), box); // fresh points no longer move it
        QTest::mouseDClick(&view, Qt::LeftButton, {}, { 400, 300 });
        QCOMPARE(view.range(), (std::pair { begin, end }));
        QTest::mouseClick(&view, Qt::LeftButton, {}, { 400, 300 }); // no box
        QCOMPARE(view.range(), (std::pair { begin, end }));
        QWheelEvent wheel({ 500, 300 }, view.mapToGlobal(QPointF(500, 300)), {}, { 0, 120 }, Qt::NoButton, {},
            Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&view, &wheel);
        QVERIFY(view.range().second - view.range().first < end - begin);
        QTest::keyClick(&view, Qt::Key_Home);
        QTest::keyClick(&view, Qt::Key_Plus);
        QVERIFY(view.range().second - view.range().first < end - begin);
        QTest::keyClick(&view, Qt::Key_Right);
        QVERIFY(view.cursor().has_value());
        QTest::keyClick(&view, Qt::Key_Escape);
        QVERIFY(!view.cursor().has_value());
    }

    void paintsEverySize_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("large") << QSize(1920, 1080);
        QTest::newRow("small") << QSize(480, 300);
        QTest::newRow("tiny") << QSize(50, 20);
    }
    void paintsEverySize()
    {
        QFETCH(QSize, size);
        const core::Run run = runOf(true);
        ui::TimeCurves curves;
        curves.update(run);
        QImage image(size, QImage::Format_RGB32);
        QPainter painter(&image);
        const auto content = ui::timeViewContent(run, curves, ui::darkTheme());
        const auto places = ui::paintTimeView(
            painter, image.rect(), content, ui::darkTheme(), 0, content.span->second, true);
        QCOMPARE(places.size(), content.tracks.size());
        ui::paintTimeView(
            painter, image.rect(), content, ui::darkTheme(), 1.0001, 1.0002, false); // between two runs
        ui::paintTimeView(painter, image.rect(), {}, ui::darkTheme(), 0, 0, false);
    }

    void valuesLieOnTheirScale()
    {
        const ui::TrackPlace linear { .area = QRect(0, 10, 100, 50), .low = 0, .high = 10 };
        QCOMPARE(linear.y(0), 60.0);
        QCOMPARE(linear.y(10), 10.0);
        const ui::TrackPlace log {
            .area = QRect(0, 0, 100, 100), .low = 1, .high = 100, .logarithmic = true
        };
        QCOMPARE(log.y(10), 50.0);
        QVERIFY(std::isfinite(log.y(0)));
    }

    void pageFollowsALiveRun()
    {
        const support::OwnSettings settings;
        ui::Session session(support::fakeEngines());
        ui::ChartsPage page(session);
        page.resize(900, 600);
        page.setXAxis(ui::XAxis::Time);
        page.show();
        QVERIFY(!page.overTime().content().span);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(session, QStringLiteral("1,2"));
        QCOMPARE(page.overTime().content().cells.size(), std::size_t(2));
        QVERIFY(page.overTime().shownTracks() >= 3); // latency, throughput, memory
        QCOMPARE(&page.chartToExplain(), &page.overTime());
        page.setXAxis(ui::XAxis::Batch);
        support::openAndWait(session, QStringLiteral("zoo:tiny-mlp"));
        page.setXAxis(ui::XAxis::Time); // nothing is left of the run before
        page.grab();
    }
};

QTEST_MAIN(TstTimeView)
#include "tst_time_view.moc"
