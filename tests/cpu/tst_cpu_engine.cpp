// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "core/model/zoo/graph_builder.h"
#include "cpu/cpu_engine.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <thread>

namespace {

using core::ElementType;
using core::OpKind;

/// x + conv(x): the residual is the convolution's own input, so it must not be summed onto in place.
core::Graph residualOfItsOwnInput()
{
    core::Graph graph;
    graph.batchSymbol = "batch";
    const std::vector<core::Dim> image { { -1, "batch" }, { 16, "" }, { 5, "" }, { 5, "" } };
    graph.values.push_back({ .name = "x", .type = ElementType::Float32, .shape = image });
    graph.values.push_back({ .name = "y", .type = ElementType::Float32 });
    core::Tensor weights(ElementType::Float32, { 16, 16, 3, 3 });
    for (std::int64_t i = 0; i < weights.count(); ++i)
        weights.as<float>()[static_cast<std::size_t>(i)] = 0.01F * static_cast<float>(i % 7 - 3);
    const core::ValueId w = graph.addConstant("w", std::move(weights));
    core::Node node { .name = "conv",
        .kind = OpKind::Conv,
        .type = "Conv",
        .version = 17,
        .inputs = { 0, w, core::kNoValue, 0 },
        .outputs = { 1 } };
    node.attributes = core::ConvAttributes { .pads = { 1, 1, 1, 1 } };
    node.epilogue.push_back({ .kind = core::PostOp::Kind::Add, .input = 3 });
    graph.nodes.push_back(node);
    graph.inputs = { 0 };
    graph.outputs = { 1 };
    return graph;
}

} // namespace

/// What the CPU engine says of itself, what it refuses, and the sentences of its failures.
class TstCpuEngine : public QObject {
    Q_OBJECT

private slots:
    void describesTheDevice()
    {
        const core::DeviceInfo info = cpu::makeEngine()->device();
        QCOMPARE(info.id, std::string("cpu"));
        QVERIFY(info.absent.empty());
        QVERIFY(info.maxThreads >= 1);
        QVERIFY(info.memoryBytes > 0);
        QVERIFY(info.library.starts_with("oneDNN 3."));
    }

    void refusesAnUnknownOperatorByName()
    {
        core::Graph graph;
        graph.nodes.push_back({ .name = "det", .kind = OpKind::Unknown, .type = "Det" });
        const auto refusals = cpu::makeEngine()->refusals(graph);
        QCOMPARE(
            core::summarise(refusals), std::string("node \"det\" (Det): this operator is not implemented."));
    }

    void findsShapesThatDependOnDataWhenItRuns()
    {
        core::Graph graph;
        graph.values.push_back(
            { .name = "x", .type = ElementType::Float32, .shape = std::vector<core::Dim> { { 1, "" } } });
        graph.values.push_back(
            { .name = "shape", .type = ElementType::Int64, .shape = std::vector<core::Dim> { { 2, "" } } });
        graph.values.push_back({ .name = "y", .type = ElementType::Float32 });
        graph.nodes.push_back({ .name = "grow",
            .kind = OpKind::Expand,
            .type = "Expand",
            .version = 17,
            .inputs = { 0, 1 },
            .outputs = { 2 } });
        graph.inputs = { 0, 1 };
        graph.outputs = { 2 };
        const auto program = cpu::makeEngine()->compile(std::make_shared<core::Graph>(graph), {});
        const float x = 2.5F;
        program->write(0, std::as_bytes(std::span(&x, 1)));
        for (const std::int64_t width : { 3, 1, 4 }) {
            const std::array<std::int64_t, 2> shape { 2, width };
            program->write(1, std::as_bytes(std::span(shape)));
            core::Trace trace;
            program->run(&trace);
            const core::Tensor y = program->read(0);
            QCOMPARE(core::toString(y.shape()), core::toString({ 2, width }));
            QVERIFY(std::ranges::all_of(y.as<float>(), [](float element) { return element == 2.5F; }));
            QCOMPARE(trace.steps.size(), std::size_t { 1 });
            QCOMPARE(trace.steps[0].kernel, std::string("plain:Expand"));
        }
    }

    void refusesAPrecisionItLacks()
    {
        const auto graph = core::optimise(*core::openZoo("mlp").graph);
        QCOMPARE(support::sentenceOf(
                     [&] { cpu::makeEngine()->compile(graph, { .precision = core::Precision::Tf32 }); }),
            std::string("Cannot compile for tf32: CPUs have no such arithmetic."));
        QCOMPARE(support::sentenceOf(
                     [&] { cpu::makeEngine()->compile(graph, { .precision = core::Precision::Int8 }); }),
            std::string(
                "Cannot compile for int8: the model is not quantised; \"breakeven-cli quantise\" writes one "
                "that is."));
    }

    void knowsAQuantisedModel()
    {
        const auto cases = support::opCases();
        const auto found = std::ranges::find(cases, "integer gemm", &support::OpCase::name);
        QVERIFY(found != cases.end());
        const auto compile = [&](core::Precision precision) {
            return cpu::makeEngine()->compile(found->graph, { .dims = found->dims, .precision = precision });
        };
        QVERIFY(compile(core::Precision::Int8));
        QCOMPARE(support::sentenceOf([&] { compile(core::Precision::Float32); }),
            std::string("Cannot compile for fp32: the model is quantised, and computes with integers."));
    }

    void quantisesFromAnyLayout_data()
    {
        QTest::addColumn<int>("rank");
        QTest::addColumn<int>("channels");
        for (const int rank : { 3, 4, 5 })
            for (const int channels : { 3, 17, 32 })
                QTest::addRow("%d dimensions, %d channels", rank, channels) << rank << channels;
    }

    /// Convolutions leave blocks of channels; the integers behind them are in rows.
    void quantisesFromAnyLayout()
    {
        QFETCH(int, rank);
        QFETCH(int, channels);
        core::zoo::GraphBuilder b("quantised", 1);
        const core::ValueId x = rank == 3 ? b.input("x", core::ElementType::Float32, { 2, 8, 40 })
            : rank == 4                   ? b.input("x", core::ElementType::Float32, { 2, 8, 9, 11 })
                                          : b.input("x", core::ElementType::Float32, { 2, 8, 3, 4, 5 });
        core::Shape weights(static_cast<std::size_t>(rank), 1);
        weights[0] = channels;
        weights[1] = 8;
        const core::ValueId made
            = b.node(core::OpKind::Conv, "conv", { x, b.random("w", weights, 0.5) }, core::ConvAttributes {});
        const core::ValueId y = b.node(core::OpKind::QuantizeLinear, "quantise",
            { made, b.scalar("scale", 0.05F) }, core::QuantiseAttributes {});
        b.output(y, "y", core::ElementType::UInt8, {});
        core::Graph graph = b.finish();
        graph.values[static_cast<std::size_t>(y)].shape.reset();
        const auto shared = std::make_shared<const core::Graph>(std::move(graph));
        const core::CompileOptions options { .dims = { .batch = 2, .named = {} } };
        const auto inputs = core::synthesiseInputs(*shared, core::inferShapes(*shared, options.dims), 1);
        const auto fast = cpu::makeEngine()->compile(shared, options);
        const auto slow = core::ReferenceEngine().compile(shared, options);
        const auto actual = support::runOnce(*fast, *shared, inputs),
                   expected = support::runOnce(*slow, *shared, inputs);
        const std::string difference = support::differenceOf(actual[0].view(), expected[0].view(), 1);
        QVERIFY2(difference.empty(), difference.c_str());
    }

    void refusesNoThreads()
    {
        const auto graph = core::optimise(*core::openZoo("mlp").graph);
        QCOMPARE(support::sentenceOf([&] { cpu::makeEngine()->compile(graph, { .threads = 0 }); }),
            std::string("Cannot compile for 0 threads: at least one is needed."));
    }

    void saysWhichBufferHasTheWrongSize()
    {
        const auto model = core::openZoo("mlp");
        const auto program = cpu::makeEngine()->compile(core::optimise(*model.graph), {});
        std::vector<std::byte> few(8);
        const std::string input = model.graph->value(model.graph->inputs[0]).name;
        QVERIFY(support::sentenceOf([&] {
            program->write(0, few);
        }).starts_with("Cannot write input \"" + input + "\": got 8 bytes, expected "));
    }

    void saysWhichIndexIsOutsideItsTable()
    {
        core::Graph graph;
        graph.batchSymbol = "batch";
        graph.values.push_back({ .name = "ids",
            .type = ElementType::Int64,
            .shape = std::vector<core::Dim> { { -1, "batch" } } });
        graph.values.push_back({ .name = "y", .type = ElementType::Float32 });
        const auto table = graph.addConstant(
            "table", core::Tensor::of<float>(ElementType::Float32, { 3, 2 }, { 1, 2, 3, 4, 5, 6 }));
        graph.nodes.push_back({ .name = "embed",
            .kind = OpKind::Gather,
            .type = "Gather",
            .version = 17,
            .inputs = { table, 0 },
            .outputs = { 1 },
            .attributes = core::AxisAttributes {} });
        graph.inputs = { 0 };
        graph.outputs = { 1 };
        const auto program = cpu::makeEngine()->compile(std::make_shared<core::Graph>(graph), {});
        const std::int64_t index = 7;
        program->write(0, std::as_bytes(std::span(&index, 1)));
        QCOMPARE(support::sentenceOf([&] { program->run(); }),
            std::string("Cannot run node \"embed\" (Gather): index 7 is outside a table of 3."));
    }

    void doesNotOverwriteAResidualItStillReads()
    {
        const auto graph = std::make_shared<core::Graph>(residualOfItsOwnInput());
        core::Tensor x(ElementType::Float32, { 1, 16, 5, 5 });
        for (std::size_t i = 0; i < x.as<float>().size(); ++i)
            x.as<float>()[i] = static_cast<float>(i % 11) - 5;
        const auto program = cpu::makeEngine()->compile(graph, {});
        const std::vector<core::Tensor> first = support::runOnce(*program, *graph, std::span(&x, 1));
        program->run(); // without writing again: the input must have survived
        const core::Tensor second = program->read(0);
        QVERIFY(std::ranges::equal(first[0].as<float>(), second.as<float>()));
    }

    void runsOnAnyThreadAfterAnother()
    {
        // The team is bound to a thread: a program compiled here and run there must build its team there.
        const auto model = core::openZoo("tiny-cnn");
        const auto graph = core::optimise(*model.graph);
        const auto engine = cpu::makeEngine();
        const auto one = engine->compile(graph, { .threads = 1 });
        const auto two = engine->compile(graph, { .threads = 2 });
        const auto shapes = core::inferShapes(*graph, {});
        std::vector<core::Tensor> x;
        x.emplace_back(ElementType::Float32, shapes.of(graph->inputs[0]));
        std::ranges::fill(x[0].as<float>(), 0.25F);
        const auto here = support::runOnce(*one, *graph, x);
        std::vector<core::Tensor> there;
        std::thread([&] { there = support::runOnce(*two, *graph, x); }).join();
        for (std::size_t i = 0; i < here[0].as<float>().size(); ++i)
            QVERIFY(std::abs(here[0].as<float>()[i] - there[0].as<float>()[i]) < 1e-4F);
    }

    void flushesSubnormalsWhileItRuns()
    {
#if !defined(__x86_64__)
        QSKIP("Only x86-64 has a word for it that this engine knows.");
#endif
        // Enough elements for the whole team: each thread is told by itself.
        core::zoo::GraphBuilder builder("faint", 1);
        const core::ValueId x = builder.input("x", ElementType::Float32, { "batch", 1 << 16 });
        const core::ValueId y = builder.node(OpKind::Mul, "mul", { x, builder.scalar("factor", 0.25F) });
        builder.output(y, "y", ElementType::Float32, { "batch", 1 << 16 });
        const auto graph = std::make_shared<const core::Graph>(builder.finish());
        std::vector<core::Tensor> faint;
        faint.emplace_back(ElementType::Float32, core::Shape { 1, 1 << 16 });
        constexpr float kLeast = std::numeric_limits<float>::min(); // of those with full precision
        std::ranges::fill(faint[0].as<float>(), 2 * kLeast);
        for (const int threads : { 1, 2 }) {
            const auto program = cpu::makeEngine()->compile(graph, { .threads = threads });
            const auto outputs = support::runOnce(*program, *graph, faint);
            for (const float element : outputs[0].as<float>())
                QCOMPARE(std::bit_cast<std::uint32_t>(element), 0U);
        }
        // Whoever called the engine computes as before.
        volatile float caller = kLeast;
        caller = caller * 0.5F;
        QVERIFY(caller > 0);
    }

    void reportsItsMemory()
    {
        const auto model = core::openZoo("mlp");
        const auto graph = core::optimise(*model.graph);
        const core::MemoryUse memory = cpu::makeEngine()->compile(graph, {})->memory();
        QVERIFY(memory.weights > 0 && memory.arena > 0);
        QVERIFY(memory.weights < 2 * core::weightBytes(*graph));
    }
};

QTEST_GUILESS_MAIN(TstCpuEngine)
#include "tst_cpu_engine.moc"
