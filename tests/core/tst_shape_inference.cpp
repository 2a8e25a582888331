// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/shape_inference.h"
#include "tests/support/op_case_builder.h"
#include "tests/support/sentence.h"

#include <QTest>

using namespace core;

namespace {

/// A graph of one input "x" with these dimensions and, to begin with, no node.
struct Built {
    Graph graph;
    ValueId x;

    Built(std::vector<Dim> dims, const std::string& batchSymbol)
    {
        graph.batchSymbol = batchSymbol;
        graph.values.push_back({ .name = "x", .type = ElementType::Float32, .shape = std::move(dims) });
        graph.inputs = { x = 0 };
    }

    ValueId add(OpKind kind, std::vector<ValueId> inputs, Attributes attributes = NoAttributes {})
    {
        graph.values.push_back({ .name = "v" + std::to_string(graph.values.size()) });
        const auto output = static_cast<ValueId>(graph.values.size() - 1);
        graph.nodes.push_back({ .name = "n" + std::to_string(graph.nodes.size()),
            .kind = kind,
            .inputs = std::move(inputs),
            .outputs = { output },
            .attributes = std::move(attributes) });
        return output;
    }

    ValueId integers(const std::vector<std::int64_t>& values)
    {
        return graph.addConstant("c", Tensor::of(ElementType::Int64, { std::ssize(values) }, values));
    }

    std::string sentence(const DimBindings& bindings) const
    {
        return support::sentenceOf([&] { inferShapes(graph, bindings); });
    }
};

Dim fixed(std::int64_t value)
{
    return { .value = value };
}

Dim named(const std::string& symbol)
{
    return { .symbol = symbol };
}

} // namespace

class TstShapeInference : public QObject {
    Q_OBJECT

private slots:
    void bindsBatchAndOthers();
    void bindsAnUnnamedLeadingDimension();
    void refusesBindings();
    void refusesInputs();
    void foldsShapeArithmetic();
    void knowsConstantsOfAnySize();
    void leavesLargeResultsUnknown();
    void ignoresInputsOfPostOps();
    void refusesPostOps();
    void survivesAbsurdSizes();
    void refusesUnsupportedTypes();
    void namesNodesWithoutName();
};

void TstShapeInference::bindsBatchAndOthers()
{
    const Built built({ named("N"), named("length"), fixed(4) }, "N");
    const Shapes shapes = inferShapes(built.graph, { .batch = 3, .named = { { "length", 7 } } });
    QCOMPARE(shapes.of(built.x), (Shape { 3, 7, 4 }));
    QCOMPARE(shapes.typeOf(built.x), ElementType::Float32);
}

void TstShapeInference::bindsAnUnnamedLeadingDimension()
{
    const Built built({ Dim {}, fixed(4) }, "");
    QCOMPARE(inferShapes(built.graph, { .batch = 5 }).of(built.x), (Shape { 5, 4 }));
}

void TstShapeInference::refusesBindings()
{
    const Built dynamic({ named("N"), named("length") }, "N");
    QCOMPARE(dynamic.sentence({}),
        std::string("Cannot infer shapes: dimension \"length\" of input \"x\" has no value; give it with "
                    "--dim length=VALUE."));
    QCOMPARE(dynamic.sentence({ .named = { { "length", 0 } } }),
        std::string("Cannot infer shapes: dimension \"length\" is 0, expected 1 or more."));
    QCOMPARE(dynamic.sentence({ .batch = 0 }), std::string("Cannot run at batch 0: expected 1 or more."));
    QCOMPARE(dynamic.sentence({ .batch = -4 }), std::string("Cannot run at batch -4: expected 1 or more."));
    const Built still({ fixed(1), fixed(3) }, "");
    QCOMPARE(still.sentence({ .batch = 8 }),
        std::string("Cannot run at batch 8: the model's batch is fixed at 1."));
    QCOMPARE(still.sentence({ .batch = 1 }), std::string());
}

void TstShapeInference::refusesInputs()
{
    Built built({ fixed(2), Dim {} }, "");
    QCOMPARE(built.sentence({ .batch = 2 }),
        std::string("Cannot infer shapes: dimension 1 of input \"x\" has neither a number nor a name."));
    built.graph.values[0].shape.reset();
    QCOMPARE(built.sentence({}), std::string("Cannot infer shapes: input \"x\" has no declared shape."));
    const Built huge({ named("N"), fixed(4'000'000'000) }, "N");
    QCOMPARE(huge.sentence({ .batch = 4'000'000'000 }),
        std::string(
            "Cannot infer shapes: input \"x\" has shape [4000000000, 4000000000], which is too large."));
    Built constant({ fixed(1) }, "");
    constant.graph.values.push_back(
        { .name = "c", .constant = TensorView { ElementType::Float32, Shape(9, 1), {} } });
    QCOMPARE(constant.sentence({}),
        std::string("Cannot infer shapes: constant \"c\" has 9 dimensions, expected at most 8."));
}

void TstShapeInference::foldsShapeArithmetic()
{
    // Flattening as exporters write it: Reshape(x, Concat(Gather(Shape(x), 0), -1)).
    Built built({ named("N"), fixed(4), fixed(6) }, "N");
    const ValueId shape = built.add(OpKind::Shape, { built.x }, ShapeAttributes {});
    const ValueId first = built.add(OpKind::Gather, { shape, built.integers({ 0 }) }, AxisAttributes {});
    const ValueId target = built.add(OpKind::Concat, { first, built.integers({ -1 }) }, AxisAttributes {});
    const ValueId flat = built.add(OpKind::Reshape, { built.x, target }, ReshapeAttributes {});
    const Shapes shapes = inferShapes(built.graph, { .batch = 5 });
    QCOMPARE(shapes.of(flat), (Shape { 5, 24 }));
    const auto known = constantOf(built.graph, shapes, target);
    QVERIFY(known.has_value());
    QCOMPARE(known->as<std::int64_t>()[0], 5);
    QCOMPARE(known->as<std::int64_t>()[1], -1);
    QVERIFY(!constantOf(built.graph, shapes, flat).has_value());
    QVERIFY(!constantOf(built.graph, shapes, kNoValue).has_value());
}

void TstShapeInference::knowsConstantsOfAnySize()
{
    Built built({ fixed(1) }, "");
    const auto value = std::make_shared<const Tensor>(ElementType::Float32, Shape { 100, 100 });
    const ValueId constant = built.add(OpKind::Constant, {}, ConstantAttributes { value });
    const Shapes shapes = inferShapes(built.graph, {});
    QCOMPARE(shapes.known[static_cast<std::size_t>(constant)], value); // the same memory
}

void TstShapeInference::leavesLargeResultsUnknown()
{
    Built built({ fixed(1) }, "");
    const ConstantAttributes one { std::make_shared<const Tensor>(
        Tensor::of<float>(ElementType::Float32, { 1 }, { 1 })) };
    const ValueId small = built.add(OpKind::ConstantOfShape, { built.integers({ 4096 }) }, one);
    const ValueId large = built.add(OpKind::ConstantOfShape, { built.integers({ 4097 }) }, one);
    const Shapes shapes = inferShapes(built.graph, {});
    QVERIFY(constantOf(built.graph, shapes, small).has_value());
    QVERIFY(!constantOf(built.graph, shapes, large).has_value());
    QCOMPARE(shapes.of(large), Shape { 4097 });
}

void TstShapeInference::ignoresInputsOfPostOps()
{
    Built built({ named("N"), fixed(4) }, "N");
    const ValueId sum = built.add(OpKind::Sum, { built.x, built.x });
    built.graph.nodes[0].epilogue = { { .kind = PostOp::Kind::Add, .input = 1 } };
    QCOMPARE(inferShapes(built.graph, { .batch = 2 }).of(sum), (Shape { 2, 4 }));
    QCOMPARE(built.graph.nodes[0].inputs.size(), std::size_t { 2 });
}

void TstShapeInference::refusesPostOps()
{
    Built built({ fixed(1), fixed(4) }, "");
    const ValueId row = built.graph.addConstant("row", Tensor(ElementType::Float32, { 4 }));
    built.add(OpKind::Relu, { built.x, row });
    built.graph.nodes[0].epilogue = { { .kind = PostOp::Kind::Add, .input = 1 } };
    QCOMPARE(built.sentence({}),
        std::string("Cannot infer shapes: node \"n0\" (Relu) adds [4] to its output of shape [1, 4]."));
    built.graph.nodes[0].epilogue[0].input = 2;
    QCOMPARE(built.sentence({}),
        std::string("Cannot infer shapes: node \"n0\" (Relu) has 2 inputs, expected 1 to 1."));
    built.graph.nodes[0].inputs = { built.x, kNoValue };
    built.graph.nodes[0].epilogue[0].input = 1;
    QCOMPARE(built.sentence({}),
        std::string(
            "Cannot infer shapes: node \"n0\" (Relu) adds a tensor that is not there to its output."));
}

void TstShapeInference::survivesAbsurdSizes()
{
    // Fed weights only declare their size, so it may be anything; no memory backs it.
    Built built({ fixed(1), fixed(1), fixed(8) }, "");
    const Dim huge = fixed(std::int64_t { 1 } << 46);
    built.graph.values.push_back({ .name = "w",
        .type = ElementType::Float32,
        .shape = std::vector<Dim> { fixed(1), fixed(1), huge } });
    const ValueId weights = 1;
    built.graph.inputs.push_back(weights);
    built.add(OpKind::Conv, { built.x, weights }, ConvAttributes { .dilations = { 2147483647 } });
    QCOMPARE(built.sentence({}),
        std::string("Cannot infer shapes: node \"n0\" (Conv) has a kernel of [70368744177664]."));
    built.graph.nodes.clear();
    built.add(OpKind::Concat, std::vector<ValueId>(70000, weights), AxisAttributes { .axis = 2 });
    QCOMPARE(built.sentence({}),
        std::string("Cannot infer shapes: node \"n0\" (Concat) joins more than 2^62 elements."));
}

void TstShapeInference::refusesUnsupportedTypes()
{
    Built built({ fixed(1), fixed(4) }, "");
    built.graph.values[0].type = ElementType::String;
    built.add(OpKind::Identity, { built.x });
    QCOMPARE(built.sentence({}),
        std::string("Cannot infer shapes: node \"n0\" (Identity) reads \"x\", whose elements are of a type "
                    "that is not "
                    "supported."));
}

void TstShapeInference::namesNodesWithoutName()
{
    Built built({ fixed(1), fixed(4) }, "");
    built.add(OpKind::Not, { built.x });
    built.graph.nodes[0].name.clear();
    QCOMPARE(built.sentence({}),
        std::string("Cannot infer shapes: node \"v1\" (Not) takes bool as input 1, not float32."));
}

QTEST_GUILESS_MAIN(TstShapeInference)
#include "tst_shape_inference.moc"
