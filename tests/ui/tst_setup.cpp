// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_engine.h"
#include "ui/estimate.h"
#include "ui/setup.h"

#include <QtTest>

using support::FakeEngine;

class TstSetup : public QObject {
    Q_OBJECT

    static std::vector<core::DeviceInfo> devices()
    {
        core::DeviceInfo reference = FakeEngine::cpu();
        reference.id = "reference";
        return { FakeEngine::cpu(), FakeEngine::gpu(), reference };
    }

private slots:
    void newDevicesAreTickedButTheReference()
    {
        const ui::Setup setup = ui::withDevices({}, devices());
        QCOMPARE(setup.engines.size(), std::size_t(3));
        QVERIFY(setup.engines[0].ticked);
        QVERIFY(setup.engines[1].ticked);
        QVERIFY(!setup.engines[2].ticked);
        QCOMPARE(setup.engines[0].threads, QStringLiteral("4"));
        QVERIFY(setup.engines[1].threads.isEmpty());
    }

    void whatWasChosenStays()
    {
        ui::Setup setup;
        setup.engines = { { "cpu", false, QStringLiteral("1,2"), { core::Precision::Float32 } },
            { "gpu", true, {}, { core::Precision::Float16 } }, { "gone", true, {}, {} } };
        setup = ui::withDevices(setup, { FakeEngine::cpu(), FakeEngine::absentGpu() });
        QCOMPARE(setup.engines.size(), std::size_t(2));
        QVERIFY(!setup.engines[0].ticked);
        QCOMPARE(setup.engines[0].threads, QStringLiteral("1,2"));
        QVERIFY(setup.engines[0].precisions == std::vector { core::Precision::Float32 });
        QVERIFY2(!setup.engines[1].ticked, "an absent device is never measured");
    }

    void requestsAreReadAndChecked()
    {
        ui::Setup setup = ui::withDevices({}, devices());
        setup.requests = QStringLiteral("1,4");
        QVERIFY(ui::check(setup, { "zoo:mlp", {}, {} }, devices()).spec.requests == (std::vector { 1, 4 }));
        setup.requests = QStringLiteral("many");
        const ui::CheckedSetup checked = ui::check(setup, { "zoo:mlp", {}, {} }, devices());
        QCOMPARE(
            checked.problem, QStringLiteral("Cannot read requests: \"many\" is not a list such as 1,2,4."));
        setup.requests = QStringLiteral("100001");
        QCOMPARE(ui::check(setup, { "zoo:mlp", {}, {} }, devices()).requestsProblem,
            QStringLiteral("Cannot send 100001 requests at once: expected at most 100000."));
    }

    void theFilesBatchWins()
    {
        ui::Setup setup = ui::withDevices({}, devices());
        setup.batches = QStringLiteral("what a fixed file makes of no account");
        const ui::CheckedSetup checked = ui::check(setup, { "zoo:mlp", {}, 3 }, devices());
        QCOMPARE(checked.problem, QString());
        QVERIFY(checked.spec.batches == (std::vector<std::int64_t> { 3 }));
    }

    void becomesASpec()
    {
        ui::Setup setup = ui::withDevices({}, devices());
        setup.batches = QStringLiteral(" 1-8x2 ");
        setup.preset = "standard";
        setup.seed = 7;
        setup.dims = { { "sequence", 128 }, { "of another model", 3 } };
        const ui::CheckedSetup checked = ui::check(setup, { "zoo:mlp", { "sequence" }, {} }, devices());
        QCOMPARE(checked.problem, QString());
        QVERIFY(checked.spec.batches == std::vector<std::int64_t>({ 1, 2, 4, 8 }));
        QCOMPARE(checked.spec.engines.size(), std::size_t(2));
        QVERIFY(checked.spec.engines[0].threads == std::vector { 4 });
        QVERIFY(checked.spec.engines[1].threads.empty());
        QCOMPARE(checked.spec.dims.size(), std::size_t(1));
        QCOMPARE(checked.spec.rule.preset, std::string("standard"));
        QCOMPARE(checked.spec.seed, std::uint64_t(7));
    }

    void tuningsReachTheSpec()
    {
        ui::Setup setup = ui::withDevices({}, devices());
        setup.engines[0].tunings = ui::tuningsOf(devices()[0]);
        const ui::CheckedSetup checked = ui::check(setup, { "zoo:mlp", {}, {} }, devices());
        QVERIFY(checked.spec.engines[0].tunings == setup.engines[0].tunings);
        QVERIFY(checked.spec.engines[1].tunings == std::vector { core::Tuning {} });
    }

    void tuningsOfADevice()
    {
        core::DeviceInfo device = FakeEngine::cpu();
        const auto namesOf = [&device] {
            QStringList names;
            for (const core::Tuning& tuning : ui::tuningsOf(device))
                names << ui::tuningText(tuning);
            return names.join(QStringLiteral("; "));
        };
        QCOMPARE(namesOf(), QStringLiteral("full; no fusion; plain loops; SSE4.1; AVX2"));
        device.limit = core::InstructionSet::Avx2; // more there is not: that is full
        QCOMPARE(namesOf(), QStringLiteral("full; no fusion; plain loops; SSE4.1"));
        device = FakeEngine::gpu();
        QCOMPARE(namesOf(), QStringLiteral("full"));
        device.recordsWork = device.ownMemory = device.tunesKernels = true;
        QCOMPARE(namesOf(), QStringLiteral("full; no fusion; kernels by rule; no CUDA graph; no transfers"));
        QCOMPARE(ui::tuningText(core::tuningFromName("vnni+nofusion+plain")),
            QStringLiteral("AVX-512 VNNI, no fusion, plain loops"));
    }

    void aDimensionWithoutANumberIsSaid()
    {
        const ui::CheckedSetup checked
            = ui::check(ui::withDevices({}, devices()), { "zoo:mlp", { "sequence" }, {} }, devices());
        QCOMPARE(
            checked.problem, QStringLiteral("Cannot start the sweep: dimension \"sequence\" is not set."));
    }

    void anEstimateGrowsWithTheBatch()
    {
        const auto secondsOf = [](std::vector<std::int64_t> batches) {
            const core::SweepSpec spec {
                .model = "zoo:mlp", .engines = { { "cpu", { 1 } } }, .batches = std::move(batches)
            };
            const ui::ModelCost cost {
                .flopPerItem = 60'000'000'000, .weightBytes = 1000, .activationBytes = 10
            };
            return ui::estimate(spec, cost, nullptr, devices());
        };
        QVERIFY(secondsOf({ 8 }).seconds > secondsOf({ 1 }).seconds);
        QVERIFY(secondsOf({ 1, 8 }).seconds > secondsOf({ 8 }).seconds);
        QCOMPARE(secondsOf({ 1, 8 }).cells, std::size_t(2));
        QCOMPARE(secondsOf({ 1, 8 }).largestBytes, 1080.0);
        QVERIFY(!secondsOf({ 1 }).measured);
        QCOMPARE(secondsOf({}).cells, std::size_t(0));
    }

    void titles()
    {
        QCOMPARE(ui::engineTitle("cpu"), QStringLiteral("CPU"));
        QCOMPARE(ui::engineTitle("reference"), QStringLiteral("Reference"));
        QCOMPARE(ui::precisionText(core::Precision::BFloat16), QStringLiteral("bf16"));
    }
};

QTEST_APPLESS_MAIN(TstSetup)
#include "tst_setup.moc"
