// SPDX-License-Identifier: GPL-3.0-or-later
// Which nodes make a chain, and that engines compute the same with them and without.
#include "core/engine/elementwise_chain.h"
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "core/measure/compare.h"
#include "core/model/passes.h"
#include "cpu/cpu_engine.h"
#include "tests/support/graphs.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"

#include <QTest>

namespace {

using core::OpKind;
using core::ValueId;
using core::zoo::GraphBuilder;

std::vector<core::ElementwiseChain> chainsOf(const core::Graph& graph, std::int64_t batch = 2)
{
    return core::elementwiseChains(graph, core::inferShapes(graph, { .batch = batch, .named = {} }));
}

/// "Mul Add Tanh | Exp Log": the nodes of each chain.
QString outline(const core::Graph& graph)
{
    QStringList chains;
    for (const core::ElementwiseChain& chain : chainsOf(graph)) {
        QStringList nodes;
        for (const int node : chain.nodes)
            nodes << QString::fromStdString(graph.nodes[static_cast<std::size_t>(node)].type);
        chains << nodes.join(" ");
    }
    return chains.join(" | ");
}

/// x * tanh(exp(x) + c)
ValueId gated(GraphBuilder& builder, ValueId x, ValueId c, const std::string& name = "gate")
{
    const ValueId exp = builder.node(OpKind::Exp, name + "_exp", { x });
    const ValueId sum = builder.node(OpKind::Add, name + "_sum", { exp, c });
    const ValueId tanh = builder.node(OpKind::Tanh, name + "_tanh", { sum });
    return builder.node(OpKind::Mul, name + "_mul", { x, tanh });
}

ValueId convolved(GraphBuilder& builder, ValueId x, std::int64_t from, std::int64_t to)
{
    return builder.node(OpKind::Conv, "conv", { x, builder.random("conv_w", { to, from, 3, 3 }, 0.2) },
        core::ConvAttributes { .pads = { 1, 1, 1, 1 } });
}

} // namespace

class TstChains : public QObject {
    Q_OBJECT

private slots:
    void joinsWhatFeedsEachOther()
    {
        const core::Graph graph = support::graphOf({ "batch", 8 }, [](GraphBuilder& builder, ValueId x) {
            return gated(builder, x, builder.random("c", { 8 }, 1));
        });
        QCOMPARE(outline(graph), QString("Exp Add Tanh Mul"));
        const core::ElementwiseChain chain = chainsOf(graph).front();
        QCOMPARE(chain.operands.size(), 2U); // x is read twice
        QCOMPARE(chain.operands[0], graph.inputs[0]);
        QCOMPARE(chain.steps.size(), 4U);
        QCOMPARE(chain.steps[3].x, 0); // x
        QCOMPARE(chain.steps[3].y, 4); // 2 operands, then the third step
        const core::NodeCost cost
            = core::costOf(graph, chain, core::inferShapes(graph, { .batch = 2, .named = {} }));
        QCOMPARE(cost.activationBytes, 2 * 16 * 4); // x and the result
        QCOMPARE(cost.weightBytes, 8 * 4);
        QVERIFY(cost.flop >= 4 * 16);
    }

    void numbersArePartOfTheirStep()
    {
        const core::Graph graph = support::graphOf({ "batch", 8 }, [](GraphBuilder& builder, ValueId x) {
            const ValueId less = builder.node(OpKind::Sub, "less", { builder.scalar("three", 3), x });
            const ValueId inverse = builder.node(OpKind::Div, "inverse", { builder.scalar("two", 2), less });
            const ValueId power = builder.node(OpKind::Pow, "power", { inverse, builder.scalar("cube", 3) });
            return builder.node(OpKind::Max, "max", { power, builder.scalar("least", -1) });
        });
        const core::ElementwiseChain chain = chainsOf(graph).front();
        QCOMPARE(chain.operands.size(), 1U);
        QCOMPARE(chain.steps.size(), 4U);
        QCOMPARE(chain.steps[0].alpha, -1.0F);
        QCOMPARE(chain.steps[0].beta, 3.0F);
        QVERIFY(chain.steps[1].function == core::ChainFunction::Reciprocal && chain.steps[1].alpha == 2);
        QVERIFY(chain.steps[2].function == core::ChainFunction::Cube);
        QVERIFY(chain.steps[3].function == core::ChainFunction::Clip && chain.steps[3].alpha == -1);
    }

    void stopsAtWhatOthersRead()
    {
        core::Graph graph = support::graphOf({ "batch", 8 }, [](GraphBuilder& builder, ValueId x) {
            return gated(builder, x, builder.random("c", { 8 }, 1));
        });
        graph = support::withOutput(std::move(graph), "gate_sum_output_0");
        QCOMPARE(outline(graph), QString("Exp Add | Tanh Mul"));
    }

    void stopsWhereShapesDiffer()
    {
        // The gate is computed with one row and spread over all.
        const core::Graph graph = support::graphOf({ "batch", 8 }, [](GraphBuilder& builder, ValueId x) {
            const ValueId row = builder.node(OpKind::ReduceMean, "mean", { x },
                core::AxesAttributes { .axes = std::vector<std::int64_t> { 0 } });
            const ValueId gate
                = builder.node(OpKind::Sigmoid, "sigmoid", { builder.node(OpKind::Exp, "exp", { row }) });
            return builder.node(OpKind::Relu, "relu", { builder.node(OpKind::Mul, "mul", { x, gate }) });
        });
        QCOMPARE(outline(graph), QString("Exp Sigmoid | Mul Relu"));
    }

    void leavesOthersTypesAlone()
    {
        core::zoo::GraphBuilder builder("test", 1);
        const ValueId x = builder.input("x", core::ElementType::Int64, { "batch", 4 });
        const ValueId y = builder.node(OpKind::Mul, "mul", { builder.node(OpKind::Add, "add", { x, x }), x });
        builder.output(y, "y", core::ElementType::Int64, { "batch", 4 });
        QCOMPARE(outline(builder.finish()), QString());
    }

    void cutsWhatIsTooLong()
    {
        const core::Graph graph = support::graphOf({ "batch", 8 }, [](GraphBuilder& builder, ValueId x) {
            for (int i = 0; i < 60; ++i)
                x = builder.node(i % 2 ? OpKind::Tanh : OpKind::Abs, "n" + std::to_string(i), { x });
            return x;
        });
        std::size_t nodes = 0;
        for (const core::ElementwiseChain& chain : chainsOf(graph)) {
            QVERIFY(chain.steps.size() <= 24);
            nodes += chain.nodes.size();
        }
        QCOMPARE(nodes, 60U);
    }

    void equalsTheReference_data()
    {
        QTest::addColumn<int>("channels");
        QTest::addColumn<QString>("operand");
        for (const int channels : { 16, 20, 32 })
            for (const char* operand : { "number", "channel", "image", "pixel", "constant image", "gate" })
                QTest::addRow("%d channels, %s", channels, operand) << channels << QString(operand);
    }

    /// Behind a convolution, whose result lies in blocks, and over memory that is of no further use.
    void equalsTheReference()
    {
        QFETCH(int, channels);
        QFETCH(QString, operand);
        const core::Graph graph
            = support::graphOf({ "batch", 3, 9, 7 }, [&](GraphBuilder& builder, ValueId x) {
                  const ValueId image = convolved(builder, x, 3, channels);
                  ValueId other = builder.scalar("number", 0.3F);
                  if (operand == "channel")
                      other = builder.random("other", { 1, channels, 1, 1 }, 0.5);
                  else if (operand == "image")
                      other = builder.node(OpKind::MaxPool, "pool", { image },
                          core::PoolAttributes { .kernel = { 3, 3 }, .pads = { 1, 1, 1, 1 } });
                  else if (operand == "pixel")
                      other = builder.random("other", { 9, 7 }, 0.5);
                  else if (operand == "constant image")
                      other = builder.random("other", { 1, channels, 9, 7 }, 0.5);
                  else if (operand == "gate")
                      other = builder.node(OpKind::GlobalAveragePool, "average", { image });
                  const ValueId first = gated(builder, image, other);
                  return gated(builder, first, other, "again");
              });
        const auto shared = std::make_shared<const core::Graph>(graph);
        const core::CompileOptions options { .dims = { .batch = 1, .named = {} }, .threads = 2 };
        const auto inputs = core::synthesiseInputs(graph, core::inferShapes(graph, options.dims), 1);
        const auto engine = cpu::makeEngine();
        const auto fast = engine->compile(shared, options);
        const auto expected
            = support::runOnce(*core::ReferenceEngine().compile(shared, options), graph, inputs);
        for (int round = 0; round < 2; ++round) {
            const auto actual = support::runOnce(*fast, graph, inputs);
            const std::string difference = support::differenceOf(actual[0].view(), expected[0].view(), 1e-5);
            QVERIFY2(difference.empty(), difference.c_str());
        }
        core::Trace trace;
        fast->run(&trace);
        const auto isChain = [](const core::Trace::Step& step) { return step.kernel == "own:chain of 8"; };
        QCOMPARE(std::count_if(trace.steps.begin(), trace.steps.end(), isChain), 1);

        core::CompileOptions apart = options;
        apart.tuning.fuse = false;
        core::Trace each;
        engine->compile(shared, apart)->run(&each);
        QVERIFY(std::none_of(each.steps.begin(), each.steps.end(),
            [](const core::Trace::Step& step) { return step.kernel.starts_with("own:chain"); }));
    }
};

QTEST_GUILESS_MAIN(TstChains)
#include "tst_chains.moc"
