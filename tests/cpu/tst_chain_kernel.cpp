// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of chains against double precision, and operands of every spread against plain loops.
#include "core/ops/scalar.h"
#include "cpu/chain_kernel.h"
#include "cpu/isa.h"

#include <QTest>
#include <cmath>
#include <random>

namespace {

using F = core::ChainFunction;

struct Row {
    F function;
    const char* name;
    double (*of)(double x, double y, double alpha, double beta);
    float alpha = 0, beta = 0;
};

double elu(double x, double alpha)
{
    return x < 0 ? alpha * std::expm1(x) : x;
}

constexpr Row kRows[] {
    { F::Linear, "Linear", [](double x, double, double a, double b) { return a * x + b; }, 1.5F, -0.25F },
    { F::Clip, "Clip", [](double x, double, double a, double b) { return x < a ? a
                                                                      : x > b  ? b
                                                                               : x; }, -1,
        2 },
    { F::Relu, "Relu", [](double x, double, double, double) { return x < 0 ? 0 : x; } },
    { F::LeakyRelu, "LeakyRelu", [](double x, double, double a, double) { return x < 0 ? a * x : x; }, 0.1F },
    { F::Elu, "Elu", [](double x, double, double a, double) { return elu(x, a); }, 1.25F },
    { F::Selu, "Selu", [](double x, double, double a, double b) { return b * elu(x, a); }, 1.67F, 1.05F },
    { F::Celu, "Celu", [](double x, double, double a, double) { return x < 0 ? a * std::expm1(x / a) : x; },
        0.5F },
    { F::ThresholdedRelu, "ThresholdedRelu",
        [](double x, double, double a, double) { return x > a ? x
                                                     : x != x ? 0
                                                              : 0; }, 0.75F },
    { F::Sigmoid, "Sigmoid", [](double x, double, double, double) { return core::ops::sigmoid(x); } },
    { F::HardSigmoid, "HardSigmoid",
        [](double x, double, double a, double b) { return x != x ? x : core::ops::hardSigmoid(x, a, b); },
        0.2F, 0.5F },
    { F::Swish, "Swish", [](double x, double, double a, double) { return x * core::ops::sigmoid(a * x); },
        1.5F },
    { F::HardSwish, "HardSwish",
        [](double x, double, double, double) { return x != x ? x : core::ops::hardSwish(x); } },
    { F::Mish, "Mish",
        [](double x, double, double, double) { return x * std::tanh(core::ops::softplus(x)); } },
    { F::Gelu, "Gelu", [](double x, double, double, double) { return core::ops::gelu(x); } },
    { F::GeluTanh, "GeluTanh", [](double x, double, double, double) { return core::ops::geluTanh(x); } },
    { F::Tanh, "Tanh", [](double x, double, double, double) { return std::tanh(x); } },
    { F::Softplus, "Softplus",
        [](double x, double, double, double) { return x != x ? x : core::ops::softplus(x); } },
    { F::Softsign, "Softsign", [](double x, double, double, double) { return x / (1 + std::abs(x)); } },
    { F::Erf, "Erf", [](double x, double, double, double) { return std::erf(x); } },
    { F::Exp, "Exp", [](double x, double, double, double) { return std::exp(x); } },
    { F::Log, "Log", [](double x, double, double, double) { return std::log(x); } },
    { F::Sqrt, "Sqrt", [](double x, double, double, double) { return std::sqrt(x); } },
    { F::Square, "Square", [](double x, double, double, double) { return x * x; } },
    { F::Cube, "Cube", [](double x, double, double, double) { return x * x * x; } },
    { F::Reciprocal, "Reciprocal", [](double x, double, double a, double) { return a / x; }, 3 },
    { F::Abs, "Abs", [](double x, double, double, double) { return std::abs(x); } },
    { F::Floor, "Floor", [](double x, double, double, double) { return std::floor(x); } },
    { F::Ceil, "Ceil", [](double x, double, double, double) { return std::ceil(x); } },
    { F::Round, "Round", [](double x, double, double, double) { return std::nearbyint(x); } },
    { F::Sign, "Sign", [](double x, double, double, double) { return x > 0 ? 1
                                                                  : x < 0  ? -1
                                                                           : x; } },
    { F::Add, "Add", [](double x, double y, double, double) { return x + y; } },
    { F::Sub, "Sub", [](double x, double y, double, double) { return x - y; } },
    { F::Mul, "Mul", [](double x, double y, double, double) { return x * y; } },
    { F::Div, "Div", [](double x, double y, double, double) { return x / y; } },
    { F::Min, "Min", [](double x, double y, double, double) { return x != x || x < y ? x : y; } },
    { F::Max, "Max", [](double x, double y, double, double) { return x != x || x > y ? x : y; } },
    { F::PRelu, "PRelu", [](double x, double y, double, double) { return x < 0 ? y * x : x; } },
};
static_assert(std::size(kRows) == core::kChainFunctions);

const std::pair<const char*, const cpu::ChainLoops*> kSets[] {
    { "baseline", &cpu::kChainBaseline },
    { "AVX2", cpu::runs(core::InstructionSet::Avx2) ? &cpu::kChainAvx2 : nullptr },
    { "AVX-512", cpu::runs(core::InstructionSet::Avx512) ? &cpu::kChainAvx512 : nullptr },
};

std::vector<float> probes()
{
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    std::vector<float> x { 0.0F, -0.0F, kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN(), 88.0F,
        88.7F, 89.0F, -87.0F, -88.0F, 1e-20F, -1e-20F, 3e38F, -3e38F, 0.5F, 1.5F, 2.5F, -0.5F, -1.5F,
        8388607.5F, -8388609.0F, 1e9F };
    for (int i = -12'000; i <= 12'000; ++i)
        x.push_back(static_cast<float>(i) * 1e-3F);
    for (float size = 1e-6F; size < 1e6F; size *= 1.07F) {
        x.push_back(size);
        x.push_back(-size);
    }
    return x;
}

/// What float32 allows: a few parts in ten million of the value, or of 1 where sums cancel.
bool near(float actual, double expected, double slack)
{
    if (expected != expected)
        return actual != actual;
    if (std::abs(expected) > std::numeric_limits<float>::max())
        return std::isinf(actual) && (actual > 0) == (expected > 0);
    if (actual == expected)
        return true;
    return std::abs(actual - expected) <= 6e-7 * std::abs(expected) + slack;
}

/// What is allowed beside a few parts of the value: roundings of 1 where sums cancel, those of an exponent,
/// and results that are no normal numbers.
double slackOf(F function, float x)
{
    const double size = std::min(std::abs(x), 100.0F);
    switch (function) {
    case F::Gelu:
    case F::GeluTanh:
        return 4e-7 * std::clamp(size, 1.0, 10.0);
    case F::Linear:
    case F::Elu:
    case F::Selu:
    case F::Celu:
    case F::HardSigmoid:
        return 4e-7;
    case F::HardSwish:
        return 4e-7 * size;
    case F::Swish: // x * e^(1.5 x)
        return 2e-7 * size * size * std::exp(-size) + 1e-35;
    case F::Sigmoid:
    case F::Softplus:
    case F::Mish:
        return 1e-35;
    default:
        return 2.5e-38;
    }
}

/// One function of the operands as a chain.
core::ElementwiseChain single(const Row& row)
{
    core::ElementwiseChain chain { .nodes = { 0 }, .operands = { 0 }, .steps = {} };
    const bool two = core::isBinary(row.function);
    if (two)
        chain.operands.push_back(1);
    chain.steps = { { row.function, row.alpha, row.beta, 0, two ? 1 : -1 } };
    return chain;
}

} // namespace

class TstChainKernel : public QObject {
    Q_OBJECT

private slots:
    void functions_data()
    {
        QTest::addColumn<int>("row");
        QTest::addColumn<int>("set");
        for (int set = 0; set < 3; ++set)
            for (int row = 0; row < core::kChainFunctions; ++row)
                QTest::addRow("%s %s", kRows[row].name, kSets[set].first) << row << set;
    }

    void functions()
    {
        QFETCH(int, row);
        QFETCH(int, set);
        if (!kSets[set].second)
            QSKIP("This processor has no such instructions.");
        const Row& of = kRows[row];
        QCOMPARE(static_cast<int>(of.function), row); // every function has its row
        const std::vector<float> x = probes();
        std::vector<float> y(x.rbegin(), x.rend()), out(x.size(), -7);
        const auto count = static_cast<std::int64_t>(x.size());
        const core::ElementwiseChain chain = single(of);
        const core::ops::Walk walk { { count },
            std::vector<core::ops::Strides>(chain.operands.size(), { 1 }) };
        const cpu::ChainKernel kernel(chain, walk, *kSets[set].second);
        const float* from[] { x.data(), y.data() };
        kernel.run(from, out.data(), 0, count);
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double expected = of.of(x[i], y[i], of.alpha, of.beta);
            QVERIFY2(near(out[i], expected, slackOf(of.function, x[i])),
                qPrintable(
                    QString("f(%1, %2) is %3, expected %4").arg(x[i]).arg(y[i]).arg(out[i]).arg(expected)));
        }
    }

    /// (a * b + c) - a, with operands of every spread, in whole and in parts, also over the first operand.
    void readsOperandsOfAnySpread()
    {
        std::mt19937 random(1);
        const core::ElementwiseChain chain { .nodes = { 0, 1, 2 },
            .operands = { 0, 1, 2 },
            .steps = { { F::Mul, 0, 0, 0, 1 }, { F::Add, 0, 0, 3, 2 }, { F::Sub, 0, 0, 4, 0 } } };
        for (int trial = 0; trial < 300; ++trial) {
            std::vector<std::int64_t> dims;
            std::int64_t count = 1;
            for (std::size_t rank = 1 + random() % 4; dims.size() < rank; count *= dims.back())
                dims.push_back(1 + static_cast<std::int64_t>(random() % (rank == 1 ? 900 : 17)));
            std::vector<core::ops::Strides> operands(3);
            std::vector<std::vector<float>> data(3);
            for (std::size_t i = 0; i < 3; ++i) {
                std::int64_t step = 1;
                operands[i].assign(dims.size(), 0);
                for (std::size_t d = dims.size(); d-- > 0;)
                    if (i == 0 || random() % 2 == 0) {
                        operands[i][d] = step;
                        step *= dims[d];
                    }
                for (std::int64_t k = 0; k < step; ++k)
                    data[i].push_back(static_cast<float>(random() % 64) / 8);
            }
            std::vector<float> expected;
            std::vector<std::int64_t> position(dims.size(), 0);
            for (std::int64_t k = 0; k < count; ++k) {
                float value[3];
                for (std::size_t i = 0; i < 3; ++i) {
                    std::int64_t at = 0;
                    for (std::size_t d = 0; d < dims.size(); ++d)
                        at += position[d] * operands[i][d];
                    value[i] = data[i][static_cast<std::size_t>(at)];
                }
                expected.push_back(value[0] * value[1] + value[2] - value[0]); // exact in eighths
                for (std::size_t d = dims.size(); d-- > 0 && ++position[d] == dims[d];)
                    position[d] = 0;
            }
            const cpu::ChainKernel kernel(chain, { dims, operands });
            QCOMPARE(kernel.count(), count);
            std::vector<float> out(expected.size(), -1);
            const float* from[] { data[0].data(), data[1].data(), data[2].data() };
            const std::int64_t middle = count / 3;
            kernel.run(from, out.data(), 0, middle);
            kernel.run(from, out.data(), middle, count);
            QCOMPARE(out, expected);
            kernel.run(from, data[0].data(), 0, count);
            QCOMPARE(data[0], expected);
        }
    }

    /// More steps than registers are needed for: values are dropped when they are read for the last time.
    void keepsWhatIsStillRead()
    {
        core::ElementwiseChain chain { .nodes = {}, .operands = { 0 }, .steps = {} };
        for (int i = 0; i < 12; ++i)
            chain.steps.push_back({ F::Linear, 1, static_cast<float>(i), 0, -1 }); // 12 values alive at once
        for (int i = 0; i < 11; ++i) // the sum of the first and each of the others
            chain.steps.push_back({ F::Add, 0, 0, i == 0 ? 1 : 12 + i, i + 2 });
        const cpu::ChainKernel kernel(chain, { { 300 }, { { 1 } } });
        std::vector<float> x(300, 1), out(300);
        const float* from[] { x.data() };
        kernel.run(from, out.data(), 0, 300);
        QCOMPARE(out, std::vector<float>(300, 12 + 66)); // 12 times x, and 0 to 11
    }
};

QTEST_GUILESS_MAIN(TstChainKernel)
#include "tst_chain_kernel.moc"
