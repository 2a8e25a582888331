// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "core/model/zoo/layers.h"
#include "tests/support/graphs.h"
#include "tests/support/run_reference.h"

#include <QTest>

using core::Graph;
using core::OpKind;
using core::ValueId;
using core::zoo::GraphBuilder;
using namespace support;

namespace {

/// What the attention of a test does differently from the plain form.
struct AttentionForm {
    bool scaleQueries = false, twoTransposes = false, maskFirst = false, wrongHeads = false,
         scaleValues = false, scaleAfterMask = false;
};

/// Attention of two heads of 4 over x [batch, 5, 8].
Graph attention(const AttentionForm& form)
{
    return graphOf({ "batch", 5, 8 }, [&](GraphBuilder& b, ValueId x) {
        const auto heads = [&](const char* name) {
            const ValueId projected = core::zoo::linear(b, name, x, 8, 8, 0.4);
            return reshaped(b, std::string(name) + "_split", projected, { 0, 0, 2, 4 });
        };
        ValueId q = transposed(b, "q4", heads("q"), { 0, 2, 1, 3 });
        ValueId k = heads("k");
        if (form.twoTransposes)
            k = transposed(b, "k5", transposed(b, "k4", k, { 0, 2, 1, 3 }), { 0, 1, 3, 2 });
        else
            k = transposed(b, "k4", k, { 0, 2, 3, 1 });
        ValueId v = transposed(b, "v4", heads("v"), { 0, 2, 1, 3 });
        if (form.scaleQueries)
            q = b.node(OpKind::Mul, "scale_q", { q, b.scalar("half", 0.5F) });
        if (form.scaleValues)
            v = b.node(OpKind::Mul, "scale_v", { v, b.scalar("double", 2) });
        ValueId scores = b.node(OpKind::MatMul, "scores", { q, k });
        if (!form.scaleQueries && !form.scaleAfterMask)
            scores = b.node(OpKind::Div, "scale", { scores, b.scalar("two", 2) });
        const ValueId mask = b.random("mask", { 1, 1, 5, 5 }, 1);
        scores = form.maskFirst ? b.node(OpKind::Add, "masked", { mask, scores })
                                : b.node(OpKind::Add, "masked", { scores, mask });
        if (form.scaleAfterMask)
            scores = b.node(OpKind::Div, "scale", { scores, b.scalar("two", 2) });
        const ValueId shares
            = b.node(OpKind::Softmax, "softmax", { scores }, core::AxisAttributes { .axis = -1 });
        const ValueId context = b.node(OpKind::MatMul, "context", { shares, v });
        const ValueId rows = transposed(b, "rows", context, { 0, 2, 1, 3 });
        return reshaped(b, "join", rows,
            form.wrongHeads ? std::vector<std::int64_t> { 0, -1, 4 } : std::vector<std::int64_t> { 0, 0, 8 });
    });
}

} // namespace

/// The passes that fuse: the forms they know, what only looks like one, and that the numbers stay.
class TstFusions : public QObject {
    Q_OBJECT

private slots:
    void fusesGelu_data()
    {
        QTest::addColumn<int>("order");
        QTest::addColumn<bool>("tanh");
        for (int order = 0; order < 3; ++order) {
            QTest::addRow("erf, order %d", order) << order << false;
            QTest::addRow("tanh, order %d", order) << order << true;
        }
    }

    void fusesGelu()
    {
        QFETCH(int, order);
        QFETCH(bool, tanh);
        const Graph before = gelu(order, tanh, tanh ? 0.79788456F : 0.70710678F);
        const Graph after = core::fuseGelu(before);
        QCOMPARE(outline(after), QString("Gelu"));
        QCOMPARE(std::get<core::GeluAttributes>(after.nodes[0].attributes).tanhApproximation, tanh);
        QCOMPARE(after.nodes[0].fused.size(), before.nodes.size());
        QCOMPARE(QString::fromStdString(support::differenceBetween(before, after)), QString());
    }

    void keepsWhatIsNoGelu()
    {
        const Graph wrong = gelu(0, false, 0.75F);
        QCOMPARE(core::fuseGelu(wrong).nodes.size(), wrong.nodes.size());
        // A step of it that somebody else wants.
        const Graph watched = withOutput(gelu(0, false, 0.70710678F), "function_output_0");
        QCOMPARE(core::fuseGelu(watched).nodes.size(), watched.nodes.size());
    }

    void fusesLayerNorm()
    {
        const Graph before = core::makeZooGraph("tiny-transformer");
        const Graph after = core::fuseLayerNorm(before);
        QCOMPARE(nodesOf(after, OpKind::LayerNormalization), 5);
        QCOMPARE(nodesOf(after, OpKind::Sqrt), 0);
        QCOMPARE(nodesOf(after, OpKind::ReduceMean), 0);
        QCOMPARE(QString::fromStdString(support::differenceBetween(before, after)), QString());
    }

    void fusesLayerNormWithoutShift()
    {
        const Graph before = layerNorm(-1, false);
        const Graph after = core::fuseLayerNorm(before);
        QCOMPARE(outline(after), QString("LayerNormalization"));
        QCOMPARE(after.nodes[0].inputs.size(), std::size_t { 2 });
        QCOMPARE(QString::fromStdString(support::differenceBetween(before, after)), QString());
    }

    void keepsNormsOverOtherAxes()
    {
        const Graph before = layerNorm(1, true);
        QCOMPARE(core::fuseLayerNorm(before).nodes.size(), before.nodes.size());
        const Graph watched = withOutput(layerNorm(-1, true), "sub_output_0");
        QCOMPARE(core::fuseLayerNorm(watched).nodes.size(), watched.nodes.size());
    }

    void fusesMatMulBias()
    {
        const Graph before = graphOf({ "batch", 3, 4 },
            [](GraphBuilder& b, ValueId x) { return core::zoo::linear(b, "fc", x, 4, 5, 0.5); });
        const Graph after = core::fuseMatMulBias(before);
        QCOMPARE(outline(after), QString("MatMul"));
        QCOMPARE(after.nodes[0].inputs.size(), std::size_t { 3 });
        QCOMPARE(QString::fromStdString(support::differenceBetween(before, after)), QString());
    }

    void keepsOtherSums()
    {
        const auto product = [](core::Shape added) {
            return graphOf({ "batch", 3, 4 }, [&](GraphBuilder& b, ValueId x) {
                const ValueId y = b.node(OpKind::MatMul, "matmul", { x, b.random("w", { 4, 5 }, 1) });
                return b.node(OpKind::Add, "add", { y, b.random("b", added, 1) });
            });
        };
        QCOMPARE(outline(core::fuseMatMulBias(product({ 1, 1, 5 }))), QString("MatMul"));
        QCOMPARE(outline(core::fuseMatMulBias(product({ 3, 5 }))), QString("MatMul, Add"));
        QCOMPARE(outline(core::fuseMatMulBias(product({ 1 }))), QString("MatMul, Add"));
        QCOMPARE(outline(core::fuseMatMulBias(product({ 1, 1, 1, 5 }))),
            QString("MatMul, Add")); // adds a dimension
    }

    void fusesAttention_data()
    {
        QTest::addColumn<int>("form");
        QTest::newRow("plain") << 0;
        QTest::newRow("scaled queries") << 1;
        QTest::newRow("two transposes") << 2;
        QTest::newRow("mask first") << 3;
    }

    void fusesAttention()
    {
        QFETCH(int, form);
        const Graph before
            = attention({ .scaleQueries = form == 1, .twoTransposes = form == 2, .maskFirst = form == 3 });
        const Graph after = core::fuseAttention(before);
        QCOMPARE(outline(after), QString("MatMul, Add, MatMul, Add, MatMul, Add, FusedAttention"));
        const auto& attributes = std::get<core::AttentionAttributes>(after.nodes.back().attributes);
        QCOMPARE(attributes.heads, std::int64_t { 2 });
        QCOMPARE(attributes.scale, 0.5F);
        QCOMPARE(QString::fromStdString(support::differenceBetween(before, after)), QString());
    }

    void keepsOtherAttention()
    {
        for (const AttentionForm& form : { AttentionForm { .wrongHeads = true },
                 AttentionForm { .scaleValues = true }, AttentionForm { .scaleAfterMask = true } })
            QCOMPARE(nodesOf(core::fuseAttention(attention(form)), OpKind::FusedAttention), 0);
        const Graph watched = withOutput(attention({}), "softmax_output_0");
        QCOMPARE(nodesOf(core::fuseAttention(watched), OpKind::FusedAttention), 0);
    }

    void fusesActivations_data()
    {
        QTest::addColumn<int>("activation");
        QTest::addColumn<QString>("expected");
        const char* words[] = { "Relu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Gelu",
            "GeluTanh", "Swish", "HardSwish" };
        for (int i = 0; i < 10; ++i)
            QTest::addRow("%d %s", i, words[i]) << i << QString("Conv+") + words[i];
    }

    void fusesActivations()
    {
        QFETCH(int, activation);
        QFETCH(QString, expected);
        const Graph before = graphOf({ "batch", 4, 5, 5 }, [&](GraphBuilder& b, ValueId x) {
            return activate(
                b, core::zoo::conv(b, "conv", x, { .inChannels = 4, .outChannels = 4 }), activation);
        });
        const Graph after = core::fuseEpilogues(before);
        QCOMPARE(outline(after), expected);
        QCOMPARE(after.nodes[0].fused.size(), before.nodes.size());
        QCOMPARE(after.outputs, before.outputs);
        QCOMPARE(QString::fromStdString(support::differenceBetween(before, after)), QString());
    }

    void fusesResiduals()
    {
        const core::zoo::ConvSpec spec { .inChannels = 4, .outChannels = 4 };
        const Graph before = graphOf({ "batch", 4, 5, 5 }, [&](GraphBuilder& b, ValueId x) {
            const ValueId main = core::zoo::conv(b, "main", x, spec);
            const ValueId shortcut
                = core::zoo::conv(b, "shortcut", x, spec); // runs first, though listed last
            return b.node(OpKind::Relu, "relu", { b.node(OpKind::Add, "add", { main, shortcut }) });
        });
        const Graph after = core::fuseEpilogues(before);
        QCOMPARE(outline(after), QString("Conv, Conv+Add+Relu"));
        QCOMPARE(after.nodes[0].name, std::string("/shortcut/Conv"));
        QCOMPARE(after.nodes[1].epilogue[0].input, 3);
        QCOMPARE(QString::fromStdString(support::differenceBetween(before, after)), QString());
    }

    void keepsSumsThatBroadcast()
    {
        const Graph before = graphOf({ "batch", 4, 5, 5 }, [](GraphBuilder& b, ValueId x) {
            const ValueId conv = core::zoo::conv(b, "conv", x, { .inChannels = 4, .outChannels = 4 });
            const ValueId mean = b.node(OpKind::GlobalAveragePool, "mean", { x });
            return b.node(OpKind::Add, "add", { conv, mean });
        });
        QCOMPARE(outline(core::fuseEpilogues(before)), QString("Conv, GlobalAveragePool, Add"));
    }

    void keepsWhatIsReadElsewhere()
    {
        const Graph before = graphOf({ "batch", 4, 5, 5 }, [](GraphBuilder& b, ValueId x) {
            const ValueId conv = core::zoo::conv(b, "conv", x, { .inChannels = 4, .outChannels = 4 });
            return b.node(OpKind::Mul, "mul", { b.node(OpKind::Relu, "relu", { conv }), conv });
        });
        QCOMPARE(outline(core::fuseEpilogues(before)), QString("Conv, Relu, Mul"));
        const Graph watched = withOutput(graphOf({ "batch", 4, 5, 5 },
                                             [](GraphBuilder& b, ValueId x) {
                                                 const ValueId conv = core::zoo::conv(
                                                     b, "conv", x, { .inChannels = 4, .outChannels = 4 });
                                                 return b.node(OpKind::Relu, "relu", { conv });
                                             }),
            "/conv/Conv_output_0");
        QCOMPARE(outline(core::fuseEpilogues(watched)), QString("Conv, Relu"));
    }

    void dynamicLengthsFuseToo()
    {
        GraphBuilder b("test", 1);
        const ValueId x = b.input("x", kFloat, { "batch", "length", 8 });
        const ValueId y = core::zoo::linear(b, "fc", x, 8, 8, 0.4);
        b.output(b.node(OpKind::Add, "sum", { y, x }), "y", kFloat, { "batch", "length", 8 });
        QCOMPARE(outline(*core::optimise(b.finish())), QString("MatMul+Add"));
    }

    void differentSymbolsDoNotFuse()
    {
        GraphBuilder b("test", 1);
        const ValueId x = b.input("x", kFloat, { "batch", "m", 8 });
        const ValueId z = b.input("z", kFloat, { "batch", "n", 8 });
        const ValueId y = core::zoo::linear(b, "fc", x, 8, 8, 0.4);
        b.output(b.node(OpKind::Add, "sum", { y, z }), "y", kFloat, { "batch", "m", 8 });
        QVERIFY(nodesOf(*core::optimise(b.finish()), OpKind::Add) > 0);
    }

private:
    static Graph gelu(int order, bool tanh, float factor)
    {
        return graphOf({ "batch", 6 }, [&](GraphBuilder& b, ValueId x) {
            ValueId inner = x;
            if (tanh) {
                const auto times = [&](const char* name, ValueId left, ValueId right) {
                    return b.node(OpKind::Mul, name, { left, right });
                };
                const ValueId c = b.scalar("c", 0.044715F);
                const ValueId scaled = order == 0
                    ? times("cubic", b.node(OpKind::Pow, "cube", { x, b.scalar("three", 3) }), c)
                    : order == 1 ? times("cubic", times("cube", times("square", x, x), x), c)
                                 : times("cubic", x, times("square", x, times("scaled", c, x)));
                inner = b.node(OpKind::Add, "inner", { x, scaled });
            }
            const ValueId argument = b.node(OpKind::Mul, "argument", { inner, b.scalar("factor", factor) });
            const ValueId function = b.node(tanh ? OpKind::Tanh : OpKind::Erf, "function", { argument });
            const ValueId sum = b.node(OpKind::Add, "sum", { b.scalar("one", 1), function });
            const ValueId half = b.scalar("half", 0.5F);
            if (order == 0)
                return b.node(OpKind::Mul, "last", { b.node(OpKind::Mul, "first", { x, sum }), half });
            if (order == 1)
                return b.node(OpKind::Mul, "last", { x, b.node(OpKind::Mul, "first", { half, sum }) });
            return b.node(OpKind::Mul, "last", { b.node(OpKind::Mul, "first", { x, half }), sum });
        });
    }

    static Graph layerNorm(std::int64_t axis, bool shift)
    {
        return graphOf({ "batch", 6, 6 }, [&](GraphBuilder& b, ValueId x) {
            const core::AxesAttributes axes { .axes = std::vector<std::int64_t> { axis } };
            const ValueId mean = b.node(OpKind::ReduceMean, "mean", { x }, axes);
            const ValueId centred = b.node(OpKind::Sub, "sub", { x, mean });
            const ValueId square = b.node(OpKind::Mul, "square", { centred, centred });
            const ValueId variance = b.node(OpKind::ReduceMean, "variance", { square }, axes);
            const ValueId sum = b.node(OpKind::Add, "add", { variance, b.scalar("epsilon", 1e-5F) });
            const ValueId root = b.node(OpKind::Sqrt, "root", { sum });
            const ValueId normal = b.node(OpKind::Div, "div", { centred, root });
            const ValueId scaled = b.node(OpKind::Mul, "mul", { normal, b.random("scale", { 6 }, 0.1, 1) });
            return shift ? b.node(OpKind::Add, "shift", { scaled, b.random("bias", { 6 }, 0.1) }) : scaled;
        });
    }

    /// The row of fusesActivations_data(); the last two are the gated forms.
    static ValueId activate(GraphBuilder& b, ValueId x, int activation)
    {
        switch (activation) {
        case 0:
            return b.node(OpKind::Relu, "act", { x });
        case 1:
            return b.node(OpKind::Clip, "act", { x, b.scalar("low", -0.5F), b.scalar("high", 1) });
        case 2:
            return b.node(OpKind::Sigmoid, "act", { x });
        case 3:
            return b.node(OpKind::HardSigmoid, "act", { x });
        case 4:
            return b.node(OpKind::HardSwish, "act", { x });
        case 5:
            return b.node(OpKind::Tanh, "act", { x });
        case 6:
            return b.node(OpKind::Gelu, "act", { x });
        case 7:
            return b.node(OpKind::Gelu, "act", { x }, core::GeluAttributes { .tanhApproximation = true });
        case 8:
            return b.node(OpKind::Mul, "act", { x, b.node(OpKind::Sigmoid, "gate", { x }) });
        default:
            return b.node(OpKind::Mul, "act",
                { b.node(OpKind::HardSigmoid, "gate", { x },
                      core::ActivationAttributes { .alpha = 1 / 6.0F, .beta = 0.5F }),
                    x });
        }
    }
};

QTEST_GUILESS_MAIN(TstFusions)
#include "tst_fusions.moc"
