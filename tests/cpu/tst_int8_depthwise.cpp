// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/int8_depthwise.h"
#include "cpu/memory_block.h"
#include "cpu/panel_conv.h"
#include "cpu/threads.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace {

template <typename Number> std::vector<Number> random(std::int64_t count, int least, int most, unsigned seed)
{
    std::mt19937 generator(seed);
    std::uniform_int_distribution<int> numbers(least, most);
    std::vector<Number> made(static_cast<std::size_t>(count));
    for (Number& number : made)
        number = static_cast<Number>(numbers(generator));
    return made;
}

constexpr int kInputZero = 117, kZero = 90;

/// A convolution of random numbers, its scales and offsets.
struct Case {
    cpu::Int8Depthwise conv;
    std::vector<std::uint8_t> src;
    std::vector<std::int8_t> weights;
    std::vector<float> scale, bias;
    float least = -kZero, most = 255 - kZero;

    explicit Case(const cpu::Int8Depthwise& shape)
        : conv(shape)
        , src(random<std::uint8_t>(conv.batch * conv.height * conv.width * conv.channels, 0, 255, 1))
        , weights(random<std::int8_t>(conv.channels * conv.kernelHeight * conv.kernelWidth, -127, 127, 2))
    {
        for (std::int64_t c = 0; c < conv.channels; ++c) {
            scale.push_back(0.001F * static_cast<float>(1 + c % 5));
            bias.push_back(static_cast<float>(c % 7));
        }
    }

    std::vector<std::uint8_t> computed(int threads) const
    {
        cpu::useTeam({ threads, 0 });
        cpu::MemoryBlock packed(static_cast<std::size_t>(cpu::packedInt8DepthwiseBytes(conv)));
        cpu::MemoryBlock scratch(static_cast<std::size_t>(cpu::int8DepthwiseScratch(conv) * threads));
        cpu::packInt8Depthwise(conv, weights.data(), kInputZero, packed.data());
        std::vector<float> scales(static_cast<std::size_t>(conv.blocks() * 64)), offsets(scales.size());
        cpu::orderForInt8Depthwise(conv, scale.data(), scales.data());
        cpu::orderForInt8Depthwise(conv, bias.data(), offsets.data());
        cpu::PanelEpilogue epilogue { .scale = scales.data(), .bias = offsets.data() };
        epilogue.least = least;
        epilogue.most = most;
        epilogue.zero = kZero;
        std::vector<std::uint8_t> dst(
            static_cast<std::size_t>(conv.batch * conv.outHeight * conv.outWidth * conv.channels));
        cpu::runInt8Depthwise(conv,
            { src.data(), packed.data(), &epilogue, dst.data(),
                reinterpret_cast<std::uint8_t*>(scratch.data()), kInputZero, threads });
        cpu::useTeam({ 1, 0 });
        return dst;
    }

    double expected(std::int64_t n, std::int64_t y, std::int64_t x, std::int64_t c) const
    {
        std::int64_t sum = 0;
        for (std::int64_t ky = 0; ky < conv.kernelHeight; ++ky)
            for (std::int64_t kx = 0; kx < conv.kernelWidth; ++kx) {
                const std::int64_t row = y * conv.strideHeight + ky - conv.padTop;
                const std::int64_t column = x * conv.strideWidth + kx - conv.padLeft;
                if (row < 0 || row >= conv.height || column < 0 || column >= conv.width)
                    continue;
                const auto from = ((n * conv.height + row) * conv.width + column) * conv.channels + c;
                const auto weight = (c * conv.kernelHeight + ky) * conv.kernelWidth + kx;
                sum += (src[static_cast<std::size_t>(from)] - kInputZero)
                    * weights[static_cast<std::size_t>(weight)];
            }
        const auto channel = static_cast<std::size_t>(c);
        const double real = static_cast<double>(sum) * static_cast<double>(scale[channel])
            + static_cast<double>(bias[channel]);
        return std::clamp(real, static_cast<double>(least), static_cast<double>(most)) + kZero;
    }

    /// Largest distance from the definition; half a step is rounding.
    double error(int threads) const
    {
        const auto dst = computed(threads);
        double worst = 0;
        std::size_t index = 0;
        for (std::int64_t n = 0; n < conv.batch; ++n)
            for (std::int64_t y = 0; y < conv.outHeight; ++y)
                for (std::int64_t x = 0; x < conv.outWidth; ++x)
                    for (std::int64_t c = 0; c < conv.channels; ++c, ++index)
                        worst = std::max(worst, std::abs(dst[index] - expected(n, y, x, c)));
        return worst;
    }
};

} // namespace

/// The kernels against the definition.
class TstInt8Depthwise : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (!cpu::hasInt8Kernels())
            QSKIP("This CPU lacks AVX-512 with VNNI.");
    }

    void shapes_data()
    {
        QTest::addColumn<QList<int>>("shape"); // batch, height, width, channels, kernel h w, stride, pad
        QTest::newRow("3x3") << QList<int> { 1, 9, 11, 64, 3, 3, 1, 1 };
        QTest::newRow("3x3, two pixels at a time") << QList<int> { 2, 8, 9, 32, 3, 3, 1, 1 };
        QTest::newRow("3x3, two pixels, inside") << QList<int> { 1, 7, 8, 32, 3, 3, 1, 0 };
        QTest::newRow("3x3, two pixels, narrow") << QList<int> { 1, 3, 1, 32, 3, 3, 1, 1 };
        QTest::newRow("3x3, half") << QList<int> { 1, 12, 13, 96, 3, 3, 2, 1 };
        QTest::newRow("3x3, 32 channels, half") << QList<int> { 1, 12, 12, 32, 3, 3, 2, 1 };
        QTest::newRow("some channels") << QList<int> { 2, 6, 5, 21, 3, 3, 1, 1 };
        QTest::newRow("5x5") << QList<int> { 1, 10, 9, 72, 5, 5, 1, 2 };
        QTest::newRow("8 rows") << QList<int> { 1, 12, 6, 16, 8, 2, 1, 3 };
        QTest::newRow("wide padding") << QList<int> { 1, 3, 2, 64, 3, 3, 1, 4 };
    }

    void shapes()
    {
        QFETCH(QList<int>, shape);
        const auto size
            = [&](int extent, int kernel) { return (extent + 2 * shape[7] - kernel) / shape[6] + 1; };
        Case made({ shape[0], shape[1], shape[2], shape[3], size(shape[1], shape[4]),
            size(shape[2], shape[5]), shape[4], shape[5], shape[6], shape[6], shape[7], shape[7] });
        for (const int threads : { 1, 3 })
            QVERIFY2(made.error(threads) <= 0.501, qPrintable(QString::number(made.error(threads))));
        made.least = -20;
        made.most = 31;
        QVERIFY(made.error(1) <= 0.501);
    }
};

QTEST_GUILESS_MAIN(TstInt8Depthwise)
#include "tst_int8_depthwise.moc"
