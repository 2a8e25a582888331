// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/integer_fragments.h"

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

/// How a group computes one tile of a product of integers, as TensorTile does of halves: eight warps multiply
/// pieces of 16 by 16, four of them each, out of two buffers in turn. Factors lie in shared memory in slabs
/// of 16 terms, so that a piece is 256 bytes in one run.
///
/// Factors say what is multiplied:
///     Line lineAt(row)                   a row of the left factor; beyond the last, too
///     Sixteen leftAt(Line, term)         its terms from a multiple of sixteen on; beyond the last, anything
///     Sixteen rightAt(term, column)      likewise a column of the right factor, with zeros beyond the last
///     void store(row, column, sum)       does nothing outside the result
struct IntegerTile {
    static constexpr int kRows = 128, kColumns = 64, kDepth = 64, kSlabs = kDepth / kSquare;
    static constexpr int kThreads = 256, kWarps = kThreads / kWarp;
    static constexpr int kDown = 2, kAcross = 2; // pieces of a warp
    // 32 bytes between slabs: threads side by side, which store to all four of them, meet different banks.
    static constexpr int kLeftSlab = kRows * kSquare + 32, kRightSlab = kColumns * kSquare + 32;
    static constexpr int kSumPitch = kColumns + 4;
    static constexpr int kRightAt = kSlabs * kLeftSlab, kBuffer = kRightAt + kSlabs * kRightSlab;
    static constexpr int kLefts = kRows * kSlabs, kRights = kColumns * kSlabs; // sixteens
    static constexpr std::size_t kSumBytes = static_cast<std::size_t>(kRows) * kSumPitch * sizeof(int);
    static constexpr std::size_t kTileBytes = 2 * kBuffer > kSumBytes ? 2 * kBuffer : kSumBytes;
    template <typename Line>
    static constexpr std::size_t kSharedBytes = kTileBytes + static_cast<std::size_t>(kRows) * sizeof(Line);

    /// Warps that a thread belongs to: on the host one is all of them.
    template <typename Group> static constexpr int kTurns = Group::kSize < kThreads ? kWarps : 1;

    // Where the i-th sixteen of a factor belong, and where the pieces of a warp do.
    static BREAKEVEN_DEVICE int lineOf(int i) { return i / kSlabs; }
    static BREAKEVEN_DEVICE int slabOf(int i) { return i % kSlabs; }
    static BREAKEVEN_DEVICE int pieceRow(int warp, int i) { return (warp / 2 * kDown + i) * kSquare; }
    static BREAKEVEN_DEVICE int pieceColumn(int warp, int j) { return (warp % 2 * kAcross + j) * kSquare; }

    template <typename Factors, typename Group>
    static BREAKEVEN_DEVICE void run(
        const Factors& factors, std::int64_t row, std::int64_t column, std::int64_t terms, Group& group)
    {
        using Line = typename Factors::Line;
        static_assert(kTileBytes % alignof(Line) == 0);
        std::int8_t* buffers = group.template shared<std::int8_t>();
        Line* lines = reinterpret_cast<Line*>(group.template shared<std::byte>() + kTileBytes);
        for (int i = group.rank(); i < kRows; i += Group::kSize)
            lines[i] = factors.lineAt(row + i);
        group.sync();
        IntegerFragments::Sum sums[kTurns<Group>][kDown][kAcross];
        BREAKEVEN_REPEAT (turn, kTurns<Group>)
            BREAKEVEN_REPEAT (i, kDown)
                BREAKEVEN_REPEAT (j, kAcross)
                    IntegerFragments::clear(sums[turn][i][j]);
        Sixteen left[kLefts / Group::kSize], right[kRights / Group::kSize];
        fetch(factors, lines, column, 0, left, right, group);
        put(left, right, buffers, group);
        group.sync();
        int now = 0;
        for (std::int64_t depth = 0; depth < terms; depth += kDepth, now = 1 - now) {
            const bool more = depth + kDepth < terms;
            if (more)
                fetch(factors, lines, column, depth + kDepth, left, right, group);
            BREAKEVEN_REPEAT (turn, kTurns<Group>)
                multiply(sums[turn], buffers + now * kBuffer, group.rank() / kWarp + turn);
            if (more)
                put(left, right, buffers + (1 - now) * kBuffer, group);
            group.sync();
        }
        finish(factors, row, column, sums, group);
    }

private:
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

    /// The buffers are not needed any more: their memory is the sums'.
    template <typename Factors, typename Sums, typename Group>
    static BREAKEVEN_DEVICE void finish(
        const Factors& factors, std::int64_t row, std::int64_t column, const Sums& sums, Group& group)
    {
        std::int32_t* tile = group.template shared<std::int32_t>(); // [kRows][kSumPitch]
        BREAKEVEN_REPEAT (turn, kTurns<Group>) {
            const int warp = group.rank() / kWarp + turn;
            BREAKEVEN_REPEAT (i, kDown)
                BREAKEVEN_REPEAT (j, kAcross)
                    IntegerFragments::store(tile + pieceRow(warp, i) * kSumPitch + pieceColumn(warp, j),
                        sums[turn][i][j], kSumPitch);
        }
        group.sync();
        for (int i = group.rank(); i < kRows * kColumns; i += Group::kSize)
            factors.store(
                row + i / kColumns, column + i % kColumns, tile[i / kColumns * kSumPitch + i % kColumns]);
    }
};

} // namespace gpu
