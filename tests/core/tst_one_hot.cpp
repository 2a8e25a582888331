// SPDX-License-Identifier: GPL-3.0-or-later
// Products with one-hot rows become a Gather, and only those.
#include "core/engine/reference_engine.h"
#include "core/model/passes.h"
#include "tests/support/graphs.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"

#include <QTest>
#include <limits>

using core::ElementType;
using core::Graph;
using core::OpKind;
using core::ValueId;
using core::zoo::GraphBuilder;

namespace {

constexpr std::int64_t kRows = 5, kWidth = 4;

struct Form {
    bool expands = true, countsFromOne = false, hasInfinity = false, othersRead = false, leftTable = false;
    std::vector<OpKind> after {};
};

/// Numbers [batch, 3, 1], one-hot among kRows, times a table of kWidth columns.
Graph embedding(const Form& form)
{
    GraphBuilder b("test", 1);
    const ValueId numbers = b.input("numbers", ElementType::Int64, { "batch", 3, 1 });
    ValueId all = numbers;
    if (form.expands)
        all = b.node(OpKind::Expand, "expand", { numbers, b.integers("shape", { 1, 3, kRows }) });
    const ValueId counted = b.integers("counted",
        form.countsFromOne ? std::vector<std::int64_t> { 1, 2, 3, 4, 5 }
                           : std::vector<std::int64_t> { 0, 1, 2, 3, 4 });
    const ValueId equal = b.node(OpKind::Equal, "equal", { all, counted });
    const ValueId hot = b.node(OpKind::Cast, "hot", { equal }, core::CastAttributes { ElementType::Float32 });
    const ValueId table = b.random("table", { kRows, kWidth }, 1);
    ValueId y = form.leftTable ? b.node(OpKind::MatMul, "product", { b.random("left", { 2, 3 }, 1), hot })
                               : b.node(OpKind::MatMul, "product", { hot, table });
    for (const OpKind kind : form.after) {
        const std::string name = "after_" + std::string(core::opName(kind));
        y = kind == OpKind::Relu ? b.node(kind, name, { y })
                                 : b.node(kind, name, { b.random(name + "_row", { 1, 1, kWidth }, 1), y });
    }
    if (form.othersRead)
        y = b.node(OpKind::Add, "sum",
            { y,
                b.node(OpKind::ReduceSum, "ones", { hot, b.integers("last", { -1 }) },
                    core::AxesAttributes { .keepDims = true }) });
    b.output(y, "y", ElementType::Float32, {});
    Graph graph = b.finish();
    graph.values[static_cast<std::size_t>(y)].shape.reset();
    if (form.hasInfinity)
        for (core::Value& value : graph.values)
            if (value.constant && value.name == "table") {
                const auto bytes = value.constant->bytes;
                const float infinity = std::numeric_limits<float>::infinity();
                std::memcpy(const_cast<std::byte*>(bytes.data()), &infinity, sizeof(infinity));
            }
    return graph;
}

std::vector<core::Tensor> run(const Graph& graph)
{
    // 7, -1 and -9 have no row.
    std::vector<core::Tensor> inputs;
    inputs.push_back(
        core::Tensor::of<std::int64_t>(ElementType::Int64, { 2, 3, 1 }, { 0, 4, 7, -1, 2, -9 }));
    const auto shared = std::make_shared<const Graph>(graph);
    const auto program = core::ReferenceEngine().compile(shared, { .dims = { .batch = 2, .named = {} } });
    return support::runOnce(*program, graph, inputs);
}

} // namespace

class TstOneHot : public QObject {
    Q_OBJECT

private slots:
    void gathers_data()
    {
        QTest::addColumn<bool>("expands");
        QTest::addColumn<QList<int>>("after");
        QTest::addColumn<QString>("outline");
        const int add = static_cast<int>(OpKind::Add), relu = static_cast<int>(OpKind::Relu),
                  sub = static_cast<int>(OpKind::Sub);
        QTest::newRow("repeated") << true << QList<int> {} << "Squeeze, Clip, Gather";
        QTest::newRow("broadcast") << false << QList<int> {} << "Squeeze, Clip, Gather";
        QTest::newRow("what follows is done to the table")
            << true << QList { add, relu, sub } << "Squeeze, Clip, Gather";
    }

    void gathers()
    {
        QFETCH(bool, expands);
        QFETCH(QList<int>, after);
        QFETCH(QString, outline);
        Form form { .expands = expands };
        for (const int kind : after)
            form.after.push_back(static_cast<OpKind>(kind));
        const Graph before = embedding(form), fused = core::removeDeadNodes(core::fuseOneHot(before));
        QCOMPARE(support::outline(fused), outline);
        const auto expected = run(before), actual = run(fused);
        QCOMPARE(actual[0].shape(), expected[0].shape());
        const std::string difference = support::differenceOf(actual[0].view(), expected[0].view(), 1e-6);
        QVERIFY2(difference.empty(), difference.c_str());
        if (after.isEmpty())
            for (const std::size_t row : { 2U, 3U, 5U }) // numbers without a row
                for (std::size_t column = 0; column < kWidth; ++column)
                    QCOMPARE(actual[0].as<float>()[row * kWidth + column], 0.0F);
        else
            QCOMPARE(fused.nodes.back().fused.size(), 4U); // the product and three more
    }

    void leavesOthersAlone_data()
    {
        QTest::addColumn<int>("which");
        QTest::newRow("counting from 1") << 0;
        QTest::newRow("a table with infinity") << 1;
        QTest::newRow("rows that others read") << 2;
        QTest::newRow("from the other side") << 3;
    }

    void leavesOthersAlone()
    {
        QFETCH(int, which);
        const Graph graph = embedding({ .countsFromOne = which == 0,
            .hasInfinity = which == 1,
            .othersRead = which == 2,
            .leftTable = which == 3 });
        QCOMPARE(support::nodesOf(core::fuseOneHot(graph), OpKind::Gather), 0);
    }
};

QTEST_GUILESS_MAIN(TstOneHot)
#include "tst_one_hot.moc"
