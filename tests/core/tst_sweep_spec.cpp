// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/estimate.h"
#include "core/measure/sweep_spec.h"
#include "tests/support/sentence.h"

#include <QTest>

using core::Precision;

class TstSweepSpec : public QObject {
    Q_OBJECT

private slots:
    void cellsGrowByBatch();
    void badSpecs_data();
    void badSpecs();
    void commandLine_data();
    void commandLine();
    void latencyFromArithmetic();
    void latencyFromTheLikestCell();
    void sweepAddsUpItsCells();
    void durations_data();
    void durations();
};

namespace {

core::SweepSpec spec()
{
    return { .model = "zoo:mlp", .engines = { { "cpu" } }, .batches = { 1, 2 } };
}

} // namespace

void TstSweepSpec::cellsGrowByBatch()
{
    core::SweepSpec wide = spec();
    wide.engines = { { "cpu", { 1, 2 }, { Precision::Model, Precision::BFloat16 } },
        { "gpu", {}, { Precision::Float16 } } };
    const auto keys = core::cells(wide);
    QCOMPARE(keys.size(), std::size_t { 10 });
    QCOMPARE(keys[0].batch, 1);
    QCOMPARE(keys[1].threads, 2);
    QVERIFY(keys[2].precision == Precision::BFloat16);
    QCOMPARE(keys[4].engine, "gpu");
    QCOMPARE(keys[4].threads, 0);
    QCOMPARE(keys[5].batch, 2);
    wide.engines[0].tunings = { {}, core::tuningFromName("avx2"), core::tuningFromName("nofusion") };
    const auto tuned = core::cells(wide);
    QCOMPARE(tuned.size(), std::size_t { 26 });
    QCOMPARE(core::tuningName(tuned[2].tuning), "nofusion"); // before the next number of threads
    QCOMPARE(tuned[3].threads, 2);
    QVERIFY(tuned[12].tuning == core::Tuning {});
}

void TstSweepSpec::badSpecs_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("why");
    QTest::newRow("no model") << "no model"
                              << "no model is chosen.";
    QTest::newRow("no precision") << "no precision"
                                  << "engine \"cpu\" has no precision to run in.";
    QTest::newRow("no thread") << "no thread"
                               << "engine \"cpu\" cannot run on 0 threads.";
    QTest::newRow("no tuning") << "no tuning"
                               << "engine \"cpu\" has no tuning to run with.";
    QTest::newRow("twice") << "twice"
                           << "engine \"cpu\" is chosen twice.";
    QTest::newRow("no requests") << "no requests"
                                 << "no number of requests is chosen.";
    QTest::newRow("0 requests") << "0 requests"
                                << "0 requests at once, expected 1 to 100000.";
    QTest::newRow("dimension") << "dimension"
                               << "dimension \"n\" = 0 is not at least 1.";
}

void TstSweepSpec::badSpecs()
{
    QFETCH(QString, what);
    QFETCH(QString, why);
    core::SweepSpec bad = spec();
    QCOMPARE(support::sentenceOf([&] { core::checkSpec(bad); }), "");
    if (what == "no model")
        bad.model.clear();
    else if (what == "no precision")
        bad.engines[0].precisions.clear();
    else if (what == "no tuning")
        bad.engines[0].tunings.clear();
    else if (what == "no thread")
        bad.engines[0].threads = { 0 };
    else if (what == "twice")
        bad.engines.push_back(bad.engines[0]);
    else if (what == "no requests")
        bad.requests.clear();
    else if (what == "0 requests")
        bad.requests = { 1, 0 };
    else
        bad.dims["n"] = 0;
    QCOMPARE(QString::fromStdString(support::sentenceOf([&] { core::checkSpec(bad); })),
        "Cannot start the sweep: " + why);
}

void TstSweepSpec::commandLine_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("line");
    const auto row = [](const char* what, const char* line) {
        QTest::newRow(what) << what << QString("breakeven-cli sweep ") + line;
    };
    row("plain", "zoo:mlp --engine cpu --batch 1,2 --threads 1 --preset quick");
    row("spaces", "'my '\\''own'\\'' model.onnx' --engine cpu --batch 1,2 --threads 1 --preset quick");
    row("two engines",
        "zoo:mlp --engine cpu,gpu --batch 1,2 --threads 1,2 --precision cpu=model --precision gpu=fp16 "
        "--preset quick");
    row("threads differ",
        "zoo:mlp --engine cpu,reference --batch 1,2 --threads cpu=1,2 --threads reference=1 --preset quick");
    row("tunings",
        "zoo:mlp --engine cpu,gpu --batch 1,2 --threads 1 --tuning cpu=full,avx2+nofusion --tuning gpu=full "
        "--preset quick");
    row("everything",
        "zoo:mlp --engine cpu --batch 1-64x2 --requests 1,4 --threads 1 --dim sequence=128 --preset standard "
        "--seed 7 "
        "--input 'x=my x.npy' --inputs set --check --tune");
    row("seconds",
        "zoo:mlp --engine cpu --batch 1,2 --threads 1 --seconds 2.5 --min-samples 6 --half-width 2");
    row("custom",
        "zoo:mlp --engine cpu --batch 1,2 --threads 1 --min-time 1 --max-time 9 --min-samples 30 "
        "--half-width 0.5");
}

void TstSweepSpec::commandLine()
{
    QFETCH(QString, what);
    QFETCH(QString, line);
    using Seconds = std::chrono::duration<double>;
    core::SweepSpec example = spec();
    if (what == "spaces") {
        example.model = "my 'own' model.onnx";
    } else if (what == "two engines") {
        example.engines = { { "cpu", { 1, 2 } }, { "gpu", {}, { Precision::Float16 } } };
    } else if (what == "tunings") {
        example.engines = { { "cpu", { 1 } }, { "gpu", {} } };
        example.engines[0].tunings.push_back(core::tuningFromName("avx2+nofusion"));
    } else if (what == "threads differ") {
        example.engines = { { "cpu", { 1, 2 } }, { "reference" } };
    } else if (what == "everything") {
        example.batches = core::parseBatches("1-64x2");
        example.requests = { 1, 4 };
        example.dims["sequence"] = 128;
        example.rule = core::stopRulePreset("standard");
        example.seed = 7;
        example.inputs = { "x=my x.npy", "set" };
        example.checkOutputs = true;
        example.tuneKernels = true;
    } else if (what == "seconds") {
        example.rule
            = { .preset = "custom", .minSamples = 6, .minTime = Seconds(2.5), .maxTime = Seconds(2.5) };
    } else if (what == "custom") {
        example.rule = {
            .preset = "custom", .minTime = Seconds(1), .maxTime = Seconds(9), .relativeHalfWidth = 0.005
        };
    }
    QCOMPARE(QString::fromStdString(core::commandLine(example)), line);
}

void TstSweepSpec::latencyFromArithmetic()
{
    const core::CellKey one { .engine = "cpu", .threads = 1, .batch = 4 };
    QCOMPARE(core::estimateLatency(one, 5'000'000'000, {}).count(), 0.4);
    const core::CellKey two { .engine = "cpu", .threads = 2, .batch = 4 };
    QCOMPARE(core::estimateLatency(two, 5'000'000'000, {}).count(), 0.2);
    QVERIFY(core::estimateLatency(one, 0, {}).count() > 0);
}

void TstSweepSpec::latencyFromTheLikestCell()
{
    using Seconds = std::chrono::duration<double>;
    const core::MeasuredCell known[] = {
        { { "cpu", Precision::Model, 1, 1 }, Seconds(0.010), Seconds(0.5) },
        { { "cpu", Precision::Model, 1, 8 }, Seconds(0.060), Seconds(0.5) },
        { { "gpu", Precision::Model, 0, 64 }, Seconds(0.001), Seconds(2) },
    };
    const auto estimate
        = [&](const core::CellKey& key) { return core::estimateLatency(key, 1, known).count(); };
    QCOMPARE(estimate({ "cpu", Precision::Model, 1, 16 }), 0.120);
    QCOMPARE(estimate({ "cpu", Precision::Model, 1, 2 }), 0.020);
    QCOMPARE(estimate({ "cpu", Precision::Model, 2, 8 }), 0.030);
    QCOMPARE(estimate({ "gpu", Precision::Float16, 0, 64 }), 0.001);
}

void TstSweepSpec::sweepAddsUpItsCells()
{
    // Two cells of 0.3 s to compile, 0.1 s to warm up, 0.5 s to measure.
    QCOMPARE(core::estimateSweep(spec(), 1000).count(), 1.8);
    core::SweepSpec checking = spec();
    checking.checkOutputs = true;
    QVERIFY(core::estimateSweep(checking, 1'000'000'000).count() > 2.8);
    core::SweepSpec tuning = spec();
    tuning.tuneKernels = true;
    QCOMPARE(core::estimateSweep(tuning, 1000).count(), 1.8 + 24);
}

void TstSweepSpec::durations_data()
{
    QTest::addColumn<double>("seconds");
    QTest::addColumn<QString>("text");
    QTest::newRow("soon") << 0.4 << "under 1 s";
    QTest::newRow("seconds") << 42.4 << "about 42 s";
    QTest::newRow("minutes") << 720.0 << "about 12 min";
    QTest::newRow("hours") << 10800.0 << "about 3 h";
}

void TstSweepSpec::durations()
{
    QFETCH(double, seconds);
    QTEST(QString::fromStdString(core::formatDuration(std::chrono::duration<double>(seconds))), "text");
}

QTEST_GUILESS_MAIN(TstSweepSpec)
#include "tst_sweep_spec.moc"
