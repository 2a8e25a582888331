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

/// Sweeps that do not go well: cells that fail, stops, and what cannot start at all.
class TstSweepFailures : public QObject {
    Q_OBJECT

private slots:
    void stoppedWhileTuning();
    void failedCellsAreRowsAndTheSweepGoesOn();
    void refusedModel();
    void failureInTheMiddleKeepsSamples();
    void batchThatCannotFit();
    void stopCancelsTheRest();
    void stopBeforeTheStart();
    void nothingStarts_data();
    void nothingStarts();
    void badModelIsOneSentence();
};

void TstSweepFailures::stoppedWhileTuning()
{
    core::DeviceInfo info = FakeEngine::cpu();
    info.tunesKernels = true;
    bool stop = true;
    std::stop_source source;
    FakeEngine cpu({ .tune = [&](const core::CompileOptions&, const std::stop_token&) -> core::KernelTuning {
        if (stop)
            source.request_stop();
        throw core::Error("Cannot tune the kernels: no luck.");
    } },
        info);
    core::SweepSpec asked = spec();
    asked.tuneKernels = true;
    const core::Run stopped = sweep(asked, { &cpu }, support::machine(), source.get_token()).run;
    QVERIFY(stopped.cells[0].status == CellStatus::Cancelled);
    QCOMPARE(stopped.cells[0].reason, "Cannot tune the kernels: no luck.");
    stop = false;
    cpu.script().choice.clear();
    const core::Run failed = sweep(asked, { &cpu }).run;
    QVERIFY(failed.cells[0].status == CellStatus::Failed);
    QCOMPARE(failed.cells[0].reason, "Cannot tune the kernels: no luck.");
}

void TstSweepFailures::failedCellsAreRowsAndTheSweepGoesOn()
{
    FakeEngine cpu({ .compileErrors = { { 1, "Cannot compile: no luck." } },
        .outOfMemory = { { 2, "Cannot compile batch 2: needs 31.2 GB, 8.0 GB are free." } } });
    const core::Run run = sweep(spec(), { &cpu }).run;
    QVERIFY(run.cells[0].status == CellStatus::Failed);
    QCOMPARE(run.cells[0].reason, "Cannot compile: no luck.");
    QVERIFY(run.cells[1].status == CellStatus::OutOfMemory);
    QVERIFY(run.cells[2].status == CellStatus::Ok);
}

void TstSweepFailures::refusedModel()
{
    FakeEngine cpu,
        gpu({ .refusals = { { 1, "relu", "Relu", "not on Sundays" }, { 0, "multiply", "MatMul", "never" } } },
            FakeEngine::gpu());
    core::SweepSpec both = spec();
    both.batches = { 1 };
    both.engines = { { "gpu" }, { "cpu" } };
    const core::Run run = sweep(both, { &cpu, &gpu }).run;
    QVERIFY(run.cells[0].status == CellStatus::Refused);
    QCOMPARE(run.cells[0].reason, "node \"relu\" (Relu): not on Sundays; and 1 more.");
    QVERIFY(gpu.compiled().empty());
    QVERIFY(run.cells[1].status == CellStatus::Ok);
}

void TstSweepFailures::failureInTheMiddleKeepsSamples()
{
    FakeEngine cpu({ .runErrors = { { 2, { 300, "Cannot run: the device fell off the bus." } } } });
    const core::Run run = sweep(spec(), { &cpu }).run;
    QVERIFY(run.cells[1].status == CellStatus::Failed);
    QCOMPARE(run.cells[1].reason, "Cannot run: the device fell off the bus.");
    QVERIFY(run.cells[1].samples.size() > 100);
    QVERIFY(run.cells[2].status == CellStatus::Ok);
}

void TstSweepFailures::batchThatCannotFit()
{
    FakeEngine cpu;
    core::SweepSpec large = spec();
    large.batches = { 1, 1'000'000'000 };
    const core::Run run = sweep(large, { &cpu }).run;
    QVERIFY(run.cells[0].status == CellStatus::Ok);
    QVERIFY(run.cells[1].status == CellStatus::OutOfMemory);
    // x and the product, or the product and y, of a thousand million items: 28 GB with the passes' fused
    // Relu.
    QVERIFY(QString::fromStdString(run.cells[1].reason)
                .startsWith("Cannot compile batch 1000000000: it needs at least 28.0 GB, 8.0 GB are free."));
    QCOMPARE(cpu.compiled().size(), std::size_t { 1 });
}

void TstSweepFailures::stopCancelsTheRest()
{
    std::stop_source stop;
    support::FakeScript script;
    script.beforeRun = [&](std::int64_t batch, std::size_t index) {
        if (batch == 2 && index == 150)
            stop.request_stop();
    };
    FakeEngine cpu(script);
    const core::Run run = sweep(spec(), { &cpu }, machine(), stop.get_token()).run;
    QVERIFY(run.cells[0].status == CellStatus::Ok);
    QVERIFY(run.cells[1].status == CellStatus::Cancelled);
    QVERIFY(run.cells[1].samples.size() >= 90); // kept
    QVERIFY(run.cells[1].finished->stoppedBy == core::StoppedBy::User);
    QVERIFY(run.cells[2].status == CellStatus::Cancelled);
    QCOMPARE(run.cells[2].reason, "Cancelled before it began.");
    QVERIFY(run.finished->stoppedByUser);
    QCOMPARE(cpu.compiled().size(), std::size_t { 2 });
}

void TstSweepFailures::stopBeforeTheStart()
{
    std::stop_source stop;
    stop.request_stop();
    FakeEngine cpu;
    const core::Run run = sweep(spec(), { &cpu }, machine(), stop.get_token()).run;
    for (const core::Cell& cell : run.cells)
        QVERIFY(cell.status == CellStatus::Cancelled);
    QVERIFY(run.finished->stoppedByUser);
}

void TstSweepFailures::nothingStarts_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("no engine") << "no engine"
                               << "Cannot start the sweep: no engine is chosen.";
    QTest::newRow("no batch") << "no batch"
                              << "Cannot start the sweep: no batch size is chosen.";
    QTest::newRow("batch 0") << "batch 0"
                             << "Cannot start the sweep: batch 0 is not at least 1.";
    QTest::newRow("unknown engine")
        << "unknown engine"
        << "Cannot start the sweep: there is no engine \"npu\"; there are cpu, gpu.";
    QTest::newRow("absent engine")
        << "absent engine"
        << "Cannot start the sweep: engine \"gpu\" is absent: No CUDA driver: libcuda.so.1 cannot be loaded.";
    QTest::newRow("too many threads") << "too many threads"
                                      << "Cannot start the sweep: engine \"cpu\" has 4 threads, not 5.";
    QTest::newRow("unknown dimension")
        << "unknown dimension"
        << "Cannot start the sweep: the model has no dynamic dimension \"length\"; it has none.";
    QTest::newRow("batch as dimension")
        << "batch as dimension"
        << "Cannot start the sweep: \"batch\" is the model's batch dimension, which the batch size sets.";
}

void TstSweepFailures::nothingStarts()
{
    QFETCH(QString, what);
    QFETCH(QString, sentence);
    core::SweepSpec bad = spec();
    if (what == "no engine")
        bad.engines.clear();
    else if (what == "no batch")
        bad.batches.clear();
    else if (what == "batch 0")
        bad.batches = { 1, 0 };
    else if (what == "unknown engine")
        bad.engines = { { "npu" } };
    else if (what == "absent engine")
        bad.engines = { { "cpu" }, { "gpu" } };
    else if (what == "too many threads")
        bad.engines = { { "cpu", { 5 } } };
    else
        bad.dims[what == "unknown dimension" ? "length" : "batch"] = 7;
    FakeEngine cpu, gpu({}, FakeEngine::absentGpu());
    core::Engine* engines[] = { &cpu, &gpu };
    const core::Model model = support::tinyModel();
    bool emitted = false;
    const auto sink = [&](const core::SweepEvent&) { emitted = true; };
    const auto action = [&] { core::runSweep(bad, model, engines, {}, sink, machine()); };
    QCOMPARE(QString::fromStdString(support::sentenceOf(action)), sentence);
    QVERIFY(!emitted);
}

void TstSweepFailures::badModelIsOneSentence()
{
    FakeEngine cpu;
    core::Engine* engines[] = { &cpu };
    core::SweepSpec missing = spec();
    missing.model = "/nowhere/at/all.onnx";
    bool emitted = false;
    const std::string sentence = support::sentenceOf(
        [&] { core::runSweep(missing, engines, {}, [&](const core::SweepEvent&) { emitted = true; }); });
    QVERIFY(sentence.starts_with("Cannot read model: "));
    QVERIFY(!emitted);
    missing.model = "zoo:nothing";
    QVERIFY(!support::sentenceOf([&] {
        core::runSweep(missing, engines, {}, [](const core::SweepEvent&) {});
    }).empty());
}

QTEST_GUILESS_MAIN(TstSweepFailures)
#include "tst_sweep_failures.moc"
