// SPDX-License-Identifier: GPL-3.0-or-later
// Batches cut into slices: where, and that nothing but the time depends on it.
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "core/measure/compare.h"
#include "core/model/passes.h"
#include "cpu/sliced_program.h"
#include "tests/support/graphs.h"
#include "tests/support/programs.h"
#include "tests/support/sentence.h"

#include <QTest>

namespace {

using core::OpKind;
using core::zoo::GraphBuilder;

constexpr std::size_t kSmall = 256 << 10; // of a level 2 that slices fit into, and the batch does not

core::ValueId convolved(
    GraphBuilder& builder, const std::string& name, core::ValueId x, std::int64_t from, std::int64_t to)
{
    return builder.node(OpKind::Conv, name, { x, builder.random(name + "_w", { to, from, 3, 3 }, 0.1) },
        core::ConvAttributes { .pads = { 1, 1, 1, 1 } });
}

/// Two convolutions, a sum, and a classifier that flattens.
core::Graph network()
{
    return support::graphOf({ "batch", 4, 12, 12 }, [](GraphBuilder& builder, core::ValueId x) {
        const core::ValueId first
            = builder.node(OpKind::Relu, "relu", { convolved(builder, "first", x, 4, 16) });
        const core::ValueId second = convolved(builder, "second", first, 16, 16);
        const core::ValueId sum = builder.node(OpKind::Add, "sum", { second, first });
        const core::ValueId flat
            = builder.node(OpKind::Flatten, "flat", { sum }, core::AxisAttributes { .axis = 1 });
        return builder.node(
            OpKind::MatMul, "classifier", { flat, builder.random("classes", { 16 * 12 * 12, 10 }, 0.1) });
    });
}

struct Bound {
    std::shared_ptr<const core::Graph> graph;
    std::shared_ptr<const core::Shapes> shapes;

    Bound(const core::Graph& made, std::int64_t batch)
        : graph(core::optimise(made))
        , shapes(std::make_shared<const core::Shapes>(
              core::inferShapes(*graph, { .batch = batch, .named = {} })))
    {
    }
    std::optional<cpu::SlicePlan> plan(std::int64_t items = 1, std::size_t level2 = kSmall) const
    {
        return cpu::slicePlan(graph, *shapes, items, level2);
    }
};

} // namespace

class TstSlices : public QObject {
    Q_OBJECT

private slots:
    void cutsBehindWhatIsLarge()
    {
        const Bound bound(network(), 6);
        const auto plan = bound.plan();
        QVERIFY(plan.has_value());
        QCOMPARE(plan->slices, 6);
        QCOMPARE(support::outline(*plan->head), QString("Conv+Relu, Conv+Add"));
        QCOMPARE(support::outline(*plan->tail), QString("Flatten, MatMul"));
        QCOMPARE(plan->headShapes->of(plan->head->outputs[0]), (core::Shape { 1, 16, 12, 12 }));
    }

    void doesNotCutWhereNothingIsGained()
    {
        QVERIFY(!Bound(network(), 1).plan()); // one item
        QVERIFY(!Bound(network(), 7).plan(2)); // which do not divide it
        QVERIFY(!Bound(network(), 6).plan(1, 64 << 20)); // all fits
    }

    void doesNotCutBehindWhatMixesItems()
    {
        const auto mixedBy = [](OpKind kind, const core::Attributes& attributes) {
            return support::graphOf({ "batch", 16, 24, 24 }, [&](GraphBuilder& builder, core::ValueId x) {
                const core::ValueId mixture = builder.node(kind, "mix", { x }, attributes);
                const core::ValueId conv = convolved(builder, "conv", mixture, 16, 16);
                return builder.node(OpKind::Flatten, "flat", { conv }, core::AxisAttributes { .axis = 1 });
            });
        };
        QVERIFY(!Bound(mixedBy(OpKind::Abs, core::NoAttributes {}), 6).plan()); // not among those known
        QVERIFY(!Bound(mixedBy(OpKind::Softmax, core::AxisAttributes { .axis = 0 }), 6).plan());
        QVERIFY(Bound(mixedBy(OpKind::Sigmoid, core::NoAttributes {}), 6).plan().has_value());
    }

    void doesNotCutWhereTwoValuesCross()
    {
        const auto crossing = [](bool both) {
            return support::graphOf({ "batch", 16, 24, 24 }, [&](GraphBuilder& builder, core::ValueId x) {
                const core::ValueId conv = convolved(builder, "conv", x, 16, 16);
                return builder.node(
                    OpKind::Concat, "both", { conv, both ? x : conv }, core::AxisAttributes { .axis = 1 });
            });
        };
        QVERIFY(!Bound(crossing(true), 6).plan());
        QVERIFY(Bound(crossing(false), 6).plan().has_value());
    }

    void computesTheSame_data()
    {
        QTest::addColumn<int>("items");
        QTest::addColumn<int>("threads");
        for (const int items : { 1, 2, 3 })
            for (const int threads : { 1, 2 })
                QTest::addRow("%d at a time, %d threads", items, threads) << items << threads;
    }

    void computesTheSame()
    {
        QFETCH(int, items);
        QFETCH(int, threads);
        const Bound bound(network(), 6);
        const auto plan = bound.plan(items);
        QVERIFY(plan.has_value());
        const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
        cpu::Settings settings { .team = { threads, 0 } };
        cpu::useTeam(settings.team);
        cpu::SlicedProgram sliced(bound.graph, bound.shapes, *plan, engine, settings);
        const auto inputs = core::synthesiseInputs(*bound.graph, *bound.shapes, 1);
        const auto whole
            = core::ReferenceEngine().compile(bound.graph, { .dims = { .batch = 6, .named = {} } });
        const auto expected = support::runOnce(*whole, *bound.graph, inputs);
        for (int again = 0; again < 2; ++again) {
            const auto outputs = support::runOnce(sliced, *bound.graph, inputs);
            const core::Difference difference = core::compare(outputs[0].view(), expected[0].view());
            QVERIFY2(difference.maxRel < 1e-4, qPrintable(QString::number(difference.maxRel)));
        }
        QCOMPARE(support::sentenceOf([&] { sliced.write(0, inputs[0].bytes().subspan(1)); }),
            std::string("Cannot write input \"x\": got 13823 bytes, expected 13824."));

        core::Trace trace;
        sliced.run(&trace);
        int firsts = 0, last = 0;
        for (const core::Trace::Step& step : trace.steps) {
            last = std::max(last, step.node);
            firsts += step.node == 0 && step.cost;
            if (step.node == 0 && step.cost)
                QCOMPARE(
                    step.cost->flop, core::costOf(*bound.graph, bound.graph->nodes[0], *bound.shapes).flop);
        }
        QCOMPARE(firsts, static_cast<int>(plan->slices));
        QCOMPARE(last, 3); // numbered as the whole graph's
        QVERIFY(sliced.memory().arena > 0);
        cpu::useTeam({ 1, 0 });
    }
};

QTEST_GUILESS_MAIN(TstSlices)
#include "tst_slices.moc"
