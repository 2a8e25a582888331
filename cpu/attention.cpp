// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/attention.h"

#include "cpu/gemm.h"
#include "cpu/gemm_kernel.h"
#include "cpu/threads.h"

#include <algorithm>
#include <cstring>

namespace cpu {

namespace {

constexpr std::int64_t kRows = kAttentionRows;

/// dst[rows, n] = src[rows, k] times panels of [k, up to 32].
void multiply(std::int64_t rows, std::int64_t n, std::int64_t k, const float* src, std::int64_t srcPitch,
    const float* panels, float* dst, std::int64_t dstPitch)
{
    for (std::int64_t first = 0; first < n; first += kGemmPanel) {
        const std::int64_t width = std::min(kGemmPanel, n - first);
        const float* panel = panels + first * k;
        kGemmKernels[rows - 1][width / kGemmLanes - 1]({ .src = src,
            .srcPitch = srcPitch,
            .weights = panel,
            .k = k,
            .start = nullptr,
            .startPitch = 0,
            .more = nullptr,
            .dst = dst + first,
            .dstPitch = dstPitch,
            .next = reinterpret_cast<const char*>(panel) });
    }
}

/// [count, size] with `pitch` floats between rows, as panels of [count, up to 32].
void packValues(const float* values, std::int64_t count, std::int64_t size, std::int64_t pitch, float* to)
{
    for (std::int64_t first = 0; first < size; first += kGemmPanel) {
        const std::int64_t width = std::min(kGemmPanel, size - first);
        for (std::int64_t row = 0; row < count; ++row, to += width)
            std::memcpy(to, values + row * pitch + first, static_cast<std::size_t>(width) * sizeof(float));
    }
}

void runHead(const Attention& a, std::int64_t batch, std::int64_t head, const float* q, const float* k,
    const float* v, const float* mask, float* dst, float* scratch)
{
    const std::int64_t keyPitch = a.heads * a.keySize, valuePitch = a.heads * a.valueSize,
                       padded = a.paddedKeys();
    float *keys = scratch, *scores = keys + padded * a.keySize, *values = scores + padded * kRows;
    packKeys(k + batch * a.keys * keyPitch + head * a.keySize, a.keys, a.keySize, keyPitch, keys);
    packValues(v + batch * a.keys * valuePitch + head * a.valueSize, a.keys, a.valueSize, valuePitch, values);
    for (std::int64_t first = 0; first < a.queries; first += kRows) {
        const std::int64_t rows = std::min(kRows, a.queries - first), query = batch * a.queries + first;
        multiply(
            rows, padded, a.keySize, q + query * keyPitch + head * a.keySize, keyPitch, keys, scores, padded);
        for (std::int64_t row = 0; row < rows; ++row)
            softmaxRow(scores + row * padded, a.keys, padded, a.scale,
                mask ? mask + batch * a.maskStrides[0] + head * a.maskStrides[1]
                        + (first + row) * a.maskStrides[2]
                     : nullptr,
                a.maskStrides[3]);
        multiply(rows, a.valueSize, a.keys, scores, padded, values,
            dst + query * valuePitch + head * a.valueSize, valuePitch);
    }
}

} // namespace

#if defined(__x86_64__)
bool hasAttention()
{
    return hasGemm();
}
#else
bool hasAttention()
{
    return false;
}
void packKeys(const float*, std::int64_t, std::int64_t, std::int64_t, float*) { }
void softmaxRow(float*, std::int64_t, std::int64_t, float, const float*, std::int64_t) { }
#endif

void runAttention(const Attention& attention, const float* q, const float* k, const float* v,
    const float* mask, float* dst, float* scratch, int threads)
{
    const std::int64_t items = attention.batch * attention.heads, team = threads;
    parallelFor(team, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t thread = begin; thread < end; ++thread)
            for (std::int64_t item = items * thread / team; item < items * (thread + 1) / team; ++item)
                runHead(attention, item / attention.heads, item % attention.heads, q, k, v, mask, dst,
                    scratch + thread * attention.scratchFloats());
    });
}

} // namespace cpu
