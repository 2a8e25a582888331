// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/integer_fragments.h"
#include "gpu/kernels/warp_tile.h"

namespace gpu {

/// Sixteen 8-bit integers that are moved at once; 16 bytes, aligned to as many.
struct alignas(16) Sixteen {
    std::uint32_t words[4];

    static BREAKEVEN_DEVICE Sixteen all(std::uint32_t word) { return { { word, word, word, word } }; }
    static BREAKEVEN_DEVICE Sixteen load(const void* from)
    {
        Sixteen sixteen;
        move(&sixteen, from);
        return sixteen;
    }
    BREAKEVEN_DEVICE void store(void* to) const { move(to, this); }
    BREAKEVEN_DEVICE void flip(std::uint32_t bits)
    {
        BREAKEVEN_REPEAT (i, 4)
            words[i] ^= bits;
    }

private:
    static BREAKEVEN_DEVICE void move(void* to, const void* from)
    {
#if defined(__CUDA_ARCH__)
        *static_cast<uint4*>(to) = *static_cast<const uint4*>(from);
#else
        std::memcpy(to, from, sizeof(Sixteen));
#endif
    }
};

/// How a group computes one tile of a product of integers, by warps on tensor cores. Factors lie in shared
/// memory in slabs of 16 terms, so that a piece is 256 bytes in one run.
///
/// Factors say what is multiplied:
///     Line lineAt(row)                   a row of the left factor; beyond the last, too
///     Sixteen leftAt(Line, term)         its terms from a multiple of sixteen on; beyond the last, anything
///     Sixteen rightAt(term, column)      likewise a column of the right factor, with zeros beyond the last
///     void store(row, column, sum)       does nothing outside the result
struct IntegerTile : WarpTile<IntegerTile> {
    using Element = std::int8_t;
    using Chunk = Sixteen;
    using Sum = IntegerFragments::Sum;
    using Total = std::int32_t;
    static constexpr int kDepth = 64, kSlabs = kDepth / kSquare;
    // 32 bytes between slabs: threads side by side, which store to all four of them, meet different banks.
    static constexpr int kLeftSlab = kRows * kSquare + 32, kRightSlab = kColumns * kSquare + 32;
    static constexpr int kRightAt = kSlabs * kLeftSlab, kBuffer = kRightAt + kSlabs * kRightSlab;
    static constexpr int kLeftChunks = kRows * kSlabs, kRightChunks = kColumns * kSlabs;
    static constexpr std::size_t kTileBytes = 2 * kBuffer > kSumBytes ? 2 * kBuffer : kSumBytes;
    template <typename Line>
    static constexpr std::size_t kSharedBytes = kTileBytes + static_cast<std::size_t>(kRows) * sizeof(Line);

    static BREAKEVEN_DEVICE void clear(Sum& sum) { IntegerFragments::clear(sum); }
    static BREAKEVEN_DEVICE void storeSum(std::int32_t* to, const Sum& sum, int pitch)
    {
        IntegerFragments::store(to, sum, pitch);
    }

    // Where the i-th sixteen of a factor belongs.
    static BREAKEVEN_DEVICE int lineOf(int i) { return i / kSlabs; }
    static BREAKEVEN_DEVICE int slabOf(int i) { return i % kSlabs; }

    template <typename Factors, typename Line, int Lefts, int Rights, typename Group>
    static BREAKEVEN_DEVICE void fetch(const Factors& factors, const Line* lines, std::int64_t column,
        std::int64_t depth, Sixteen (&left)[Lefts], Sixteen (&right)[Rights], const Group& group)
    {
        BREAKEVEN_REPEAT (j, Lefts) {
            const int i = group.rank() + j * Group::kSize;
            left[j] = factors.leftAt(lines[lineOf(i)], depth + slabOf(i) * kSquare);
        }
        BREAKEVEN_REPEAT (j, Rights) {
            const int i = group.rank() + j * Group::kSize;
            right[j] = factors.rightAt(depth + slabOf(i) * kSquare, column + lineOf(i));
        }
    }

    template <int Lefts, int Rights, typename Group>
    static BREAKEVEN_DEVICE void put(
        const Sixteen (&left)[Lefts], const Sixteen (&right)[Rights], std::int8_t* buffer, const Group& group)
    {
        BREAKEVEN_REPEAT (j, Lefts) {
            const int i = group.rank() + j * Group::kSize;
            left[j].store(buffer + slabOf(i) * kLeftSlab + lineOf(i) * kSquare);
        }
        BREAKEVEN_REPEAT (j, Rights) {
            const int i = group.rank() + j * Group::kSize;
            right[j].store(buffer + kRightAt + slabOf(i) * kRightSlab + lineOf(i) * kSquare);
        }
    }

    template <typename Sums>
    static BREAKEVEN_DEVICE void multiply(Sums& sums, const std::int8_t* buffer, int warp)
    {
        for (int slab = 0; slab < kSlabs; ++slab) {
            const std::int8_t* left = buffer + slab * kLeftSlab;
            const std::int8_t* right = buffer + kRightAt + slab * kRightSlab;
            IntegerFragments::Left l[kDown];
            IntegerFragments::Turned r[kAcross];
            BREAKEVEN_REPEAT (i, kDown)
                IntegerFragments::loadLeft(l[i], left + pieceRow(warp, i) * kSquare, kSquare);
            BREAKEVEN_REPEAT (j, kAcross)
                IntegerFragments::loadTurned(r[j], right + pieceColumn(warp, j) * kSquare, kSquare);
            BREAKEVEN_REPEAT (i, kDown)
                BREAKEVEN_REPEAT (j, kAcross)
                    IntegerFragments::multiply(sums[i][j], l[i], r[j]);
        }
    }
};

} // namespace gpu
