// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/energy.h"
#include "core/measure/sweep_sensors.h"
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

/// A GPU that warms up by a degree each time it is looked at.
class FakeMonitor final : public core::GpuMonitor {
public:
    core::GpuReading read() override
    {
        return { .smClockMhz = 1980, .temperatureC = 40.0 + m_reads++, .clockEvents = 4 };
    }

private:
    int m_reads = 0;
};

core::DeviceInfo gpuNamed(const std::string& uuid)
{
    core::DeviceInfo info = FakeEngine::gpu();
    info.uuid = uuid;
    return info;
}

} // namespace

/// Power and energy of a sweep's cells: known, unknown with its reason, and never a zero that nobody
/// measured.
class TstSweepPower : public QObject {
    Q_OBJECT

private slots:
    void powerAndEnergy();
    void powerUnknown();
    void constantCounterIsNotZeroWatts();
    void restAndWhatIsBeyondIt();
    void noRest();
    void energyBeyondRest_data();
    void energyBeyondRest();
    void intervalOfEnergy();
    void wholeMachine();
    void wholeMachineBesidesAChild();
    void sensorsAreListed();
    void timeOnSensors();
    void stateOfTheGpu();
    void stateOfTheGpuUnknown();
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
        "The energy counter did not move while this was measured.");
    QVERIFY(!run.readings[0].cpuWatts);
}

void TstSweepPower::restAndWhatIsBeyondIt()
{
    using namespace std::chrono_literals;
    FakeEngine cpu;
    core::Machine metered = machine();
    metered.rest = 120ms;
    metered.cpuMeter = [] { return core::PowerMeterOr { std::make_unique<FakeMeter>(5.0), {} }; };
    const SweepResult result = sweep(spec(), { &cpu }, metered);
    const core::CellFinished& end = *result.run.cells[0].finished;
    // 5 joules a reading: before, each 50 ms, after.
    QVERIFY2(end.idleWatts.value > 0, end.idleWatts.unknown.c_str());
    QVERIFY(std::holds_alternative<core::SensorReading>(result.events[1])); // seen in the charts over time
    QVERIFY(result.run.cells[0].samples.front().at >= 120ms);
    // 5 joules a reading on both sides, and readings of the loop lie as far apart as those at rest.
    const core::Figure& marginal = end.marginalEnergyPerInferenceJoules;
    QVERIFY(marginal ? *marginal.value < *end.energyPerInferenceJoules.value
                     : marginal.unknown.find("no more than the") != std::string::npos);
}

void TstSweepPower::noRest()
{
    FakeEngine cpu;
    core::Machine metered = machine();
    metered.cpuMeter = [] { return core::PowerMeterOr { std::make_unique<FakeMeter>(5.0), {} }; };
    const core::Run run = sweep(spec(), { &cpu }, metered).run;
    QCOMPARE(run.cells[0].finished->idleWatts.unknown, "Idle power was not measured.");
    QCOMPARE(run.cells[0].finished->marginalEnergyPerInferenceJoules.unknown, "Idle power was not measured.");
}

void TstSweepPower::energyBeyondRest_data()
{
    QTest::addColumn<double>("idle");
    QTest::addColumn<QString>("unknown");
    QTest::newRow("a third idle") << 20.0 << "";
    QTest::newRow("all idle") << 60.0 << "The device drew 60 W, no more than the 60 W at rest.";
    QTest::newRow("more at rest") << 70.0 << "The device drew 60 W, no more than the 70 W at rest.";
}

void TstSweepPower::energyBeyondRest()
{
    QFETCH(double, idle);
    QFETCH(QString, unknown);
    const Figure marginal = core::marginalEnergy(
        Figure::known(3, "meter"), Figure::known(60, "meter"), Figure::known(idle, "meter"));
    QCOMPARE(QString::fromStdString(marginal.unknown), unknown);
    if (unknown.isEmpty())
        QCOMPARE(*marginal.value, 2.0);
    QCOMPARE(core::marginalEnergy(Figure::missing("no counter"), {}, {}).unknown, "no counter");
}

void TstSweepPower::intervalOfEnergy()
{
    FakeEngine cpu;
    core::Machine metered = machine();
    metered.cpuMeter = [] { return core::PowerMeterOr { std::make_unique<FakeMeter>(5.0), {} }; };
    core::SweepSpec one = spec();
    one.batches = { 1 };
    one.rule.minTime = one.rule.maxTime = std::chrono::duration<double>(1.5);
    const core::CellFinished end = *sweep(one, { &cpu }, metered).run.cells[0].finished;
    QVERIFY2(end.energyLowJoules.value.has_value(), end.energyLowJoules.unknown.c_str());
    QVERIFY(*end.energyLowJoules.value <= *end.energyPerInferenceJoules.value);
    QVERIFY(*end.energyHighJoules.value >= *end.energyPerInferenceJoules.value);
    const core::CellFinished without = *sweep(one, { &cpu }).run.cells[0].finished;
    QCOMPARE(without.energyLowJoules.unknown, "No power reading: this is a test.");
}

void TstSweepPower::wholeMachine()
{
    FakeEngine cpu;
    core::Machine metered = machine();
    metered.systemMeter = [] { return core::PowerMeterOr { std::make_unique<FakeMeter>(9.0), {} }; };
    core::SweepSpec one = spec();
    one.batches = { 4 };
    const SweepResult result = sweep(one, { &cpu }, metered);
    const core::Cell& cell = result.run.cells[0];
    const double joules = 9.0 * (static_cast<double>(result.run.readings.size()) + 1);
    QVERIFY(qFuzzyCompare(*cell.finished->systemPowerMeanWatts.value,
        joules / std::chrono::duration<double>(cell.finished->measured).count()));
    QVERIFY(qFuzzyCompare(*cell.finished->systemEnergyPerInferenceJoules.value,
        joules / (4 * static_cast<double>(cell.samples.size()))));
    QVERIFY(result.run.readings[0].systemWatts > 0);
    QVERIFY(!cell.finished->powerMeanWatts); // nobody takes the one for the other
}

void TstSweepPower::wholeMachineBesidesAChild()
{
    FakeEngine cpu;
    core::Machine metered = machine();
    metered.systemMeter = [] { return core::PowerMeterOr { std::make_unique<FakeMeter>(9.0), {} }; };
    core::SweepSensors sensors(metered, {});
    const core::CellProgress measuring { 0, core::CellPhase::Measuring, {} };
    sensors.besides(measuring, core::Nanoseconds(0), 4); // a reading before the loop
    const auto reading = std::get<core::SensorReading>(
        sensors.besides(core::SensorReading {}, core::Nanoseconds(50'000'000), 4));
    QVERIFY(reading.systemWatts > 0);
    sensors.besides(core::SamplesTaken { 0, { {}, {} } }, core::Nanoseconds(60'000'000), 4);
    sensors.besides(measuring, core::Nanoseconds(70'000'000), 4); // comes again and again
    const auto end = std::get<core::CellFinished>(sensors.besides(
        core::CellFinished { .measured = std::chrono::seconds(1) }, core::Nanoseconds(90'000'000), 4));
    QCOMPARE(*end.systemPowerMeanWatts.value, 18.0); // two readings on
    QCOMPARE(*end.systemEnergyPerInferenceJoules.value, 18.0 / 8);
    QVERIFY(!end.energyPerInferenceJoules);
}

void TstSweepPower::sensorsAreListed()
{
    FakeEngine cpu;
    core::Machine metered = machine();
    metered.cpuMeter = [] { return core::PowerMeterOr { std::make_unique<FakeMeter>(5.0), {} }; };
    const auto sensors = sweep(spec(), { &cpu }, metered).run.header.sensors;
    QVERIFY(sensors.size() >= 8);
    for (const core::SensorInfo& sensor : sensors) {
        QVERIFY(!sensor.what.empty() && !sensor.rights.empty());
        QVERIFY2(sensor.source.empty() != sensor.unavailable.empty(), sensor.what.c_str());
    }
    QCOMPARE(sensors[0].source, "fake meter");
    QCOMPARE(sensors[1].unavailable, "No power reading: this is a test.");
}

void TstSweepPower::timeOnSensors()
{
    FakeEngine cpu;
    const SweepResult result = sweep(spec(), { &cpu });
    const core::CellFinished& end = *result.run.cells[0].finished;
    QVERIFY(end.sensorSeconds > 0);
    QVERIFY(*end.sensorSeconds < std::chrono::duration<double>(end.measured).count());
    QVERIFY(result.run.readings[0].lostPercent.has_value());
}

void TstSweepPower::stateOfTheGpu()
{
    FakeEngine cpu, gpu({}, gpuNamed("GPU-42"));
    core::Machine watched = machine();
    std::string asked;
    watched.gpuMonitor = [&](const std::string& uuid) {
        asked = uuid;
        return core::GpuMonitorOr { std::make_unique<FakeMonitor>(), {} };
    };
    core::SweepSpec both = spec();
    both.batches = { 1 };
    both.engines.push_back({ .id = "gpu", .threads = {} });
    const core::Run run = sweep(both, { &cpu, &gpu }, watched).run;
    QCOMPARE(asked, "GPU-42");
    QCOMPARE(run.cells[0].finished->gpu.readings, 0); // it is the CPU's
    const core::GpuConditions& conditions = run.cells[1].finished->gpu;
    QVERIFY(conditions.readings >= 3); // before, during, after
    QVERIFY(conditions.smClockMhz == (core::GpuConditions::Range { 1980, 1980 }));
    QCOMPARE(conditions.temperatureC->high - conditions.temperatureC->low, conditions.readings - 1.0);
    QCOMPARE(conditions.clockEvents, 4U);
    QVERIFY(run.readings[0].gpu.has_value());
}

void TstSweepPower::stateOfTheGpuUnknown()
{
    FakeEngine gpu({}, FakeEngine::gpu());
    core::SweepSpec alone = spec();
    alone.engines = { { .id = "gpu", .threads = {} } };
    const core::Run run = sweep(alone, { &gpu }).run;
    QCOMPARE(run.cells[0].finished->gpu.readings, 0);
    QCOMPARE(run.cells[0].finished->gpu.unknown, "No GPU clocks: this is a test.");
    QVERIFY(!run.readings[0].gpu);
}

QTEST_GUILESS_MAIN(TstSweepPower)
#include "tst_sweep_power.moc"
