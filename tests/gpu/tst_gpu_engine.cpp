// SPDX-License-Identifier: GPL-3.0-or-later
// The GPU engine over a device without a GPU: whole networks, memory, precisions, and what goes wrong.
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "core/measure/parallel_requests.h"
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "gpu/engine/gpu_engine.h"
#include "gpu/engine/host_device.h"
#include "tests/support/graphs.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"
#include "tests/support/sentence.h"

#include <QRegularExpression>
#include <QTest>

using core::OpKind;
using core::ValueId;
using core::zoo::GraphBuilder;

namespace {

/// Two layers with an activation between them.
std::shared_ptr<const core::Graph> network()
{
    return core::optimise(support::graphOf({ "batch", 24 }, [](GraphBuilder& b, ValueId x) {
        const ValueId first = b.node(OpKind::MatMul, "first", { x, b.random("first_w", { 24, 40 }, 0.2) });
        const ValueId second = b.node(OpKind::Tanh, "tanh", { first });
        return b.node(OpKind::MatMul, "second", { second, b.random("second_w", { 40, 8 }, 0.2) });
    }));
}

/// An engine over host devices that stay with the test.
struct OnHost {
    std::vector<gpu::HostDevice*> devices; // by place
    std::unique_ptr<core::Engine> engine;

    explicit OnHost(gpu::HostDevice::Behaviour behaviour = {})
        : engine(gpu::makeEngine([this, behaviour] {
            auto made = std::make_unique<gpu::HostDevice>(behaviour);
            devices.push_back(made.get());
            return made;
        }))
    {
    }
    OnHost(const OnHost&) = delete; // the engine writes here
    gpu::HostDevice& device() const { return *devices.front(); }
};

core::CompileOptions batch(std::int64_t size)
{
    return { .dims = { .batch = size, .named = {} } };
}

} // namespace

class TstGpuEngine : public QObject {
    Q_OBJECT

private slots:
    void runsNetworks()
    {
        const auto graph = network();
        const OnHost host;
        for (const std::int64_t size : { 1, 3 }) {
            const auto inputs
                = core::synthesiseInputs(*graph, core::inferShapes(*graph, batch(size).dims), 1);
            const auto program = host.engine->compile(graph, batch(size));
            const auto expected
                = support::runOnce(*core::ReferenceEngine().compile(graph, batch(size)), *graph, inputs);
            for (int round = 0; round < 3; ++round) {
                const auto actual = support::runOnce(*program, *graph, inputs);
                const std::string difference
                    = support::differenceOf(actual[0].view(), expected[0].view(), 1e-5);
                QVERIFY2(difference.empty(), difference.c_str());
            }
        }
    }

    void tellsWhereTheTimeWent()
    {
        const auto graph = network();
        const OnHost host;
        const auto program = host.engine->compile(graph, batch(2));
        const core::Sample sample = program->run();
        QVERIFY(sample.device.has_value());
        QVERIFY(sample.device->compute.count() > 0);
        QVERIFY(sample.device->enqueue <= sample.host);
        core::Trace trace;
        program->run(&trace);
        QStringList types;
        for (const core::Trace::Step& step : trace.steps)
            types << QString::fromStdString(step.type);
        QVERIFY2(types.contains("MatMul"), qPrintable(types.join(", ")));
        QVERIFY(trace.steps[0].cost.has_value());
    }

    void launchesKernelByKernelWhenAsked()
    {
        const auto graph = network();
        const OnHost host;
        core::CompileOptions options = batch(2);
        const auto recorded = host.engine->compile(graph, options);
        options.tuning.graph = false;
        const auto launched = host.engine->compile(graph, options);
        const auto inputs = core::synthesiseInputs(*graph, core::inferShapes(*graph, options.dims), 1);
        const auto expected = support::runOnce(*recorded, *graph, inputs);
        QCOMPARE(host.device().replays(), 1);
        const auto actual = support::runOnce(*launched, *graph, inputs);
        QCOMPARE(host.device().replays(), 1);
        QCOMPARE(support::differenceOf(actual[0].view(), expected[0].view(), 0), std::string());
    }

    void copiesOutsideOfRunsWhenAsked()
    {
        const auto graph = network();
        const OnHost host;
        core::CompileOptions options = batch(2);
        const auto copying = host.engine->compile(graph, options);
        options.tuning.transfers = false;
        const auto resident = host.engine->compile(graph, options);
        for (const std::uint64_t seed : { 1, 2 }) { // the second inputs replace the first
            const auto inputs = core::synthesiseInputs(*graph, core::inferShapes(*graph, options.dims), seed);
            const auto expected = support::runOnce(*copying, *graph, inputs);
            const auto actual = support::runOnce(*resident, *graph, inputs);
            QCOMPARE(support::differenceOf(actual[0].view(), expected[0].view(), 0), std::string());
        }
        const int copies = host.device().copies();
        const core::Sample sample = resident->run();
        QCOMPARE(host.device().copies(), copies);
        QVERIFY(sample.device->copyIn.count() == 0 && sample.device->copyOut.count() == 0);
        copying->run();
        QCOMPARE(host.device().copies(), copies + 2);
    }

    void servesRequestsSideBySide()
    {
        const auto graph = network();
        const OnHost host;
        QVERIFY(host.engine->device().streams > 1);
        core::ParallelRequests both(*host.engine, graph, batch(2), 3, 2);
        QCOMPARE(host.devices.size(), std::size_t { 2 });
        const auto inputs = core::synthesiseInputs(*graph, core::inferShapes(*graph, batch(2).dims), 1);
        const auto alone = support::runOnce(*host.engine->compile(graph, batch(2)), *graph, inputs);
        const auto actual = support::runOnce(both, *graph, inputs);
        QCOMPARE(support::differenceOf(actual[0].view(), alone[0].view(), 0), std::string());
        QVERIFY(host.devices[1]->blocks() > 0);
    }

    void givesItsMemoryBack()
    {
        const OnHost host;
        {
            const auto program = host.engine->compile(network(), batch(4));
            QVERIFY(host.device().blocks() > 0);
            QVERIFY(program->memory().weights >= (24 * 40 + 40 * 8) * sizeof(float));
            QVERIFY(program->memory().arena >= 4 * (24 + 40 + 8) * sizeof(float) / 2);
        }
        QCOMPARE(host.device().blocks(), std::size_t { 0 });
    }

    void saysThatItWillNotFit()
    {
        const OnHost host({ .memoryBytes = 100'000 });
        host.engine->compile(network(), batch(1));
        const std::size_t before = host.device().blocks();
        const std::string sentence
            = support::sentenceOf([&] { host.engine->compile(network(), batch(10'000)); });
        QVERIFY2(sentence.starts_with("Out of GPU memory at batch 10000: it needs "), sentence.c_str());
        QCOMPARE(host.device().blocks(), before); // nothing was taken, nothing is lost
        host.engine->compile(network(), batch(1));
    }

    /// The batch that is said to fit does, and a twentieth more does not.
    void tellsTheLargestBatchThatFits()
    {
        const OnHost host({ .memoryBytes = 1'000'000 });
        const std::string sentence
            = support::sentenceOf([&] { host.engine->compile(network(), batch(100'000)); });
        const auto found = QRegularExpression("that is enough for batch (\\d+)\\.$")
                               .match(QString::fromStdString(sentence));
        QVERIFY2(found.hasMatch(), sentence.c_str());
        const std::int64_t most = found.captured(1).toLongLong();
        QVERIFY(most > 100);
        host.engine->compile(network(), batch(most));
        QVERIFY(
            !support::sentenceOf([&] { host.engine->compile(network(), batch(most + most / 20)); }).empty());
        const OnHost tiny({ .memoryBytes = 1000 });
        QVERIFY(support::sentenceOf([&] {
            tiny.engine->compile(network(), batch(1));
        }).ends_with("that is enough for no batch at all."));
    }

    void multipliesSiblingsTogether_data()
    {
        QTest::addColumn<bool>("biased");
        QTest::addColumn<int>("columns"); // of the third matrix
        QTest::addColumn<bool>("fuse");
        QTest::addColumn<int>("products");
        QTest::newRow("three alike") << false << 20 << true << 1;
        QTest::newRow("three alike with biases") << true << 20 << true << 1;
        QTest::newRow("one of another size") << true << 12 << true << 2;
        QTest::newRow("without fusion") << false << 20 << false << 3;
    }

    void multipliesSiblingsTogether()
    {
        QFETCH(bool, biased);
        QFETCH(int, columns);
        QFETCH(bool, fuse);
        QFETCH(int, products);
        const core::Graph plain = support::graphOf({ "batch", 5, 24 }, [&](GraphBuilder& b, ValueId x) {
            std::vector<ValueId> parts;
            for (const std::int64_t n : { 20, 20, columns }) {
                const std::string name = "part" + std::to_string(parts.size());
                ValueId y = b.node(OpKind::MatMul, name, { x, b.random(name + "_w", { 24, n }, 0.2) });
                if (biased)
                    y = b.node(OpKind::Add, name + "_add", { y, b.random(name + "_b", { n }, 0.2) });
                parts.push_back(y);
            }
            const ValueId sum = b.node(OpKind::Mul, "mul", { parts[0], parts[1] });
            return b.node(OpKind::Concat, "all", { sum, parts[2] }, core::AxisAttributes { .axis = -1 });
        });
        const auto graph = fuse ? core::optimise(plain) : std::make_shared<const core::Graph>(plain);
        const OnHost host;
        core::CompileOptions options = batch(3);
        options.tuning.fuse = fuse;
        const auto program = host.engine->compile(graph, options);
        const auto inputs = core::synthesiseInputs(*graph, core::inferShapes(*graph, options.dims), 1);
        const auto expected
            = support::runOnce(*core::ReferenceEngine().compile(graph, options), *graph, inputs);
        const auto actual = support::runOnce(*program, *graph, inputs);
        const std::string difference = support::differenceOf(actual[0].view(), expected[0].view(), 1e-5);
        QVERIFY2(difference.empty(), difference.c_str());
        core::Trace trace;
        program->run(&trace);
        std::int64_t flop = 0;
        int found = 0;
        for (const core::Trace::Step& step : trace.steps) {
            found += step.kernel == "product";
            flop += step.kernel == "product" ? step.cost->flop : 0;
        }
        QCOMPARE(found, products);
        QVERIFY(flop >= 2 * 15 * 24 * (40 + columns)); // of all of them
    }

    void saysThatTheDeviceIsLost()
    {
        const OnHost host({ .lostAfter = 40 });
        const auto graph = network();
        const auto program = host.engine->compile(graph, batch(1));
        const std::string sentence = support::sentenceOf([&] {
            for (int i = 0; i < 40; ++i)
                program->run();
        });
        QCOMPARE(sentence,
            std::string("The GPU is lost: an illegal memory access was encountered (700). Only a new "
                        "worker process can use it again."));
        QCOMPARE(support::sentenceOf([&] { program->run(); }), sentence); // and it stays lost
    }

    void refusesWhatItHasNoKernelFor()
    {
        const core::Graph graph = support::graphOf({ "batch", 3, 3 },
            [](GraphBuilder& b, ValueId x) { return b.node(OpKind::Det, "determinant", { x }); });
        const OnHost host;
        const auto refused = host.engine->refusals(graph);
        QCOMPARE(refused.size(), std::size_t { 1 });
        QCOMPARE(core::summarise(refused),
            std::string("node \"determinant\" (Det): the GPU engine has no kernel for this operator."));
        QCOMPARE(support::sentenceOf(
                     [&] { host.engine->compile(std::make_shared<const core::Graph>(graph), batch(1)); }),
            std::string("Cannot compile node \"determinant\" (Det): the GPU engine has no kernel for this "
                        "operator."));
    }

    void refusesInt8OfModelsThatAreNotQuantised()
    {
        const OnHost host;
        core::CompileOptions options = batch(1);
        options.precision = core::Precision::Int8;
        QCOMPARE(support::sentenceOf([&] { host.engine->compile(network(), options); }),
            std::string(
                "Cannot compile for int8: the model is not quantised; \"breakeven-cli quantise\" writes "
                "one that is."));
    }

    void wantsInputsOfTheRightSize()
    {
        const OnHost host;
        const auto program = host.engine->compile(network(), batch(1));
        const std::vector<std::byte> few(7);
        QCOMPARE(support::sentenceOf([&] { program->write(0, few); }),
            std::string("Cannot set input \"x\": it has 96 bytes, not 7."));
    }

    void computesInHalves_data()
    {
        QTest::addColumn<int>("precision");
        QTest::newRow("tf32") << static_cast<int>(core::Precision::Tf32);
        QTest::newRow("fp16") << static_cast<int>(core::Precision::Float16);
        QTest::newRow("bf16") << static_cast<int>(core::Precision::BFloat16);
    }

    void computesInHalves()
    {
        QFETCH(int, precision);
        const auto graph = network();
        const OnHost host;
        core::CompileOptions options = batch(2);
        options.precision = static_cast<core::Precision>(precision);
        const auto inputs = core::synthesiseInputs(*graph, core::inferShapes(*graph, options.dims), 1);
        const auto actual = support::runOnce(*host.engine->compile(graph, options), *graph, inputs);
        const auto expected
            = support::runOnce(*core::ReferenceEngine().compile(graph, batch(2)), *graph, inputs);
        const std::string difference = support::differenceOf(actual[0].view(), expected[0].view(), 2e-2);
        QVERIFY2(difference.empty(), difference.c_str());
    }
};

QTEST_GUILESS_MAIN(TstGpuEngine)
#include "tst_gpu_engine.moc"
