// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/peak_kernels.h"

#include "cpu/panel_kernel.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <cstring>
#include <type_traits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cpu {

namespace {

/// A pass must not be merged with the one before, whose sum is the same.
inline void forget(const std::byte* data)
{
    asm volatile("" : : "r"(data) : "memory");
}

std::uint64_t readBaseline(const std::byte* data, std::size_t bytes, std::int64_t passes)
{
    std::uint64_t sums[4] = {};
    for (std::int64_t pass = 0; pass < passes; ++pass) {
        forget(data);
        for (std::size_t at = 0; at < bytes; at += sizeof(sums)) {
            std::uint64_t words[4];
            std::memcpy(words, data + at, sizeof(words));
            for (int i = 0; i < 4; ++i)
                sums[i] += words[i];
        }
    }
    return sums[0] + sums[1] + sums[2] + sums[3];
}

#if defined(__x86_64__)

/// Kernels are templates of the numbers of their chains, so that every chain is a register at any level of
/// optimisation. Chains start from their numbers, or a compiler would see that all are the same. The slowest
/// of these instructions takes 6 cycles, and two can start in each: 12 chains are enough, and with both
/// factors they fit into AVX2's 16 registers.
constexpr int kChains = 12;

template <typename Lane, std::size_t count> auto sumOf(const Lane (&lanes)[count])
{
    std::conditional_t<std::is_same_v<Lane, std::uint64_t>, std::uint64_t, double> sum = 0;
    for (const Lane lane : lanes)
        sum += static_cast<decltype(sum)>(lane);
    return sum;
}

template <std::size_t... chain> [[gnu::target("avx2,fma")]] double fmaAvx2(std::int64_t rounds, int a, int b)
{
    const __m256 x = _mm256_set1_ps(static_cast<float>(a)), y = _mm256_set1_ps(static_cast<float>(b));
    __m256 sums[] = { _mm256_set1_ps(static_cast<float>(chain))... };
    for (std::int64_t round = 0; round < rounds; ++round)
        ((sums[chain] = _mm256_fmadd_ps(x, y, sums[chain])), ...);
    float lanes[sizeof...(chain) * 8];
    (_mm256_storeu_ps(lanes + chain * 8, sums[chain]), ...);
    return sumOf(lanes);
}

template <std::size_t... chain> [[gnu::target("avx512f")]] double fmaAvx512(std::int64_t rounds, int a, int b)
{
    const __m512 x = _mm512_set1_ps(static_cast<float>(a)), y = _mm512_set1_ps(static_cast<float>(b));
    __m512 sums[] = { _mm512_set1_ps(static_cast<float>(chain))... };
    for (std::int64_t round = 0; round < rounds; ++round)
        ((sums[chain] = _mm512_fmadd_ps(x, y, sums[chain])), ...);
    float lanes[sizeof...(chain) * 16];
    (_mm512_storeu_ps(lanes + chain * 16, sums[chain]), ...);
    return sumOf(lanes);
}

template <std::size_t... chain>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512bf16")]] double dotBf16(std::int64_t rounds, int a, int b)
{
    const __m512 wideA = _mm512_set1_ps(static_cast<float>(a)), wideB = _mm512_set1_ps(static_cast<float>(b));
    const __m512bh x = _mm512_cvtne2ps_pbh(wideA, wideA), y = _mm512_cvtne2ps_pbh(wideB, wideB);
    __m512 sums[] = { _mm512_set1_ps(static_cast<float>(chain))... };
    for (std::int64_t round = 0; round < rounds; ++round)
        ((sums[chain] = _mm512_dpbf16_ps(sums[chain], x, y)), ...);
    float lanes[sizeof...(chain) * 16];
    (_mm512_storeu_ps(lanes + chain * 16, sums[chain]), ...);
    return sumOf(lanes);
}

template <std::size_t... chain>
[[gnu::target("avx512f,avx512vnni")]] double dotU8S8(std::int64_t rounds, int a, int b)
{
    const __m512i x = _mm512_set1_epi8(static_cast<char>(a)), y = _mm512_set1_epi8(static_cast<char>(b));
    __m512i sums[] = { _mm512_set1_epi32(static_cast<int>(chain))... };
    for (std::int64_t round = 0; round < rounds; ++round)
        ((sums[chain] = _mm512_dpbusd_epi32(sums[chain], x, y)), ...);
    std::int32_t lanes[sizeof...(chain) * 16];
    (_mm512_storeu_si512(lanes + chain * 16, sums[chain]), ...);
    return sumOf(lanes);
}

template <std::size_t... chain>
[[gnu::target("avx2,avxvnni")]] double dotU8S8Avx2(std::int64_t rounds, int a, int b)
{
    const __m256i x = _mm256_set1_epi8(static_cast<char>(a)), y = _mm256_set1_epi8(static_cast<char>(b));
    __m256i sums[] = { _mm256_set1_epi32(static_cast<int>(chain))... };
    for (std::int64_t round = 0; round < rounds; ++round)
        ((sums[chain] = _mm256_dpbusd_avx_epi32(sums[chain], x, y)), ...);
    std::int32_t lanes[sizeof...(chain) * 8];
    (_mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes + chain * 8), sums[chain]), ...);
    return sumOf(lanes);
}

constexpr int kTileRows = 16, kTileWords = 16;

struct TileOfWords {
    alignas(64) std::uint32_t words[kTileRows][kTileWords];

    explicit TileOfWords(std::uint32_t word)
    {
        for (auto& row : words)
            for (std::uint32_t& each : row)
                each = word;
    }
};

/// Four chains of tiles: two of each factor, as products have it.
#define BREAKEVEN_TILES(instruction)                                                                         \
    asm volatile(instruction " %tmm6, %tmm4, %tmm0\n\t" instruction " %tmm7, %tmm4, %tmm1\n\t" instruction   \
                             " %tmm6, %tmm5, %tmm2\n\t" instruction " %tmm7, %tmm5, %tmm3")

/// The sum of all numbers in the four sums, of type `Lane`.
template <typename Lane, typename Round>
double runTiles(std::int64_t rounds, std::uint32_t a, std::uint32_t b, Round round)
{
    const TileOfWords terms(a), weights(b);
    TileOfWords sums[4] { TileOfWords(0), TileOfWords(0), TileOfWords(0), TileOfWords(0) };
    const std::int64_t pitch = sizeof terms.words[0];
    amxConfigure(kTileRows, kTileWords);
    asm volatile("tilezero %%tmm0\n\ttilezero %%tmm1\n\ttilezero %%tmm2\n\ttilezero %%tmm3\n\t"
                 "tileloadd (%0,%2,1), %%tmm4\n\ttileloadd (%0,%2,1), %%tmm5\n\t"
                 "tileloadd (%1,%2,1), %%tmm6\n\ttileloadd (%1,%2,1), %%tmm7"
                 :
                 : "r"(&terms), "r"(&weights), "r"(pitch)
                 : "memory");
    for (std::int64_t i = 0; i < rounds; ++i)
        round();
    asm volatile("tilestored %%tmm0, (%0,%4,1)\n\ttilestored %%tmm1, (%1,%4,1)\n\t"
                 "tilestored %%tmm2, (%2,%4,1)\n\ttilestored %%tmm3, (%3,%4,1)"
                 :
                 : "r"(&sums[0]), "r"(&sums[1]), "r"(&sums[2]), "r"(&sums[3]), "r"(pitch)
                 : "memory");
    amxRelease();
    double sum = 0;
    for (const TileOfWords& tile : sums)
        for (const auto& row : tile.words)
            for (const std::uint32_t word : row) {
                Lane lane;
                std::memcpy(&lane, &word, sizeof lane);
                sum += static_cast<double>(lane);
            }
    return sum;
}

double tilesU8S8(std::int64_t rounds, int a, int b)
{
    const auto four = [](int x) { return static_cast<std::uint32_t>(x & 0xff) * 0x01010101U; };
    return runTiles<std::int32_t>(rounds, four(a), four(b), [] { BREAKEVEN_TILES("tdpbusd"); });
}

double tilesBf16(std::int64_t rounds, int a, int b)
{
    const auto two = [](int x) { // whole numbers of 8 bits are the upper half of what they are in float32
        const auto real = static_cast<float>(x);
        std::uint32_t bits = 0;
        std::memcpy(&bits, &real, sizeof bits);
        return (bits & 0xffff0000U) | bits >> 16;
    };
    return runTiles<float>(rounds, two(a), two(b), [] { BREAKEVEN_TILES("tdpbf16ps"); });
}

#undef BREAKEVEN_TILES

template <std::size_t... chain>
[[gnu::target("avx2")]] std::uint64_t readAvx2(const std::byte* data, std::size_t bytes, std::int64_t passes)
{
    __m256i sums[] = { _mm256_set1_epi64x(0 * chain)... };
    for (std::int64_t pass = 0; pass < passes; ++pass) {
        forget(data);
        for (std::size_t at = 0; at < bytes; at += sizeof(sums))
            ((sums[chain] = _mm256_add_epi64(
                  sums[chain], _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + at) + chain))),
                ...);
    }
    std::uint64_t words[sizeof...(chain) * 4];
    (_mm256_storeu_si256(reinterpret_cast<__m256i*>(words + chain * 4), sums[chain]), ...);
    return sumOf(words);
}

template <std::size_t... chain>
[[gnu::target("avx512f")]] std::uint64_t readAvx512(
    const std::byte* data, std::size_t bytes, std::int64_t passes)
{
    __m512i sums[] = { _mm512_set1_epi64(0 * chain)... };
    for (std::int64_t pass = 0; pass < passes; ++pass) {
        forget(data);
        for (std::size_t at = 0; at < bytes; at += sizeof(sums))
            ((sums[chain]
                 = _mm512_add_epi64(sums[chain], _mm512_loadu_si512(data + at + chain * sizeof(__m512i)))),
                ...);
    }
    std::uint64_t words[sizeof...(chain) * 8];
    (_mm512_storeu_si512(words + chain * 8, sums[chain]), ...);
    return sumOf(words);
}

#endif

using core::Precision;

ArithmeticKernel absent(Precision precision, const char* why)
{
    return { .precision = precision, .instruction = {}, .unknown = why };
}

#if defined(__x86_64__)
ArithmeticKernel float32Kernel(const VectorIsa& isa)
{
    if (isa.avx512)
        return { Precision::Float32, "AVX-512 FMA", {}, kChains * 16,
            fmaAvx512<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11> };
    if (isa.avx2)
        return { Precision::Float32, "AVX2 FMA", {}, kChains * 8,
            fmaAvx2<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11> };
    return absent(Precision::Float32, "the CPU has no AVX2 with FMA, or may not use it");
}

ArithmeticKernel bfloat16Kernel(const VectorIsa& isa)
{
    constexpr std::int64_t kProducts = 4 * kTileRows * kTileWords * kTileWords * 2;
    if (isa.amx)
        return { Precision::BFloat16, "AMX tdpbf16ps", {}, kProducts, tilesBf16 };
    if (isa.avx512Bf16)
        return { Precision::BFloat16, "AVX-512 vdpbf16ps", {}, kChains * 32,
            dotBf16<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11> };
    return absent(Precision::BFloat16, "the CPU has no AVX-512 with bf16, or may not use it");
}

ArithmeticKernel int8Kernel(const VectorIsa& isa)
{
    constexpr std::int64_t kProducts = 4 * kTileRows * kTileWords * kTileWords * 4;
    if (isa.amx)
        return { Precision::Int8, "AMX tdpbusd", {}, kProducts, tilesU8S8 };
    if (isa.avx512Vnni)
        return { Precision::Int8, "AVX-512 vpdpbusd", {}, kChains * 64,
            dotU8S8<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11> };
    if (isa.avxVnni)
        return { Precision::Int8, "AVX2 vpdpbusd", {}, kChains * 32,
            dotU8S8Avx2<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11> };
    return absent(Precision::Int8, "the CPU has no VNNI, or may not use it");
}
#endif

} // namespace

/// oneDNN looks at the CPU and at ONEDNN_MAX_CPU_ISA; its names of instruction sets are sets of bits.
VectorIsa allowedIsa()
{
    using dnnl::cpu_isa;
    const auto effective = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
    const auto has = [effective](cpu_isa isa) {
        const auto wanted = static_cast<unsigned>(isa);
        return (effective & wanted) == wanted;
    };
    return { .avx2 = has(cpu_isa::avx2),
        .avx512 = has(cpu_isa::avx512_core),
        .avxVnni = has(cpu_isa::avx2_vnni),
        .avx512Vnni = has(cpu_isa::avx512_core_vnni),
        .avx512Bf16 = has(cpu_isa::avx512_core_bf16),
        .amx = has(cpu_isa::avx512_core_amx) };
}

std::vector<ArithmeticKernel> arithmeticKernels([[maybe_unused]] const VectorIsa& isa)
{
#if defined(__x86_64__)
    return { float32Kernel(isa), bfloat16Kernel(isa), int8Kernel(isa) };
#else
    constexpr const char* kWhy = "there is no kernel for this kind of processor";
    return { absent(Precision::Float32, kWhy), absent(Precision::BFloat16, kWhy),
        absent(Precision::Int8, kWhy) };
#endif
}

ReadKernel readKernel([[maybe_unused]] const VectorIsa& isa)
{
#if defined(__x86_64__)
    if (isa.avx512)
        return readAvx512<0, 1, 2, 3, 4, 5, 6, 7>;
    if (isa.avx2)
        return readAvx2<0, 1, 2, 3, 4, 5, 6, 7>;
#endif
    return readBaseline;
}

} // namespace cpu
