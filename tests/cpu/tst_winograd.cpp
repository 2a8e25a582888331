// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/winograd.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace {

std::vector<float> random(std::int64_t count, unsigned seed)
{
    std::mt19937 generator(seed);
    std::uniform_real_distribution<float> numbers(-1, 1);
    std::vector<float> made(static_cast<std::size_t>(count));
    for (float& number : made)
        number = numbers(generator);
    return made;
}

/// Where element (c, y, x) of an image in blocks lies.
std::size_t placeOf(std::int64_t c, std::int64_t y, std::int64_t x, std::int64_t height, std::int64_t width,
    std::int64_t block)
{
    return static_cast<std::size_t>((((c / block) * height + y) * width + x) * block + c % block);
}

} // namespace

/// Both transforms with plain products between them, against the sum that a convolution is, in double.
class TstWinograd : public QObject {
    Q_OBJECT

private slots:
    void equalsTheSum_data()
    {
        QTest::addColumn<int>("block");
        QTest::addColumn<int>("pad");
        for (const int block : { 8, 16 })
            for (const int pad : { 0, 1, 2 })
                QTest::addRow("blocks of %d, padded by %d", block, pad) << block << pad;
    }

    void equalsTheSum()
    {
        QFETCH(int, block);
        QFETCH(int, pad);
        const cpu::WinogradTransforms transforms = cpu::winogradTransforms(block);
        if (!transforms.input)
            QSKIP("This CPU lacks the instructions.");
        constexpr std::int64_t kHeight = 11, kWidth = 9, kChannels = 5, kOutputs = 7;
        const cpu::WinogradShape shape { block, block, block, kHeight, kWidth, kHeight + 2 * pad - 2,
            kWidth + 2 * pad - 2, pad, pad };
        const auto weights = random(kOutputs * kChannels * 9, 1), bias = random(block, 2),
                   residual = random(block * shape.outHeight * shape.outWidth, 3);
        auto image = random(block * kHeight * kWidth, 4);
        for (std::size_t i = 0; i < image.size(); ++i)
            if (static_cast<std::int64_t>(i) % block >= kChannels)
                image[i] = 0;

        const std::int64_t pitch = shape.tiles() * block + 16;
        std::vector<float> before(static_cast<std::size_t>(36 * pitch)), after(before.size()),
            filters(static_cast<std::size_t>(36 * block * block)), made(residual.size());
        cpu::winogradWeights(
            shape, reinterpret_cast<const std::byte*>(weights.data()), kOutputs, kChannels, block, filters.data());
        for (std::int64_t row = 0; row < shape.tilesDown(); ++row) // in parts, as threads do
            transforms.input(shape, image.data(), before.data(), pitch, row, row + 1);
        for (std::int64_t point = 0; point < 36; ++point)
            for (std::int64_t tile = 0; tile < shape.tiles(); ++tile)
                for (std::int64_t o = 0; o < block; ++o) {
                    float sum = 0;
                    for (std::int64_t c = 0; c < block; ++c)
                        sum += before[static_cast<std::size_t>(point * pitch + tile * block + c)]
                            * filters[static_cast<std::size_t>((point * block + c) * block + o)];
                    after[static_cast<std::size_t>(point * pitch + tile * block + o)] = sum;
                }
        const std::vector<cpu::WinogradPost> posts { { .kind = cpu::WinogradPost::Kind::Add },
            { .kind = cpu::WinogradPost::Kind::Clip, .least = -0.5F, .most = 3 } };
        transforms.output(shape, after.data(), pitch, bias.data(), { posts.data(), posts.size() },
            residual.data(), made.data(), 0, shape.tilesDown());

        for (std::int64_t o = 0; o < kOutputs; ++o)
            for (std::int64_t y = 0; y < shape.outHeight; ++y)
                for (std::int64_t x = 0; x < shape.outWidth; ++x) {
                    const std::size_t at = placeOf(o, y, x, shape.outHeight, shape.outWidth, block);
                    double sum = bias[static_cast<std::size_t>(o)] + double { residual[at] };
                    for (std::int64_t c = 0; c < kChannels; ++c)
                        for (std::int64_t i = 0; i < 3; ++i)
                            for (std::int64_t j = 0; j < 3; ++j) {
                                const std::int64_t v = y + i - pad, u = x + j - pad;
                                if (v >= 0 && v < kHeight && u >= 0 && u < kWidth)
                                    sum += double { image[placeOf(c, v, u, kHeight, kWidth, block)] }
                                        * weights[static_cast<std::size_t>(
                                            (o * kChannels + c) * 9 + i * 3 + j)];
                            }
                    const double expected = std::clamp(sum, -0.5, 3.0);
                    QVERIFY2(std::abs(made[at] - expected)
                            < 5e-5, // sums of 45 numbers; the direct sum in float is off by 5e-6
                        qPrintable(QString("%1 %2 %3: %4, expected %5")
                                       .arg(o)
                                       .arg(y)
                                       .arg(x)
                                       .arg(made[at])
                                       .arg(expected)));
                }
    }
};

QTEST_GUILESS_MAIN(TstWinograd)
#include "tst_winograd.moc"
