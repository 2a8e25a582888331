// SPDX-License-Identifier: GPL-3.0-or-later
// Bodies by groups of 256 threads, as on a device, against the single thread that other tests run them on:
// who computes what, and whether nobody reads what is not there yet. Threads stand for those of warps, too:
// each computes all of a warp's pieces.
#include "gpu/kernels/convolution.h"
#include "gpu/kernels/integers.h"
#include "gpu/kernels/rows.h"
#include "gpu/kernels/tensor_attention.h"
#include "gpu/kernels/tiles.h"

#include <QTest>
#include <algorithm>
#include <barrier>
#include <cmath>
#include <random>
#include <thread>
#include <vector>

namespace {

constexpr int kThreads = 256;

class ThreadGroup {
public:
    static constexpr int kSize = kThreads;

    struct Shared {
        std::barrier<> barrier { kThreads };
        float parts[kThreads] {};
        std::byte* memory = nullptr;
    };
    ThreadGroup(Shared& all, int rank)
        : m_all(all)
        , m_rank(rank)
    {
    }
    int rank() const { return m_rank; }
    void sync() const { m_all.barrier.arrive_and_wait(); }
    float sum(float x) const
    {
        return reduced(x, [](float a, float b) { return a + b; });
    }
    float max(float x) const
    {
        return reduced(x, [](float a, float b) { return a > b ? a : b; });
    }
    template <typename T> T* shared() const { return reinterpret_cast<T*>(m_all.memory); }

private:
    template <typename Combine> float reduced(float x, Combine combine) const
    {
        m_all.parts[m_rank] = x;
        sync();
        float all = m_all.parts[0];
        for (int i = 1; i < kThreads; ++i)
            all = combine(all, m_all.parts[i]);
        sync();
        return all;
    }

    Shared& m_all;
    int m_rank;
};

template <typename Body> void runOnThreads(const Body& body, std::int64_t count)
{
    struct alignas(128) Line {
        std::byte bytes[128];
    };
    std::vector<Line> memory(Body::kSharedBytes / sizeof(Line) + 1);
    ThreadGroup::Shared all;
    all.memory = memory.front().bytes;
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < kThreads; ++rank)
        threads.emplace_back([&, rank] {
            ThreadGroup group(all, rank);
            for (std::int64_t i = 0; i < count; ++i) {
                body(i, group);
                group.sync();
            }
        });
}

template <typename T> std::vector<T> randomNumbers(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> numbers(-1, 1);
    std::vector<T> made(count);
    std::ranges::generate(made, [&] { return T(numbers(random)); });
    return made;
}

std::vector<std::uint8_t> randomBytes(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::vector<std::uint8_t> made(count);
    std::ranges::generate(made, [&] { return static_cast<std::uint8_t>(random()); });
    return made;
}

/// Runs the body that make(output) gives both ways; only the order of sums may differ.
template <typename T, typename Make> void compare(std::size_t size, std::int64_t count, Make make)
{
    std::vector<T> expected(size, T(7)), actual(size, T(7));
    const auto body = make(expected.data());
    gpu::runOnHost<std::decay_t<decltype(body)>>(&body, 0, count);
    runOnThreads(make(actual.data()), count);
    const float tolerance = std::is_same_v<T, float> ? 1e-5F : 1.0F / 64;
    for (std::size_t i = 0; i < size; ++i) {
        const float is = static_cast<float>(actual[i]), wanted = static_cast<float>(expected[i]);
        QVERIFY(std::abs(is - wanted) <= tolerance * std::max(1.0F, std::abs(wanted)));
    }
}

} // namespace

class TstGpuGroups : public QObject {
    Q_OBJECT

    template <typename T> void multiply()
    {
        constexpr std::int64_t m = 130, n = 72, k = 72;
        const auto a = randomNumbers<T>(m * k, 1), b = randomNumbers<T>(k * n, 2);
        using Tile = typename gpu::ProductBody<T>::Tile;
        constexpr std::int64_t tiles
            = ((m + Tile::kRows - 1) / Tile::kRows) * ((n + Tile::kColumns - 1) / Tile::kColumns);
        for (const bool eights : { true, false })
            compare<T>(m * n, tiles, [&](T* c) {
                gpu::ProductBody<T> body {};
                body.a = a.data();
                body.b = b.data();
                body.c = c;
                body.m = m;
                body.n = body.rowB = body.rowC = n;
                body.k = body.rowA = k;
                body.columnA = body.columnB = 1;
                body.alpha = 0.1F;
                body.leftEights = body.rightEights = eights;
                return body;
            });
    }

    template <typename Body> void convolve()
    {
        using T = typename Body::Element;
        constexpr int size = 12, features = 40, channels = 8, groups = 2;
        const auto x = randomNumbers<T>(size * size * groups * channels, 1),
                   w = randomNumbers<T>(groups * 9 * channels * features, 2);
        Body body {};
        body.input = x.data();
        body.weights = w.data();
        body.rows = size * size;
        body.groups = groups;
        body.channels = channels;
        body.features = features;
        body.terms = 9 * channels;
        for (int d = 0; d < 3; ++d) {
            body.inputSize[d] = body.outputSize[d] = d > 0 ? size : 1;
            body.kernel[d] = d > 0 ? 3 : 1;
            body.strides[d] = body.dilations[d] = 1;
            body.pads[d] = d > 0 ? 1 : 0;
        }
        body.function = core::ChainFunction::Linear;
        body.alpha = 0.1F;
        body.leftEights = body.rightEights = true;
        compare<T>(
            size * size * groups * features, body.tilesAcross() * body.tilesDown() * groups, [&](T* y) {
                Body placed = body;
                placed.output = y;
                return placed;
            });
    }

    /// Sums of integers are the same in any order.
    void convolveIntegers(int channels, int run)
    {
        constexpr int size = 12, features = 70, groups = 2;
        const int terms = 9 * channels, pitch = (terms + 15) / 16 * 16;
        const auto x = randomBytes(static_cast<std::size_t>(size * size * groups * channels), 1),
                   w = randomBytes(static_cast<std::size_t>(groups * features * pitch), 2);
        const std::vector<std::int32_t> weightSums(groups * features, 5);
        gpu::IntegerConvolution body {};
        body.input = x.data();
        body.weights = reinterpret_cast<const std::int8_t*>(w.data());
        body.weightSums = weightSums.data();
        body.rows = size * size;
        body.groups = groups;
        body.channels = channels;
        body.features = features;
        body.terms = terms;
        body.pitch = pitch;
        body.run = run;
        body.zero = { nullptr, 77, 0x80 };
        for (int d = 0; d < 3; ++d) {
            body.inputSize[d] = body.outputSize[d] = d > 0 ? size : 1;
            body.kernel[d] = d > 0 ? 3 : 1;
            body.strides[d] = body.dilations[d] = 1;
            body.pads[d] = d > 0 ? 1 : 0;
        }
        const std::int64_t count = body.tilesAcross() * body.tilesDown() * groups;
        std::vector<std::int32_t> expected(size * size * groups * features, 7), actual = expected;
        body.ending.result = expected.data();
        gpu::runOnHost<gpu::IntegerConvolution>(&body, 0, count);
        body.ending.result = actual.data();
        runOnThreads(body, count);
        QVERIFY(actual == expected);
    }

    template <typename Body, typename T> void attend()
    {
        constexpr std::int64_t queries = 70, keys = 100, heads = 2, size = 48;
        const auto q = randomNumbers<T>(queries * heads * size, 1),
                   k = randomNumbers<T>(keys * heads * size, 2), v = randomNumbers<T>(keys * heads * size, 3),
                   mask = randomNumbers<T>(keys, 4);
        compare<T>(queries * heads * size, 2 * heads, [&](T* y) {
            gpu::AttentionInputs<T> inputs {};
            inputs.queries = q.data();
            inputs.keys = k.data();
            inputs.values = v.data();
            inputs.mask = mask.data();
            inputs.output = y;
            inputs.queryCount = queries;
            inputs.keyCount = keys;
            inputs.heads = heads;
            inputs.size = inputs.valueSize = size;
            inputs.maskSteps[3] = 1;
            inputs.scale = 0.5F;
            inputs.eights = true;
            return Body { inputs };
        });
    }

private slots:
    void products()
    {
        multiply<float>();
        multiply<gpu::Half>();
        multiply<gpu::Bfloat>();
    }

    void convolutions()
    {
        convolve<gpu::ConvolutionBody<float>>();
        convolve<gpu::LargeConvolution>();
        convolve<gpu::ConvolutionBody<gpu::Half>>();
    }

    void integers()
    {
        convolveIntegers(16, 16);
        convolveIntegers(12, 4);
        convolveIntegers(3, 1);
    }

    void recurrentSteps()
    {
        constexpr std::int64_t hidden = 37, batch = 2;
        const auto inputs = randomNumbers<float>(batch * 4 * hidden, 1),
                   weights = randomNumbers<float>(4 * hidden * hidden, 2),
                   before = randomNumbers<float>(batch * hidden, 3);
        gpu::RecurrentStep step {};
        step.cell = gpu::RecurrentStep::Cell::Lstm;
        step.inputs = inputs.data();
        step.weights = weights.data();
        step.before = step.memoryBefore = { before.data(), 0, hidden };
        step.steps = step.directions = step.rowSequence = 1;
        step.batch = batch;
        step.hidden = hidden;
        step.gates = 4;
        for (gpu::GateFunction& function : step.functions[0])
            function = { core::ChainFunction::Tanh, 0, 0, 1, 1 };
        std::vector<float> memory(batch * hidden);
        compare<float>(batch * hidden, step.groups(), [&](float* after) {
            gpu::RecurrentStep placed = step;
            placed.after = { after, 0, hidden };
            placed.memoryAfter = { memory.data(), 0, hidden };
            return placed;
        });
    }

    void ranges()
    {
        const auto x = randomNumbers<float>(20'000, 1);
        gpu::RangeBody range { x.data(), nullptr, std::ssize(x) };
        compare<float>(2 * static_cast<std::size_t>(range.parts()), range.parts(), [&](float* ranges) {
            gpu::RangeBody placed = range;
            placed.ranges = ranges;
            return placed;
        });
        std::uint8_t zero = 0;
        compare<float>(1, 1, [&](float* scale) {
            return gpu::RangeScaleBody { x.data(), 300, scale, &zero };
        });
    }

    void attention()
    {
        attend<gpu::PlainAttention<64>, float>();
        attend<gpu::PlainAttention<128>, float>();
        attend<gpu::TensorAttention<gpu::Half, 64>, gpu::Half>();
        attend<gpu::TensorAttention<gpu::Half, 128>, gpu::Half>();
    }

    void rows()
    {
        constexpr std::int64_t length = 300, count = 5;
        const auto x = randomNumbers<float>(length * count, 1), scale = randomNumbers<float>(length, 2);
        for (const bool log : { false, true })
            compare<float>(length * count, count, [&](float* y) {
                const gpu::SoftmaxRow<float> row { x.data(), y, { length, 1 }, log };
                return gpu::GroupRows<gpu::SoftmaxRow<float>> { row };
            });
        compare<float>(length * count, count, [&](float* y) {
            const gpu::NormRow<float> row { x.data(), scale.data(), nullptr, y, length, 1e-5F, true, 1, 0,
                1 };
            return gpu::GroupRows<gpu::NormRow<float>> { row };
        });
        using R = gpu::Reduction;
        for (const R kind : { R::Mean, R::Sum, R::Max, R::Min, R::SumSquare, R::L1, R::L2, R::LogSumExp })
            compare<float>(count, count, [&](float* y) {
                const gpu::ReduceRow<float> row { x.data(), y, { length, 1 }, kind };
                return gpu::GroupRows<gpu::ReduceRow<float>> { row };
            });
    }
};

QTEST_GUILESS_MAIN(TstGpuGroups)
#include "tst_gpu_groups.moc"
