// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/disturbance.h"
#include "core/measure/energy_windows.h"
#include "core/measure/sensor_pace.h"

#include <QTest>
#include <cmath>
#include <random>

using core::Figure;
using core::Nanoseconds;
using namespace std::chrono_literals;

namespace {

Figure joules(double value)
{
    return Figure::known(value, "counter");
}

/// A loop of windows of 0.2 s, 100 inferences each, that took these joules.
core::EnergyWindows loopOf(const std::vector<double>& windows)
{
    core::EnergyWindows loop;
    double sum = 7;
    loop.begin(1s, joules(sum));
    for (std::size_t k = 0; k < windows.size(); ++k)
        loop.add(1s + static_cast<int>(k + 1) * 200ms, joules(sum += windows[k]),
            100.0 * static_cast<double>(k + 1));
    return loop;
}

core::TimedSample sample(Nanoseconds at, Nanoseconds latency)
{
    return { .at = at, .latency = latency, .device = {} };
}

} // namespace

/// What is known while a loop runs: how sure its energy is, and what others took from it.
class TstEnergyWindows : public QObject {
    Q_OBJECT

private slots:
    void intervalByHand();
    void evenWindowsAreSure();
    void moreWindowsAreGrouped();
    void holdsTheTruth();
    void tooShort();
    void counterThatStandsStill();
    void counterThatIsLost();
    void noCounter();
    void recentHiccups();
    void recentHiccupsOfNothing();
    void slowSensorsAreReadLessOften();
};

void TstEnergyWindows::intervalByHand()
{
    // Joules 10, 12, 8, 11, 9 over 100 inferences each: ratio 0.1; residuals 0, 2, -2, 1, -1; squares 10;
    // error sqrt(10 * 5 / 4) / 500 = 0.0070711; t(4) 2.776.
    const auto bounds = loopOf({ 10, 12, 8, 11, 9 }).bounds();
    QVERIFY2(bounds.low.value.has_value(), bounds.low.unknown.c_str());
    QVERIFY(std::abs(*bounds.low.value - (0.1 - 0.019629)) < 1e-5);
    QVERIFY(std::abs(*bounds.high.value - (0.1 + 0.019629)) < 1e-5);
    QCOMPARE(bounds.low.source, "counter");
}

void TstEnergyWindows::evenWindowsAreSure()
{
    const auto bounds = loopOf(std::vector<double>(8, 5)).bounds();
    QVERIFY(std::abs(*bounds.low.value - 0.05) < 1e-12);
    QVERIFY(std::abs(*bounds.high.value - 0.05) < 1e-12);
}

void TstEnergyWindows::moreWindowsAreGrouped()
{
    // Alternating windows even out in longer ones.
    std::vector<double> windows;
    for (int k = 0; k < 400; ++k)
        windows.push_back(k % 2 == 0 ? 4 : 6);
    const auto bounds = loopOf(windows).bounds();
    QVERIFY(*bounds.high.value - *bounds.low.value < 1e-9);
}

void TstEnergyWindows::holdsTheTruth()
{
    std::mt19937 random(1);
    std::normal_distribution<double> watts(10, 2);
    int held = 0;
    for (int trial = 0; trial < 400; ++trial) {
        std::vector<double> windows(10);
        for (double& window : windows)
            window = watts(random);
        const auto bounds = loopOf(windows).bounds();
        held += *bounds.low.value <= 0.1 && 0.1 <= *bounds.high.value;
    }
    QVERIFY2(held > 365 && held < 395, QByteArray::number(held)); // 380 of 400 are 95 %
}

void TstEnergyWindows::tooShort()
{
    const auto bounds = loopOf({ 1, 1, 1, 1 }).bounds();
    QVERIFY(!bounds.low && !bounds.high);
    QCOMPARE(bounds.low.unknown, "The loop held 4 windows of the energy counter, an interval needs 5.");
    QCOMPARE(loopOf({ 1 }).bounds().high.unknown,
        "The loop held 1 window of the energy counter, an interval needs 5.");
}

void TstEnergyWindows::counterThatStandsStill()
{
    QCOMPARE(loopOf(std::vector<double>(20, 0)).bounds().low.unknown,
        "The loop held 0 windows of the energy counter, an interval needs 5.");
}

void TstEnergyWindows::counterThatIsLost()
{
    auto loop = loopOf(std::vector<double>(10, 5));
    loop.add(9s, Figure::missing("gone."), 2000);
    QCOMPARE(loop.bounds().low.unknown, "gone.");
}

void TstEnergyWindows::noCounter()
{
    core::EnergyWindows loop;
    loop.begin(0s, Figure::missing("none."));
    QCOMPARE(loop.bounds().low.unknown, "none.");
    QVERIFY(!core::EnergyWindows().bounds().low);
}

void TstEnergyWindows::recentHiccups()
{
    core::RecentHiccups hiccups;
    QCOMPARE(*hiccups.percent(std::vector { sample(0ms, 1ms), sample(1ms, 1ms), sample(2ms, 1ms) }), 0.0);
    // 10 ms, of which a gap of 1 ms and 2 ms of a run of 3.
    QCOMPARE(*hiccups.percent(std::vector { sample(10ms, 1ms), sample(12ms, 3ms), sample(15ms, 1ms),
                 sample(16ms, 1ms), sample(17ms, 1ms), sample(18ms, 1ms), sample(19ms, 1ms) }),
        30.0);
    QCOMPARE(*hiccups.percent(std::vector { sample(90ms, 1ms) }), 0.0); // what came before is our own work
}

void TstEnergyWindows::recentHiccupsOfNothing()
{
    core::RecentHiccups hiccups;
    QVERIFY(!hiccups.percent({}));
    QVERIFY(!hiccups.percent(std::vector { sample(1ms, 0ms) }));
}

void TstEnergyWindows::slowSensorsAreReadLessOften()
{
    core::SensorPace pace;
    pace.took(0ms, 200us);
    QVERIFY(pace.due(50ms));
    pace.took(50ms, 1ms);
    QVERIFY(!pace.due(299ms));
    QVERIFY(pace.due(300ms));
    pace.took(300ms, 1s);
    QVERIFY(pace.due(1300ms)); // once a second
}

QTEST_GUILESS_MAIN(TstEnergyWindows)
#include "tst_energy_windows.moc"
