// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/attention.h"

namespace gpu {

/// Attention of halves, both of its products on tensor cores; weights are halves for the second one.
/// Two warps have 16 queries, and half of the keys and channels each.
template <typename T, int Head> struct TensorAttention {
    static constexpr int kQueries = 64, kKeys = Head <= 64 ? 64 : 32;
    static constexpr int kThreads = 256, kWarps = kThreads / kWarp;
    static constexpr int kEach = kThreads / kQueries; // threads of a query
    static constexpr int kKeyPieces = kKeys / kSquare / 2, kChannelPieces = Head / kSquare / 2; // of a warp
    // Sixteen bytes more a row: pieces' rows meet different banks, and stay aligned.
    static constexpr int kPitch = Head + 8, kWeightPitch = kKeys + 8; // of halves
    static constexpr int kScorePitch = kKeys + 4, kOutputPitch = Head + 4; // of floats

    // Shared memory, in bytes: queries, keys and later their values, scores, weights, factors, and of each
    // query the highest score (before and now), the sum of its weights, and parts of both by thread.
    static constexpr std::size_t kKeysAt = kQueries * kPitch * sizeof(T);
    static constexpr std::size_t kScoresAt = kKeysAt + kKeys * kPitch * sizeof(T);
    static constexpr std::size_t kWeightsAt = kScoresAt + kQueries * kScorePitch * sizeof(float);
    static constexpr std::size_t kFactorsAt = kWeightsAt + kQueries * kWeightPitch * sizeof(T);
    static constexpr std::size_t kRowsAt = kFactorsAt + kQueries * kSquare * sizeof(float);
    static constexpr std::size_t kSharedBytes = kRowsAt + (3 * kQueries + 2 * kThreads) * sizeof(float);
    static_assert(kQueries * kOutputPitch * sizeof(float) <= kWeightsAt, "output takes the place of those");

    /// Warps that a thread belongs to: on the host one is all of them.
    template <typename Group> static constexpr int kTurns = Group::kSize < kThreads ? kWarps : 1;

    AttentionInputs<T> inputs;

    static BREAKEVEN_DEVICE int pieceRow(int warp) { return warp / 2 * kSquare; }
    static BREAKEVEN_DEVICE int pieceColumn(int warp, int j, int pieces)
    {
        return (warp % 2 * pieces + j) * kSquare;
    }

    template <typename Group> BREAKEVEN_DEVICE void operator()(std::int64_t index, Group& group) const
    {
        const auto head = headBlock(inputs, index, kQueries);
        const Shared in(group.template shared<std::byte>());
        typename Fragments<T>::Sum mixed[kTurns<Group>][kChannelPieces];
        BREAKEVEN_REPEAT (turn, kTurns<Group>)
            BREAKEVEN_REPEAT (j, kChannelPieces)
                Fragments<T>::clear(mixed[turn][j]);
        load(in.queries, head.query(), head.queriesLeft(), kQueries, inputs.size, group);
        for (int i = group.rank(); i < kQueries; i += Group::kSize) {
            in.highest[i] = -std::numeric_limits<float>::infinity();
            in.sums[i] = 0;
        }
        int before = 0; // which of the two highest scores is that of the keys before
        for (std::int64_t at = 0; at < inputs.keyCount; at += kKeys, before = 1 - before) {
            load(in.keys, head.key(at), head.keysLeft(at), kKeys, inputs.size, group);
            group.sync();
            BREAKEVEN_REPEAT (turn, kTurns<Group>)
                multiplyKeys(in, group.rank() / kWarp + turn);
            group.sync();
            load(in.keys, head.value(at), head.keysLeft(at), kKeys, inputs.valueSize, group);
            for (int thread = group.rank(); thread < kThreads; thread += Group::kSize)
                score(head, in, at, thread);
            group.sync();
            for (int thread = group.rank(); thread < kThreads; thread += Group::kSize)
                weigh(in, before, thread);
            group.sync();
            for (int i = group.rank(); i < kQueries; i += Group::kSize)
                addSums(in, i);
            BREAKEVEN_REPEAT (turn, kTurns<Group>)
                mixValues(in, mixed[turn], group.rank() / kWarp + turn);
            group.sync();
        }
        finish(head, in, mixed, group);
    }

private:
    struct Shared {
        T *queries, *keys, *weights;
        float *scores, *factors, *highest, *sums, *partHighest, *partSums;

        BREAKEVEN_DEVICE explicit Shared(std::byte* memory)
            : queries(reinterpret_cast<T*>(memory))
            , keys(reinterpret_cast<T*>(memory + kKeysAt))
            , weights(reinterpret_cast<T*>(memory + kWeightsAt))
            , scores(reinterpret_cast<float*>(memory + kScoresAt))
            , factors(reinterpret_cast<float*>(memory + kFactorsAt))
            , highest(reinterpret_cast<float*>(memory + kRowsAt))
            , sums(highest + 2 * kQueries)
            , partHighest(sums + kQueries)
            , partSums(partHighest + kThreads)
        {
        }
    };

    /// Rows of a head, `there` of them, eight halves at a time; 0 beyond.
    template <typename Group>
    BREAKEVEN_DEVICE void load(
        T* to, const T* from, std::int64_t there, int rows, int size, const Group& group) const
    {
        for (int i = group.rank(); i < rows * (Head / 8); i += Group::kSize) {
            const int row = i / (Head / 8), channel = i % (Head / 8) * 8;
            const T* at = from + std::int64_t { row } * inputs.heads * size + channel;
            Eight<T> eight = Eight<T>::zeros();
            if (inputs.eights) {
                if (row < there && channel < size)
                    eight = Eight<T>::load(at);
            } else {
                BREAKEVEN_REPEAT (j, 8)
                    if (row < there && channel + j < size)
                        eight.values[j] = at[j];
            }
            eight.store(to + row * kPitch + channel);
        }
    }

    static BREAKEVEN_DEVICE void multiplyKeys(const Shared& in, int warp)
    {
        typename Fragments<T>::Sum products[kKeyPieces];
        BREAKEVEN_REPEAT (j, kKeyPieces)
            Fragments<T>::clear(products[j]);
        for (int channel = 0; channel < Head; channel += kSquare) {
            typename Fragments<T>::Left query;
            Fragments<T>::loadLeft(query, in.queries + pieceRow(warp) * kPitch + channel, kPitch);
            BREAKEVEN_REPEAT (j, kKeyPieces) {
                typename Fragments<T>::Turned key;
                Fragments<T>::loadTurned(
                    key, in.keys + pieceColumn(warp, j, kKeyPieces) * kPitch + channel, kPitch);
                Fragments<T>::multiply(products[j], query, key);
            }
        }
        BREAKEVEN_REPEAT (j, kKeyPieces)
            Fragments<T>::store(in.scores + pieceRow(warp) * kScorePitch + pieceColumn(warp, j, kKeyPieces),
                products[j], kScorePitch);
    }

    /// Products to scores, and the highest of those that the thread has.
    static BREAKEVEN_DEVICE void score(
        const HeadBlock<T>& head, const Shared& in, std::int64_t at, int thread)
    {
        const int query = thread / kEach;
        float highest = -std::numeric_limits<float>::infinity();
        for (int key = thread % kEach; key < kKeys; key += kEach) {
            float& score = in.scores[query * kScorePitch + key];
            score = head.score(score, query, at + key);
            highest = score > highest ? score : highest;
        }
        in.partHighest[thread] = highest;
    }

    /// Scores to weights, and by what all that was summed up before is to be scaled.
    static BREAKEVEN_DEVICE void weigh(const Shared& in, int before, int thread)
    {
        const int query = thread / kEach;
        const float old = in.highest[before * kQueries + query];
        float highest = old;
        BREAKEVEN_REPEAT (i, kEach) {
            const float part = in.partHighest[query * kEach + i];
            highest = part > highest ? part : highest;
        }
        const float shift = shiftOf(highest), factor = expf(old - shift);
        float sum = 0;
        for (int key = thread % kEach; key < kKeys; key += kEach) {
            const T weight = T(expf(in.scores[query * kScorePitch + key] - shift));
            in.weights[query * kWeightPitch + key] = weight;
            sum += static_cast<float>(weight);
        }
        in.partSums[thread] = sum;
        for (int i = thread % kEach; i < kSquare; i += kEach)
            in.factors[query * kSquare + i] = factor;
        if (thread % kEach == 0)
            in.highest[(1 - before) * kQueries + query] = highest;
    }

    static BREAKEVEN_DEVICE void addSums(const Shared& in, int query)
    {
        float sum = in.sums[query] * in.factors[query * kSquare];
        BREAKEVEN_REPEAT (i, kEach)
            sum += in.partSums[query * kEach + i];
        in.sums[query] = sum;
    }

    template <typename Pieces>
    static BREAKEVEN_DEVICE void mixValues(const Shared& in, Pieces& mixed, int warp)
    {
        BREAKEVEN_REPEAT (j, kChannelPieces)
            Fragments<T>::scale(mixed[j], in.factors + pieceRow(warp) * kSquare, kSquare);
        for (int key = 0; key < kKeys; key += kSquare) {
            typename Fragments<T>::Left weight;
            Fragments<T>::loadLeft(weight, in.weights + pieceRow(warp) * kWeightPitch + key, kWeightPitch);
            BREAKEVEN_REPEAT (j, kChannelPieces) {
                typename Fragments<T>::Right value;
                Fragments<T>::loadRight(
                    value, in.keys + key * kPitch + pieceColumn(warp, j, kChannelPieces), kPitch);
                Fragments<T>::multiply(mixed[j], weight, value);
            }
        }
    }

    /// Through shared memory, where queries and channels are known.
    template <typename Mixed, typename Group>
    BREAKEVEN_DEVICE void finish(
        const HeadBlock<T>& head, const Shared& in, const Mixed& mixed, Group& group) const
    {
        float* output = group.template shared<float>(); // [kQueries][kOutputPitch]
        BREAKEVEN_REPEAT (turn, kTurns<Group>) {
            const int warp = group.rank() / kWarp + turn;
            BREAKEVEN_REPEAT (j, kChannelPieces)
                Fragments<T>::store(
                    output + pieceRow(warp) * kOutputPitch + pieceColumn(warp, j, kChannelPieces),
                    mixed[turn][j], kOutputPitch);
        }
        group.sync();
        for (int i = group.rank(); i < kQueries * Head; i += Group::kSize) {
            const int query = i / Head, channel = i % Head;
            if (query < head.queriesLeft() && channel < inputs.valueSize)
                head.output(query)[channel] = T(output[query * kOutputPitch + channel] / in.sums[query]);
        }
    }
};

using AttentionKernels = KernelList<PlainAttention<64>, PlainAttention<128>, TensorAttention<Half, 64>,
    TensorAttention<Half, 128>, TensorAttention<Bfloat, 64>, TensorAttention<Bfloat, 128>>;

} // namespace gpu
