// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "core/model/passes.h"
#include "core/model/writer.h"
#include "core/model/zoo.h"
#include "core/quantise/quantisable.h"
#include "core/quantise/quantise.h"
#include "tests/support/graphs.h"

#include <QTemporaryDir>
#include <QTest>

using core::Graph;
using core::OpKind;
using core::ValueId;
using core::zoo::GraphBuilder;
using namespace support;

namespace {

std::vector<core::InputSet> inputs(const Graph& graph, std::uint64_t seed, int count)
{
    std::vector<core::InputSet> sets;
    const core::Shapes shapes = core::inferShapes(graph, { .batch = 2, .named = {} });
    for (int i = 0; i < count; ++i)
        sets.push_back(core::synthesiseInputs(graph, shapes, seed + static_cast<std::uint64_t>(i)));
    return sets;
}

core::QuantisedModel quantised(
    const Graph& graph, const core::QuantiseOptions& options = {}, std::stop_token stop = {})
{
    core::ReferenceEngine engine;
    return core::quantise(graph, engine, { .dims = { .batch = 2, .named = {} } },
        inputs(graph, 101, 16), // few see the whole range of a small output
        inputs(graph, 11, 2), options, std::move(stop));
}

QString sentenceOf(const Graph& graph, const core::QuantiseOptions& options = {}, std::stop_token stop = {})
{
    try {
        quantised(graph, options, std::move(stop));
    } catch (const core::Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

/// "first" reads numbers beside one a million times theirs, which its weights ignore: rounded in steps of the
/// large one, all others are 0. "second" is as good-natured as layers are.
Graph withSensitiveLayer()
{
    Graph graph = graphOf({ "batch", 8 }, [](GraphBuilder& b, ValueId x) {
        const ValueId large = b.node(OpKind::Mul, "large", { x, b.random("factors", { 8 }, 0.01, 1) });
        const ValueId first
            = b.node(OpKind::MatMul, "first", { large, b.random("first.weight", { 8, 6 }, 1) });
        const ValueId second
            = b.node(OpKind::MatMul, "second", { x, b.random("second.weight", { 8, 6 }, 1) });
        return b.node(OpKind::Add, "sum", { first, second });
    });
    const auto change = [&](const std::string& name, std::size_t count, float to) {
        for (core::Value& value : graph.values)
            if (value.name == name) {
                const auto copy = std::make_shared<core::Tensor>(core::Tensor::copyOf(*value.constant));
                std::fill_n(copy->as<float>().begin(), count, to);
                value.constant = copy->view();
                graph.storage.push_back(copy);
            }
    };
    change("factors", 1, 1e6F);
    change("first.weight", 6, 0);
    return graph;
}

} // namespace

class TstQuantise : public QObject {
    Q_OBJECT

private slots:
    void quantisesNetworks_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("method");
        for (const char* name : { "mlp", "tiny-cnn", "tiny-transformer" })
            for (const char* method : { "minmax", "percentile", "entropy" })
                QTest::addRow("%s, %s", name, method) << name << method;
    }

    void quantisesNetworks()
    {
        QFETCH(QString, name);
        QFETCH(QString, method);
        const core::Model model = core::openModel("zoo:" + name.toStdString());
        const auto result
            = quantised(*model.graph, { .method = core::calibrationFromName(method.toStdString()) });
        QVERIFY(!result.layers.empty());
        for (const core::QuantisedLayer& layer : result.layers)
            QVERIFY2(layer.kept.empty(), layer.kept.c_str());
        QVERIFY2(result.accuracy.cosine >= 0.99 && result.accuracy.cosine < 1,
            qPrintable(QString::number(result.accuracy.cosine)));
        QCOMPARE(result.accuracy.inputs, 2U);
        QVERIFY(result.accuracy.sameTop <= result.accuracy.rows && result.accuracy.rows > 0);
        QVERIFY(result.weightBytesAfter < result.weightBytesBefore);
        const auto optimised = core::optimise(result.graph);
        for (const core::Node& node : optimised->nodes)
            if (node.kind == OpKind::Conv || node.kind == OpKind::Gemm)
                QVERIFY2(!node.quantised.empty(), node.name.c_str());
    }

    /// What is written is what was made: the same outputs from the file.
    void isWrittenAsAFile()
    {
        QTemporaryDir folder;
        const std::string path = folder.filePath("q.onnx").toStdString();
        const auto made = quantised(*core::openModel("zoo:tiny-cnn").graph);
        core::writeOnnx(made.graph, path);
        const core::Model read = core::openModel(path);
        const auto sets = inputs(*read.graph, 5, 1);
        core::ReferenceEngine engine;
        std::vector<core::Tensor> outputs;
        for (const auto& graph : { std::make_shared<const Graph>(made.graph), read.graph }) {
            const auto program = engine.compile(graph, { .dims = { .batch = 2, .named = {} } });
            for (std::size_t i = 0; i < sets[0].size(); ++i)
                program->write(static_cast<int>(i), sets[0][i].bytes());
            program->run();
            outputs.push_back(program->read(0));
        }
        QVERIFY(std::ranges::equal(outputs[0].bytes(), outputs[1].bytes()));
    }

    void keepsSensitiveLayers()
    {
        const auto result = quantised(withSensitiveLayer());
        QCOMPARE(result.layers.size(), 2U);
        QCOMPARE(result.layers[0].name, std::string("first"));
        QVERIFY2(
            QString::fromStdString(result.layers[0].kept).startsWith("outputs' cosine under 0.99 with it;"),
            result.layers[0].kept.c_str());
        QCOMPARE(result.layers[1].kept, std::string());
        QVERIFY(result.accuracy.cosine >= 0.99);
        const auto all = quantised(withSensitiveLayer(), { .leastCosine = 0 });
        QVERIFY(all.accuracy.cosine < 0.99);
        QCOMPARE(all.layers[0].kept, std::string());
    }

    void keepsWhatIsAsked()
    {
        const auto result = quantised(withSensitiveLayer(), { .keep = { "first" } });
        QCOMPARE(result.layers[0].kept, std::string("as asked"));
        QCOMPARE(result.layers[1].kept, std::string());
    }

    /// Pools and reshapes on the way to a layer round by the layer's range, unless a layer reads there, too.
    void roundsBeforeWhatMoves()
    {
        const Graph graph = graphOf({ "batch", 4, 8, 8 }, [](GraphBuilder& b, ValueId x) {
            const ValueId pooled = b.node(OpKind::MaxPool, "pool", { x },
                core::PoolAttributes { .kernel = { 2, 2 }, .strides = { 2, 2 } });
            const ValueId flat
                = b.node(OpKind::Flatten, "flat", { pooled }, core::AxisAttributes { .axis = 1 });
            return b.node(OpKind::MatMul, "product", { flat, b.random("w", { 64, 3 }, 1) });
        });
        const auto layers = core::quantisables(graph);
        QCOMPARE(layers.size(), 1U);
        const ValueId range = graph.nodes[layers[0].node].inputs[0];
        const auto rounded = core::roundedValues(graph, layers);
        QCOMPARE(rounded.size(), 3U);
        for (const auto& [id, by] : rounded)
            QCOMPARE(by, range);
    }

    /// What is added to a layer's output is rounded with it; a bias is not.
    void roundsWhatIsAdded()
    {
        const Graph graph = graphOf({ "batch", 8 }, [](GraphBuilder& b, ValueId x) {
            const ValueId product = b.node(OpKind::MatMul, "product", { x, b.random("w", { 8, 8 }, 1) });
            const ValueId biased = b.node(OpKind::Add, "biased", { product, b.random("bias", { 8 }, 1) });
            const ValueId other = b.node(OpKind::MatMul, "other", { biased, b.random("v", { 8, 8 }, 1) });
            return b.node(OpKind::Add, "sum", { biased, other });
        });
        std::set<std::string> names;
        for (const auto& [id, range] : core::roundedValues(graph, core::quantisables(graph)))
            names.insert(graph.value(id).name);
        QCOMPARE(names, (std::set<std::string> { "x", "biased_output_0", "other_output_0" }));
    }

    void fails_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("nothing")
            << "nothing"
            << "Cannot quantise: the model has no convolution or product with constant fp32 "
               "weights.";
        QTest::newRow("all kept")
            << "kept"
            << "Cannot quantise: the model has no convolution or product with constant fp32 "
               "weights that is not to be kept.";
        QTest::newRow("unknown name")
            << "unknown"
            << "Cannot quantise: there is no convolution or product with weights named "
               "\"third\" to keep.";
        QTest::newRow("stopped") << "stopped"
                                 << "Cannot quantise: it was stopped.";
        QTest::newRow("too exact") << "exact"
                                   << "Cannot quantise: with any layer the outputs' cosine is under 1.";
    }

    void fails()
    {
        QFETCH(QString, what);
        std::stop_source stop;
        core::QuantiseOptions options;
        Graph graph = withSensitiveLayer();
        if (what == "nothing")
            graph = graphOf({ "batch", 8 },
                [](GraphBuilder& b, ValueId x) { return b.node(OpKind::Relu, "relu", { x }); });
        if (what == "kept")
            options.keep = { "first", "second" };
        if (what == "unknown")
            options.keep = { "third" };
        if (what == "stopped")
            stop.request_stop();
        if (what == "exact")
            options.leastCosine = 1;
        QTEST(sentenceOf(graph, options, stop.get_token()), "sentence");
    }
};

QTEST_GUILESS_MAIN(TstQuantise)
#include "tst_quantise.moc"
