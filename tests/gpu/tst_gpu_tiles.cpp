// SPDX-License-Identifier: GPL-3.0-or-later
// Kernels that work by tiles: who computes what of them, and products of sizes that hang over.
#include "core/ops/half.h"
#include "gpu/engine/host_device.h"
#include "gpu/engine/own_product.h"
#include "gpu/kernels/integer_tile.h"
#include "gpu/kernels/tensor_attention.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <random>

namespace {

/// How often each element of a matrix is touched.
class Coverage {
public:
    Coverage(int rows, int columns)
        : m_columns(columns)
        , m_counts(static_cast<std::size_t>(rows * columns), 0)
    {
    }
    void touch(int row, int column, int height = 1, int width = 1)
    {
        for (int i = row; i < row + height; ++i)
            for (int j = column; j < column + width; ++j)
                ++m_counts.at(static_cast<std::size_t>(i * m_columns + j));
    }
    bool isOnce() const
    {
        return std::all_of(m_counts.begin(), m_counts.end(), [](int count) { return count == 1; });
    }

private:
    int m_columns;
    std::vector<int> m_counts;
};

template <typename Tile> bool plainTileIsCovered()
{
    Coverage tile(Tile::kRows, Tile::kColumns);
    const int side = Tile::kRows / Tile::kAcross;
    for (int square = 0; square < Tile::kSquares; ++square)
        for (int i = 0; i < side; ++i)
            for (int j = 0; j < side; ++j)
                tile.touch(Tile::rowOf(square, i), Tile::columnOf(square, j));
    return tile.isOnce() && Tile::kSquares == 256 && Tile::kLoads % 256 == 0;
}

template <typename Body> bool attentionIsCovered()
{
    Coverage scores(Body::kQueries, Body::kKeys), output(Body::kQueries, Body::kPitch - 8);
    for (int warp = 0; warp < Body::kWarps; ++warp) {
        for (int j = 0; j < Body::kKeyPieces; ++j)
            scores.touch(Body::pieceRow(warp), Body::pieceColumn(warp, j, Body::kKeyPieces), gpu::kSquare,
                gpu::kSquare);
        for (int j = 0; j < Body::kChannelPieces; ++j)
            output.touch(Body::pieceRow(warp), Body::pieceColumn(warp, j, Body::kChannelPieces), gpu::kSquare,
                gpu::kSquare);
    }
    return scores.isOnce() && output.isOnce();
}

/// Whether tensor cores may load pieces whose rows are `pitch` elements of `size` bytes apart.
bool isAligned(std::size_t pitch, std::size_t size)
{
    return pitch * size % 16 == 0 && gpu::kSquare * pitch * size % 32 == 0 && gpu::kSquare * size % 32 == 0;
}

struct Matrices {
    std::int64_t batch, m, n, k;
    bool transposeA, transposeB;
};

} // namespace

class TstGpuTiles : public QObject {
    Q_OBJECT

private slots:
    void squaresOfThreadsCoverATile()
    {
        QVERIFY((plainTileIsCovered<gpu::PlainTile<64, 4, 16>>()));
        QVERIFY((plainTileIsCovered<gpu::PlainTile<128, 8, 8>>()));
    }

    void piecesOfWarpsCoverATile()
    {
        using Tile = gpu::TensorTile<gpu::Half>;
        Coverage sums(Tile::kRows, Tile::kColumns);
        for (int warp = 0; warp < Tile::kWarps; ++warp)
            for (int i = 0; i < Tile::kDown; ++i)
                for (int j = 0; j < Tile::kAcross; ++j)
                    sums.touch(
                        Tile::pieceRow(warp, i), Tile::pieceColumn(warp, j), gpu::kSquare, gpu::kSquare);
        QVERIFY(sums.isOnce());
    }

    void loadsCoverATile()
    {
        using Tile = gpu::TensorTile<gpu::Half>;
        Coverage left(Tile::kRows, Tile::kDepth), right(Tile::kDepth, Tile::kColumns);
        for (int i = 0; i < Tile::kLeftChunks; ++i)
            left.touch(Tile::leftRow(i), Tile::leftTerm(i), 1, 8);
        for (int i = 0; i < Tile::kRightChunks; ++i)
            right.touch(Tile::rightTerm(i), Tile::rightColumn(i), 1, 8);
        QVERIFY(left.isOnce() && right.isOnce());
        QVERIFY(Tile::kLeftChunks % Tile::kThreads == 0 && Tile::kRightChunks % Tile::kThreads == 0);
    }

    void integersCoverATile()
    {
        using Tile = gpu::IntegerTile;
        Coverage sums(Tile::kRows, Tile::kColumns), left(Tile::kRows, Tile::kSlabs),
            right(Tile::kColumns, Tile::kSlabs);
        for (int warp = 0; warp < Tile::kWarps; ++warp)
            for (int i = 0; i < Tile::kDown; ++i)
                for (int j = 0; j < Tile::kAcross; ++j)
                    sums.touch(
                        Tile::pieceRow(warp, i), Tile::pieceColumn(warp, j), gpu::kSquare, gpu::kSquare);
        for (int i = 0; i < Tile::kLeftChunks; ++i)
            left.touch(Tile::lineOf(i), Tile::slabOf(i));
        for (int i = 0; i < Tile::kRightChunks; ++i)
            right.touch(Tile::lineOf(i), Tile::slabOf(i));
        QVERIFY(sums.isOnce() && left.isOnce() && right.isOnce());
        QVERIFY(Tile::kLeftChunks % Tile::kThreads == 0 && Tile::kRightChunks % Tile::kThreads == 0);
        QVERIFY(Tile::kLeftSlab % 32 == 0 && Tile::kRightSlab % 32 == 0 && Tile::kRightAt % 32 == 0
            && Tile::kBuffer % 32 == 0);
        QVERIFY(isAligned(Tile::kSumPitch, sizeof(int)));
    }

    void piecesOfAttentionCoverIt()
    {
        QVERIFY((attentionIsCovered<gpu::TensorAttention<gpu::Half, 64>>()));
        QVERIFY((attentionIsCovered<gpu::TensorAttention<gpu::Half, 128>>()));
    }

    void piecesAreAligned()
    {
        using Tile = gpu::TensorTile<gpu::Half>;
        QVERIFY(isAligned(Tile::kLeftPitch, 2) && isAligned(Tile::kRightPitch, 2));
        QVERIFY(isAligned(Tile::kSumPitch, 4));
        QVERIFY(Tile::kRows * Tile::kLeftPitch * 2 % 32 == 0 && Tile::kBuffer * 2 % 32 == 0);
        const auto check = []<typename Body>(Body) {
            return isAligned(Body::kPitch, 2) && isAligned(Body::kWeightPitch, 2)
                && isAligned(Body::kScorePitch, 4) && isAligned(Body::kOutputPitch, 4)
                && Body::kKeysAt % 32 == 0 && Body::kScoresAt % 32 == 0 && Body::kWeightsAt % 32 == 0
                && Body::kFactorsAt % 32 == 0;
        };
        QVERIFY(check(gpu::TensorAttention<gpu::Half, 64> {}));
        QVERIFY(check(gpu::TensorAttention<gpu::Half, 128> {}));
    }

    void multiplies_data()
    {
        QTest::addColumn<int>("numbers");
        QTest::addColumn<int>("sizes");
        for (int numbers = 0; numbers < 4; ++numbers)
            for (int i = 0; i < static_cast<int>(std::size(kSizes)); ++i)
                QTest::addRow("%d, %d", numbers, i) << numbers << i;
    }

    /// Against sums in double.
    void multiplies()
    {
        QFETCH(int, numbers);
        QFETCH(int, sizes);
        const auto type = static_cast<gpu::Numbers>(numbers);
        if (type == gpu::Numbers::Float16)
            compare<gpu::Half>(type, kSizes[sizes]);
        else if (type == gpu::Numbers::BFloat16)
            compare<gpu::Bfloat>(type, kSizes[sizes]);
        else
            compare<float>(type, kSizes[sizes]);
    }

private:
    static constexpr Matrices kSizes[] { { 1, 1, 1, 1, false, false }, { 2, 128, 64, 64, false, false },
        { 1, 130, 72, 40, false, false }, { 3, 33, 65, 70, false, false }, { 1, 17, 24, 33, false, true },
        { 2, 40, 16, 48, true, false }, { 1, 200, 9, 8, true, true } };

    template <typename T> static std::vector<T> randomNumbers(std::int64_t count, unsigned seed)
    {
        std::mt19937 random(seed);
        std::uniform_real_distribution<float> numbers(-1, 1);
        std::vector<T> made(static_cast<std::size_t>(count));
        std::ranges::generate(made, [&] { return T(numbers(random)); });
        return made;
    }

    template <typename T> static void compare(gpu::Numbers type, const Matrices& sizes)
    {
        const auto [batch, m, n, k, transposeA, transposeB] = sizes;
        const auto a = randomNumbers<T>(batch * m * k, 1), b = randomNumbers<T>(batch * k * n, 2),
                   bias = randomNumbers<T>(n, 3), residual = randomNumbers<T>(batch * m * n, 4);
        std::vector<T> c(residual.size());
        gpu::Product product { .numbers = type, .batch = batch, .m = m, .n = n, .k = k };
        product.a = reinterpret_cast<const std::byte*>(a.data());
        product.b = reinterpret_cast<const std::byte*>(b.data());
        product.bias = reinterpret_cast<const std::byte*>(bias.data());
        product.residual = reinterpret_cast<const std::byte*>(residual.data());
        product.c = reinterpret_cast<std::byte*>(c.data());
        product.transposeA = transposeA;
        product.transposeB = transposeB;
        product.rowA = transposeA ? m : k;
        product.rowB = transposeB ? k : n;
        product.rowC = n;
        product.batchA = m * k;
        product.batchB = k * n;
        product.batchC = m * n;
        product.alpha = 0.5F;
        gpu::HostDevice device;
        gpu::multiplyByTiles(device, product);
        const double step = type == gpu::Numbers::BFloat16 ? 1.0 / 256
            : type == gpu::Numbers::Float16                ? 1.0 / 2048
                                                           : 1e-6;
        const auto at = [](const std::vector<T>& of, std::int64_t index) {
            return static_cast<double>(static_cast<float>(of[static_cast<std::size_t>(index)]));
        };
        for (std::int64_t i = 0; i < batch * m * n; ++i) {
            const std::int64_t one = i / (m * n), row = i / n % m, column = i % n;
            double sum = 0;
            for (std::int64_t term = 0; term < k; ++term)
                sum += at(a, one * m * k + (transposeA ? term * m + row : row * k + term))
                    * at(b, one * k * n + (transposeB ? column * k + term : term * n + column));
            const double expected = 0.5 * sum + at(bias, column) + at(residual, i);
            QVERIFY(std::abs(at(c, i) - expected) <= step * std::max(4.0, std::abs(expected)));
        }
    }
};

QTEST_GUILESS_MAIN(TstGpuTiles)
#include "tst_gpu_tiles.moc"
