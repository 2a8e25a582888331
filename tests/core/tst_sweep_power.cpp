// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/sweeps.h"

#include <QTest>

using core::Figure;
using support::FakeEngine;
using support::machine;
using support::spec;
using support::sweep;
using support::SweepResult;

namespace {

/// A counter that gains `perRead` joules each time it is read.
class FakeMeter final : public core::PowerMeter {
public:
    explicit FakeMeter(double perRead)
        : m_perRead(perRead)
    {
    }
    Figure joules() override { return Figure::known(m_joules += m_perRead, source()); }
    std::string source() const override { return "fake meter"; }

private:
    double m_perRead, m_joules = 0;
};

} // namespace

/// Power and energy of a sweep's cells: known, unknown with its reason, and never a zero that nobody
/// measured.
class TstSweepPower : public QObject {
    Q_OBJECT

private slots:
    void powerAndEnergy();
    void powerUnknown();
    void constantCounterIsNotZeroWatts();
};

void TstSweepPower::powerAndEnergy()
{
    FakeEngine cpu;
    core::Machine metered = machine();
    metered.cpuMeter = [] { return core::PowerMeterOr { std::make_unique<FakeMeter>(5.0), {} }; };
    core::SweepSpec one = spec();
    one.batches = { 4 };
    const SweepResult result = sweep(one, { &cpu }, metered);
    QCOMPARE(result.run.header.cpuPower.source, "fake meter");
    QVERIFY(!result.run.header.cpuPower.value);
    const core::Cell& cell = result.run.cells[0];
    // One reading before the loop, one at each report, one after it.
    const double joules = 5.0 * (static_cast<double>(result.run.readings.size()) + 1);
    const double seconds = std::chrono::duration<double>(cell.finished->measured).count();
    QVERIFY(qFuzzyCompare(*cell.finished->powerMeanWatts.value, joules / seconds));
    QVERIFY(qFuzzyCompare(*cell.finished->energyPerInferenceJoules.value,
        joules / (4 * static_cast<double>(cell.samples.size()))));
    QVERIFY(result.run.readings[1].cpuWatts.value > 0);
}

void TstSweepPower::powerUnknown()
{
    FakeEngine cpu;
    const core::Run run = sweep(spec(), { &cpu }).run;
    QCOMPARE(run.header.cpuPower.unknown, "No power reading: this is a test.");
    QVERIFY(!run.cells[0].finished->powerMeanWatts);
    QCOMPARE(run.cells[0].finished->energyPerInferenceJoules.unknown, "No power reading: this is a test.");
    QCOMPARE(run.readings[0].gpuWatts.unknown, "No power reading: this is a test.");
}

void TstSweepPower::constantCounterIsNotZeroWatts()
{
    FakeEngine cpu;
    core::Machine metered = machine();
    metered.cpuMeter = [] { return core::PowerMeterOr { std::make_unique<FakeMeter>(0.0), {} }; };
    const core::Run run = sweep(spec(), { &cpu }, metered).run;
    QVERIFY(!run.cells[0].finished->powerMeanWatts);
    QCOMPARE(run.cells[0].finished->powerMeanWatts.unknown,
        "The energy counter did not move while this cell was measured.");
    QVERIFY(!run.readings[0].cpuWatts);
}

QTEST_GUILESS_MAIN(TstSweepPower)
#include "tst_sweep_power.moc"
