// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sweep.h"
#include "core/record/run.h"
#include "tests/support/fake_engine.h"
#include "tests/support/sentence.h"
#include "tests/support/sweeps.h"

#include <QTest>

using namespace std::chrono_literals;
using core::CellStatus;
using core::Figure;
using support::FakeEngine;
using support::machine;
using support::spec;
using support::sweep;
using support::SweepResult;

namespace {

core::Nanoseconds timeOf(const core::SweepEvent& event)
{
    return std::visit(
        [](const auto& value) -> core::Nanoseconds {
            if constexpr (requires { value.at; })
                return value.at;
            else
                return core::Nanoseconds(-1);
        },
        event);
}

} // namespace

class TstSweep : public QObject {
    Q_OBJECT

private slots:
    void measuresEveryCell();
    void headerDescribesTheRun();
    void eventsComeInOrder();
    void twoEnginesShareABatch();
    void threadsAndPrecisionsReachTheEngine();
    void tuningsReachTheEngine();
    void tuningsThatMeanNothing();
    void kernelsAreTunedFirst();
    void outputsAgainstTheReference_data();
    void outputsAgainstTheReference();
    void remainingTimeFalls();
    void modelByName();
};

void TstSweep::measuresEveryCell()
{
    FakeEngine cpu;
    const SweepResult result = sweep(spec(), { &cpu });
    QCOMPARE(result.run.cells.size(), std::size_t { 3 });
    for (const core::Cell& cell : result.run.cells) {
        QVERIFY2(cell.status == CellStatus::Ok, cell.reason.c_str());
        QVERIFY(cell.samples.size() >= 30);
        QCOMPARE(cell.finished->memory.total(), std::size_t { 3'500'000 });
        QVERIFY(cell.finished->peakResidentBytes.value.has_value());
        QVERIFY(std::abs(*cell.throughput() - 1000) < 15);
    }
    QVERIFY(result.run.finished && !result.run.finished->stoppedByUser);
    QVERIFY(!result.run.readings.empty());
}

void TstSweep::headerDescribesTheRun()
{
    FakeEngine cpu, other({}, FakeEngine::gpu());
    const core::RunStarted header = sweep(spec(), { &cpu, &other }).run.header;
    QCOMPARE(header.model.name, "tiny");
    QCOMPARE(header.model.parameters, 12);
    QCOMPARE(header.model.flopPerItem, 2 * 4 * 3 + 3); // the product and one FLOP an element for Relu
    QCOMPARE(header.model.inputs, std::vector<std::string> { "x: float32 [batch, 4]" });
    QCOMPARE(header.model.outputs, std::vector<std::string> { "y: float32 [batch, 3]" });
    QCOMPARE(header.environment.host, "test");
    QCOMPARE(header.devices.size(), std::size_t { 1 }); // of the engines that take part
    QCOMPARE(header.cells.size(), std::size_t { 3 });
    // "2026-03-01T12:00:00+01:00"
    QCOMPARE(header.startedAt.size(), std::size_t { 25 });
    QVERIFY(header.startedAt[10] == 'T' && header.startedAt[22] == ':');
}

void TstSweep::eventsComeInOrder()
{
    FakeEngine cpu;
    const SweepResult result = sweep(spec(), { &cpu });
    QVERIFY(std::holds_alternative<core::RunStarted>(result.events.front()));
    QVERIFY(std::holds_alternative<core::RunFinished>(result.events.back()));
    core::Nanoseconds last {};
    for (const core::SweepEvent& event : result.events) {
        if (timeOf(event) < core::Nanoseconds {})
            continue;
        QVERIFY(timeOf(event) >= last);
        last = timeOf(event);
    }
    core::Nanoseconds end {};
    for (const core::Cell& cell : result.run.cells) {
        for (const core::TimedSample& sample : cell.samples) {
            QVERIFY(sample.at >= end);
            end = sample.at + sample.latency;
        }
    }
}

void TstSweep::twoEnginesShareABatch()
{
    FakeEngine cpu, gpu({}, FakeEngine::gpu());
    core::SweepSpec both = spec();
    both.engines = { { "gpu" }, { "cpu" } };
    const core::Run run = sweep(both, { &cpu, &gpu }).run;
    QCOMPARE(run.cells.size(), std::size_t { 6 });
    QCOMPARE(run.cells[0].key.engine, "gpu");
    QCOMPARE(run.cells[0].key.threads, 0); // a device without threads
    QCOMPARE(run.cells[1].key.engine, "cpu");
    QCOMPARE(run.cells[1].key.batch, 1);
    QCOMPARE(run.cells[2].key.batch, 2);
}

void TstSweep::threadsAndPrecisionsReachTheEngine()
{
    FakeEngine cpu;
    core::SweepSpec wide = spec();
    wide.batches = { 8 };
    wide.engines = { { "cpu", { 1, 3 }, { core::Precision::Model, core::Precision::Float32 } } };
    sweep(wide, { &cpu });
    QCOMPARE(cpu.compiled().size(), std::size_t { 4 });
    QCOMPARE(cpu.compiled()[1].threads, 3);
    QVERIFY(cpu.compiled()[2].precision == core::Precision::Float32);
    QCOMPARE(cpu.compiled()[3].dims.batch, 8);
}

void TstSweep::tuningsReachTheEngine()
{
    FakeEngine cpu;
    core::SweepSpec tuned = spec();
    tuned.batches = { 1 };
    tuned.engines[0].tunings = { {}, core::tuningFromName("nofusion"), core::tuningFromName("plain") };
    const core::Run run = sweep(tuned, { &cpu }).run;
    QCOMPARE(cpu.compiled().size(), std::size_t { 3 });
    QVERIFY(cpu.compiled()[1].tuning == core::tuningFromName("nofusion"));
    QVERIFY(cpu.compiled()[2].tuning.plain);
    QCOMPARE(cpu.nodes(), (std::vector<std::size_t> { 1, 2, 1 })); // Relu is fused, or is not
    for (const core::Cell& cell : run.cells)
        QVERIFY2(cell.status == CellStatus::Ok, cell.reason.c_str());
}

void TstSweep::tuningsThatMeanNothing()
{
    FakeEngine gpu({}, FakeEngine::gpu());
    core::SweepSpec tuned = spec();
    tuned.batches = { 1 };
    tuned.engines = { { "gpu" } };
    tuned.engines[0].tunings = { core::tuningFromName("avx2"), core::tuningFromName("plain") };
    const core::Run full = sweep(tuned, { &gpu }).run;
    QCOMPARE(full.cells.size(), std::size_t { 1 });
    QVERIFY(full.cells[0].key.tuning == core::Tuning {});
    tuned.engines[0].tunings.push_back(core::tuningFromName("nofusion"));
    const core::Run unfused = sweep(tuned, { &gpu }).run;
    QCOMPARE(unfused.cells.size(), std::size_t { 1 });
    QVERIFY(!unfused.cells[0].key.tuning.fuse);
}

void TstSweep::kernelsAreTunedFirst()
{
    core::DeviceInfo info = FakeEngine::cpu();
    info.tunesKernels = true;
    std::vector<core::CompileOptions> tuned;
    FakeEngine cpu({ .tune =
                           [&](const core::CompileOptions& options, const std::stop_token&) {
                               tuned.push_back(options);
                               return core::KernelTuning {};
                           } },
        info);
    core::SweepSpec asked = spec();
    asked.batches = { 4 };
    asked.engines[0].tunings = { core::tuningFromName("rules"), {} };
    QVERIFY(sweep(asked, { &cpu }).run.finished);
    QCOMPARE(tuned.size(), std::size_t { 0 }); // nobody asked for it
    asked.tuneKernels = true;
    const SweepResult result = sweep(asked, { &cpu });
    QCOMPARE(tuned.size(), std::size_t { 1 }); // rules want no tuning
    QCOMPARE(tuned[0].dims.batch, 4);
    QVERIFY(tuned[0].tuning == core::Tuning {});
    QCOMPARE(result.run.cells[1].finished->library, "scripted times, kernels by measurement");
    QVERIFY(std::ranges::any_of(result.events, [](const core::SweepEvent& event) {
        const auto* progress = std::get_if<core::CellProgress>(&event);
        return progress && progress->phase == core::CellPhase::Tuning;
    }));
    sweep(asked, { &cpu });
    QCOMPARE(tuned.size(), std::size_t { 1 }); // known by now
}

void TstSweep::outputsAgainstTheReference_data()
{
    QTest::addColumn<bool>("check");
    QTest::addColumn<float>("output");
    QTest::newRow("not asked for") << false << 0.0F;
    QTest::newRow("wrong outputs") << true << 1000.0F;
}

void TstSweep::outputsAgainstTheReference()
{
    QFETCH(bool, check);
    QFETCH(float, output);
    FakeEngine cpu({ .output = output });
    core::SweepSpec checking = spec();
    checking.checkOutputs = check;
    const core::Run run = sweep(checking, { &cpu }).run;
    for (const core::Cell& cell : run.cells) {
        if (!check) {
            QCOMPARE(cell.finished->outputMaxAbsDiff.unknown, "Outputs were not checked.");
            continue;
        }
        QVERIFY(cell.status == CellStatus::Failed);
        QVERIFY(cell.samples.empty());
        const QString reason = QString::fromStdString(cell.reason);
        QVERIFY2(reason.startsWith(QStringLiteral("Cannot measure batch %1: output \"").arg(cell.key.batch))
                && reason.contains("differs from the reference engine's by up to"),
            cell.reason.c_str());
    }
}

void TstSweep::remainingTimeFalls()
{
    FakeEngine cpu;
    const SweepResult result = sweep(spec(), { &cpu });
    std::vector<core::Nanoseconds> remaining;
    for (const core::SweepEvent& event : result.events) {
        if (const auto* progress = std::get_if<core::CellProgress>(&event))
            remaining.push_back(progress->remaining);
    }
    QVERIFY(remaining.size() > 9);
    QVERIFY(remaining.front() > 1s); // three cells of 0.6 s and more
    QVERIFY(remaining.back() < 100ms);
}

void TstSweep::modelByName()
{
    FakeEngine cpu;
    core::Engine* engines[] = { &cpu };
    core::SweepSpec zoo = spec();
    zoo.model = "zoo:tiny-transformer";
    core::Run run;
    core::runSweep(zoo, engines, {}, [&](const core::SweepEvent& event) { run.apply(event); });
    QCOMPARE(run.header.model.name, "tiny-transformer");
    QCOMPARE(run.header.model.sha256.size(), std::size_t { 64 });
    QVERIFY(run.header.model.flopPerItem > 0);
    for (const core::Cell& cell : run.cells)
        QVERIFY2(!cell.samples.empty(), cell.reason.c_str());
}

QTEST_GUILESS_MAIN(TstSweep)
#include "tst_sweep.moc"
