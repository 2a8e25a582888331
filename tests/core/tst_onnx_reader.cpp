// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model.h"
#include "tests/support/onnx_bytes.h"

#include <QTest>

using namespace support;

namespace {

OnnxFile withNode(const std::string& node)
{
    OnnxFile file = reluFile();
    file.nodes = { node };
    return file;
}

const core::Value& input(const core::Model& model, std::size_t index)
{
    return model.graph->value(model.graph->inputs[index]);
}

} // namespace

/// readOnnx and parseOnnx: what a file means.
class TstOnnxReader : public QObject {
    Q_OBJECT

private slots:
    void readsAModel()
    {
        const core::Model model = parse(reluFile().bytes());
        QCOMPARE(model.opset, 17);
        QCOMPARE(model.irVersion, 8);
        QCOMPARE(model.producer, std::string("tests"));
        const core::Graph& graph = *model.graph;
        QCOMPARE(graph.name, std::string("graph"));
        QCOMPARE(graph.nodes.size(), std::size_t { 1 });
        QCOMPARE(graph.nodes[0].kind, core::OpKind::Relu);
        QCOMPARE(graph.nodes[0].version, 17);
        QCOMPARE(graph.batchSymbol, std::string("batch"));
        QCOMPARE(graph.value(graph.outputs[0]).name, std::string("y"));
    }

    void sortsNodesThatAreOutOfOrder()
    {
        OnnxFile file = reluFile();
        file.nodes = { nodeProto("Relu", { "b" }, { "y" }, "last"),
            nodeProto("Neg", { "a" }, { "b" }, "middle"), nodeProto("Abs", { "x" }, { "a" }, "first") };
        const core::Model model = parse(file.bytes());
        QCOMPARE(model.graph->nodes[0].name, std::string("first"));
        QCOMPARE(model.graph->nodes[1].name, std::string("middle"));
        QCOMPARE(model.graph->nodes[2].name, std::string("last"));
    }

    void namesUnknownDimensions()
    {
        OnnxFile file = withNode(nodeProto("Add", { "x", "z" }, { "y" }));
        file.inputs
            = { valueInfo("x", 1, { "", "", "-1", "seq", "0", "?" }), valueInfo("z", 1, { "", "3" }) };
        const core::Model model = parse(file.bytes());
        const auto& shape = *input(model, 0).shape;
        QCOMPARE(shape[0].symbol, std::string("batch"));
        QCOMPARE(shape[1].symbol, std::string("x.1"));
        QCOMPARE(shape[2].symbol, std::string("x.2"));
        QCOMPARE(shape[3].symbol, std::string("seq"));
        QVERIFY(shape[4].fixed());
        QCOMPARE(shape[5].symbol, std::string("x.5")); // "?" is no name
        QCOMPARE(input(model, 1).shape->front().symbol, std::string("batch"));
        QCOMPARE(model.graph->batchSymbol, std::string("batch"));
        const auto unnamed = core::placeOf(*model.graph, "x.1");
        QVERIFY(unnamed && unnamed->input == "x" && unnamed->axis == 1 && !unnamed->named);
        const auto named = core::placeOf(*model.graph, "seq");
        QVERIFY(named && named->axis == 3 && named->named);
        QVERIFY(!core::placeOf(*model.graph, "width"));
    }

    void takesTheBatchSymbolFromTheFirstInput()
    {
        OnnxFile file = withNode(nodeProto("Add", { "x", "z" }, { "y" }));
        file.inputs = { valueInfo("x", 1, { "N", "3" }), valueInfo("z", 1, { "", "3" }) };
        const core::Model named = parse(file.bytes());
        QCOMPARE(named.graph->batchSymbol, std::string("N"));
        QCOMPARE(input(named, 1).shape->front().symbol, std::string("N"));
        file.inputs = { valueInfo("x", 1, { "8", "3" }), valueInfo("z", 1, { "", "3" }) };
        const core::Model fixed = parse(file.bytes());
        QCOMPARE(fixed.graph->batchSymbol, std::string());
        QCOMPARE(input(fixed, 1).shape->front().symbol, std::string("z.0"));
    }

    void initialisersAmongTheInputsAreNoInputs()
    {
        OnnxFile file = withNode(nodeProto("Add", { "x", "w" }, { "y" }));
        file.inputs.push_back(valueInfo("w", 1, { "2" }));
        file.initializers = { tensorProto("w", 1, { 2 }, rawFloats({ 1, 2 })) };
        const core::Model model = parse(file.bytes());
        QCOMPARE(model.graph->inputs.size(), std::size_t { 1 });
        const core::Value& weight = model.graph->value(model.graph->nodes[0].inputs[1]);
        QVERIFY(weight.constant);
        QCOMPARE(weight.constant->as<float>()[1], 2.0F);
    }

    void weightsAreViewsOfTheFile()
    {
        OnnxFile file = withNode(nodeProto("Add", { "x", "w" }, { "y" }));
        file.initializers = { tensorProto("w", 1, { 20000 }, std::string(80000, '\1')) };
        const core::Model model = parse(file.bytes());
        const auto weight = model.graph->value(model.graph->nodes[0].inputs[1]).constant->bytes;
        QVERIFY(weight.data() > model.bytes.data());
        QVERIFY(weight.data() + weight.size() <= model.bytes.data() + model.bytes.size());
    }

    void constantNodesBecomeConstants()
    {
        OnnxFile file = reluFile();
        file.nodes = { nodeProto("Constant", {}, { "c" })
                + tensorAttribute("value", tensorProto("", 1, { 2 }, rawFloats({ 3, 4 }))),
            nodeProto("Constant", {}, { "i" }) + integersAttribute("value_ints", { 5, 6, 7 }),
            nodeProto("Add", { "x", "c" }, { "y" }), nodeProto("Identity", { "i" }, { "unused" }) };
        const core::Model model = parse(file.bytes());
        QCOMPARE(model.graph->nodes.size(), std::size_t { 2 });
        QCOMPARE(model.graph->value(model.graph->nodes[0].inputs[1]).constant->as<float>()[1], 4.0F);
        const core::Value& integers = model.graph->value(model.graph->nodes[1].inputs[0]);
        QCOMPARE(integers.type, core::ElementType::Int64);
        QCOMPARE(integers.constant->as<std::int64_t>()[2], std::int64_t { 7 });
    }

    void unknownOperatorsLoad()
    {
        OnnxFile file = reluFile();
        file.nodes = { nodeProto("Frobnicate", { "x", "" }, { "y" }) + bytesField(7, "com.example") };
        const core::Model model = parse(file.bytes());
        QCOMPARE(model.graph->nodes[0].kind, core::OpKind::Unknown);
        QCOMPARE(model.graph->nodes[0].type, std::string("Frobnicate"));
        QCOMPARE(model.graph->nodes[0].domain, std::string("com.example"));
    }

    void operatorsNewerThanTheFileAreUnknown()
    {
        OnnxFile file = withNode(nodeProto("Erf", { "x" }, { "y" }));
        file.opset = 8; // Erf came with 9
        QCOMPARE(parse(file.bytes()).graph->nodes[0].kind, core::OpKind::Unknown);
    }

    void otherDomainsHaveTheirOwnVersions()
    {
        const std::string node = nodeProto("Gelu", { "x" }, { "y" }) + bytesField(7, "com.microsoft");
        OnnxFile file = withNode(node);
        QCOMPARE(parse(file.bytes()).graph->nodes[0].kind, core::OpKind::Unknown); // not imported
        file.otherOpsets = { { "com.example", 4 }, { "com.microsoft", 1 } };
        const core::Model model = parse(file.bytes());
        QCOMPARE(model.opset, 17);
        QCOMPARE(model.graph->nodes[0].kind, core::OpKind::Gelu);
        QCOMPARE(model.graph->nodes[0].version, 1);
        file.otherOpsets = { { "com.microsoft", std::uint64_t { 1 } << 40 } }; // no version of anything
        QCOMPARE(parse(file.bytes()).graph->nodes[0].kind, core::OpKind::Unknown);
        file = withNode(nodeProto("Relu", { "x" }, { "y" }) + bytesField(7, "com.microsoft"));
        file.otherOpsets = { { "com.microsoft", 1 } };
        QCOMPARE(parse(file.bytes()).graph->nodes[0].kind, core::OpKind::Unknown); // no operator of it
    }

    void theFirstOutputMayBeLeftOut()
    {
        const std::string node
            = nodeProto("MaxPool", { "x" }, { "", "y" }) + integersAttribute("kernel_shape", { 2 });
        const core::Model model = parse(withNode(node).bytes());
        const core::Graph& graph = *model.graph;
        QCOMPARE(graph.value(graph.nodes[0].outputs[0]).name, std::string());
        QCOMPARE(graph.outputs[0], graph.nodes[0].outputs[1]);
    }

    void optionalInputsAndNamelessNodes()
    {
        const std::string node = nodeProto("Clip", { "x", "", "" }, { "y" }, "");
        const core::Model model = parse(withNode(node).bytes());
        QCOMPARE(model.graph->nodes[0].inputs.size(), std::size_t { 1 });
        QCOMPARE(model.graph->nodes[0].name, std::string("Clip_0"));
    }

    void hashesTheFile()
    {
        // As `printf breakeven | sha256sum` says.
        core::Model model;
        const std::string text = "breakeven";
        model.bytes = std::as_bytes(std::span(text.data(), text.size()));
        QCOMPARE(core::sha256Of(model),
            std::string("9f14a0fa65162be3bb21ff6e1ffba0e326212bf1ed9bd575a0633d85eb9bfa77"));
    }
};

QTEST_GUILESS_MAIN(TstOnnxReader)
#include "tst_onnx_reader.moc"
