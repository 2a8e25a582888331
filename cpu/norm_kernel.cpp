// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/norm_kernel.h"

#include "cpu/isa.h"

#include <cmath>
#include <cstring>

namespace cpu {

namespace {

/// As many as the widest registers hold; compilers make several of it where registers are narrower.
constexpr std::int64_t kLanes = 16, kLines = 4; // sums that do not wait for each other
using Line [[gnu::vector_size(kLanes * sizeof(float))]] = float;

/// The sum of f(x) over a row, where f changes its argument: a line of it or a number.
template <typename Function>
[[gnu::always_inline]] inline float sumOf(const float* x, std::int64_t count, Function f)
{
    Line sums[kLines] {};
    std::int64_t i = 0;
    for (; i + kLines * kLanes <= count; i += kLines * kLanes)
#pragma GCC unroll 4
        for (int line = 0; line < kLines; ++line) {
            Line value;
            std::memcpy(&value, x + i + line * kLanes, sizeof(value));
            f(value);
            sums[line] += value;
        }
    sums[0] += sums[2];
    sums[1] += sums[3];
    sums[0] += sums[1];
    float sum = 0;
    for (int lane = 0; lane < kLanes; ++lane)
        sum += sums[0][lane];
    for (; i < count; ++i) {
        float value = x[i];
        f(value);
        sum += value;
    }
    return sum;
}

[[gnu::always_inline]] inline void normalise(
    const NormKernel& kernel, const float* x, const float* scale, const float* shift, float* y)
{
    const auto width = static_cast<float>(kernel.width);
    const float mean = sumOf(x, kernel.width, [](auto&) {}) / width;
    const float squares = sumOf(x, kernel.width, [mean](auto& value) {
        value -= mean;
        value *= value;
    });
    const float factor = 1.0F / std::sqrt(squares / width + kernel.epsilon);
    if (shift)
#pragma omp simd
        for (std::int64_t i = 0; i < kernel.width; ++i)
            y[i] = (x[i] - mean) * factor * scale[i] + shift[i];
    else
#pragma omp simd
        for (std::int64_t i = 0; i < kernel.width; ++i)
            y[i] = (x[i] - mean) * factor * scale[i];
}

using Function = void (*)(const NormKernel&, const float*, const float*, const float*, float*);

void normaliseBaseline(
    const NormKernel& kernel, const float* x, const float* scale, const float* shift, float* y)
{
    normalise(kernel, x, scale, shift, y);
}

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void normaliseAvx2(
    const NormKernel& kernel, const float* x, const float* scale, const float* shift, float* y)
{
    normalise(kernel, x, scale, shift, y);
}

#if defined(__clang__)
#define BREAKEVEN_AVX512 "avx512f,avx512vl,fma"
#else // GCC is content with half the width unless it is told
#define BREAKEVEN_AVX512 "avx512f,avx512vl,fma,prefer-vector-width=512"
#endif
[[gnu::target(BREAKEVEN_AVX512)]] void normaliseAvx512(
    const NormKernel& kernel, const float* x, const float* scale, const float* shift, float* y)
{
    normalise(kernel, x, scale, shift, y);
}

Function fastest()
{
    if (runs(core::InstructionSet::Avx512))
        return normaliseAvx512;
    return runs(core::InstructionSet::Avx2) && __builtin_cpu_supports("fma") ? normaliseAvx2
                                                                             : normaliseBaseline;
}
#else
Function fastest()
{
    return normaliseBaseline;
}
#endif

} // namespace

void NormKernel::run(const float* x, const float* scale, const float* shift, float* y) const
{
    static const Function chosen = fastest();
    chosen(*this, x, scale, shift, y);
}

} // namespace cpu
