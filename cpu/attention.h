// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

/// softmax(scale * Q K^T + mask) V in fp32, for AVX-512: a head's scores never leave level 1. Eight queries
/// at a time meet all keys, become weights, and meet all values; keys and values of a head are laid out for
/// that once.
namespace cpu {

inline constexpr std::int64_t kAttentionRows = 14; // queries at a time

/// Q is [batch, queries, heads * keySize], K and V [batch, keys, heads * size], the result like Q of values.
struct Attention {
    std::int64_t batch = 1, heads = 1, queries = 1, keys = 1;
    std::int64_t keySize = 16, valueSize = 16; // multiples of 16
    float scale = 1;
    std::int64_t maskStrides[4] = {}; // of batch, heads, queries and keys, in floats; 0 where it is spread

    std::int64_t paddedKeys() const { return (keys + 15) / 16 * 16; }
    /// Floats that one thread works in.
    std::int64_t scratchFloats() const
    {
        return paddedKeys() * (keySize + kAttentionRows) + keys * valueSize;
    }
};

/// Whether kernels may use what it needs.
bool hasAttention();

/// On the team of `threads`, with that many times scratchFloats(). `mask` may be null.
void runAttention(const Attention& attention, const float* q, const float* k, const float* v,
    const float* mask, float* dst, float* scratch, int threads);

/// Compiled for AVX-512, see CMakeLists.txt: [keys, size] with `pitch` floats between rows, as panels of up
/// to 48 keys of [size, keys]. What is missing of the last 16 keys is 0.
void packKeys(const float* keys, std::int64_t count, std::int64_t size, std::int64_t pitch, float* to);

/// Compiled for AVX-512: `count` scores become weights that sum to 1, and `padded` - `count` zeros behind
/// them. `mask` may be null; its numbers are `maskStride` apart.
void softmaxRow(float* scores, std::int64_t count, std::int64_t padded, float scale, const float* mask,
    std::int64_t maskStride);

} // namespace cpu
