// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "core/measure/compare.h"
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "core/ops/half.h"
#include "tests/support/graphs.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"

#include <QTest>
#include <algorithm>

using core::ElementType;
using core::Graph;
using core::OpKind;
using core::ValueId;
using core::zoo::GraphBuilder;
using namespace support;

namespace {

Graph narrowed(const Graph& graph, ElementType half = ElementType::BFloat16)
{
    return core::narrow(graph, core::inferShapes(graph, {}), half);
}

ValueId product(GraphBuilder& b, const std::string& name, ValueId x)
{
    return b.node(OpKind::MatMul, name, { x, b.random(name + ".weight", { 8, 8 }, 1) });
}

} // namespace

/// Graphs in float16 and bfloat16: what is computed in them, and what is not.
class TstNarrow : public QObject {
    Q_OBJECT

private slots:
    void narrowsProductsAndWhatFollows()
    {
        const Graph graph = narrowed(graphOf({ "batch", 8 }, [](GraphBuilder& b, ValueId x) {
            return product(b, "second", b.node(OpKind::Relu, "relu", { product(b, "first", x) }));
        }));
        QCOMPARE(outline(graph), "Cast, MatMul, Relu, MatMul, Cast");
        for (const core::Node& node : graph.nodes)
            if (node.kind == OpKind::MatMul)
                QCOMPARE(graph.value(node.inputs[1]).constant->type, ElementType::BFloat16);
        QCOMPARE(graph.value(graph.outputs[0]).type, ElementType::Float32);
    }

    void leavesTheRest()
    {
        const Graph graph = graphOf(
            { "batch", 8 }, [](GraphBuilder& b, ValueId x) { return b.node(OpKind::Exp, "exp", { x }); });
        QCOMPARE(outline(narrowed(graph)), "Exp");
        const Graph between = narrowed(graphOf({ "batch", 8 }, [](GraphBuilder& b, ValueId x) {
            return product(b, "second", b.node(OpKind::Exp, "exp", { product(b, "first", x) }));
        }));
        QCOMPARE(outline(between), "Cast, MatMul, Cast, Exp, Cast, MatMul, Cast");
    }

    /// Two readers of one width share its cast.
    void castsOnce()
    {
        const Graph graph = narrowed(graphOf({ "batch", 8 }, [](GraphBuilder& b, ValueId x) {
            const ValueId y = product(b, "first", x);
            const ValueId wide = b.node(
                OpKind::Add, "sum", { b.node(OpKind::Exp, "exp", { y }), b.node(OpKind::Sin, "sin", { y }) });
            return b.node(OpKind::Add, "all", { product(b, "second", x), wide });
        }));
        QCOMPARE(outline(graph), "Cast, MatMul, Cast, Exp, Sin, Add, MatMul, Cast, Add, Cast");
    }

    void leavesQuantisedNodes()
    {
        const auto cases = opCases();
        const auto found = std::ranges::find(cases, "integer gemm", &OpCase::name);
        QVERIFY(found != cases.end());
        const core::Shapes shapes = core::inferShapes(*found->graph, found->dims);
        const Graph graph = core::narrow(*found->graph, shapes, ElementType::BFloat16);
        QCOMPARE(outline(graph), outline(*found->graph));
    }

    void staysNearFloat32_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("brain");
        for (const char* name : { "mlp", "tiny-cnn", "tiny-transformer" })
            for (const bool brain : { true, false })
                QTest::addRow("%s %s", name, brain ? "bf16" : "fp16") << name << brain;
    }

    void staysNearFloat32()
    {
        QFETCH(QString, name);
        QFETCH(bool, brain);
        const core::Model model = core::openModel("zoo:" + name.toStdString());
        const auto half = std::make_shared<const Graph>(
            narrowed(*core::optimise(*model.graph), brain ? ElementType::BFloat16 : ElementType::Float16));
        const auto inputs = core::synthesiseInputs(*model.graph, core::inferShapes(*model.graph, {}), 7);
        core::ReferenceEngine engine;
        const auto actual = runOnce(*engine.compile(half, {}), *half, inputs);
        const auto expected = runOnce(*engine.compile(model.graph, {}), *model.graph, inputs);
        for (std::size_t i = 0; i < actual.size(); ++i) {
            QCOMPARE(actual[i].type(), expected[i].type());
            const core::Difference off = core::compare(actual[i].view(), expected[i].view());
            QVERIFY2(off.cosine >= 0.999, qPrintable(QString::number(off.cosine)));
            QVERIFY(off.maxAbs > 0); // it was really rounded
            QVERIFY(core::passes(off, core::rounds(*half, core::Precision::Model)));
        }
    }

    void knowsWhatRounds()
    {
        const auto graph = core::optimise(*core::openZoo("mlp").graph);
        QVERIFY(!core::rounds(*graph, core::Precision::Model));
        QVERIFY(!core::rounds(*graph, core::Precision::Float32));
        QVERIFY(core::rounds(*graph, core::Precision::BFloat16));
        QVERIFY(core::rounds(*graph, core::Precision::Float16));
        QVERIFY(core::rounds(narrowed(*graph), core::Precision::Model));
    }
};

QTEST_GUILESS_MAIN(TstNarrow)
#include "tst_narrow.moc"
