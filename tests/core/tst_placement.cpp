// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/measure/placement.h"
#include "core/record/placement_file.h"
#include "tests/support/fake_engine.h"
#include "tests/support/sentence.h"

#include <QTest>

using core::Trace;
using std::chrono::nanoseconds;

namespace {

Trace::Step step(int node, const char* type, const char* kernel, int time, bool slow = false)
{
    return { .node = node,
        .name = node < 0 ? "reorder" : "n" + std::to_string(node),
        .type = type,
        .kernel = kernel,
        .slow = slow,
        .computes = core::ElementType::Float32,
        .cost = core::NodeCost { .flop = 100, .weightBytes = 10, .activationBytes = 5 },
        .time = nanoseconds(time) };
}

/// A convolution in two steps, a reorder, a plain Resize, another convolution.
Trace trace(int scale = 1)
{
    Trace result { { step(0, "Conv", "jit:avx2", 40 * scale), step(-1, "", "simple:any", 5 * scale),
        step(0, "Conv", "own:bias", 15 * scale), step(1, "Resize", "plain:Resize", 30 * scale, true),
        step(2, "Conv", "jit:avx2", 10 * scale) } };
    result.steps[2].cost.reset();
    return result;
}

} // namespace

class TstPlacement : public QObject {
    Q_OBJECT

private slots:
    void sumsStepsOfANode()
    {
        const Trace one = trace();
        const core::NodePlacement placement = core::placementOf({ &one, 1 });
        QCOMPARE(placement.nodes.size(), 4U);
        const core::PlacedNode& conv = placement.nodes[0];
        QCOMPARE(conv.name, std::string("n0"));
        QCOMPARE(conv.kernel, std::string("jit:avx2 + own:bias"));
        QCOMPARE(conv.time, nanoseconds(55));
        QCOMPARE(conv.share, 0.55);
        QCOMPARE(conv.cost->flop, 100);
        QVERIFY(!conv.plain);
        QCOMPARE(placement.nodes[1].type, std::string("(reorder)"));
        QCOMPARE(placement.nodes[1].name, std::string("reorder before n0"));
        const Trace last { { step(-1, "", "simple:any", 5) } };
        QCOMPARE(core::placementOf({ &last, 1 }).nodes[0].name, std::string("reorder at the end"));
        QVERIFY(placement.nodes[2].plain);
        QCOMPARE(placement.time, nanoseconds(100));
        QCOMPARE(placement.plain, nanoseconds(30));
        QCOMPARE(placement.plainShare(), 0.3);
    }

    void sumsNodesOfAnOperator()
    {
        const Trace one = trace();
        const auto operators = core::placementOf({ &one, 1 }).operators;
        QCOMPARE(operators.size(), 3U);
        QCOMPARE(operators[0].type, std::string("Conv"));
        QCOMPARE(operators[0].calls, 2);
        QCOMPARE(operators[0].time, nanoseconds(65));
        QCOMPARE(operators[0].plain, nanoseconds(0));
        QCOMPARE(operators[1].type, std::string("Resize"));
        QCOMPARE(operators[1].plain, nanoseconds(30));
        QCOMPARE(operators[2].type, std::string("(reorder)"));
        QCOMPARE(operators[2].share, 0.05);
    }

    void takesTheMedianOfEveryStep()
    {
        const Trace odd[] = { trace(1), trace(50), trace(3) };
        QCOMPARE(core::placementOf(odd).time, nanoseconds(300));
        QCOMPARE(core::placementOf(odd).runs, 3U);
        const Trace even[] = { trace(1), trace(50), trace(3), trace(2) };
        QCOMPARE(core::placementOf(even).nodes[2].time, nanoseconds(75)); // between 60 and 90
    }

    void listsTheMostExpensive()
    {
        const Trace one = trace();
        const auto most = core::mostExpensive(core::placementOf({ &one, 1 }), 2);
        QCOMPARE(most.size(), 2U);
        QCOMPARE(most[0].name, std::string("n0"));
        QCOMPARE(most[1].name, std::string("n1"));
        QCOMPARE(core::mostExpensive(core::placementOf({ &one, 1 }), 10).size(), 4U);
    }

    void nothingIsNothing()
    {
        const core::NodePlacement none = core::placementOf({});
        QVERIFY(none.nodes.empty() && none.operators.empty());
        QCOMPARE(none.plainShare(), 0.0);
        const Trace empty;
        QCOMPARE(core::placementOf({ &empty, 1 }).runs, 1U);
    }

    void refusesTracesOfOtherSteps()
    {
        Trace traces[] = { trace(), trace() };
        traces[1].steps.pop_back();
        QCOMPARE(support::sentenceOf([&] { core::placementOf(traces); }),
            std::string("Cannot sum up traces: they are not of the same steps."));
    }

    void tracesAProgram()
    {
        const auto graph = std::make_shared<const core::Graph>(support::tinyGraph());
        const auto program = core::ReferenceEngine().compile(graph, {});
        const auto traces = core::tracedRuns(*program, 3);
        QCOMPARE(traces.size(), 3U);
        const auto placement = core::placementOf(traces);
        QCOMPARE(placement.nodes.size(), graph->nodes.size());
        for (const core::PlacedNode& node : placement.nodes) {
            QVERIFY(node.plain);
            QVERIFY(node.cost && node.cost->known && node.cost->flop > 0);
            QCOMPARE(node.computes, core::ElementType::Float32);
        }
        std::stop_source stopped;
        stopped.request_stop();
        QVERIFY(core::tracedRuns(*program, 3, stopped.get_token()).empty());
    }

    void becomesCsvAndJson()
    {
        Trace one = trace();
        one.steps[0].name = "a,\"b\"";
        one.steps[4].cost->known = false;
        const auto placement = core::placementOf({ &one, 1 });
        QCOMPARE(core::toCsv(placement),
            std::string("node,operator,kernel,plain,precision,flop,bytes,time_ns,share\n"
                        "\"a,\"\"b\"\"\",Conv,jit:avx2 + own:bias,no,float32,100,15,55,0.550000\n"
                        "reorder before n0,(reorder),simple:any,no,float32,100,15,5,0.050000\n"
                        "n1,Resize,plain:Resize,yes,float32,100,15,30,0.300000\n"
                        "n2,Conv,jit:avx2,no,float32,,,10,0.100000\n"));
        const core::Json json = core::toJson(placement);
        QVERIFY(json["time_ns"] == 100);
        QVERIFY(json["plain_share"] == 0.3);
        QVERIFY(json["operators"][0]["calls"] == 2);
        QVERIFY(json["node_list"][0]["weight_bytes"] == 10);
        QVERIFY(!json["node_list"][3].contains("flop"));
    }
};

QTEST_GUILESS_MAIN(TstPlacement)
#include "tst_placement.moc"
