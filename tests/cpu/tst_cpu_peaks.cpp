// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels behind the peaks do the arithmetic they are counted for. How fast they are is nothing to test.
#include "core/engine/peaks.h"
#include "core/error.h"
#include "cpu/cpu_engine.h"
#include "cpu/measure_peaks.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <cstring>

namespace {

/// This machine's instruction sets, and every lesser choice of them.
std::vector<std::pair<const char*, cpu::VectorIsa>> choices()
{
    const cpu::VectorIsa all = cpu::allowedIsa();
    std::vector<std::pair<const char*, cpu::VectorIsa>> choices { { "all", all }, { "none", {} } };
    choices.push_back({ "AVX2", { .avx2 = all.avx2 } });
    choices.push_back({ "AVX2, VNNI", { .avx2 = all.avx2, .avxVnni = all.avxVnni } });
    choices.push_back({ "AVX-512", { .avx2 = all.avx2, .avx512 = all.avx512 } });
    cpu::VectorIsa vectors = all;
    vectors.amx = false;
    choices.push_back({ "all but AMX", vectors });
    return choices;
}

} // namespace

class TstCpuPeaks : public QObject {
    Q_OBJECT

private slots:
    void kernelsAddTheirProducts_data();
    void kernelsAddTheirProducts();
    void kernelsAreNamedOrSayWhyNot();
    void readersReadEveryWord();
    void sizesWorkingSets();
    void saysWhyThereIsNoWorkingSet();
    void summarisesRates();
    void measuresThisMachine();
    void stops();
    void needsAThread();
};

void TstCpuPeaks::kernelsAddTheirProducts_data()
{
    QTest::addColumn<int>("a");
    QTest::addColumn<int>("b");
    QTest::newRow("small") << 3 << 2;
    QTest::newRow("negative") << 5 << -7;
    QTest::newRow("largest") << 255 << -128;
    QTest::newRow("zero") << 0 << 5;
}

void TstCpuPeaks::kernelsAddTheirProducts()
{
    QFETCH(int, a);
    QFETCH(int, b);
    for (const auto& [name, isa] : choices()) {
        for (const cpu::ArithmeticKernel& kernel : cpu::arithmeticKernels(isa)) {
            if (!kernel.run)
                continue;
            const double before = kernel.run(0, a, b);
            for (const std::int64_t rounds : { 1, 2, 10 }) {
                const double expected = before
                    + static_cast<double>(rounds * kernel.productsPerRound) * static_cast<double>(a * b);
                QVERIFY2(kernel.run(rounds, a, b) == expected, // small whole numbers: exact in every type
                    (kernel.instruction + " of " + name).c_str());
            }
        }
    }
}

void TstCpuPeaks::kernelsAreNamedOrSayWhyNot()
{
    for (const auto& [name, isa] : choices()) {
        const auto kernels = cpu::arithmeticKernels(isa);
        QCOMPARE(kernels.size(), 3U); // fp32, bf16, int8
        for (const cpu::ArithmeticKernel& kernel : kernels) {
            QCOMPARE(kernel.run != nullptr, kernel.unknown.empty());
            QCOMPARE(kernel.run != nullptr, !kernel.instruction.empty());
            QCOMPARE(kernel.run != nullptr, kernel.productsPerRound > 0);
        }
    }
    for (const cpu::ArithmeticKernel& kernel : cpu::arithmeticKernels({}))
        QVERIFY(!kernel.run);
}

void TstCpuPeaks::readersReadEveryWord()
{
    std::vector<std::uint64_t> words(5 * cpu::kReadBytes / sizeof(std::uint64_t));
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < words.size(); ++i)
        sum += words[i] = (i + 1) * 0x9e3779b97f4a7c15ULL;
    const auto* bytes = reinterpret_cast<const std::byte*>(words.data());
    for (const auto& [name, isa] : choices()) {
        const cpu::ReadKernel read = cpu::readKernel(isa);
        for (const std::uint64_t passes : { 0, 1, 3 })
            QVERIFY2(
                read(bytes, 5 * cpu::kReadBytes, static_cast<std::int64_t>(passes)) == passes * sum, name);
    }
}

void TstCpuPeaks::sizesWorkingSets()
{
    const std::vector<core::CacheLevel> caches { { 1, 32 << 10, 1 }, { 2, 1 << 20, 1 }, { 3, 32 << 20, 8 } };
    const auto sets = cpu::workingSets(caches, 2, 8, std::size_t { 4 } << 30);
    QCOMPARE(sets.size(), 4U);
    const std::size_t capacities[] = { 64 << 10, 2 << 20, 32 << 20, 0 };
    const std::size_t threadBytes[] = { 16 << 10, (64 << 10) * 8 / 2, 8 << 20, 64 << 20 };
    const char* const names[] = { "L1", "L2", "L3", "memory" };
    for (std::size_t i = 0; i < 4; ++i) {
        QCOMPARE(sets[i].level, std::string(names[i]));
        QCOMPARE(sets[i].capacity, capacities[i]);
        QCOMPARE(sets[i].bytesPerThread,
            std::min(threadBytes[i], capacities[i] ? capacities[i] / 4 : threadBytes[i]));
        QCOMPARE(sets[i].bytesPerThread % cpu::kReadBytes, std::size_t { 0 });
        QVERIFY(sets[i].unknown.empty());
    }
}

void TstCpuPeaks::saysWhyThereIsNoWorkingSet()
{
    const auto reason = [](const std::vector<core::CacheLevel>& caches, std::optional<std::size_t> available,
                            std::size_t index) {
        const auto sets = cpu::workingSets(caches, 1, 8, available);
        return sets[index].bytesPerThread == 0 ? sets[index].unknown : std::string("it has one");
    };
    const std::vector<core::CacheLevel> two { { 1, 32 << 10, 1 }, { 2, 1 << 20, 1 } };
    QCOMPARE(reason(two, 1 << 30, 2), std::string("/sys/devices/system/cpu/cpu0/cache tells of no level 3"));
    QCOMPARE(reason(two, 1 << 30, 3), std::string("it has one"));
    QCOMPARE(
        reason(two, 100'000'000, 3), std::string("it takes 67.1 MB, and half of the free memory is 50.0 MB"));
    QCOMPARE(reason(two, std::nullopt, 3), std::string("nobody knows how much memory is free"));
    QVERIFY(reason({}, 1 << 30, 3).starts_with("/sys/devices/system/cpu/cpu0/cache tells of no cache"));
    const std::vector<core::CacheLevel> odd { { 1, 32 << 10, 1 }, { 2, 32 << 10, 1 } };
    QCOMPARE(reason(odd, 1 << 30, 1), std::string("the level is not larger than the one before"));
}

void TstCpuPeaks::summarisesRates()
{
    const core::PeakRate rate = cpu::summariseRates({ 4, 1, 5, 2, 3 });
    QCOMPARE(rate.best, 5.0);
    QCOMPARE(rate.median, 3.0);
    QCOMPARE(rate.spread, (4.0 - 2.0) / 3.0);
    QCOMPARE(cpu::summariseRates({ 7 }).best, 7.0);
    QCOMPARE(cpu::summariseRates({ 7 }).spread, 0.0);
}

void TstCpuPeaks::measuresThisMachine()
{
    const auto engine = cpu::makeEngine();
    const core::Peaks peaks = engine->measurePeaks(1, {}).value();
    QCOMPARE(peaks.threads, 1);
    QCOMPARE(peaks.compute.size(), 3U);
    QCOMPARE(peaks.bandwidth.size(), 4U);
    const auto check = [](const auto& peak) {
        QCOMPARE(peak.rate.has_value(), peak.unknown.empty());
        if (peak.rate) {
            QVERIFY(peak.rate->median > 0);
            QVERIFY(peak.rate->best >= peak.rate->median);
            QVERIFY(peak.rate->spread >= 0);
        }
    };
    for (const core::ComputePeak& peak : peaks.compute)
        check(peak);
    for (const core::BandwidthPeak& peak : peaks.bandwidth)
        check(peak);
}

void TstCpuPeaks::stops()
{
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(support::sentenceOf([&] { cpu::makeEngine()->measurePeaks(1, stop.get_token()); }),
        std::string("Cannot measure the peaks: it was stopped before the end."));
}

void TstCpuPeaks::needsAThread()
{
    QCOMPARE(support::sentenceOf([] { cpu::makeEngine()->measurePeaks(0, {}); }),
        std::string("Cannot measure the peaks of 0 threads: at least one is needed."));
}

QTEST_GUILESS_MAIN(TstCpuPeaks)
#include "tst_cpu_peaks.moc"
