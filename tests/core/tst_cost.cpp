// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/cost.h"
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "core/model/zoo/layers.h"

#include <QTest>

using core::OpKind;
using core::ValueId;
using core::zoo::GraphBuilder;

namespace {

core::NodeCost costOf(const core::Graph& graph, std::int64_t batch)
{
    return core::totalCost(core::nodeCosts(graph, core::inferShapes(graph, { .batch = batch, .named = {} })));
}

/// x [batch, 4, 8, 8] -> the node that `make` gives -> y, at batch 2.
template <typename Make> core::NodeCost costOfNode(Make make)
{
    GraphBuilder builder("one", 1);
    const ValueId x = builder.input("x", core::ElementType::Float32, { "batch", 4, 8, 8 });
    builder.output(make(builder, x), "y", core::ElementType::Float32, { "batch" });
    return costOf(builder.finish(), 2);
}

constexpr std::int64_t kElements = 2 * 4 * 8 * 8;

} // namespace

/// nodeCosts: the published figures of known networks, and each formula by hand.
class TstCost : public QObject {
    Q_OBJECT

private slots:
    void resnet50()
    {
        // 4.09 G multiply-adds in the literature for version 1.5, so 8.2 GFLOP.
        const core::Graph graph = core::makeZooGraph("resnet50");
        const core::NodeCost cost = costOf(graph, 1);
        QVERIFY2(cost.flop > 8.17e9 && cost.flop < 8.25e9, qPrintable(QString::number(cost.flop)));
        QCOMPARE(cost.weightBytes, std::int64_t { 25'530'472 } * 4);
        QCOMPARE(costOf(graph, 8).weightBytes, cost.weightBytes);
        QCOMPARE(costOf(graph, 8).flop, 8 * cost.flop);
    }

    void mobilenetv2()
    {
        // 300 M multiply-adds in its paper.
        const core::NodeCost cost = costOf(core::makeZooGraph("mobilenetv2"), 1);
        QVERIFY2(cost.flop > 0.60e9 && cost.flop < 0.63e9, qPrintable(QString::number(cost.flop)));
    }

    void bertBase()
    {
        // 85 M weights in 12 layers for 128 tokens, and the attention: 2 * 11.2 G multiply-adds.
        const core::NodeCost cost = costOf(core::makeZooGraph("bert-base"), 1);
        QVERIFY2(cost.flop > 22.3e9 && cost.flop < 22.6e9, qPrintable(QString::number(cost.flop)));
        // Of the 94 MB of word embeddings a run reads 128 rows.
        QVERIFY(cost.weightBytes < std::int64_t { 86'000'000 } * 4 + 3'000'000);
    }

    void fusingKeepsMostOfTheArithmetic()
    {
        const core::Graph graph = core::makeZooGraph("bert-base");
        const auto before = static_cast<double>(costOf(graph, 2).flop);
        const auto after = static_cast<double>(costOf(*core::optimise(graph), 2).flop);
        QVERIFY2(after / before > 0.99 && after <= before, qPrintable(QString::number(after / before)));
    }

    void conv()
    {
        const core::NodeCost cost = costOfNode([](GraphBuilder& b, ValueId x) {
            return core::zoo::conv(
                b, "conv", x, { .inChannels = 4, .outChannels = 6, .kernel = 3, .stride = 2, .group = 2 });
        });
        const std::int64_t outputs = 2 * 6 * 4 * 4;
        QCOMPARE(cost.flop, outputs * (2 * 2 * 9 + 1)); // two channels a group, nine places, one bias
        QCOMPARE(cost.weightBytes, std::int64_t { (6 * 2 * 9 + 6) * 4 });
        QCOMPARE(cost.activationBytes, (kElements + outputs) * 4);
    }

    void matMul()
    {
        const core::NodeCost cost = costOfNode([](GraphBuilder& b, ValueId x) {
            return b.node(OpKind::MatMul, "matmul", { x, b.random("w", { 8, 3 }, 1) });
        });
        QCOMPARE(cost.flop, std::int64_t { 2 } * (2 * 4 * 8 * 3) * 8);
    }

    void gemm()
    {
        GraphBuilder builder("one", 1);
        const ValueId x = builder.input("x", core::ElementType::Float32, { "batch", 7 });
        builder.output(
            core::zoo::gemm(builder, "fc", x, 7, 5, 1), "y", core::ElementType::Float32, { "batch", 5 });
        QCOMPARE(costOf(builder.finish(), 3).flop, std::int64_t { 3 * 5 * (2 * 7 + 1) });
    }

    void perElement_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<qint64>("each");
        QTest::newRow("relu") << static_cast<int>(OpKind::Relu) << qint64 { 1 };
        QTest::newRow("erf") << static_cast<int>(OpKind::Erf) << qint64 { 1 };
        QTest::newRow("softmax") << static_cast<int>(OpKind::Softmax) << qint64 { 5 };
        QTest::newRow("mean") << static_cast<int>(OpKind::ReduceMean) << qint64 { 1 };
        QTest::newRow("sum of squares") << static_cast<int>(OpKind::ReduceSumSquare) << qint64 { 2 };
        QTest::newRow("global pool") << static_cast<int>(OpKind::GlobalAveragePool) << qint64 { 1 };
        QTest::newRow("identity") << static_cast<int>(OpKind::Identity) << qint64 { 0 };
        QTest::newRow("transpose") << static_cast<int>(OpKind::Transpose) << qint64 { 0 };
    }

    void perElement()
    {
        QFETCH(int, kind);
        QFETCH(qint64, each);
        const core::NodeCost cost = costOfNode(
            [&](GraphBuilder& b, ValueId x) { return b.node(static_cast<OpKind>(kind), "node", { x }); });
        QCOMPARE(cost.flop, each * kElements);
        QCOMPARE(cost.weightBytes, std::int64_t { 0 });
    }

    void pool()
    {
        const core::NodeCost cost = costOfNode([](GraphBuilder& b, ValueId x) {
            return b.node(OpKind::MaxPool, "pool", { x },
                core::PoolAttributes { .kernel = { 2, 2 }, .strides = { 2, 2 } });
        });
        QCOMPARE(cost.flop, kElements); // 4 per output, of which there is one per 4 inputs
    }

    void epilogue()
    {
        GraphBuilder builder("one", 1);
        const ValueId x = builder.input("x", core::ElementType::Float32, { "batch", 7 });
        const ValueId product = core::zoo::gemm(builder, "fc", x, 7, 5, 1);
        builder.output(
            builder.node(OpKind::Relu, "relu", { product }), "y", core::ElementType::Float32, { "batch", 5 });
        const core::Graph graph = builder.finish();
        const auto fused = core::optimise(graph);
        QCOMPARE(fused->nodes.size(), std::size_t { 1 });
        QCOMPARE(costOf(*fused, 3).flop, costOf(graph, 3).flop);
        QVERIFY(costOf(*fused, 3).activationBytes < costOf(graph, 3).activationBytes);
    }

    void shapeArithmeticIsFree()
    {
        const core::NodeCost cost = costOfNode([](GraphBuilder& b, ValueId x) {
            const ValueId shape = b.node(OpKind::Shape, "shape", { x });
            return b.node(OpKind::Reshape, "reshape", { x, b.node(OpKind::Abs, "abs", { shape }) });
        });
        QCOMPARE(cost.flop, std::int64_t { 0 });
    }
};

QTEST_GUILESS_MAIN(TstCost)
#include "tst_cost.moc"
