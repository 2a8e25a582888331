// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs.h"
#include "core/model/zoo.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <cmath>

using core::Dim;
using core::ElementType;
using core::Graph;
using core::Node;
using core::OpKind;
using core::Tensor;
using core::ValueId;

namespace {

ValueId addInput(Graph& graph, const std::string& name, ElementType type, const core::Shape& shape)
{
    std::vector<Dim> dims;
    for (const std::int64_t dim : shape)
        dims.push_back({ .value = dim });
    graph.values.push_back({ .name = name, .type = type, .shape = dims });
    graph.inputs.push_back(static_cast<ValueId>(graph.values.size() - 1));
    return graph.inputs.back();
}

ValueId addNode(Graph& graph, OpKind kind, std::vector<ValueId> inputs,
    core::Attributes attributes = core::NoAttributes {})
{
    graph.values.push_back({ .name = "v" + std::to_string(graph.values.size()) });
    const auto output = static_cast<ValueId>(graph.values.size() - 1);
    graph.nodes.push_back(
        { .kind = kind, .inputs = std::move(inputs), .outputs = { output }, .attributes = attributes });
    return output;
}

std::vector<Tensor> synthesise(const Graph& graph, std::int64_t batch, std::uint64_t seed = 1)
{
    return core::synthesiseInputs(graph, core::inferShapes(graph, { .batch = batch }), seed);
}

template <typename T> bool allWithin(const Tensor& tensor, T least, T most)
{
    return std::ranges::all_of(tensor.as<T>(), [&](T x) { return x >= least && x <= most; });
}

} // namespace

class TstInputs : public QObject {
    Q_OBJECT

private slots:
    void floatsAreNormal();
    void masksAreOnes();
    void otherIntegersAreFlags();
    void comparedIntegersAreWhatTheyAreComparedWith();
    void indicesStayInsideTheirTable();
    void theSmallestTableCounts();
    void narrowIndicesFitTheirType();
    void sameSeedSameData();
    void zooInputsAreValid();
    void refusesAnEmptyTable();
};

void TstInputs::floatsAreNormal()
{
    Graph graph;
    addInput(graph, "x", ElementType::Float32, { 4, 5000 });
    addInput(graph, "d", ElementType::Double, { 100 });
    addInput(graph, "h", ElementType::Float16, { 100 });
    const auto inputs = synthesise(graph, 4);
    double sum = 0, squares = 0;
    for (const float x : inputs[0].as<float>()) {
        sum += x;
        squares += x * x;
    }
    QVERIFY(std::abs(sum / 20000) < 0.05);
    QVERIFY(std::abs(squares / 20000 - 1) < 0.05);
    QVERIFY(allWithin<double>(inputs[1], -4, 4));
    for (const std::uint16_t bits : inputs[2].as<std::uint16_t>())
        QVERIFY((bits & 0x7FFF) < 0x4400); // below 4
}

void TstInputs::masksAreOnes()
{
    Graph graph;
    addInput(graph, "attention_Mask", ElementType::Int64, { 2, 9 });
    addInput(graph, "mask", ElementType::Float32, { 2, 9 });
    addInput(graph, "keep", ElementType::Bool, { 2, 9 });
    const auto inputs = synthesise(graph, 2);
    QVERIFY(allWithin<std::int64_t>(inputs[0], 1, 1));
    QVERIFY(allWithin<float>(inputs[1], 1, 1));
    QVERIFY(allWithin<std::uint8_t>(inputs[2], 1, 1));
}

void TstInputs::otherIntegersAreFlags()
{
    Graph graph;
    addInput(graph, "segments", ElementType::Int32, { 2, 100 });
    const auto inputs = synthesise(graph, 2);
    QVERIFY(allWithin<std::int32_t>(inputs[0], 0, 1));
    QVERIFY(!allWithin<std::int32_t>(inputs[0], 0, 0));
}

void TstInputs::comparedIntegersAreWhatTheyAreComparedWith()
{
    Graph graph;
    const ValueId rate = addInput(graph, "sr", ElementType::Int64, {});
    for (const std::int64_t known : { 16000, 8000 })
        addNode(graph, OpKind::Equal,
            { rate, graph.addConstant("rate", Tensor::of<std::int64_t>(ElementType::Int64, {}, { known })) });
    QCOMPARE(synthesise(graph, 1)[0].as<std::int64_t>()[0], std::int64_t { 16000 });
}

void TstInputs::indicesStayInsideTheirTable()
{
    Graph graph;
    const ValueId ids = addInput(graph, "ids", ElementType::Int32, { 2, 200 });
    const ValueId table = graph.addConstant("table", Tensor(ElementType::Float32, { 50, 4 }));
    const ValueId wide = addNode(graph, OpKind::Cast, { ids }, core::CastAttributes { ElementType::Int64 });
    const ValueId shape
        = graph.addConstant("shape", Tensor::of<std::int64_t>(ElementType::Int64, { 1 }, { -1 }));
    const ValueId flat = addNode(graph, OpKind::Reshape, { wide, shape }, core::ReshapeAttributes {});
    addNode(graph, OpKind::Gather, { table, flat }, core::AxisAttributes {});
    const auto inputs = synthesise(graph, 2);
    QVERIFY(allWithin<std::int32_t>(inputs[0], 0, 49));
    QVERIFY(!allWithin<std::int32_t>(inputs[0], 0, 40)); // reaches the end of the table
}

void TstInputs::theSmallestTableCounts()
{
    Graph graph;
    const ValueId ids = addInput(graph, "mask_ids", ElementType::Int64, { 2, 200 });
    const ValueId large = graph.addConstant("large", Tensor(ElementType::Float32, { 50, 4 }));
    const ValueId small = graph.addConstant("small", Tensor(ElementType::Float32, { 4, 7 }));
    addNode(graph, OpKind::Gather, { large, ids }, core::AxisAttributes {});
    addNode(graph, OpKind::Gather, { small, ids }, core::AxisAttributes { .axis = -1 });
    const auto inputs = synthesise(graph, 2);
    QVERIFY(allWithin<std::int64_t>(inputs[0], 0, 6));
    QVERIFY(!allWithin<std::int64_t>(inputs[0], 0, 3));
}

void TstInputs::narrowIndicesFitTheirType()
{
    Graph graph;
    const ValueId ids = addInput(graph, "ids", ElementType::Int8, { 1, 500 });
    const ValueId wide = addNode(graph, OpKind::Cast, { ids }, core::CastAttributes { ElementType::Int64 });
    const ValueId table = graph.addConstant("table", Tensor(ElementType::Float32, { 1000, 2 }));
    addNode(graph, OpKind::Gather, { table, wide }, core::AxisAttributes {});
    QVERIFY(allWithin<std::int8_t>(synthesise(graph, 1)[0], 0, 127));
}

void TstInputs::sameSeedSameData()
{
    Graph graph;
    addInput(graph, "x", ElementType::Float32, { 1, 10 });
    addInput(graph, "i", ElementType::Int64, { 1, 64 });
    const auto one = synthesise(graph, 1, 7), again = synthesise(graph, 1, 7),
               other = synthesise(graph, 1, 8);
    for (std::size_t i = 0; i < one.size(); ++i) {
        QVERIFY(std::ranges::equal(one[i].bytes(), again[i].bytes()));
        QVERIFY(!std::ranges::equal(one[i].bytes(), other[i].bytes()));
    }
}

void TstInputs::zooInputsAreValid()
{
    const Graph graph = core::makeZooGraph("bert-base");
    const auto inputs = synthesise(graph, 2);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const std::string& name = graph.value(graph.inputs[i]).name;
        const bool mask = name.find("mask") != std::string::npos,
                   types = name.find("type") != std::string::npos;
        QVERIFY2(allWithin<std::int64_t>(inputs[i], mask ? 1 : 0, mask || types ? 1 : 30521), name.c_str());
    }
}

void TstInputs::refusesAnEmptyTable()
{
    Graph graph;
    const ValueId ids = addInput(graph, "ids", ElementType::Int64, { 1, 5 });
    const ValueId table = graph.addConstant("table", Tensor(ElementType::Float32, { 0, 2 }));
    addNode(graph, OpKind::Gather, { table, ids }, core::AxisAttributes {});
    QCOMPARE(support::sentenceOf([&] { synthesise(graph, 1); }),
        std::string("Cannot make data for input \"ids\": it indexes an empty table."));
}

QTEST_GUILESS_MAIN(TstInputs)
#include "tst_inputs.moc"
