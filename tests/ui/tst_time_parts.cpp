// SPDX-License-Identifier: GPL-3.0-or-later
// Where the time of a run went: bars of parts in the place of the latency's curve.
#include "tests/support/profiles.h"
#include "tests/ui/window_support.h"
#include "ui/charts_page.h"
#include "ui/latency_card.h"
#include "ui/time_parts.h"

#include <qcustomplot.h>

#include <QPushButton>

namespace {

/// A CPU, and a GPU that tells its times: half of a latency computing, an eighth copying in, a sixteenth out.
ui::EngineFactory withGpu()
{
    return [] {
        ui::EngineList engines;
        engines.push_back(std::make_unique<support::FakeEngine>());
        engines.push_back(std::make_unique<support::FakeEngine>(
            support::FakeScript { .deviceTimes = true }, support::FakeEngine::gpu()));
        return engines;
    };
}

ui::TimeParts partsOf(const core::Run& run)
{
    return ui::timeParts(run, ui::lightTheme());
}

/// Has run the tiny network on both at batches 1 and 2, and is shown.
struct Shown {
    ui::Session session { withGpu() };
    ui::ChartsPage page { session };

    Shown()
    {
        page.resize(1000, 600);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        QVERIFY(QTest::qWaitFor([&] { return session.devicesKnown(); }, support::kPatience));
        support::openAndWait(session, QStringLiteral("zoo:mlp"));
        support::runAndWait(session, QStringLiteral("1,2"));
    }
    ui::LatencyCard& card() { return page.latency(); }
    QPushButton& button() { return *card().findChild<QPushButton*>(); }
};

} // namespace

class TstTimeParts : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;

private slots:
    void partsAddUp()
    {
        const ui::TimeParts parts = partsOf(support::otherRun());
        QVERIFY(parts.worthShowing());
        QCOMPARE(parts.batches, (std::vector<double> { 1, 2, 4, 8 }));
        QCOMPARE(parts.series.size(), std::size_t(3)); // a CPU on one and on two threads, a GPU
        const ui::TimeBarSeries& gpu = parts.series.back();
        QCOMPARE(gpu.bars.size(), std::size_t(3)); // the fourth cell has no figure
        for (const ui::TimeBar& bar : gpu.bars) {
            QVERIFY(bar.onDevice);
            double sum = 0;
            for (const double part : bar.seconds)
                sum += part;
            QVERIFY(std::abs(sum - bar.total) < 1e-9);
            QVERIFY(std::abs(bar.seconds[1] / bar.total - 0.5) < 0.01);
            QVERIFY(std::abs(bar.seconds[0] / bar.total - 0.125) < 0.01);
            QVERIFY(std::abs(bar.seconds[2] / bar.total - 0.0625) < 0.01);
            QVERIFY(std::abs(bar.enqueue / bar.total - 0.1) < 0.01);
        }
        const ui::TimeBar& cpu = parts.series.front().bars.front();
        QVERIFY(!cpu.onDevice);
        QCOMPARE(cpu.seconds, (std::array<double, 4> { 0, 0, 0, cpu.total }));
    }

    /// Medians of parts may add up to more than the median of the whole.
    void theRestIsNeverLessThanNothing()
    {
        core::Run run = support::otherRun();
        for (core::Cell& cell : run.cells) {
            if (cell.summary.device)
                cell.summary.device->compute = *cell.summary.median * 2;
        }
        for (const ui::TimeBar& bar : partsOf(run).series.back().bars)
            QCOMPARE(bar.seconds[3], 0.0);
    }

    void aRunWithoutDeviceTimesHasNothingToAdd()
    {
        core::Run run = support::otherRun();
        for (core::Cell& cell : run.cells)
            cell.summary.device.reset();
        QVERIFY(!partsOf(run).worthShowing());
        QVERIFY(!partsOf({}).worthShowing());
    }

    void saysItInWords()
    {
        QString words = ui::inWords(partsOf(support::otherRun()));
        const QStringList lines = words.replace(QChar(0xa0), QLatin1Char(' ')).split(QLatin1Char('\n'));
        QVERIFY2(lines.contains(QStringLiteral("CPU · 1 thread, batch 1: host 1.00 ms · 100 %")),
            qPrintable(lines.join(QLatin1Char('\n'))));
        QVERIFY2(lines.join(QLatin1Char('\n')).contains(QStringLiteral("GPU, batch 2: copy in ")),
            qPrintable(lines.join(QLatin1Char('\n'))));
    }

    void theSwitchIsThereWhereItHelps()
    {
        Shown shown;
        QVERIFY(shown.card().canSwitch());
        QVERIFY(shown.button().isVisible());
        QVERIFY(!shown.card().showsParts());
        QCOMPARE(shown.button().accessibleName(), QStringLiteral("Show where the time goes"));
        QTest::mouseClick(&shown.button(), Qt::LeftButton);
        QVERIFY(shown.card().showsParts());
        QVERIFY(shown.card().parts().isVisible());
        QVERIFY(!shown.card().chart().isVisible());
        QVERIFY(shown.card().parts().accessibleDescription().contains("GPU, batch 1: copy in"));
        shown.page.setXAxis(ui::XAxis::Time); // every single run has no parts
        QVERIFY(!shown.card().showsParts());
        QVERIFY(!shown.button().isVisible());
        shown.page.setXAxis(ui::XAxis::Batch);
        QVERIFY(shown.card().showsParts());
        QTest::mouseClick(&shown.button(), Qt::LeftButton);
        QVERIFY(shown.card().chart().isVisible());
    }

    void theSwitchIsNotThereWhereItDoesNot()
    {
        ui::Session session(support::fakeEngines());
        ui::ChartsPage page(session);
        page.latency().showParts(true);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        QVERIFY(!page.latency().showsParts());
        QVERIFY(!page.latency().findChild<QPushButton*>()->isVisible());
    }

    void barsAreStacked()
    {
        Shown shown;
        shown.card().showParts(true);
        auto* plot = shown.card().parts().findChild<QCustomPlot*>();
        QCOMPARE(plot->plottableCount(), 2 * 4); // parts of two engines
        const auto* host = qobject_cast<QCPBars*>(plot->plottable(7));
        QVERIFY(host->barBelow() == plot->plottable(6));
        QCOMPARE(host->data()->size(), 2);
        double top = 0;
        for (const QCPBars* bars = host; bars; bars = bars->barBelow())
            top += bars->data()->constBegin()->value;
        QVERIFY(std::abs(top - 100) < 1e-6);
    }

    void readsABar()
    {
        Shown shown;
        shown.card().showParts(true);
        ui::TimePartsChart& chart = shown.card().parts();
        chart.setFocus();
        for (int i = 0; i < 2; ++i)
            QTest::keyClick(&chart, Qt::Key_Right); // CPU, then GPU at batch 1
        const QString words = chart.readOutText().replace(QChar(0xa0), QLatin1Char(' '));
        for (const char* part : { "batch 1; GPU ", "; copy in ", " · 13 %", "; compute ", "; copy out ",
                 "; host ", "; enqueued in " })
            QVERIFY2(words.contains(QString::fromUtf8(part)), qPrintable(words));
        QTest::keyClick(&chart, Qt::Key_Left);
        QVERIFY(chart.readOutText().startsWith("batch 1; CPU"));
        QVERIFY(!chart.readOutText().contains("copy"));
        QTest::keyClick(&chart, Qt::Key_Left); // no further
        QCOMPARE(*chart.shownBar(), std::size_t(0));
        QTest::keyClick(&chart, Qt::Key_Escape);
        QVERIFY(!chart.shownBar());
        auto* plot = chart.findChild<QCustomPlot*>();
        const QRect area = plot->axisRect()->rect();
        QTest::mouseMove(plot, QPoint(area.right() - 4, area.center().y()));
        QTRY_COMPARE(chart.shownBar().value_or(0), std::size_t(3));
        QVERIFY(chart.readOutText().startsWith("batch 2; GPU"));
    }
};

QTEST_MAIN(TstTimeParts)
#include "tst_time_parts.moc"
