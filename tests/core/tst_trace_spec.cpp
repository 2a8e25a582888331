// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "core/measure/model_summary.h"
#include "core/measure/trace_spec.h"
#include "tests/support/fake_engine.h"
#include "tests/support/sentence.h"

#include <QTest>

class TstTraceSpec : public QObject {
    Q_OBJECT

private slots:
    void tracesAnEngine()
    {
        core::ReferenceEngine engine;
        const auto graph = std::make_shared<const core::Graph>(support::tinyGraph());
        core::TraceSpec spec { .model = "tiny", .runs = 2 };
        spec.cell.engine = "reference";
        spec.cell.batch = 5;
        const core::NodePlacement placement = core::runTrace(spec, graph, engine, {});
        QCOMPARE(placement.runs, 2U);
        QCOMPARE(placement.nodes.size(), graph->nodes.size());
        QCOMPARE(placement.nodes[0].cost->flop, 2 * 5 * 4 * 3);
    }

    void tracesGivenInputs()
    {
        core::ReferenceEngine engine;
        const auto graph = std::make_shared<const core::Graph>(support::tinyGraph());
        const core::TraceSpec spec { .model = "tiny", .runs = 1 };
        int asked = 0;
        const auto make = [&](const core::Graph& of, const core::Shapes& shapes) {
            ++asked;
            return core::synthesiseInputs(of, shapes, 7);
        };
        core::runTrace(spec, graph, engine, {}, make);
        QCOMPARE(asked, 1);
    }

    void fails_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("refused") << "refused"
                                 << "Cannot trace: engine \"cpu\" refuses node \"relu\" (Relu): no.";
        QTest::newRow("dimension")
            << "dimension"
            << "Cannot trace: the model has no dynamic dimension \"length\"; it has none.";
        QTest::newRow("compile") << "compile"
                                 << "Cannot compile: broken.";
        QTest::newRow("stopped") << "stopped"
                                 << "Cannot trace: it was stopped before the first run ended.";
    }

    void fails()
    {
        QFETCH(QString, what);
        QFETCH(QString, sentence);
        support::FakeScript script;
        core::TraceSpec spec { .model = "tiny" };
        spec.cell.engine = "cpu";
        std::stop_source stop;
        if (what == "refused")
            script.refusals = { { 1, "relu", "Relu", "no" } };
        if (what == "dimension")
            spec.dims["length"] = 3;
        if (what == "compile")
            script.compileErrors[1] = "Cannot compile: broken.";
        if (what == "stopped")
            stop.request_stop();
        support::FakeEngine engine(script);
        const auto graph = std::make_shared<const core::Graph>(support::tinyGraph());
        QCOMPARE(QString::fromStdString(
                     support::sentenceOf([&] { core::runTrace(spec, graph, engine, stop.get_token()); })),
            sentence);
    }

    void saysItsCommand()
    {
        core::TraceSpec spec { .model = "my model.onnx", .dims = { { "x.1", 7 } }, .seed = 3, .runs = 5 };
        spec.cell = { .engine = "cpu", .precision = core::Precision::BFloat16, .threads = 2, .batch = 4 };
        QCOMPARE(core::commandLine(spec),
            std::string(
                "breakeven-cli trace 'my model.onnx' --engine cpu --batch 4 --threads 2 --precision bf16 "
                "--dim x.1=7 --seed 3 --runs 5"));
        spec = { .model = "zoo:mlp", .inputs = { "x=my x.npy", "folder" } };
        QCOMPARE(core::commandLine(spec),
            std::string(
                "breakeven-cli trace zoo:mlp --engine '' --batch 1 --input 'x=my x.npy' --inputs folder"));
        spec = { .model = "zoo:mlp" };
        spec.cell.engine = "gpu";
        QCOMPARE(core::commandLine(spec), std::string("breakeven-cli trace zoo:mlp --engine gpu --batch 1"));
        spec.roof = true;
        QCOMPARE(core::commandLine(spec),
            std::string("breakeven-cli trace zoo:mlp --engine gpu --batch 1 --roof"));
    }

    void suggestsDimensions_data()
    {
        QTest::addColumn<int>("rank");
        QTest::addColumn<int>("axis");
        QTest::addColumn<bool>("floats");
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("size");
        QTest::newRow("side of an image") << 4 << 2 << true << "height" << 224;
        QTest::newRow("unnamed side") << 4 << 3 << true << "x.3" << 224;
        QTest::newRow("length of a text") << 2 << 1 << false << "sequence" << 128;
        QTest::newRow("length of audio") << 2 << 1 << true << "x.1" << 512;
        QTest::newRow("another batch") << 3 << 1 << true << "decoder_batch" << 1;
        QTest::newRow("state") << 3 << 1 << true << "x.1" << 1;
        QTest::newRow("frames") << 3 << 1 << true << "frames" << 128;
    }

    void suggestsDimensions()
    {
        QFETCH(int, rank);
        QFETCH(int, axis);
        QFETCH(bool, floats);
        QFETCH(QString, name);
        QFETCH(int, size);
        core::Graph graph;
        std::vector<core::Dim> shape(static_cast<std::size_t>(rank), core::Dim { 3, "" });
        shape[static_cast<std::size_t>(axis)] = { -1, name.toStdString() };
        graph.values.push_back({ .name = "x",
            .type = floats ? core::ElementType::Float32 : core::ElementType::Int64,
            .shape = shape });
        graph.inputs = { 0 };
        QCOMPARE(core::suggestedDim(graph, name.toStdString()), size);
    }
};

QTEST_GUILESS_MAIN(TstTraceSpec)
#include "tst_trace_spec.moc"
