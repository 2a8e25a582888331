// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/model.h"
#include "core/model/writer.h"
#include "core/model/zoo.h"
#include "tests/support/run_reference.h"

#include <QTest>
#include <algorithm>
#include <cmath>

namespace {

/// Elements of the constants that are input `index` of the nodes of `kind`.
std::int64_t elementsOfInput(const core::Graph& graph, core::OpKind kind, std::size_t index)
{
    std::int64_t count = 0;
    for (const core::Node& node : graph.nodes)
        if (node.kind == kind && index < node.inputs.size())
            count += core::elementCount(graph.value(node.inputs[index]).constant->shape);
    return count;
}

int nodesOf(const core::Graph& graph, core::OpKind kind)
{
    int count = 0;
    for (const core::Node& node : graph.nodes)
        count += node.kind == kind;
    return count;
}

} // namespace

/// The zoo: true structures, the same bytes every time.
class TstZoo : public QObject {
    Q_OBJECT

private slots:
    void resnet50HasItsParameters()
    {
        const core::Graph graph = core::makeZooGraph("resnet50");
        // The published 25,557,032 count two numbers per channel of each BatchNormalization; folded into the
        // convolution, one remains, its bias.
        const std::int64_t biases = elementsOfInput(graph, core::OpKind::Conv, 2);
        QCOMPARE(core::parameterCount(graph) + biases, std::int64_t { 25'557'032 });
        QCOMPARE(nodesOf(graph, core::OpKind::Conv), 53);
        QCOMPARE(nodesOf(graph, core::OpKind::Add), 16);
        QCOMPARE(nodesOf(graph, core::OpKind::Relu), 49);
    }

    void resnet50StridesInThe3x3()
    {
        const core::Graph graph = core::makeZooGraph("resnet50");
        for (const core::Node& node : graph.nodes)
            if (const auto* conv = std::get_if<core::ConvAttributes>(&node.attributes))
                if (node.name.find("/conv1/") != std::string::npos && conv->kernel[0] == 1)
                    QCOMPARE(conv->strides[0], std::int64_t { 1 });
    }

    void mobilenetv2HasItsParameters()
    {
        const core::Graph graph = core::makeZooGraph("mobilenetv2");
        const std::int64_t biases = elementsOfInput(graph, core::OpKind::Conv, 2);
        const std::int64_t bounds = 2 * nodesOf(graph, core::OpKind::Clip); // 0 and 6
        QCOMPARE(core::parameterCount(graph) + biases - bounds, std::int64_t { 3'504'872 });
        QCOMPARE(nodesOf(graph, core::OpKind::Conv), 52);
        QCOMPARE(nodesOf(graph, core::OpKind::Clip), 35);
        QCOMPARE(nodesOf(graph, core::OpKind::Add), 10);
    }

    void bertBaseHasItsParameters()
    {
        const core::Graph graph = core::makeZooGraph("bert-base");
        std::int64_t scalars = 0; // root two, one half, ...: constants of the arithmetic, not parameters
        for (const core::Node& node : graph.nodes)
            for (const core::ValueId id : node.inputs)
                if (const auto& constant = graph.value(id).constant)
                    scalars += constant->type == core::ElementType::Float32 && constant->shape.empty();
        QCOMPARE(core::parameterCount(graph) - scalars, std::int64_t { 109'482'240 });
        QCOMPARE(nodesOf(graph, core::OpKind::Softmax), 12);
        QCOMPARE(nodesOf(graph, core::OpKind::LayerNormalization), 25);
        QCOMPARE(graph.inputs.size(), std::size_t { 3 });
    }

    void sameBytesEveryTime_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : { "tiny-cnn", "tiny-transformer", "mlp", "mobilenetv2" })
            QTest::newRow(name) << name;
    }

    void sameBytesEveryTime()
    {
        QFETCH(QString, name);
        const std::string zoo = name.toStdString();
        QCOMPARE(core::toOnnx(core::makeZooGraph(zoo, 5)), core::toOnnx(core::makeZooGraph(zoo, 5)));
        QVERIFY(core::toOnnx(core::makeZooGraph(zoo, 5)) != core::toOnnx(core::makeZooGraph(zoo, 6)));
    }

    /// The weights of this build and machine are those of every other. The hash is of the same numbers made
    /// in Python.
    void sameBytesOnEveryMachine()
    {
        const core::Model model = core::openModel("zoo:tiny-transformer");
        const core::Value* words = nullptr;
        for (const core::Value& value : model.graph->values)
            if (value.name == "embeddings.word_embeddings.weight")
                words = &value;
        QVERIFY(words);
        core::Model weights;
        weights.bytes = words->constant->bytes;
        QCOMPARE(core::sha256Of(weights),
            std::string("901b566045738b8a6920a174896349257d361d0b7ef5bdd2b8ec8f2d1ffaf6f6"));
    }

    void weightsAreSpreadAsAsked()
    {
        const core::Graph graph = core::makeZooGraph("mlp");
        for (const core::Value& value : graph.values) {
            if (value.name != "fc1.weight")
                continue;
            double sum = 0, squares = 0;
            for (const float weight : value.constant->as<float>()) {
                sum += weight;
                squares += static_cast<double>(weight) * weight;
            }
            const auto count = static_cast<double>(value.constant->as<float>().size());
            QVERIFY(std::abs(sum / count) < 1e-3);
            QVERIFY(std::abs(squares / count * 784 / 2 - 1) < 0.01); // variance 2 / fan-in
            return;
        }
        QFAIL("fc1.weight is missing");
    }

    void activationsStaySane_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : { "tiny-cnn", "tiny-transformer", "mlp" })
            QTest::newRow(name) << name;
    }

    void activationsStaySane()
    {
        QFETCH(QString, name);
        core::Graph graph = core::makeZooGraph(name.toStdString());
        // Every value becomes an output, but for the mask, whose -10000 is meant, and squares.
        graph.outputs.clear();
        for (const core::Node& node : graph.nodes)
            if (node.kind != core::OpKind::Pow && node.name.find("/", 1) != std::string::npos)
                graph.outputs.push_back(node.outputs[0]);
        const auto outputs = support::runReference(graph, 2);
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            const std::string& value = graph.value(graph.outputs[i]).name;
            if (value.find("/self/Add") != std::string::npos
                || value.find("/self/Softmax") != std::string::npos)
                continue; // scores with the mask's -10000
            float largest = 0;
            for (const float element : outputs[i].as<float>())
                largest = std::max(largest, std::abs(element));
            QVERIFY2(largest > 0.02F && largest < 12,
                qPrintable(QString("%1: %2").arg(value.c_str()).arg(largest)));
        }
    }

    void opensThroughTheReader()
    {
        for (const core::ZooEntry& entry : core::zooEntries()) {
            if (entry.name == "bert-base" || entry.name == "resnet50")
                continue; // large, and made by the same code
            const core::Model model = core::openModel("zoo:" + entry.name);
            QCOMPARE(model.name, entry.name);
            QCOMPARE(model.source, "zoo:" + entry.name);
            QCOMPARE(model.fileBytes, model.bytes.size());
            QCOMPARE(model.graph->batchSymbol, std::string("batch"));
            QVERIFY(model.file.empty());
            QVERIFY(!entry.about.empty());
        }
    }

    void unknownNamesListTheKnown()
    {
        try {
            core::openModel("zoo:resnet5");
            QFAIL("no error");
        } catch (const core::Error& error) {
            QCOMPARE(QString(error.what()),
                QString(
                    "Cannot open model: the zoo has no \"resnet5\"; it has tiny-cnn, tiny-transformer, mlp, "
                    "mobilenetv2, resnet50, bert-base."));
        }
    }
};

QTEST_GUILESS_MAIN(TstZoo)
#include "tst_zoo.moc"
