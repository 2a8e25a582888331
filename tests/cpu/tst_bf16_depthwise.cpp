// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/half.h"
#include "cpu/bf16_depthwise.h"
#include "cpu/panel_conv.h"
#include "cpu/threads.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace {

/// Small whole numbers: the same in bfloat16, and their sums are exact.
std::vector<float> random(std::int64_t count, unsigned seed)
{
    std::mt19937 generator(seed);
    std::uniform_int_distribution<int> numbers(-15, 15);
    std::vector<float> made(static_cast<std::size_t>(count));
    for (float& number : made)
        number = static_cast<float>(numbers(generator));
    return made;
}

std::vector<std::byte> halves(const std::vector<float>& numbers)
{
    std::vector<std::byte> bytes(numbers.size() * 2);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const std::uint16_t bits = core::ops::bfloatFromFloat(numbers[i]);
        std::memcpy(bytes.data() + 2 * i, &bits, sizeof bits);
    }
    return bytes;
}

float at(const std::vector<std::byte>& bytes, std::int64_t index)
{
    std::uint16_t bits = 0;
    std::memcpy(&bits, bytes.data() + 2 * index, sizeof bits);
    return core::ops::floatFromBfloat(bits);
}

struct Case {
    cpu::Bf16Depthwise conv;
    std::vector<float> src = random(conv.batch * conv.height * conv.width * conv.channels, 1);
    std::vector<float> weights = random(conv.channels * conv.kernelHeight * conv.kernelWidth, 2);
    std::vector<float> bias = random(conv.channels, 3);

    std::vector<std::byte> computed() const
    {
        std::vector<float> packed(static_cast<std::size_t>(conv.blocks() * conv.blockFloats()));
        cpu::packBf16Depthwise(conv, halves(weights).data(), bias.data(), packed.data());
        std::vector<std::byte> dst(
            static_cast<std::size_t>(conv.batch * conv.outHeight * conv.outWidth * conv.channels * 2));
        cpu::runBf16Depthwise(conv, halves(src).data(), packed.data(), dst.data());
        return dst;
    }

    float expected(std::int64_t n, std::int64_t y, std::int64_t x, std::int64_t c) const
    {
        float sum = bias[static_cast<std::size_t>(c)];
        for (std::int64_t ky = 0; ky < conv.kernelHeight; ++ky)
            for (std::int64_t kx = 0; kx < conv.kernelWidth; ++kx) {
                const std::int64_t row = y * conv.strideHeight + ky - conv.padTop;
                const std::int64_t column = x * conv.strideWidth + kx - conv.padLeft;
                if (row < 0 || row >= conv.height || column < 0 || column >= conv.width)
                    continue;
                const auto from = ((n * conv.height + row) * conv.width + column) * conv.channels + c;
                sum += src[static_cast<std::size_t>(from)]
                    * weights[static_cast<std::size_t>((c * conv.kernelHeight + ky) * conv.kernelWidth + kx)];
            }
        return core::ops::floatFromBfloat(core::ops::bfloatFromFloat(std::clamp(sum, conv.least, conv.most)));
    }

    /// How many outputs are not what the definition, rounded once, says.
    int wrong() const
    {
        const auto dst = computed();
        int count = 0;
        std::int64_t index = 0;
        for (std::int64_t n = 0; n < conv.batch; ++n)
            for (std::int64_t y = 0; y < conv.outHeight; ++y)
                for (std::int64_t x = 0; x < conv.outWidth; ++x)
                    for (std::int64_t c = 0; c < conv.channels; ++c)
                        count += at(dst, index++) != expected(n, y, x, c);
        return count;
    }
};

} // namespace

/// The kernels against the definition.
class TstBf16Depthwise : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (!cpu::hasAmxKernels())
            QSKIP("This CPU lacks AMX, with which these kernels are used.");
    }

    void shapes_data()
    {
        QTest::addColumn<QList<int>>("shape"); // batch, height, width, channels, kernel h w, stride, pad
        QTest::newRow("3x3") << QList<int> { 1, 9, 14, 64, 3, 3, 1, 1 };
        QTest::newRow("3x3, two images, odd channels") << QList<int> { 2, 7, 7, 43, 3, 3, 1, 1 };
        QTest::newRow("3x3, every second pixel") << QList<int> { 1, 13, 15, 32, 3, 3, 2, 1 };
        QTest::newRow("3x3, inside") << QList<int> { 1, 8, 8, 16, 3, 3, 1, 0 };
        QTest::newRow("every third pixel") << QList<int> { 1, 11, 12, 40, 3, 3, 3, 1 };
        QTest::newRow("5x5") << QList<int> { 1, 9, 9, 32, 5, 5, 1, 2 };
        QTest::newRow("a row") << QList<int> { 1, 5, 9, 24, 1, 7, 1, 0 };
        QTest::newRow("wide padding") << QList<int> { 1, 2, 2, 8, 3, 3, 1, 3 };
    }

    void shapes()
    {
        QFETCH(QList<int>, shape);
        cpu::Bf16Depthwise conv { shape[0], shape[1], shape[2], shape[3],
            (shape[1] + 2 * shape[7] - shape[4]) / shape[6] + 1,
            (shape[2] + 2 * shape[7] - shape[5]) / shape[6] + 1, shape[4], shape[5], shape[6], shape[6],
            shape[7], shape[7] };
        for (const float limit : { 100.0F, std::numeric_limits<float>::infinity() }) {
            conv.least = -limit / 2;
            conv.most = limit;
            for (const int threads : { 1, 2 }) {
                cpu::useTeam({ threads, 0 });
                QCOMPARE(Case { conv }.wrong(), 0);
            }
        }
        cpu::useTeam({ 1, 0 });
    }

    void whatIsNoNumberStaysThat()
    {
        Case one {
            { .height = 5, .width = 9, .channels = 16, .outHeight = 5, .outWidth = 9, .least = 0, .most = 6 }
        };
        one.src[0] = std::numeric_limits<float>::quiet_NaN(); // the first channel of the first pixel
        const auto dst = one.computed();
        for (std::int64_t y = 0; y < 5; ++y)
            for (std::int64_t x = 0; x < 9; ++x)
                for (std::int64_t c = 0; c < 16; ++c)
                    QCOMPARE(std::isnan(at(dst, (y * 9 + x) * 16 + c)), y < 2 && x < 2 && c == 0);
    }
};

QTEST_GUILESS_MAIN(TstBf16Depthwise)
#include "tst_bf16_depthwise.moc"
