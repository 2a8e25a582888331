// SPDX-License-Identifier: GPL-3.0-or-later
// Products of 8-bit integers, of all sizes and with all that may follow them, against the reference engine.
// Sums are exact, so integers that come of them are equal but for ties between two.
#include "core/engine/reference_engine.h"
#include "gpu/engine/gpu_engine.h"
#include "gpu/engine/host_device.h"
#include "tests/support/op_case_builder.h"
#include "tests/support/programs.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <random>

using core::ElementType;
using core::OpKind;
using core::PostOp;
using core::Quantisation;
using core::Shape;

namespace {

using Kind = PostOp::Kind;

constexpr auto kUnsigned = ElementType::UInt8;
constexpr auto kSigned = ElementType::Int8;

/// Numbers that are the same on every machine.
class Dice {
public:
    explicit Dice(unsigned seed)
        : m_random(seed)
    {
    }
    std::int64_t from(std::int64_t least, std::int64_t most)
    {
        return least + static_cast<std::int64_t>(m_random() % static_cast<unsigned>(most - least + 1));
    }
    std::int64_t oneOf(std::initializer_list<std::int64_t> choices)
    {
        return *(choices.begin() + from(0, std::ssize(choices) - 1));
    }

private:
    std::mt19937 m_random;
};

/// All that the type holds.
support::Operand bytes(Dice& dice, Shape shape, ElementType type, bool constant = false)
{
    support::Operand operand { .shape = std::move(shape), .type = type, .constant = constant };
    const int least = type == kSigned ? -128 : 0;
    for (std::int64_t i = 0; i < core::elementCount(operand.shape); ++i)
        operand.values.push_back(static_cast<double>(dice.from(least, least + 255)));
    return operand;
}

Quantisation inputAs(Dice& dice, ElementType type)
{
    const std::int64_t zero
        = type == kSigned ? dice.oneOf({ -128, -5, 0, 127 }) : dice.oneOf({ 0, 3, 128, 255 });
    return { .type = type, .scales = { 0.125F }, .zero = zero };
}

/// One scale, or one for each channel; sums of `depth` products stay near 1.
Quantisation weightsAs(Dice& dice, std::int64_t channels, std::int64_t depth, std::int64_t axis)
{
    Quantisation as { .type = kSigned, .axis = axis };
    const std::int64_t count = dice.oneOf({ 1, channels });
    for (std::int64_t c = 0; c < count; ++c)
        as.scales.push_back(0.002F * static_cast<float>(1 + c % 7) / std::sqrt(static_cast<float>(depth)));
    return as;
}

PostOp quantiseTo(ElementType type)
{
    return { .kind = Kind::Quantise,
        .to = { .type = type, .scales = { 0.05F }, .zero = type == kSigned ? -3 : 100 } };
}

/// What follows the sums of a case: nothing, or one of some of what the passes put there.
std::vector<PostOp> randomEpilogue(Dice& dice)
{
    std::vector<PostOp> epilogue;
    if (dice.from(0, 1) == 1)
        epilogue.push_back({ .kind = Kind::Relu });
    if (const std::int64_t rounds = dice.from(0, 2); rounds > 0)
        epilogue.push_back(quantiseTo(rounds == 1 ? kUnsigned : kSigned));
    return epilogue;
}

support::OpCase withTolerance(const std::string& name, OpKind kind, std::vector<support::Operand> operands,
    core::Attributes attributes, support::CaseOptions options)
{
    if (!options.epilogue.empty() && options.epilogue.back().kind == Kind::Quantise)
        options.tolerance = 1;
    return support::opCase(name, kind, std::move(operands), std::move(attributes), std::move(options));
}

support::OpCase randomConv(unsigned seed)
{
    Dice dice(seed);
    const std::int64_t group = dice.oneOf({ 1, 1, 1, 2, 3 }),
                       channels = dice.oneOf({ 1, 3, 4, 5, 16, 20, 33 }),
                       features = dice.oneOf({ 1, 7, 16, 65 }), kernel = dice.oneOf({ 1, 2, 3 }),
                       stride = dice.from(1, 2), dilation = dice.from(1, 2);
    const ElementType type = dice.from(0, 1) == 0 ? kUnsigned : kSigned;
    core::ConvAttributes conv { .strides = { stride, 1 }, .dilations = { 1, dilation }, .group = group };
    conv.pads = { dice.from(0, 2), dice.from(0, 1), dice.from(0, 1), dice.from(0, 2) };
    const std::int64_t depth = channels * kernel * kernel, outputs = group * features;
    return withTolerance("conv " + std::to_string(seed), OpKind::Conv,
        { bytes(dice, { dice.from(1, 2), group * channels, 9, 11 }, type),
            bytes(dice, { outputs, channels, kernel, kernel }, kSigned, true),
            dice.from(0, 1) == 0 ? support::absent() : support::weight({ outputs }) },
        conv,
        { .epilogue = randomEpilogue(dice),
            .quantised = { { 0, inputAs(dice, type) }, { 1, weightsAs(dice, outputs, depth, 0) } } });
}

support::OpCase randomDepthwise(unsigned seed)
{
    Dice dice(seed);
    const std::int64_t group = dice.oneOf({ 2, 3, 8, 12 }), multiplier = dice.from(1, 2),
                       kernel = dice.oneOf({ 3, 5 });
    const ElementType type = dice.from(0, 1) == 0 ? kUnsigned : kSigned;
    core::ConvAttributes conv { .strides = { dice.from(1, 2), 1 }, .pads = { 1, 2, 2, 1 }, .group = group };
    return withTolerance("depthwise " + std::to_string(seed), OpKind::Conv,
        { bytes(dice, { 2, group, 9, 10 }, type),
            bytes(dice, { group * multiplier, 1, kernel, kernel }, kSigned, true),
            support::weight({ group * multiplier }) },
        conv,
        { .epilogue = randomEpilogue(dice),
            .quantised = { { 0, inputAs(dice, type) },
                { 1, weightsAs(dice, group * multiplier, kernel * kernel, 0) } } });
}

support::OpCase randomProduct(unsigned seed)
{
    Dice dice(seed);
    const std::int64_t m = dice.oneOf({ 1, 3, 70, 130 }), k = dice.oneOf({ 1, 12, 37, 64, 129 }),
                       n = dice.oneOf({ 1, 10, 64, 67 }), form = dice.from(0, 2);
    const ElementType type = dice.from(0, 1) == 0 ? kUnsigned : kSigned;
    const bool turned = form == 2;
    const Quantisation input = inputAs(dice, type), weights = weightsAs(dice, n, k, turned ? 0 : 1);
    return withTolerance("product " + std::to_string(seed), form == 0 ? OpKind::MatMul : OpKind::Gemm,
        { bytes(dice, form == 0 ? Shape { 2, m, k } : Shape { m, k }, type),
            bytes(dice, turned ? Shape { n, k } : Shape { k, n }, kSigned, true), support::weight({ n }) },
        form == 0 ? core::Attributes(core::MatMulAttributes {})
                  : core::Attributes(core::GemmAttributes { .transB = turned }),
        { .epilogue = randomEpilogue(dice), .quantised = { { 0, input }, { 1, weights } } });
}

/// A convolution with the post-ops, of which the first sum takes integers and the others real numbers.
support::OpCase epilogueCase(const std::string& name, std::vector<PostOp> epilogue)
{
    Dice dice(7);
    support::CaseOptions options { .quantised
        = { { 0, inputAs(dice, kUnsigned) }, { 1, weightsAs(dice, 24, 180, 0) } } };
    std::vector<support::Operand> operands { bytes(dice, { 2, 20, 7, 5 }, kUnsigned),
        bytes(dice, { 24, 20, 3, 3 }, kSigned, true), support::weight({ 24 }) };
    for (PostOp& op : epilogue)
        if (op.kind == Kind::Add) {
            op.input = static_cast<int>(operands.size());
            const ElementType type = operands.size() == 3 ? kSigned : ElementType::Float32;
            if (type == kSigned)
                options.quantised.push_back(
                    { op.input, { .type = kSigned, .scales = { 0.02F }, .zero = -20 } });
            operands.push_back(
                type == kSigned ? bytes(dice, { 2, 24, 7, 5 }, kSigned) : support::input({ 2, 24, 7, 5 }));
        }
    options.epilogue = std::move(epilogue);
    return withTolerance("then " + name, OpKind::Conv, std::move(operands),
        core::ConvAttributes { .pads = { 1, 1, 1, 1 } }, std::move(options));
}

void addEndings(std::vector<support::OpCase>& cases)
{
    const PostOp relu { .kind = Kind::Relu }, add { .kind = Kind::Add }, gelu { .kind = Kind::Gelu },
        linear { .kind = Kind::Linear, .alpha = 0.5F, .beta = 0.25F };
    const PostOp functions[] { relu, gelu, linear, { .kind = Kind::Clip, .alpha = -1, .beta = 2 },
        { .kind = Kind::Sigmoid }, { .kind = Kind::HardSigmoid, .alpha = 0.2F, .beta = 0.5F },
        { .kind = Kind::HardSwish }, { .kind = Kind::Tanh }, { .kind = Kind::GeluTanh },
        { .kind = Kind::Swish } };
    const auto both = [&](const std::string& name, std::vector<PostOp> epilogue) {
        cases.push_back(epilogueCase(name, epilogue));
        for (const ElementType type : { kUnsigned, kSigned }) {
            auto rounded = epilogue;
            rounded.push_back(quantiseTo(type));
            cases.push_back(
                epilogueCase(name + " to " + std::string(core::elementName(type)), std::move(rounded)));
        }
    };
    both("nothing", {});
    for (const PostOp& function : functions)
        both("function " + std::to_string(static_cast<int>(function.kind)), { function });
    both("a sum", { add });
    both("a sum and relu", { add, relu });
    // More than the kernel takes.
    both("two functions", { linear, gelu });
    both("a function and a sum", { relu, add });
    both("sums and functions", { add, gelu, add, linear, relu });
}

/// Operators whose result are the sums themselves.
void addSums(std::vector<support::OpCase>& cases)
{
    const auto zeros = [](std::vector<double> values, ElementType type) {
        const auto count = std::ssize(values);
        return support::Operand { .shape = count > 1 ? Shape { count } : Shape {},
            .type = type,
            .constant = true,
            .values = std::move(values) };
    };
    for (unsigned seed = 0; seed < 24; ++seed) {
        Dice dice(seed);
        const std::int64_t m = dice.oneOf({ 1, 5, 129 }), n = dice.oneOf({ 1, 9, 65 }),
                           k = dice.oneOf({ 1, 32, 70 });
        const ElementType a = dice.from(0, 1) == 0 ? kUnsigned : kSigned,
                          b = dice.from(0, 1) == 0 ? kUnsigned : kSigned;
        const bool known = dice.from(0, 1) == 1, batched = dice.from(0, 2) == 0;
        cases.push_back(support::opCase("matmulinteger " + std::to_string(seed), OpKind::MatMulInteger,
            { bytes(dice, { 2, m, k }, a),
                bytes(dice, batched ? Shape { 2, k, n } : Shape { k, n }, b, known),
                zeros({ a == kSigned ? -7.0 : 200.0 }, a),
                zeros({ b == kSigned ? static_cast<double>(dice.oneOf({ 0, 3 }))
                                     : static_cast<double>(dice.oneOf({ 128, 5 })) },
                    b) }));
        const std::int64_t group = dice.from(1, 2), channels = dice.oneOf({ 1, 6, 16 });
        cases.push_back(support::opCase("convinteger " + std::to_string(seed), OpKind::ConvInteger,
            { bytes(dice, { 1, group * channels, 8, 7 }, a),
                bytes(dice, { group * 3, channels, 3, 2 }, b, known), zeros({ a == kSigned ? 9.0 : 99.0 }, a),
                zeros({ b == kSigned ? 0.0 : 128.0 }, b) },
            core::ConvAttributes { .pads = { 1, 0, 2, 1 }, .group = group }));
    }
}

std::vector<support::OpCase> allCases()
{
    std::vector<support::OpCase> cases;
    for (unsigned seed = 0; seed < 60; ++seed)
        cases.push_back(randomConv(seed));
    for (unsigned seed = 0; seed < 16; ++seed)
        cases.push_back(randomDepthwise(seed));
    for (unsigned seed = 0; seed < 40; ++seed)
        cases.push_back(randomProduct(seed));
    addEndings(cases);
    addSums(cases);
    return cases;
}

/// How many of the elements are equal, byte for byte.
double equalPart(const core::TensorView& a, const core::TensorView& b)
{
    std::size_t equal = 0;
    for (std::size_t i = 0; i < a.bytes.size(); ++i)
        equal += a.bytes[i] == b.bytes[i] ? 1 : 0;
    return static_cast<double>(equal) / static_cast<double>(a.bytes.size());
}

} // namespace

class TstGpuIntegers : public QObject {
    Q_OBJECT

private slots:
    void equalsTheReference_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_cases.size(); ++i)
            QTest::addRow("%s", m_cases[i].name.c_str()) << static_cast<int>(i);
    }

    void equalsTheReference()
    {
        QFETCH(int, index);
        const support::OpCase& opCase = m_cases[static_cast<std::size_t>(index)];
        const core::CompileOptions options { .dims = opCase.dims };
        const core::Graph& graph = *opCase.graph;
        const auto expected
            = support::runOnce(*core::ReferenceEngine().compile(opCase.graph, options), graph, opCase.inputs);
        const auto program = m_engine->compile(opCase.graph, options);
        for (int round = 0; round < 2; ++round) {
            const auto actual = support::runOnce(*program, graph, opCase.inputs);
            const std::string difference
                = support::differenceOf(actual[0].view(), expected[0].view(), opCase.tolerance);
            QVERIFY2(difference.empty(), difference.c_str());
            if (core::elementSize(expected[0].type()) == 1)
                QVERIFY(equalPart(actual[0].view(), expected[0].view()) > 0.99);
        }
    }

    void saysWhichKernelIsSlow()
    {
        const auto kernelOf = [&](const support::OpCase& opCase) {
            core::Trace trace;
            m_engine->compile(opCase.graph, { .dims = opCase.dims })->run(&trace);
            return QString::fromStdString(trace.steps.at(0).kernel);
        };
        Dice dice(1);
        const auto product = [&](bool known) {
            return support::opCase("product", OpKind::MatMulInteger,
                { bytes(dice, { 3, 8 }, kUnsigned), bytes(dice, { 8, 4 }, kSigned, known) });
        };
        QCOMPARE(kernelOf(product(true)), QStringLiteral("own:integers"));
        QCOMPARE(kernelOf(product(false)), QStringLiteral("own:plain integers"));
    }

    void refusesSumsThatMayOverflow()
    {
        Dice dice(1);
        const auto long1 = support::opCase("long", OpKind::MatMul,
            { bytes(dice, { 1, 70'000 }, kUnsigned), bytes(dice, { 70'000, 1 }, kSigned, true) },
            core::MatMulAttributes {},
            { .quantised = { { 0, inputAs(dice, kUnsigned) }, { 1, weightsAs(dice, 1, 70'000, 1) } } });
        const std::string sentence
            = support::sentenceOf([&] { m_engine->compile(long1.graph, { .dims = long1.dims }); });
        QVERIFY2(sentence.find("70000") != std::string::npos, sentence.c_str());
    }

private:
    const std::vector<support::OpCase> m_cases = allCases();
    const std::unique_ptr<core::Engine> m_engine = gpu::makeEngine(gpu::makeHostDevice);
};

QTEST_GUILESS_MAIN(TstGpuIntegers)
#include "tst_gpu_integers.moc"
