// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "core/model/zoo/layers.h"
#include "core/model/zoo/random_weights.h"
#include "tests/support/graphs.h"
#include "tests/support/run_reference.h"

#include <QTest>

using core::Graph;
using core::OpKind;
using core::ValueId;
using core::zoo::GraphBuilder;
using namespace support;

namespace {

ValueId batchNorm(GraphBuilder& builder, ValueId x, std::int64_t channels)
{
    return builder.node(OpKind::BatchNormalization, "norm",
        { x, builder.random("scale", { channels }, 0.1, 1), builder.random("shift", { channels }, 0.1),
            builder.random("mean", { channels }, 0.1), builder.random("variance", { channels }, 0.2, 1) });
}

/// A random network over [batch, 4, 6, 6] in which any value may be read again or be an output.
Graph randomNetwork(std::uint64_t seed)
{
    GraphBuilder b("random", seed);
    std::uint64_t state = core::zoo::streamOf(seed, "structure");
    const auto choose = [&](std::uint64_t below) {
        state = core::zoo::streamOf(state, "next");
        return state % below;
    };
    std::vector<ValueId> values { b.input("x", kFloat, { "batch", 4, 6, 6 }) };
    for (int i = 0; i < 14; ++i) {
        const std::string name = "n" + std::to_string(i);
        // Mostly the newest value, so that chains come about.
        const ValueId x = choose(3) ? values.back() : values[choose(values.size())];
        const ValueId other = values[choose(values.size())];
        const auto unary = [&](OpKind kind) { return b.node(kind, name, { x }); };
        switch (choose(12)) {
        case 0:
        case 1:
        case 2:
            values.push_back(core::zoo::conv(b, name, x,
                { .inChannels = 4, .outChannels = 4, .kernel = 3, .gain = 1, .bias = choose(2) == 0 }));
            break;
        case 3:
            values.push_back(b.node(OpKind::BatchNormalization, name,
                { x, b.random(name + "s", { 4 }, 0.1, 1), b.random(name + "b", { 4 }, 0.1),
                    b.random(name + "m", { 4 }, 0.1), b.random(name + "v", { 4 }, 0.2, 1) }));
            break;
        case 4:
            values.push_back(unary(OpKind::Relu));
            break;
        case 5:
            values.push_back(b.node(OpKind::Add, name, { x, other }));
            break;
        case 6:
            values.push_back(b.node(OpKind::Mul, name, { x, b.node(OpKind::Sigmoid, name + "g", { x }) }));
            break;
        case 7:
            values.push_back(core::zoo::erfGelu(b, name, x));
            break;
        case 8:
            values.push_back(
                b.node(OpKind::Clip, name, { x, b.scalar(name + "l", -1), b.scalar(name + "h", 2) }));
            break;
        case 9:
            values.push_back(unary(choose(2) ? OpKind::Tanh : OpKind::Identity));
            break;
        case 10:
            values.push_back(core::zoo::linear(b, name, x, 6, 6, 0.4));
            break;
        case 11: // broadcast over the batch's own maximum: the same shape but for one dimension
            values.push_back(b.node(OpKind::Add, name,
                { x,
                    b.node(OpKind::ReduceMax, name + "r", { x },
                        core::AxesAttributes { .axes = std::vector<std::int64_t> { 1 } }) }));
            break;
        }
    }
    b.output(values.back(), "y", kFloat, { "batch", 4, 6, 6 });
    if (choose(2))
        b.output(values[1 + choose(values.size() - 2)], "z", kFloat, { "batch", 4, 6, 6 });
    return b.finish();
}

} // namespace

/// The passes that fold and remove, and all of them together: what they make of a graph, what they leave
/// alone, and that the numbers stay. Fusions: tst_fusions.
class TstPasses : public QObject {
    Q_OBJECT

private slots:
    void foldsConstants()
    {
        const Graph before = graphOf({ "batch", 4 }, [](GraphBuilder& b, ValueId x) {
            const ValueId doubled = b.node(OpKind::Mul, "mul", { b.scalar("a", 3), b.scalar("b", 2) });
            const ValueId shifted = b.node(OpKind::Add, "add", { doubled, b.scalar("c", 1) });
            return b.node(OpKind::Mul, "last", { x, shifted });
        });
        const Graph after = core::foldConstants(before);
        QCOMPARE(outline(after), QString("Mul"));
        QCOMPARE(after.value(after.nodes[0].inputs[1]).constant->as<float>()[0], 7.0F);
        QCOMPARE(QString::fromStdString(support::differenceBetween(before, after)), QString());
    }

    void keepsConstantsThatGrowLarge()
    {
        const Graph before = graphOf({ "batch", 1 }, [](GraphBuilder& b, ValueId x) {
            const ValueId large = b.node(
                OpKind::Expand, "expand", { b.scalar("a", 3), b.integers("shape", { 1, (16 << 20) + 1 }) });
            return b.node(OpKind::Add, "add", { x, large });
        });
        QCOMPARE(outline(core::foldConstants(before)), QString("Expand, Add"));
    }

    void keepsConstantOutputsAndLargeProducts()
    {
        const Graph constant = graphOf({ "batch", 1 },
            [](GraphBuilder& b, ValueId) { return b.node(OpKind::Neg, "neg", { b.scalar("a", 3) }); });
        QCOMPARE(outline(core::foldConstants(constant)), QString("Neg"));
        const Graph product = graphOf({ "batch", 512 }, [](GraphBuilder& b, ValueId x) {
            const ValueId weights = b.node(
                OpKind::MatMul, "merge", { b.random("a", { 512, 512 }, 1), b.random("b", { 512, 512 }, 1) });
            return b.node(OpKind::MatMul, "product", { x, weights });
        });
        QCOMPARE(outline(core::foldConstants(product)), QString("MatMul, MatMul"));
    }

    void removesIdentities()
    {
        const Graph before = graphOf({ "batch", 4 }, [](GraphBuilder& b, ValueId x) {
            ValueId y = b.node(OpKind::Identity, "identity", { x });
            y = b.node(OpKind::Dropout, "dropout", { y });
            y = b.node(OpKind::Cast, "cast", { y }, core::CastAttributes { .to = kFloat });
            y = reshaped(b, "reshape", y, { -1, 4 });
            y = transposed(b, "transpose", y, { 0, 1 });
            y = b.node(OpKind::Concat, "concat", { y }, core::AxisAttributes { .axis = 0 });
            y = b.node(OpKind::Neg, "neg", { y });
            return b.node(OpKind::Identity, "last", { y });
        });
        const Graph after = core::removeIdentities(before);
        QCOMPARE(outline(after), QString("Neg, Identity")); // the last one carries the output's name
        QCOMPARE(QString::fromStdString(support::differenceBetween(before, after)), QString());
    }

    void keepsWhatOnlyLooksLikeAnIdentity()
    {
        const Graph before = graphOf({ "batch", 4 }, [](GraphBuilder& b, ValueId x) {
            ValueId y = transposed(b, "transpose", x, { 1, 0 });
            y = b.node(OpKind::Cast, "cast", { y }, core::CastAttributes { .to = core::ElementType::Double });
            y = reshaped(b, "reshape", y, { -1 });
            return b.node(OpKind::Cast, "back", { y }, core::CastAttributes { .to = kFloat });
        });
        QCOMPARE(outline(core::removeIdentities(before)), QString("Transpose, Cast, Reshape, Cast"));
    }

    void foldsBatchNorm_data()
    {
        QTest::addColumn<bool>("gemm");
        QTest::addColumn<bool>("bias");
        QTest::newRow("conv") << false << false;
        QTest::newRow("conv with bias") << false << true;
        QTest::newRow("gemm") << true << true;
    }

    void foldsBatchNorm()
    {
        QFETCH(bool, gemm);
        QFETCH(bool, bias);
        Graph before = gemm
            ? graphOf({ "batch", 6 },
                [](GraphBuilder& b, ValueId x) {
                    return batchNorm(b, core::zoo::gemm(b, "fc", x, 6, 8, 1), 8);
                })
            : graphOf({ "batch", 4, 5, 5 }, [&](GraphBuilder& b, ValueId x) {
                  return batchNorm(b,
                      core::zoo::conv(b, "conv", x,
                          { .inChannels = 4, .outChannels = 8, .kernel = 3, .group = 2, .bias = bias }),
                      8);
              });
        if (gemm) {
            auto& attributes = std::get<core::GemmAttributes>(before.nodes[0].attributes);
            attributes.alpha = 0.5F;
            attributes.beta = 2;
        }
        const Graph after = core::foldAffine(before);
        QCOMPARE(outline(after), QString(gemm ? "Gemm" : "Conv"));
        QCOMPARE(after.nodes[0].fused.size(), std::size_t { 2 });
        QCOMPARE(after.nodes[0].fused[1], std::string("norm"));
        QCOMPARE(QString::fromStdString(support::differenceBetween(before, after)), QString());
    }

    void keepsBatchNormOfASharedValue()
    {
        const Graph before = graphOf({ "batch", 4, 5, 5 }, [](GraphBuilder& b, ValueId x) {
            const ValueId conv = core::zoo::conv(b, "conv", x, { .inChannels = 4, .outChannels = 4 });
            return b.node(OpKind::Add, "add", { batchNorm(b, conv, 4), conv });
        });
        QCOMPARE(outline(core::foldAffine(before)), QString("Conv, BatchNormalization, Add"));
    }

    void removesDeadNodes()
    {
        const Graph before = graphOf({ "batch", 4 }, [](GraphBuilder& b, ValueId x) {
            b.node(OpKind::Exp, "dead_2", { b.node(OpKind::Neg, "dead_1", { x }) });
            return b.node(OpKind::Abs, "alive", { x });
        });
        QCOMPARE(outline(core::removeDeadNodes(before)), QString("Abs"));
    }

    void unknownOperatorsAreLeftAlone()
    {
        const Graph before = graphOf({ "batch", 4, 5, 5 }, [](GraphBuilder& b, ValueId x) {
            const ValueId odd = b.node(OpKind::Unknown, "odd", { x });
            return b.node(OpKind::Relu, "relu",
                { core::zoo::conv(b, "conv", odd, { .inChannels = 4, .outChannels = 4 }) });
        });
        QCOMPARE(core::optimise(before)->nodes.size(), before.nodes.size());
    }

    void zooKeepsItsNumbers_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("tiny-cnn") << "tiny-cnn";
        QTest::newRow("tiny-transformer") << "tiny-transformer";
        QTest::newRow("mlp") << "mlp";
    }

    void zooKeepsItsNumbers()
    {
        QFETCH(QString, name);
        const Graph before = core::makeZooGraph(name.toStdString());
        const auto after = core::optimise(before);
        QVERIFY(after->nodes.size() < before.nodes.size());
        QCOMPARE(QString::fromStdString(support::differenceBetween(before, *after)), QString());
        QCOMPARE(outline(*core::optimise(*after)), outline(*after)); // nothing is left to do
    }

    void withoutFusionOperatorsStayAsTheFileHasThem()
    {
        for (const char* name : { "tiny-cnn", "tiny-transformer" }) {
            const Graph before = core::makeZooGraph(name);
            const auto after = core::optimise(before, { .fuse = false });
            QCOMPARE(outline(*after), outline(core::removeDeadNodes(core::foldConstants(before))));
            for (const core::Node& node : after->nodes)
                QVERIFY(node.epilogue.empty());
            QCOMPARE(QString::fromStdString(support::differenceBetween(before, *after)), QString());
        }
    }

    void constantsAreFoldedWithoutFusion()
    {
        const Graph before = graphOf({ "batch", 4 }, [](GraphBuilder& b, ValueId x) {
            const ValueId sum = b.node(OpKind::Add, "sum", { b.scalar("one", 1), b.scalar("two", 2) });
            return b.node(OpKind::Relu, "relu", { b.node(OpKind::Mul, "product", { x, sum }) });
        });
        QCOMPARE(outline(*core::optimise(before, { .fuse = false })), QString("Mul, Relu"));
    }

    void randomNetworksKeepTheirNumbers()
    {
        std::size_t before = 0, after = 0;
        for (std::uint64_t seed = 0; seed < 150; ++seed) {
            const Graph graph = randomNetwork(seed);
            const auto optimised = core::optimise(graph);
            before += core::removeDeadNodes(graph).nodes.size();
            after += optimised->nodes.size();
            const std::string difference = support::differenceBetween(graph, *optimised);
            QVERIFY2(
                difference.empty(), qPrintable(QString("seed %1: %2").arg(seed).arg(difference.c_str())));
            QCOMPARE(outline(*core::optimise(*optimised)), outline(*optimised));
        }
        QVERIFY(after * 10 < before * 7); // the networks do have something to fuse
    }

    void bertBaseBecomesItsPlan()
    {
        const Graph before = core::makeZooGraph("bert-base");
        const auto after = core::optimise(before);
        QCOMPARE(nodesOf(*after, OpKind::FusedAttention), 12);
        QCOMPARE(nodesOf(*after, OpKind::LayerNormalization), 25);
        QCOMPARE(nodesOf(*after, OpKind::MatMul), 72);
        for (const OpKind gone :
            { OpKind::Softmax, OpKind::Erf, OpKind::Transpose, OpKind::Reshape, OpKind::Div, OpKind::Tanh })
            QCOMPARE(nodesOf(*after, gone), 0);
        QCOMPARE(nodesOf(*after, OpKind::Add), 2); // of the three embeddings
        QCOMPARE(after->nodes.size(), std::size_t { 120 });
        QCOMPARE(outline(*core::optimise(*after)), outline(*after));
    }

    void resnet50BecomesItsPlan()
    {
        const auto after = core::optimise(core::makeZooGraph("resnet50"));
        QCOMPARE(nodesOf(*after, OpKind::Conv), 53);
        QCOMPARE(nodesOf(*after, OpKind::Relu) + nodesOf(*after, OpKind::Add), 0);
        QCOMPARE(after->nodes.size(), std::size_t { 57 });
    }
};

QTEST_GUILESS_MAIN(TstPasses)
#include "tst_passes.moc"
