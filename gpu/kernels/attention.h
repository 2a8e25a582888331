// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/fragments.h"

#include <cmath>
#include <limits>

/// softmax(scale Q K^T + mask) V, head by head, without scores in the device's memory: a group has a block of
/// queries of one head and meets the keys block by block. It keeps the highest score of each query, and all
/// that it has summed up relative to that.
namespace gpu {

/// Tensors are [batch, length, heads * size]; sizes are those of one head.
template <typename T> struct AttentionInputs {
    const T *queries, *keys, *values, *mask; // mask may be null
    T* output;
    std::int64_t queryCount, keyCount;
    int heads, size, valueSize;
    std::int64_t maskSteps[4]; // along batch, heads, queries and keys, in elements; 0 repeats
    float scale;
    bool eights; // rows of heads are aligned to 16 bytes, and sizes are multiples of eight
};

/// One head with the queries from `first` on.
template <typename T> struct HeadBlock {
    const AttentionInputs<T>& all;
    std::int64_t batch, first;
    int head;

    BREAKEVEN_DEVICE const T* query() const { return row(all.queries, all.queryCount, all.size, first); }
    BREAKEVEN_DEVICE const T* key(std::int64_t at) const { return row(all.keys, all.keyCount, all.size, at); }
    BREAKEVEN_DEVICE const T* value(std::int64_t at) const
    {
        return row(all.values, all.keyCount, all.valueSize, at);
    }
    BREAKEVEN_DEVICE T* output(int query) const
    {
        return all.output
            + ((batch * all.queryCount + first + query) * all.heads + head) * std::int64_t { all.valueSize };
    }
    BREAKEVEN_DEVICE std::int64_t queriesLeft() const { return all.queryCount - first; }
    BREAKEVEN_DEVICE std::int64_t keysLeft(std::int64_t at) const { return all.keyCount - at; }

    /// A product of query and key as a score; what is no query or key counts for nothing.
    BREAKEVEN_DEVICE float score(float product, int query, std::int64_t key) const
    {
        if (query >= queriesLeft() || key >= all.keyCount)
            return -std::numeric_limits<float>::infinity();
        const std::int64_t* steps = all.maskSteps;
        const float masked = all.mask
            ? static_cast<float>(
                all.mask[batch * steps[0] + head * steps[1] + (first + query) * steps[2] + key * steps[3]])
            : 0.0F;
        return product * all.scale + masked;
    }

private:
    BREAKEVEN_DEVICE const T* row(const T* of, std::int64_t count, int size, std::int64_t at) const
    {
        return of + ((batch * count + at) * all.heads + head) * std::int64_t { size };
    }
};

template <typename T>
BREAKEVEN_DEVICE HeadBlock<T> headBlock(const AttentionInputs<T>& all, std::int64_t index, int queries)
{
    const std::int64_t blocks = (all.queryCount + queries - 1) / queries;
    return { all, index / blocks / all.heads, index % blocks * queries,
        static_cast<int>(index / blocks % all.heads) };
}

/// What scores are taken relative to: the highest one; 0 where all are masked.
BREAKEVEN_DEVICE inline float shiftOf(float highest)
{
    return highest == -std::numeric_limits<float>::infinity() ? 0.0F : highest;
}

/// Sums in registers: each of 256 threads has four queries, and of those every 16th key and channel.
template <int Head> struct PlainAttention {
    static constexpr int kQueries = 64, kKeys = 32, kSquares = 256, kSide = 16;
    static constexpr int kPitch = Head + 1, kScorePitch = kKeys + 1; // neighbours meet different banks
    static constexpr int kDown = kQueries / kSide, kAcross = kKeys / kSide, kChannels = Head / kSide;
    static constexpr std::size_t kSharedBytes
        = sizeof(float) * (kQueries * kPitch + kKeys * kPitch + kQueries * kScorePitch + 2 * kQueries);

    AttentionInputs<float> inputs;

    template <typename Group> BREAKEVEN_DEVICE void operator()(std::int64_t index, Group& group) const
    {
        const auto head = headBlock(inputs, index, kQueries);
        float* queries = group.template shared<float>(); // [kQueries][kPitch]
        float* keys = queries + kQueries * kPitch; // [kKeys][kPitch]; the values of the same keys later
        float* scores = keys + kKeys * kPitch; // [kQueries][kScorePitch]
        float* highest = scores + kQueries * kScorePitch; // [kQueries]
        float* factors = highest + kQueries; // [kQueries]: what all before is scaled by
        constexpr int kOwn = kSquares / Group::kSize;
        float mixed[kOwn][kDown][kChannels] = {}, sums[kOwn][kDown] = {};
        load(queries, head.query(), head.queriesLeft(), kQueries, inputs.size, group);
        for (int i = group.rank(); i < kQueries; i += Group::kSize)
            highest[i] = -std::numeric_limits<float>::infinity();
        for (std::int64_t at = 0; at < inputs.keyCount; at += kKeys) {
            load(keys, head.key(at), head.keysLeft(at), kKeys, inputs.size, group);
            group.sync();
            for (int square = group.rank(); square < kSquares; square += Group::kSize)
                score(head, at, queries, keys, scores, square);
            group.sync();
            load(keys, head.value(at), head.keysLeft(at), kKeys, inputs.valueSize, group);
            for (int i = group.rank(); i < kQueries; i += Group::kSize)
                raise(highest[i], factors[i], scores + i * kScorePitch);
            group.sync();
            for (int i = group.rank(); i < kQueries * kKeys; i += Group::kSize) {
                float& weight = scores[i / kKeys * kScorePitch + i % kKeys];
                weight = expf(weight - shiftOf(highest[i / kKeys]));
            }
            group.sync();
            BREAKEVEN_REPEAT (own, kOwn)
                mix(mixed[own], sums[own], scores, factors, keys, group.rank() + own * Group::kSize);
            group.sync();
        }
        BREAKEVEN_REPEAT (own, kOwn)
            store(head, mixed[own], sums[own], group.rank() + own * Group::kSize);
    }

private:
    static BREAKEVEN_DEVICE int rowOf(int square, int i) { return square / kSide + i * kSide; }
    static BREAKEVEN_DEVICE int columnOf(int square, int j) { return square % kSide + j * kSide; }

    /// Rows of a head, `there` of them; 0 beyond.
    template <typename Group>
    BREAKEVEN_DEVICE void load(
        float* to, const float* from, std::int64_t there, int rows, int size, const Group& group) const
    {
        for (int i = group.rank(); i < rows * Head; i += Group::kSize) {
            const int row = i / Head, channel = i % Head;
            to[row * kPitch + channel] = row < there && channel < size
                ? from[std::int64_t { row } * inputs.heads * size + channel]
                : 0.0F;
        }
    }

    BREAKEVEN_DEVICE void score(const HeadBlock<float>& head, std::int64_t at, const float* queries,
        const float* keys, float* scores, int square) const
    {
        float products[kDown][kAcross] = {};
        for (int channel = 0; channel < inputs.size; ++channel)
            BREAKEVEN_REPEAT (i, kDown)
                BREAKEVEN_REPEAT (j, kAcross)
                    products[i][j] += queries[rowOf(square, i) * kPitch + channel]
                        * keys[columnOf(square, j) * kPitch + channel];
        BREAKEVEN_REPEAT (i, kDown)
            BREAKEVEN_REPEAT (j, kAcross)
                scores[rowOf(square, i) * kScorePitch + columnOf(square, j)]
                    = head.score(products[i][j], rowOf(square, i), at + columnOf(square, j));
    }

    static BREAKEVEN_DEVICE void raise(float& highest, float& factor, const float* scores)
    {
        const float before = highest;
        for (int j = 0; j < kKeys; ++j)
            highest = scores[j] > highest ? scores[j] : highest;
        factor = expf(before - shiftOf(highest));
    }

    static BREAKEVEN_DEVICE void mix(float (&mixed)[kDown][kChannels], float (&sums)[kDown],
        const float* weights, const float* factors, const float* values, int square)
    {
        BREAKEVEN_REPEAT (i, kDown) {
            const float factor = factors[rowOf(square, i)];
            sums[i] *= factor;
            BREAKEVEN_REPEAT (j, kChannels)
                mixed[i][j] *= factor;
        }
        for (int key = 0; key < kKeys; ++key)
            BREAKEVEN_REPEAT (i, kDown) {
                const float weight = weights[rowOf(square, i) * kScorePitch + key];
                sums[i] += weight;
                BREAKEVEN_REPEAT (j, kChannels)
                    mixed[i][j] += weight * values[key * kPitch + columnOf(square, j)];
            }
    }

    BREAKEVEN_DEVICE void store(const HeadBlock<float>& head, const float (&mixed)[kDown][kChannels],
        const float (&sums)[kDown], int square) const
    {
        BREAKEVEN_REPEAT (i, kDown)
            BREAKEVEN_REPEAT (j, kChannels)
                if (rowOf(square, i) < head.queriesLeft() && columnOf(square, j) < inputs.valueSize)
                    head.output(rowOf(square, i))[columnOf(square, j)] = mixed[i][j] / sums[i];
    }
};

} // namespace gpu
