// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/window_support.h"
#include "ui/charts_page.h"
#include "ui/main_window.h"
#include "ui/stall_meter.h"

using namespace std::chrono_literals;

/// The window stays responsive however fast samples come. The longest stall is printed; the bound asserted is
/// so wide that only a window that does its work per sample, or waits for the worker, exceeds it.
class TstEventLoop : public QObject {
    Q_OBJECT

    static constexpr double kBoundMs = 500;
    support::OwnSettings m_settings;

private slots:
    void initTestCase()
    {
#ifdef BREAKEVEN_SANITIZED
        QSKIP("Stalls under a sanitizer are the sanitizer's.");
#endif
    }

    void staysResponsive_data()
    {
        QTest::addColumn<int>("pauseMicroseconds");
        QTest::addColumn<bool>("overTime");
        QTest::newRow("100,000 samples at once, by batch size") << 0 << false;
        QTest::newRow("100,000 samples at once, over time") << 0 << true;
        QTest::newRow("five seconds of live samples, by batch size") << 30 << false;
        QTest::newRow("five seconds of live samples, over time") << 30 << true;
    }
    void staysResponsive()
    {
        QFETCH(int, pauseMicroseconds);
        QFETCH(bool, overTime);
        support::FakeScript script;
        // At once: the quick rule asks for half a second, 100,000 runs of 5 microseconds. Live: two latencies
        // in turn keep the median unknown, so that the rule goes on for its five seconds.
        script.latency = [pauseMicroseconds](std::int64_t, std::size_t run) {
            return pauseMicroseconds > 0 ? std::chrono::nanoseconds(run % 2 == 0 ? 20'000 : 40'000)
                                         : std::chrono::nanoseconds(4900 + run % 200);
        };
        script.beforeRun = [pauseMicroseconds](std::int64_t, std::size_t) {
            const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(pauseMicroseconds);
            while (std::chrono::steady_clock::now() < end) { }
        };
        ui::Session session(support::fakeEngines(script));
        ui::MainWindow window(session);
        window.charts().setXAxis(overTime ? ui::XAxis::Time : ui::XAxis::Batch);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        ui::StallMeter meter;
        QTest::qWait(20);
        meter.reset();
        support::runAndWait(session, QStringLiteral("1"));
        QTest::qWait(300); // the last repaint counts too
        const std::size_t samples = session.run().cells.front().samples.size();
        QVERIFY(samples >= (pauseMicroseconds > 0 ? 10'000 : 99'000));
        qInfo("longest event-loop stall: %.1f ms (%.1f ms of it our own work), %zu samples",
            meter.longestMs(), meter.longestOwnMs(), samples);
        QVERIFY2(meter.longestMs() < kBoundMs, qPrintable(QString::number(meter.longestMs())));
    }
};

QTEST_MAIN(TstEventLoop)
#include "tst_event_loop.moc"
