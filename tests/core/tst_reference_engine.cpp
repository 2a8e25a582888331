// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/model/shape_inference.h"
#include "core/ops/op_table.h"
#include "tests/support/op_case_builder.h"
#include "tests/support/programs.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <array>
#include <cmath>
#include <cstring>

using namespace core;
using support::given;
using support::input;
using support::OpCase;
using support::opCase;

namespace {

std::vector<Tensor> run(const OpCase& made)
{
    const auto program = ReferenceEngine().compile(made.graph, { .dims = made.dims });
    return support::runOnce(*program, *made.graph, made.inputs);
}

/// The first output, which is float32, next to what was worked out by hand.
bool gives(const OpCase& made, const std::vector<float>& expected)
{
    const auto outputs = run(made);
    const auto actual = outputs[0].as<float>();
    for (std::size_t i = 0; i < expected.size(); ++i)
        if (actual.size() != expected.size() || std::abs(actual[i] - expected[i]) > 1e-5F)
            return false;
    return true;
}

std::vector<float> elementsOf(const Tensor& tensor)
{
    return { tensor.as<float>().begin(), tensor.as<float>().end() };
}

OpCase withPostOps(std::vector<PostOp> epilogue)
{
    return opCase("relu", OpKind::Identity,
        { given({ 1, 4 }, { -4, -1, 1, 4 }), given({ 1, 4 }, { 1, 2, 3, 4 }) }, NoAttributes {},
        { .epilogue = std::move(epilogue) });
}

} // namespace

/// Golden values worked out by hand, and what the engine says about itself.
class TstReferenceEngine : public QObject {
    Q_OBJECT

private slots:
    void multipliesByHand();
    void convolvesByHand();
    void poolsByHand();
    void normalisesByHand();
    void movesByHand();
    void computesInHalves();
    void wrapsIntegers();
    void attentionIsItsParts();
    void appliesEpilogues();
    void addsBiasAfterScaling();
    void runsUnalignedWeights();
    void tracesEveryNode();
    void countsItsMemory();
    void describesItself();
    void refuses();
    void refusesData();
};

void TstReferenceEngine::multipliesByHand()
{
    QVERIFY(gives(
        opCase("gemm", OpKind::Gemm,
            { given({ 1, 2 }, { 1, 2 }), given({ 3, 2 }, { 1, 2, 3, 4, 5, 6 }), given({ 3 }, { 1, 0, -1 }) },
            GemmAttributes { .alpha = 2, .beta = 10, .transB = true }),
        { 20, 22, 24 }));
    QVERIFY(gives(opCase("matmul", OpKind::MatMul,
                      { given({ 2, 2 }, { 1, 2, 3, 4 }), given({ 2, 1 }, { 5, 6 }) }, MatMulAttributes {}),
        { 17, 39 }));
}

void TstReferenceEngine::convolvesByHand()
{
    // A 2x2 box over 1..9, padded above and to the left.
    QVERIFY(gives(opCase("conv", OpKind::Conv,
                      { given({ 1, 1, 3, 3 }, { 1, 2, 3, 4, 5, 6, 7, 8, 9 }), given({ 1, 1, 2, 2 }, { 1 }),
                          given({ 1 }, { 100 }) },
                      ConvAttributes { .pads = { 1, 1, 0, 0 } }),
        { 101, 103, 105, 105, 112, 116, 111, 124, 128 }));
    // Two groups, each with a filter of its own, at every other column.
    QVERIFY(gives(opCase("conv", OpKind::Conv,
                      { given({ 1, 2, 3 }, { 1, 2, 3, 4, 5, 6 }), given({ 2, 1, 1 }, { 10, 100 }) },
                      ConvAttributes { .strides = { 2 }, .group = 2 }),
        { 10, 30, 400, 600 }));
}

void TstReferenceEngine::poolsByHand()
{
    const auto x = given({ 1, 1, 4 }, { 1, 4, 2, 3 });
    const PoolAttributes pool { .kernel = { 3 }, .strides = { 2 }, .pads = { 1, 1 } };
    PoolAttributes counted = pool;
    counted.countIncludePad = true;
    QVERIFY(gives(opCase("max", OpKind::MaxPool, { x }, pool), { 4, 4 }));
    QVERIFY(gives(opCase("average", OpKind::AveragePool, { x }, pool), { 2.5F, 3 }));
    QVERIFY(gives(opCase("average", OpKind::AveragePool, { x }, counted), { 5.0F / 3, 3 }));
    // In ceil mode the last window stands out; only what is padding counts.
    counted.pads = { 0, 0 };
    counted.ceilMode = true;
    QVERIFY(gives(opCase("average", OpKind::AveragePool, { x }, counted), { 7.0F / 3, 2.5F }));
}

void TstReferenceEngine::normalisesByHand()
{
    QVERIFY(gives(opCase("softmax", OpKind::Softmax, { given({ 1, 2 }, { 0, std::log(3.0) }) },
                      AxisAttributes { .axis = 1 }),
        { 0.25F, 0.75F }));
    QVERIFY(gives(opCase("layernorm", OpKind::LayerNormalization,
                      { given({ 1, 2 }, { 1, 3 }), given({ 2 }, { 2 }), given({ 2 }, { 5 }) },
                      NormAttributes { .epsilon = 0 }),
        { 3, 7 }));
    QVERIFY(gives(opCase("batchnorm", OpKind::BatchNormalization,
                      { given({ 1, 1, 2 }, { 1, 5 }), given({ 1 }, { 2 }), given({ 1 }, { 1 }),
                          given({ 1 }, { 3 }), given({ 1 }, { 4 }) },
                      BatchNormAttributes { .epsilon = 0 }),
        { -1, 3 }));
}

void TstReferenceEngine::movesByHand()
{
    QVERIFY(gives(opCase("transpose", OpKind::Transpose, { given({ 2, 3 }, { 1, 2, 3, 4, 5, 6 }) },
                      TransposeAttributes {}),
        { 1, 4, 2, 5, 3, 6 }));
    QVERIFY(gives(opCase("slice", OpKind::Slice,
                      { given({ 5 }, { 0, 1, 2, 3, 4 }), support::constants({ -1 }),
                          support::constants({ 0 }), support::constants({ 0 }), support::constants({ -2 }) },
                      AxesAttributes {}),
        { 4, 2 }));
    QVERIFY(gives(opCase("pad", OpKind::Pad, { given({ 3 }, { 1, 2, 3 }), support::constants({ 4, 1 }) },
                      PadAttributes { .mode = PadAttributes::Mode::Reflect }),
        { 1, 2, 3, 2, 1, 2, 3, 2 }));
}

void TstReferenceEngine::computesInHalves()
{
    // 1 and 2^-10 are halves, and so is their sum; 2^-11 is lost in it, as ties go to even.
    const Tensor one = Tensor::of<std::uint16_t>(ElementType::Float16, { 2 }, { 0x3C00, 0x3C00 });
    const Tensor small = Tensor::of<std::uint16_t>(ElementType::Float16, { 2 }, { 0x1400, 0x1000 });
    const Node add { .kind = OpKind::Add, .inputs = { 0, 1 }, .outputs = { 2 } };
    const auto sum = evaluate(add, { one.view(), small.view() });
    QCOMPARE(sum[0].type(), ElementType::Float16);
    QCOMPARE(sum[0].as<std::uint16_t>()[0], std::uint16_t { 0x3C01 });
    QCOMPARE(sum[0].as<std::uint16_t>()[1], std::uint16_t { 0x3C00 });
}

void TstReferenceEngine::wrapsIntegers()
{
    const Tensor lowest = Tensor::of<std::int32_t>(ElementType::Int32, { 1 }, { INT32_MIN });
    const Tensor minusOne = Tensor::of<std::int32_t>(ElementType::Int32, { 1 }, { -1 });
    for (const auto& [kind, expected] : { std::pair { OpKind::Add, INT32_MAX }, { OpKind::Div, INT32_MIN },
             { OpKind::Mul, INT32_MIN }, { OpKind::Sub, INT32_MIN + 1 } }) {
        const Node node { .kind = kind, .inputs = { 0, 1 }, .outputs = { 2 } };
        QCOMPARE(evaluate(node, { lowest.view(), minusOne.view() })[0].as<std::int32_t>()[0], expected);
    }
    const Node negative { .kind = OpKind::Neg, .inputs = { 0 }, .outputs = { 1 } };
    QCOMPARE(evaluate(negative, { lowest.view() })[0].as<std::int32_t>()[0], INT32_MIN);
}

void TstReferenceEngine::attentionIsItsParts()
{
    // One head: softmax(scale * Q K^T + mask) V from the operators it stands for.
    const OpCase fused = opCase("attention", OpKind::FusedAttention,
        { input({ 1, 3, 4 }), input({ 1, 5, 4 }), input({ 1, 5, 4 }), input({ 1, 1, 3, 5 }) },
        AttentionAttributes { .heads = 1, .scale = 0.5F });
    const auto node = [](OpKind kind, int inputs, Attributes attributes) {
        std::vector<ValueId> ids;
        for (int i = 0; i < inputs; ++i)
            ids.push_back(i);
        return Node { .kind = kind, .inputs = ids, .outputs = { inputs }, .attributes = attributes };
    };
    const auto& in = fused.inputs;
    const auto keys
        = evaluate(node(OpKind::Transpose, 1, TransposeAttributes { { 0, 2, 1 } }), { in[1].view() });
    const auto scores
        = evaluate(node(OpKind::MatMul, 2, MatMulAttributes { 0.5F }), { in[0].view(), keys[0].view() });
    const TensorView mask { ElementType::Float32, { 1, 3, 5 }, in[3].bytes() };
    const auto masked = evaluate(node(OpKind::Add, 2, NoAttributes {}), { scores[0].view(), mask });
    const auto weights
        = evaluate(node(OpKind::Softmax, 1, AxisAttributes { .axis = -1 }), { masked[0].view() });
    const auto expected
        = evaluate(node(OpKind::MatMul, 2, MatMulAttributes {}), { weights[0].view(), in[2].view() });
    QVERIFY(gives(fused, elementsOf(expected[0])));
}

void TstReferenceEngine::appliesEpilogues()
{
    using Kind = PostOp::Kind;
    const PostOp add { .kind = Kind::Add, .input = 1 };
    QVERIFY(gives(withPostOps({ add, { .kind = Kind::Relu } }), { 0, 1, 4, 8 }));
    QVERIFY(gives(withPostOps({ { .kind = Kind::Relu }, add }), { 1, 2, 4, 8 }));
    QVERIFY(gives(withPostOps({ add, { .kind = Kind::Clip, .alpha = -2, .beta = 5 } }), { -2, 1, 4, 5 }));
    QVERIFY(gives(withPostOps({ add, { .kind = Kind::HardSigmoid, .alpha = 0.25F, .beta = 0.5F } }),
        { 0, 0.75F, 1, 1 }));
    QVERIFY(gives(withPostOps({ add, { .kind = Kind::HardSwish } }), { 0, 2.0F / 3, 4, 8 }));
    QVERIFY(gives(
        withPostOps({ add, { .kind = Kind::Sigmoid } }), { 0.0474259F, 0.7310586F, 0.9820138F, 0.9996646F }));
    QVERIFY(gives(
        withPostOps({ add, { .kind = Kind::Tanh } }), { -0.9950548F, 0.7615942F, 0.9993293F, 0.9999998F }));
    QVERIFY(gives(withPostOps({ add, { .kind = Kind::Gelu } }), { -0.0040497F, 0.8413447F, 3.9998733F, 8 }));
    QVERIFY(
        gives(withPostOps({ add, { .kind = Kind::GeluTanh } }), { -0.0036374F, 0.841192F, 3.9999297F, 8 }));
    QVERIFY(gives(
        withPostOps({ add, { .kind = Kind::Swish } }), { -0.1422776F, 0.7310586F, 3.9280552F, 7.9973173F }));
}

void TstReferenceEngine::addsBiasAfterScaling()
{
    QVERIFY(
        gives(opCase("matmul", OpKind::MatMul,
                  { given({ 1, 2 }, { 1, 2 }), given({ 2, 2 }, { 1, 2, 3, 4 }), given({ 2 }, { 100, 200 }) },
                  MatMulAttributes { .alpha = 10 }),
            { 170, 300 }));
}

void TstReferenceEngine::runsUnalignedWeights()
{
    const OpCase made = opCase("add", OpKind::Add, { given({ 2 }, { 1, 2 }), support::weight({ 2 }) });
    alignas(8) static const std::array<float, 3> numbers { 0, 10, 20 };
    static std::array<std::byte, 9> shifted {};
    std::memcpy(shifted.data() + 1, numbers.data() + 1, 8);
    Graph graph = *made.graph;
    graph.values[1].constant->bytes = std::span(shifted).subspan(1);
    const auto shared = std::make_shared<const Graph>(std::move(graph));
    const auto program = ReferenceEngine().compile(shared, { .dims = made.dims });
    const auto outputs = support::runOnce(*program, *shared, made.inputs);
    QCOMPARE(elementsOf(outputs[0]), (std::vector<float> { 11, 22 }));
}

void TstReferenceEngine::tracesEveryNode()
{
    const OpCase made = opCase("relu", OpKind::Relu, { input({ 1, 4 }) });
    const auto program = ReferenceEngine().compile(made.graph, { .dims = made.dims });
    Trace trace;
    const Sample sample = program->run(&trace);
    QCOMPARE(trace.steps.size(), std::size_t { 1 });
    QCOMPARE(trace.steps[0].name, std::string("node"));
    QCOMPARE(trace.steps[0].node, 0);
    QVERIFY(trace.steps[0].time <= sample.host);
}

void TstReferenceEngine::countsItsMemory()
{
    const OpCase made
        = opCase("gemm", OpKind::Gemm, { input({ 2, 8 }), support::matrix({ 8, 4 }) }, GemmAttributes {});
    const auto memory = ReferenceEngine().compile(made.graph, { .dims = made.dims })->memory();
    QCOMPARE(memory.weights, std::size_t { 8 * 4 * 4 });
    QCOMPARE(memory.arena, std::size_t { (2 * 8 + 2 * 4) * 4 });
}

void TstReferenceEngine::describesItself()
{
    const DeviceInfo device = ReferenceEngine().device();
    QCOMPARE(device.id, std::string("reference"));
    QVERIFY(device.absent.empty());
}

void TstReferenceEngine::refuses()
{
    const OpCase unknown = opCase("unknown", OpKind::Unknown, { input({ 1 }) });
    const auto refusals = ReferenceEngine().refusals(*unknown.graph);
    QCOMPARE(refusals.size(), std::size_t { 1 });
    QCOMPARE(refusals[0].reason, std::string("operator is not implemented"));
    QCOMPARE(support::sentenceOf([&] { ReferenceEngine().compile(unknown.graph, {}); }),
        std::string("Cannot compile: node \"node\" (Unknown): operator is not implemented."));

    const OpCase identity = opCase("identity", OpKind::Identity, { input({ 1 }) });
    Graph strings = *identity.graph;
    strings.values[0].type = ElementType::String;
    QCOMPARE(ReferenceEngine().refusals(strings)[0].reason, std::string("strings are not implemented"));
    QVERIFY(ReferenceEngine().refusals(*identity.graph).empty());

    QCOMPARE(support::sentenceOf(
                 [&] { ReferenceEngine().compile(identity.graph, { .precision = Precision::Int8 }); }),
        std::string("Cannot compile: the reference engine computes in the model's own types, not in int8."));
    QVERIFY(ReferenceEngine().compile(identity.graph, { .precision = Precision::Float32 }));
}

void TstReferenceEngine::refusesData()
{
    const OpCase made = opCase("gather", OpKind::Gather,
        { input({ 3, 2 }), given({ 1 }, { 3 }, ElementType::Int64) }, AxisAttributes {});
    const auto program = ReferenceEngine().compile(made.graph, { .dims = made.dims });
    std::array<std::byte, 5> bytes {};
    QCOMPARE(support::sentenceOf([&] { program->write(0, bytes); }),
        std::string("Cannot write input \"in0\": 5 bytes were given, expected 24."));
    program->write(1, made.inputs[1].bytes());
    QCOMPARE(support::sentenceOf([&] { program->run(); }),
        std::string("Cannot run: node \"node\" (Gather) reads index 3 of a dimension of 3."));
}

QTEST_GUILESS_MAIN(TstReferenceEngine)
#include "tst_reference_engine.moc"
