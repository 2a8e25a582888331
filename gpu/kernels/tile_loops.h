// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/warp_tile.h"

#include <type_traits>

/// How a group computes one tile of a product: the loop over its terms, in two forms.
///
/// Factors say what is multiplied:
///     Element                        the type of their elements
///     Line lineAt(row)               a row of the left factor, to be kept for all terms; beyond the last,
///     too Term termAt(term)              a column of it, likewise const Element* leftAt(Line, Term),
///     rightAt(term, column)    null: a zero bool leftEights, rightEights   the pointers hold for eight
///     terms, or columns, from a multiple of eight
///                                    on, and are aligned to 16 bytes
///     void store(row, column, sum)   does nothing outside the result
namespace gpu {

/// A product's terms are read into registers while those before them are multiplied, and then put into shared
/// memory: sums in float32, a square of Side by Side of them a thread of 256.
template <int Tile, int Side, int Depth> struct PlainTile {
    static constexpr int kRows = Tile, kColumns = Tile, kDepth = Depth;
    static constexpr int kPitch = Tile + 1; // threads side by side meet different banks
    static constexpr int kAcross = Tile / Side, kSquares = kAcross * kAcross; // threads
    static constexpr int kLoads = Tile * Depth;
    static constexpr std::size_t kFactorBytes = 2 * sizeof(float) * Depth * kPitch;
    template <typename Line>
    static constexpr std::size_t kSharedBytes = kFactorBytes + static_cast<std::size_t>(Tile) * sizeof(Line);

    // What thread `square` computes lies `kAcross` apart, and beside that of its neighbours.
    static BREAKEVEN_DEVICE int rowOf(int square, int i) { return square / kAcross + i * kAcross; }
    static BREAKEVEN_DEVICE int columnOf(int square, int j) { return square % kAcross + j * kAcross; }

    template <typename Factors, typename Group>
    static BREAKEVEN_DEVICE void run(
        const Factors& factors, std::int64_t row, std::int64_t column, std::int64_t terms, Group& group)
    {
        using Line = typename Factors::Line;
        static_assert(kFactorBytes % alignof(Line) == 0);
        float* left = group.template shared<float>(); // [Depth][kPitch]
        float* right = left + Depth * kPitch;
        Line* lines = reinterpret_cast<Line*>(group.template shared<std::byte>() + kFactorBytes);
        for (int i = group.rank(); i < Tile; i += Group::kSize)
            lines[i] = factors.lineAt(row + i);
        group.sync();
        constexpr int kEach = kLoads / Group::kSize, kOwn = kSquares / Group::kSize;
        float nextLeft[kEach], nextRight[kEach], sums[kOwn][Side][Side] = {};
        fetch(factors, lines, column, 0, nextLeft, nextRight, group);
        for (std::int64_t depth = 0; depth < terms; depth += Depth) {
            BREAKEVEN_REPEAT (j, kEach) {
                const int i = group.rank() + j * Group::kSize;
                left[i % Depth * kPitch + i / Depth] = nextLeft[j];
                right[i / Tile * kPitch + i % Tile] = nextRight[j];
            }
            group.sync();
            if (depth + Depth < terms)
                fetch(factors, lines, column, depth + Depth, nextLeft, nextRight, group);
            BREAKEVEN_REPEAT (own, kOwn)
                addTerms(sums[own], left, right, group.rank() + own * Group::kSize);
            group.sync();
        }
        BREAKEVEN_REPEAT (own, kOwn)
            BREAKEVEN_REPEAT (i, Side)
                BREAKEVEN_REPEAT (j, Side) {
                    const int square = group.rank() + own * Group::kSize;
                    factors.store(row + rowOf(square, i), column + columnOf(square, j), sums[own][i][j]);
                }
    }

private:
    template <typename Factors, typename Line, int Each, typename Group>
    static BREAKEVEN_DEVICE void fetch(const Factors& factors, const Line* lines, std::int64_t column,
        std::int64_t depth, float (&left)[Each], float (&right)[Each], const Group& group)
    {
        BREAKEVEN_REPEAT (j, Each) {
            const int i = group.rank() + j * Group::kSize;
            const auto* l = factors.leftAt(lines[i / Depth], factors.termAt(depth + i % Depth));
            const auto* r = factors.rightAt(depth + i / Tile, column + i % Tile);
            left[j] = l ? static_cast<float>(*l) : 0.0F;
            right[j] = r ? static_cast<float>(*r) : 0.0F;
        }
    }

    static BREAKEVEN_DEVICE void addTerms(
        float (&sums)[Side][Side], const float* left, const float* right, int square)
    {
        BREAKEVEN_REPEAT (term, Depth) {
            float l[Side], r[Side];
            BREAKEVEN_REPEAT (i, Side) {
                l[i] = left[term * kPitch + rowOf(square, i)];
                r[i] = right[term * kPitch + columnOf(square, i)];
            }
            BREAKEVEN_REPEAT (i, Side)
                BREAKEVEN_REPEAT (j, Side)
                    sums[i][j] += l[i] * r[j];
        }
    }
};

/// The same of halves, by warps on tensor cores.
template <typename T> struct TensorTile : WarpTile<TensorTile<T>> {
    using Base = WarpTile<TensorTile<T>>;
    using Base::kAcross, Base::kColumns, Base::kDown, Base::kRows;
    using Base::pieceColumn, Base::pieceRow;
    using Element = T;
    using Chunk = Eight<T>;
    using Sum = typename Fragments<T>::Sum;
    using Total = float;
    static constexpr int kDepth = 32;
    // Eight halves more a row: pieces' rows meet different banks, and stay aligned.
    static constexpr int kLeftPitch = kDepth + 8, kRightPitch = kColumns + 8;
    static constexpr int kBuffer = kRows * kLeftPitch + kDepth * kRightPitch; // halves
    static constexpr int kLeftChunks = kRows * kDepth / 8, kRightChunks = kDepth * kColumns / 8;
    static constexpr std::size_t kFactorBytes = 2 * kBuffer * sizeof(T);
    static constexpr std::size_t kTileBytes = kFactorBytes > Base::kSumBytes ? kFactorBytes : Base::kSumBytes;
    template <typename Line>
    static constexpr std::size_t kSharedBytes = kTileBytes + static_cast<std::size_t>(kRows) * sizeof(Line);

    static BREAKEVEN_DEVICE void clear(Sum& sum) { Fragments<T>::clear(sum); }
    static BREAKEVEN_DEVICE void storeSum(float* to, const Sum& sum, int pitch)
    {
        Fragments<T>::store(to, sum, pitch);
    }

    // Where the i-th eight halves of a tile lie in it.
    static BREAKEVEN_DEVICE int leftRow(int i) { return i / (kDepth / 8); }
    static BREAKEVEN_DEVICE int leftTerm(int i) { return i % (kDepth / 8) * 8; }
    static BREAKEVEN_DEVICE int rightTerm(int i) { return i / (kColumns / 8); }
    static BREAKEVEN_DEVICE int rightColumn(int i) { return i % (kColumns / 8) * 8; }

    template <typename Factors, typename Line, int Lefts, int Rights, typename Group>
    static BREAKEVEN_DEVICE void fetch(const Factors& factors, const Line* lines, std::int64_t column,
        std::int64_t depth, Eight<T> (&left)[Lefts], Eight<T> (&right)[Rights], const Group& group)
    {
        BREAKEVEN_REPEAT (j, Lefts) {
            const int i = group.rank() + j * Group::kSize;
            left[j] = leftEight(factors, lines[leftRow(i)], depth + leftTerm(i));
        }
        BREAKEVEN_REPEAT (j, Rights) {
            const int i = group.rank() + j * Group::kSize;
            right[j] = rightEight(factors, depth + rightTerm(i), column + rightColumn(i));
        }
    }

    template <typename Factors, typename Line>
    static BREAKEVEN_DEVICE Eight<T> leftEight(const Factors& factors, const Line& line, std::int64_t term)
    {
        if (factors.leftEights) {
            const T* from = factors.leftAt(line, factors.termAt(term));
            return from ? Eight<T>::load(from) : Eight<T>::zeros();
        }
        Eight<T> eight = Eight<T>::zeros();
        BREAKEVEN_REPEAT (i, 8)
            if (const T* from = factors.leftAt(line, factors.termAt(term + i)))
                eight.values[i] = *from;
        return eight;
    }

    template <typename Factors>
    static BREAKEVEN_DEVICE Eight<T> rightEight(
        const Factors& factors, std::int64_t term, std::int64_t column)
    {
        if (factors.rightEights) {
            const T* from = factors.rightAt(term, column);
            return from ? Eight<T>::load(from) : Eight<T>::zeros();
        }
        Eight<T> eight = Eight<T>::zeros();
        BREAKEVEN_REPEAT (i, 8)
            if (const T* from = factors.rightAt(term, column + i))
                eight.values[i] = *from;
        return eight;
    }

    template <int Lefts, int Rights, typename Group>
    static BREAKEVEN_DEVICE void put(
        const Eight<T> (&left)[Lefts], const Eight<T> (&right)[Rights], T* buffer, const Group& group)
    {
        BREAKEVEN_REPEAT (j, Lefts) {
            const int i = group.rank() + j * Group::kSize;
            left[j].store(buffer + leftRow(i) * kLeftPitch + leftTerm(i));
        }
        BREAKEVEN_REPEAT (j, Rights) {
            const int i = group.rank() + j * Group::kSize;
            right[j].store(buffer + kRows * kLeftPitch + rightTerm(i) * kRightPitch + rightColumn(i));
        }
    }

    template <typename Sums> static BREAKEVEN_DEVICE void multiply(Sums& sums, const T* left, int warp)
    {
        const T* right = left + kRows * kLeftPitch;
        for (int term = 0; term < kDepth; term += kSquare) {
            typename Fragments<T>::Left l[kDown];
            typename Fragments<T>::Right r[kAcross];
            BREAKEVEN_REPEAT (i, kDown)
                Fragments<T>::loadLeft(l[i], left + pieceRow(warp, i) * kLeftPitch + term, kLeftPitch);
            BREAKEVEN_REPEAT (j, kAcross)
                Fragments<T>::loadRight(r[j], right + term * kRightPitch + pieceColumn(warp, j), kRightPitch);
            BREAKEVEN_REPEAT (i, kDown)
                BREAKEVEN_REPEAT (j, kAcross)
                    Fragments<T>::multiply(sums[i][j], l[i], r[j]);
        }
    }
};

/// For halves the tensor cores' loop, for float32 the plain one.
template <typename T>
using TileOf = std::conditional_t<std::is_same_v<T, float>, PlainTile<64, 4, 16>, TensorTile<T>>;

} // namespace gpu
