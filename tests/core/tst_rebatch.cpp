// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model.h"
#include "core/model/rebatch.h"
#include "core/model/zoo.h"
#include "core/model/zoo/layers.h"
#include "core/ops/run_graph.h"
#include "tests/support/graphs.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <cmath>

using core::Graph;
using core::OpKind;
using core::ValueId;
using core::zoo::GraphBuilder;

namespace {

core::Tensor ramp(const core::Shape& shape, float phase)
{
    core::Tensor tensor(core::ElementType::Float32, shape);
    float x = phase;
    for (float& element : tensor.as<float>())
        element = std::sin(x += 0.37F);
    return tensor;
}

/// A float input of fixed shape in place of the builder's symbolic batch.
Graph fixedAtOne(Graph graph)
{
    graph.batchSymbol.clear();
    for (const ValueId id : graph.inputs)
        graph.values[static_cast<std::size_t>(id)].shape->front() = { .value = 1 };
    return graph;
}

ValueId pooled(GraphBuilder& b, ValueId x)
{
    return b.node(OpKind::GlobalAveragePool, "pool", { x });
}

} // namespace

/// rebatch(): what it frees computes for a batch what the file computes for each item; what it cannot prove
/// it leaves, and says why.
class TstRebatch : public QObject {
    Q_OBJECT

private slots:
    void computesEachItem()
    {
        const Graph original
            = fixedAtOne(support::graphOf({ "batch", 3, 4, 4 }, [](GraphBuilder& b, ValueId x) {
                  const ValueId conv = core::zoo::conv(b, "conv", x, { .inChannels = 3, .outChannels = 8 });
                  const ValueId flat = support::reshaped(b, "flat", pooled(b, conv), { 1, 8 });
                  return b.node(OpKind::Softmax, "softmax", { core::zoo::gemm(b, "fc", flat, 8, 5, 1) },
                      core::AxisAttributes { .axis = -1 });
              }));
        const core::Rebatch freed = core::rebatch(original);
        QVERIFY2(freed.graph, freed.pinned.empty() ? "" : freed.pinned[0].c_str());
        QCOMPARE(freed.graph->batchSymbol, std::string("batch"));
        QCOMPARE(freed.changed, (std::vector<std::string> { "input \"x\"", "node \"flat\" (Reshape)" }));

        const core::Tensor batch = ramp({ 3, 3, 4, 4 }, 0.5F);
        const core::TensorView all = batch.view();
        const auto together = core::runGraph(*freed.graph, std::span(&all, 1));
        QCOMPARE(core::toString(together[0].shape()), std::string("[3, 5]"));
        for (std::size_t item = 0; item < 3; ++item) {
            const std::size_t bytes = all.bytes.size() / 3;
            const core::TensorView one { all.type, { 1, 3, 4, 4 }, all.bytes.subspan(item * bytes, bytes) };
            const auto alone = core::runGraph(original, std::span(&one, 1));
            for (std::size_t i = 0; i < 5; ++i)
                QCOMPARE(together[0].as<float>()[item * 5 + i], alone[0].as<float>()[i]);
        }
    }

    void saysWhatPins_data()
    {
        QTest::addColumn<int>("which");
        QTest::addColumn<QString>("reason");
        QTest::newRow("reduces") << 0 << "node \"mean\" (ReduceMean) reduces over the items.";
        QTest::newRow("merges") << 1 << "node \"all\" (Reshape) merges the items with another dimension.";
        QTest::newRow("turns") << 2 << "node \"fc\" (Gemm) turns its first matrix.";
        QTest::newRow("first alone") << 3
                                     << "value \"first_output_0\" does not grow with the batch as it should";
        QTest::newRow("unknown") << 4
                                 << "node \"size\" (Size) is not known to leave the items of a batch alone.";
        QTest::newRow("joins")
            << 5 << "node \"join\" (Concat) joins what differs between items with what does not.";
    }

    void saysWhatPins()
    {
        QFETCH(int, which);
        QFETCH(QString, reason);
        const Graph graph = fixedAtOne(support::graphOf({ "batch", 4 }, [&](GraphBuilder& b, ValueId x) {
            switch (which) {
            case 0:
                return b.node(
                    OpKind::ReduceMean, "mean", { x }, core::AxesAttributes { .axes = core::Shape { 0 } });
            case 1:
                return support::reshaped(b, "all", x, { 4, -1 });
            case 2:
                return b.node(OpKind::Gemm, "fc", { x, b.random("w", { 1, 2 }, 1) },
                    core::GemmAttributes { .transA = true });
            case 3:
                return b.node(OpKind::Add, "sum",
                    { b.node(OpKind::Slice, "first",
                          { x, b.integers("from", { 0 }), b.integers("to", { 1 }),
                              b.integers("axis", { 0 }) },
                          core::AxesAttributes {}),
                        x });
            case 4:
                return b.node(OpKind::Size, "size", { x });
            default:
                return b.node(OpKind::Concat, "join", { x, b.random("c", { 1, 4 }, 1) },
                    core::AxisAttributes { .axis = 0 });
            }
        }));
        const core::Rebatch result = core::rebatch(graph);
        QVERIFY(!result.graph);
        QVERIFY(!result.pinned.empty());
        QCOMPARE(QString::fromStdString(result.pinned[0]), reason);
    }

    void opensModelsWithAFreeBatch()
    {
        QCOMPARE(support::sentenceOf([] { core::openModel("batched:zoo:tiny-cnn"); }),
            std::string("Cannot free the batch of zoo:tiny-cnn: it is not fixed at 1."));
    }

    void leavesFreeModelsAlone()
    {
        const core::Rebatch result = core::rebatch(core::makeZooGraph("tiny-cnn"));
        QVERIFY(!result.graph && result.pinned.empty());
    }
};

QTEST_GUILESS_MAIN(TstRebatch)
#include "tst_rebatch.moc"
