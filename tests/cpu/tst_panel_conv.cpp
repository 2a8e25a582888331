// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/half.h"
#include "cpu/panel_conv.h"
#include "cpu/threads.h"
#include "tests/support/sanitized.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace {

using Type = cpu::PanelEpilogue::Type;

std::vector<int> random(std::int64_t count, int least, int most, unsigned seed)
{
    std::mt19937 generator(seed);
    std::uniform_int_distribution<int> numbers(least, most);
    std::vector<int> made(static_cast<std::size_t>(count));
    for (int& number : made)
        number = numbers(generator);
    return made;
}

std::vector<std::byte> stored(const std::vector<int>& numbers, Type type)
{
    const std::size_t size = type == Type::Float32 ? sizeof(float) : type == Type::BFloat16 ? 2 : 1;
    std::vector<std::byte> bytes(numbers.size() * size);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const float real = static_cast<float>(numbers[i]);
        const std::uint16_t half = core::ops::bfloatFromFloat(real);
        if (type == Type::Float32)
            std::memcpy(bytes.data() + i * size, &real, size);
        else if (type == Type::BFloat16)
            std::memcpy(bytes.data() + i * size, &half, size);
        else
            bytes[i] = static_cast<std::byte>(numbers[i]);
    }
    return bytes;
}

double loaded(const std::vector<std::byte>& bytes, std::size_t index, Type type)
{
    if (type == Type::UInt8)
        return static_cast<std::uint8_t>(bytes[index]);
    if (type == Type::Int8)
        return static_cast<std::int8_t>(bytes[index]);
    if (type == Type::BFloat16) {
        std::uint16_t half = 0;
        std::memcpy(&half, bytes.data() + index * sizeof(half), sizeof(half));
        return static_cast<double>(core::ops::floatFromBfloat(half));
    }
    float real = 0;
    std::memcpy(&real, bytes.data() + index * sizeof(float), sizeof(float));
    return static_cast<double>(real);
}

/// A convolution with random numbers, and what it is by definition, in double.
struct Case {
    cpu::PanelConv conv;
    cpu::PanelEpilogue epilogue;
    int threads = 1;

    static constexpr int kZero = 117; // of the input

    std::vector<int> weights() const
    {
        return random(
            conv.outputs * conv.channels * conv.kernelHeight * conv.kernelWidth, -most(127), most(127), 1);
    }
    std::vector<int> source() const
    {
        const int least = isReal() ? -most(255) : 0;
        return random(conv.batch * conv.height * conv.width * conv.channels, least, most(255), 2);
    }
    bool isReal() const { return conv.arithmetic == cpu::PanelArithmetic::AmxBf16; }
    /// Small integers are the same numbers in bfloat16, and their sums are exact.
    int most(int integer) const { return isReal() ? 15 : integer; }
    int zero() const { return isReal() ? 0 : kZero; }
    std::int64_t outputCount() const { return conv.batch * conv.outHeight * conv.outWidth * conv.outputs; }
    std::vector<std::byte> residual() const
    {
        const bool isSigned = epilogue.residual == Type::Int8;
        return stored(random(outputCount(), isSigned ? -128 : 0, isSigned ? 127 : 255, 3), epilogue.residual);
    }
    std::vector<float> scales() const
    {
        std::vector<float> made(static_cast<std::size_t>(conv.outputs), 0);
        const double terms = static_cast<double>(conv.channels * conv.kernelHeight * conv.kernelWidth);
        for (std::size_t i = 0; i < static_cast<std::size_t>(conv.outputs); ++i)
            made[i] = static_cast<float>((1 + static_cast<double>(i % 5)) * 0.003 / std::sqrt(terms));
        return made;
    }
    std::vector<float> biases() const
    {
        std::vector<float> made(static_cast<std::size_t>(conv.outputs), 0);
        for (std::size_t i = 0; i < made.size(); ++i)
            made[i] = static_cast<float>(i % 7) - 3;
        return made;
    }

    std::vector<std::byte> computed() const
    {
        std::vector<std::byte> packed(static_cast<std::size_t>(cpu::packedPanelBytes(conv)));
        const auto files = stored(weights(), isReal() ? Type::BFloat16 : Type::Int8), more = residual();
        const std::int64_t area = conv.kernelHeight * conv.kernelWidth;
        cpu::packPanels(
            conv, { files.data(), conv.channels * area, conv.kernelWidth, 1, area }, zero(), packed.data());
        // Not a byte beyond the input may be needed, and none beyond the output be written.
        const auto src = stored(source(), isReal() ? Type::BFloat16 : Type::UInt8);
        std::vector<std::byte> dst
            = stored(std::vector<int>(static_cast<std::size_t>(outputCount())), epilogue.output);
        const cpu::PanelPlan plan(conv, threads, 1);
        std::vector<std::byte> scratch(static_cast<std::size_t>(plan.scratchBytes()));
        std::vector<float> scale(static_cast<std::size_t>(conv.paddedOutputs())), bias(scale.size());
        cpu::orderForPanels(conv, scales().data(), scale.data());
        cpu::orderForPanels(conv, biases().data(), bias.data());
        cpu::PanelEpilogue kernel = epilogue;
        kernel.scale = scale.data();
        kernel.bias = bias.data();
        cpu::runPanelConv(plan,
            { src.data(), packed.data(), &kernel, epilogue.residual == Type::None ? nullptr : more.data(),
                dst.data(), scratch.data(), static_cast<std::uint8_t>(zero()) });
        return dst;
    }

    double finished(double sum, std::size_t channel, double more) const
    {
        const double scale = isReal() ? 1 : static_cast<double>(scales()[channel]);
        double x = sum * scale + static_cast<double>(biases()[channel])
            + more * static_cast<double>(epilogue.residualScale);
        if (epilogue.gelu)
            x = x * 0.5 * (1 + std::erf(x / std::sqrt(2.0))) * static_cast<double>(epilogue.outputScale);
        else
            x = std::clamp(x, static_cast<double>(epilogue.least), static_cast<double>(epilogue.most));
        if (epilogue.output == Type::Float32 || epilogue.output == Type::BFloat16)
            return x;
        const bool isSigned = epilogue.output == Type::Int8;
        return std::clamp(
            x + epilogue.zero, isSigned ? -128.0 : 0.0, isSigned ? 127.0 : 255.0); // not rounded
    }

    /// Largest distance of what was computed from the definition; half a step is rounding.
    double error() const
    {
        const auto src = source(), w = weights();
        const auto more = residual(), dst = computed();
        double worst = 0;
        std::size_t index = 0;
        for (std::int64_t n = 0; n < conv.batch; ++n)
            for (std::int64_t y = 0; y < conv.outHeight; ++y)
                for (std::int64_t x = 0; x < conv.outWidth; ++x)
                    for (std::int64_t o = 0; o < conv.outputs; ++o, ++index) {
                        const double added
                            = epilogue.residual == Type::None ? 0 : loaded(more, index, epilogue.residual);
                        const double expected
                            = finished(sumAt(src, w, n, y, x, o), static_cast<std::size_t>(o), added);
                        // Neighbours in bfloat16 are at most 2^-7 of the number apart; Gelu is exact to 6e-5.
                        const double unit
                            = epilogue.output == Type::BFloat16 ? (std::abs(expected) + 0.02) / 128 : 1;
                        worst = std::max(
                            worst, std::abs(loaded(dst, index, epilogue.output) - expected) / unit);
                    }
        return worst;
    }

private:
    double sumAt(const std::vector<int>& src, const std::vector<int>& w, std::int64_t n, std::int64_t y,
        std::int64_t x, std::int64_t o) const
    {
        std::int64_t sum = 0;
        for (std::int64_t ky = 0; ky < conv.kernelHeight; ++ky)
            for (std::int64_t kx = 0; kx < conv.kernelWidth; ++kx) {
                const std::int64_t row = y * conv.strideHeight + ky - conv.padTop;
                const std::int64_t column = x * conv.strideWidth + kx - conv.padLeft;
                if (row < 0 || row >= conv.height || column < 0 || column >= conv.width)
                    continue; // zero
                for (std::int64_t c = 0; c < conv.channels; ++c) {
                    const auto from = ((n * conv.height + row) * conv.width + column) * conv.channels + c;
                    const auto weight
                        = ((o * conv.channels + c) * conv.kernelHeight + ky) * conv.kernelWidth + kx;
                    sum += (src[static_cast<std::size_t>(from)] - zero())
                        * w[static_cast<std::size_t>(weight)];
                }
            }
        return static_cast<double>(sum);
    }
};

/// Integers with everything that limits leave of them.
cpu::PanelEpilogue integers(Type type, Type residual = Type::None)
{
    cpu::PanelEpilogue made { .residual = residual, .output = type };
    made.zero = type == Type::Int8 ? -3 : 90;
    made.least = (type == Type::Int8 ? -128.0F : 0.0F) - static_cast<float>(made.zero);
    made.most = (type == Type::Int8 ? 127.0F : 255.0F) - static_cast<float>(made.zero);
    made.residualScale = 0.25F;
    return made;
}

/// Reals within limits that some reach.
cpu::PanelEpilogue reals(Type type, Type residual = Type::None)
{
    return { .residual = residual, .output = type, .least = -300, .most = 800 };
}

constexpr double kRounding = 0.5 + 1e-3;

/// Which kernels, and what ends their sums.
using cpu::PanelArithmetic;
constexpr PanelArithmetic kArithmetics[] { PanelArithmetic::Vnni, PanelArithmetic::AmxInt8,
    PanelArithmetic::AmxBf16 };

bool runsHere(PanelArithmetic arithmetic)
{
    return arithmetic == PanelArithmetic::Vnni ? cpu::hasInt8Kernels() : cpu::hasAmxKernels();
}

const char* nameOf(PanelArithmetic arithmetic)
{
    switch (arithmetic) {
    case PanelArithmetic::Vnni:
        return "VNNI";
    case PanelArithmetic::AmxInt8:
        return "AMX, int8";
    case PanelArithmetic::AmxBf16:
        return "AMX, bf16";
    }
    return "";
}

} // namespace

/// The kernels against the definition.
class TstPanelConv : public QObject {
    Q_OBJECT

private slots:
    void initTestCase_data() // all tests with all of them
    {
        QTest::addColumn<PanelArithmetic>("arithmetic");
        for (const PanelArithmetic arithmetic : kArithmetics)
            QTest::newRow(nameOf(arithmetic)) << arithmetic;
    }

    void init()
    {
        QFETCH_GLOBAL(PanelArithmetic, arithmetic);
        if (!runsHere(arithmetic))
            QSKIP("This CPU lacks the instructions.");
    }

    void shapes_data()
    {
        QTest::addColumn<QList<int>>(
            "shape"); // batch, height, width, channels, outputs, kernel h w, stride, pad
        QTest::newRow("pixels") << QList<int> { 1, 9, 7, 64, 96, 1, 1, 1, 0 };
        QTest::newRow("pixels of two images, 14 + 7 + 6 rows") << QList<int> { 2, 3, 9, 8, 33, 1, 1, 1, 0 };
        QTest::newRow("one pixel") << QList<int> { 1, 1, 1, 12, 20, 1, 1, 1, 0 };
        QTest::newRow("every second pixel") << QList<int> { 1, 9, 11, 32, 48, 1, 1, 2, 0 };
        QTest::newRow("3x3, padded") << QList<int> { 1, 14, 14, 16, 32, 3, 3, 1, 1 };
        QTest::newRow("3x3, inside") << QList<int> { 1, 9, 16, 4, 24, 3, 3, 1, 0 };
        QTest::newRow("3x3, half, odd") << QList<int> { 2, 13, 10, 20, 17, 3, 3, 2, 1 };
        QTest::newRow("a picture") << QList<int> { 1, 33, 37, 3, 64, 7, 7, 2, 3 };
        QTest::newRow("five channels") << QList<int> { 1, 8, 8, 5, 16, 1, 1, 1, 0 };
        QTest::newRow("a row") << QList<int> { 1, 6, 31, 6, 40, 1, 5, 1, 0 };
        QTest::newRow("wide padding") << QList<int> { 1, 3, 3, 8, 16, 5, 5, 1, 4 };
        QTest::newRow("channels that tiles do not divide") << QList<int> { 1, 5, 7, 68, 40, 1, 1, 1, 0 };
        QTest::newRow("runs of 15, 15 and 14 rows") << QList<int> { 1, 3, 44, 32, 64, 1, 1, 1, 0 };
        QTest::newRow("several steps") << QList<int> { 1, 12, 11, 96, 48, 3, 3, 1, 1 };
        QTest::newRow("bands") << QList<int> { 1, 120, 120, 64, 16, 3, 3, 1, 1 };
        QTest::newRow("weights that are streamed past images")
            << QList<int> { 5, 7, 7, 256, 300, 3, 3, 1, 1 };
        QTest::newRow("the same, every second pixel") << QList<int> { 3, 14, 14, 1024, 600, 1, 1, 2, 0 };
        QTest::newRow("weights that are streamed") << QList<int> { 1, 7, 7, 256, 300, 3, 3, 1, 1 };
    }

    void shapes()
    {
        QFETCH(QList<int>, shape);
        QFETCH_GLOBAL(PanelArithmetic, arithmetic);
        const cpu::PanelConv conv { shape[0], shape[1], shape[2], shape[3], shape[4],
            (shape[1] + 2 * shape[8] - shape[5]) / shape[7] + 1,
            (shape[2] + 2 * shape[8] - shape[6]) / shape[7] + 1, shape[5], shape[6], shape[7], shape[7],
            shape[8], shape[8], arithmetic };
        const bool real = arithmetic == PanelArithmetic::AmxBf16;
        for (const int threads : support::kSanitized ? std::vector { 2 } : std::vector { 1, 2, 3 }) {
            cpu::useTeam({ threads, 0 });
            const double error
                = Case { conv, real ? reals(Type::BFloat16) : integers(Type::UInt8), threads }.error();
            QVERIFY2(error <= kRounding, qPrintable(QString::number(error)));
        }
        cpu::useTeam({ 1, 0 });
    }

    void endings_data()
    {
        QTest::addColumn<int>("residual");
        QTest::addColumn<int>("output");
        const char* const names[] { "nothing", "u8", "s8", "float32", "bfloat16" };
        for (int residual = 0; residual < 5; ++residual)
            for (int output = 1; output < 5; ++output)
                QTest::addRow("%s plus %s", names[output], names[residual]) << residual << output;
    }

    void endings()
    {
        QFETCH_GLOBAL(PanelArithmetic, arithmetic);
        QFETCH(int, residual);
        QFETCH(int, output);
        const auto fits = [&](int type) {
            return type == 0 || type == 3 || (type == 4) == (arithmetic == PanelArithmetic::AmxBf16);
        };
        if (!fits(residual) || !fits(output))
            QSKIP("These kernels have no such ending.");
        const auto of = arithmetic == PanelArithmetic::AmxBf16 ? reals : integers;
        cpu::PanelEpilogue epilogue = of(static_cast<Type>(output), static_cast<Type>(residual));
        const bool rounds = epilogue.output != Type::Float32;
        const double most = rounds ? kRounding : 1e-3;
        for (const int outputs : { 40, 16 }) { // two vectors and one, and one alone
            const cpu::PanelConv conv { .height = 5,
                .width = 9,
                .channels = 16,
                .outputs = outputs,
                .outHeight = 5,
                .outWidth = 9,
                .arithmetic = arithmetic };
            QVERIFY(Case({ conv, epilogue, 1 }).error() <= most);
            cpu::PanelEpilogue limited = epilogue;
            limited.least = -20; // above the least integer, or below
            limited.most = 35.5F;
            QVERIFY(Case({ conv, limited, 1 }).error() <= most);
        }
    }

    void geluIsAsExactAsWhatIsStored()
    {
        QFETCH_GLOBAL(PanelArithmetic, arithmetic);
        const cpu::PanelConv conv { .height = 5,
            .width = 9,
            .channels = 16,
            .outputs = 40,
            .outHeight = 5,
            .outWidth = 9,
            .arithmetic = arithmetic };
        for (const Type type : { Type::UInt8, Type::Int8 }) {
            cpu::PanelEpilogue epilogue = integers(type);
            epilogue.outputScale = 8; // steps of an eighth
            if (arithmetic == PanelArithmetic::AmxBf16)
                epilogue = reals(Type::BFloat16);
            epilogue.gelu = true;
            const double error = Case({ conv, epilogue, 1 }).error();
            QVERIFY2(error <= kRounding, qPrintable(QString::number(error)));
        }
    }

    void whatIsNoNumberStaysInItsRow()
    {
        QFETCH_GLOBAL(PanelArithmetic, arithmetic);
        if (arithmetic != PanelArithmetic::AmxBf16)
            QSKIP("Integers are all numbers.");
        // Odd channels: a word of two terms would reach into the next pixel.
        const cpu::PanelConv conv { .height = 1,
            .width = 20,
            .channels = 5,
            .outputs = 16,
            .outHeight = 1,
            .outWidth = 20,
            .arithmetic = arithmetic };
        std::vector<std::byte> src = stored(std::vector<int>(100, 1), Type::BFloat16);
        const auto weights = stored(std::vector<int>(80, 1), Type::BFloat16);
        const std::uint16_t bad = 0x7fc0;
        std::memcpy(src.data() + 2 * 5 * 7, &bad, sizeof bad); // the first channel of pixel 7
        std::vector<std::byte> packed(static_cast<std::size_t>(cpu::packedPanelBytes(conv))),
            dst(20 * 16 * 2);
        cpu::packPanels(conv, { .first = weights.data(), .output = 5, .channel = 1 }, 0, packed.data());
        const cpu::PanelPlan plan(conv, 1, 2);
        std::vector<std::byte> scratch(static_cast<std::size_t>(plan.scratchBytes()));
        const std::vector<float> bias(16, 0.0F);
        cpu::PanelEpilogue epilogue = reals(Type::BFloat16);
        epilogue.bias = bias.data();
        cpu::runPanelConv(plan,
            { .src = src.data(),
                .weights = packed.data(),
                .epilogue = &epilogue,
                .dst = dst.data(),
                .scratch = scratch.data() });
        for (std::size_t i = 0; i < 20 * 16; ++i)
            QCOMPARE(std::isnan(loaded(dst, i, Type::BFloat16)), i / 16 == 7);
    }
};

QTEST_GUILESS_MAIN(TstPanelConv)
#include "tst_panel_conv.moc"
