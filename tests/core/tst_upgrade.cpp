// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/upgrade.h"
#include "core/model/writer.h"
#include "core/ops/run_graph.h"
#include "tests/support/graphs.h"

#include <QTest>
#include <cmath>

using core::Graph;
using core::OpKind;
using core::ValueId;
using core::zoo::GraphBuilder;
using namespace support;

namespace {

Graph ofOpset(Graph graph, int opset)
{
    for (core::Node& node : graph.nodes)
        node.version = opset;
    return graph;
}

/// Everything that opset 13 says in another way.
Graph old(std::int64_t width)
{
    return ofOpset(graphOf({ 1, 6, width },
                       [](GraphBuilder& b, ValueId x) {
                           const ValueId shares = b.node(OpKind::Softmax, "softmax", { x },
                               core::AxisAttributes { .axis = 1, .flattened = true });
                           const ValueId wide = b.node(OpKind::Unsqueeze, "unsqueeze", { shares },
                               core::AxesAttributes { .axes = { { 0 } } });
                           const ValueId narrow = b.node(OpKind::Squeeze, "squeeze", { wide },
                               core::AxesAttributes { .axes = { { 0 } } });
                           return b.node(OpKind::ReduceSum, "sum", { narrow },
                               core::AxesAttributes { .axes = { { 2 } }, .keepDims = false });
                       }),
        11);
}

Graph upgraded(const Graph& graph)
{
    return core::upgradedTo13(graph, core::inferShapes(graph, {}));
}

QString sentenceOf(const Graph& graph)
{
    try {
        upgraded(graph);
    } catch (const core::Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

} // namespace

class TstUpgrade : public QObject {
    Q_OBJECT

private slots:
    void meansTheSame()
    {
        const Graph before = old(1), after = upgraded(before);
        for (const core::Node& node : after.nodes)
            QCOMPARE(node.version, 13);
        QCOMPARE(after.nodes[1].inputs.size(), 2U);
        QVERIFY(!core::toOnnx(after, 13).empty());
        QVERIFY_THROWS_EXCEPTION(core::Error, core::toOnnx(before, 13));
        core::Tensor x(core::ElementType::Float32, { 1, 6, 1 });
        for (std::size_t i = 0; i < 6; ++i)
            x.as<float>()[i] = std::sin(static_cast<float>(i));
        const core::TensorView inputs[] { x.view() };
        const auto expected = core::runGraph(before, inputs), actual = core::runGraph(after, inputs);
        QCOMPARE(actual[0].shape(), expected[0].shape());
        QVERIFY(std::ranges::equal(actual[0].bytes(), expected[0].bytes()));
    }

    void leavesLaterNodesAlone()
    {
        const Graph graph = ofOpset(
            graphOf({ 1, 3 },
                [](GraphBuilder& b, ValueId x) {
                    return b.node(OpKind::Softmax, "softmax", { x }, core::AxisAttributes { .axis = 0 });
                }),
            17);
        QCOMPARE(upgraded(graph).nodes[0].version, 17);
    }

    void refuses()
    {
        QCOMPARE(sentenceOf(old(4)),
            QStringLiteral(
                "Cannot upgrade the model: node \"softmax\" (Softmax) is over several dimensions, and no "
                "operator of opset 13 is."));
        QCOMPARE(sentenceOf(ofOpset(old(1), 9)),
            QStringLiteral(
                "Cannot upgrade the model: node \"softmax\" (Softmax) is of opset 9, and only 11 and "
                "later are upgraded."));
    }
};

QTEST_GUILESS_MAIN(TstUpgrade)
#include "tst_upgrade.moc"
