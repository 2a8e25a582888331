// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/quantise_kernel.h"

#include "cpu/isa.h"
#include "cpu/quantise_loops.h"

#include <algorithm>
#include <cmath>

namespace cpu {

namespace {

/// Loops for compilers to vectorise, compiled for each instruction set below.

struct Exactly {
    float scale;
    float operator()(float x) const { return x / scale; }
};

struct About {
    float factor;
    float operator()(float x) const { return x * factor; }
};

/// Returns whether a quotient came so near the middle between two integers that a product with the
/// reciprocal may have rounded to the wrong one.
template <typename Quotient>
[[gnu::always_inline]] inline bool roundSome(
    const float* x, std::uint8_t* y, std::int64_t count, const QuantiseKernel& kernel, Quotient quotient)
{
    const float zero = static_cast<float>(kernel.zero);
    const float least = kernel.isSigned ? -128 : 0, most = kernel.isSigned ? 127 : 255;
    std::int32_t near = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const float real = quotient(x[i]), whole = std::rint(real);
        near |= std::abs(real - whole) > kNearMiddle ? 1 : 0;
        float value = whole + zero;
        value = value == value ? value : 0;
        value = value < least ? least : value;
        value = value > most ? most : value;
        y[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(value));
    }
    return near != 0;
}

[[gnu::always_inline]] inline void roundAll(
    const float* x, std::uint8_t* y, std::int64_t count, const QuantiseKernel& kernel)
{
    const About about { 1 / kernel.scale };
    for (std::int64_t at = 0; at < count; at += kRoundedTogether) {
        const std::int64_t part = std::min(kRoundedTogether, count - at);
        if (roundSome(x + at, y + at, part, kernel, about))
            roundSome(x + at, y + at, part, kernel, Exactly { kernel.scale });
    }
}

/// Three lines of `count` elements as triples.
[[gnu::always_inline]] inline void interleaveAll(
    const std::uint8_t* lines, std::int64_t step, std::uint8_t* y, std::int64_t count)
{
    for (std::int64_t i = 0; i < count; ++i) {
        y[3 * i] = lines[i];
        y[3 * i + 1] = lines[step + i];
        y[3 * i + 2] = lines[2 * step + i];
    }
}

struct Functions {
    void (*round)(const float*, std::uint8_t*, std::int64_t, const QuantiseKernel&);
    void (*interleave)(const std::uint8_t*, std::int64_t, std::uint8_t*, std::int64_t);
};

void roundBaseline(const float* x, std::uint8_t* y, std::int64_t count, const QuantiseKernel& kernel)
{
    roundAll(x, y, count, kernel);
}

void interleaveBaseline(const std::uint8_t* lines, std::int64_t step, std::uint8_t* y, std::int64_t count)
{
    interleaveAll(lines, step, y, count);
}

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void roundAvx2(
    const float* x, std::uint8_t* y, std::int64_t count, const QuantiseKernel& kernel)
{
    roundAll(x, y, count, kernel);
}

[[gnu::target("avx2")]] void interleaveAvx2(
    const std::uint8_t* lines, std::int64_t step, std::uint8_t* y, std::int64_t count)
{
    interleaveAll(lines, step, y, count);
}

Functions fastest()
{
    if (runs(core::InstructionSet::Avx512)) // with all of avx512bw and avx512vl
        return { roundAvx512, interleaveAvx2 };
    if (runs(core::InstructionSet::Avx2) && __builtin_cpu_supports("fma"))
        return { roundAvx2, interleaveAvx2 };
    return { roundBaseline, interleaveBaseline };
}
#else
Functions fastest()
{
    return { roundBaseline, interleaveBaseline };
}
#endif

const Functions& functions()
{
    static const Functions chosen = fastest();
    return chosen;
}

constexpr std::int64_t kPixels = 256; // at a time: with three channels a kilobyte of integers

} // namespace

void QuantiseKernel::run(const float* x, std::uint8_t* y, std::int64_t count) const
{
    functions().round(x, y, count, *this);
}

void QuantiseKernel::fromPlanes(const float* x, std::uint8_t* y, std::int64_t channels, std::int64_t plane,
    std::int64_t begin, std::int64_t end) const
{
    std::uint8_t lines[3 * kPixels];
    for (std::int64_t first = begin; first < end; first += kPixels) {
        const std::int64_t count = std::min(kPixels, end - first);
        std::uint8_t* to = y + first * channels;
        if (channels == 3) { // a picture
            for (std::int64_t c = 0; c < 3; ++c)
                run(x + c * plane + first, lines + c * kPixels, count);
            functions().interleave(lines, kPixels, to, count);
            continue;
        }
        for (std::int64_t c = 0; c < channels; ++c) {
            run(x + c * plane + first, lines, count);
            for (std::int64_t i = 0; i < count; ++i)
                to[i * channels + c] = lines[i];
        }
    }
}

void QuantiseKernel::fromBlocks(const float* x, std::uint8_t* y, std::int64_t channels, std::int64_t block,
    std::int64_t plane, std::int64_t begin, std::int64_t end) const
{
    std::uint8_t pixels[kPixels * 16];
    const std::int64_t step = kPixels * 16 / block;
    for (std::int64_t first = begin; first < end; first += step) {
        const std::int64_t count = std::min(step, end - first);
        for (std::int64_t c = 0; c < channels; c += block) {
            run(x + c * plane + first * block, pixels, count * block);
            const std::int64_t width = std::min(block, channels - c);
            std::uint8_t* to = y + first * channels + c;
            if (width == 16)
                for (std::int64_t i = 0; i < count; ++i)
                    std::copy_n(pixels + i * 16, 16, to + i * channels);
            else
                for (std::int64_t i = 0; i < count; ++i)
                    std::copy_n(pixels + i * block, width, to + i * channels);
        }
    }
}

} // namespace cpu
