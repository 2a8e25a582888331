// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/fragments.h"

#include <cstddef>
#include <cstdint>

namespace gpu {

/// How a group computes one tile of a product on tensor cores, of whatever numbers: eight warps multiply
/// pieces of 16 by 16, four of them each, out of two buffers in turn. Sums pass through shared memory at the
/// end, where their places are known.
///
/// `Numbers` is the tile for its kind of numbers, which derives from this:
///     Element, Chunk                     what lies in shared memory, and what is moved at once
///     kLeftChunks, kRightChunks          of a buffer; kBuffer, its elements; kTileBytes, of both, or of the
///     sums Sum, clear(), storeSum()           sums of a piece, in fragments, and how they come out of them
///     fetch(), put(), multiply()         chunks from the factors, into a buffer, and products out of it
template <typename Numbers> struct WarpTile {
    static constexpr int kRows = 128, kColumns = 64;
    static constexpr int kThreads = 256, kWarps = kThreads / kWarp;
    static constexpr int kDown = 2, kAcross = 2; // pieces of a warp
    static constexpr int kSumPitch = kColumns + 4;
    static constexpr std::size_t kSumBytes = static_cast<std::size_t>(kRows) * kSumPitch * 4;

    /// Warps that a thread belongs to: on the host one is all of them.
    template <typename Group> static constexpr int kTurns = Group::kSize < kThreads ? kWarps : 1;

    // Where the pieces of a warp belong.
    static BREAKEVEN_DEVICE int pieceRow(int warp, int i) { return (warp / 2 * kDown + i) * kSquare; }
    static BREAKEVEN_DEVICE int pieceColumn(int warp, int j) { return (warp % 2 * kAcross + j) * kSquare; }

    template <typename Factors, typename Group>
    static BREAKEVEN_DEVICE void run(
        const Factors& factors, std::int64_t row, std::int64_t column, std::int64_t terms, Group& group)
    {
        using Line = typename Factors::Line;
        static_assert(Numbers::kTileBytes % alignof(Line) == 0);
        auto* buffers = group.template shared<typename Numbers::Element>();
        Line* lines = reinterpret_cast<Line*>(group.template shared<std::byte>() + Numbers::kTileBytes);
        for (int i = group.rank(); i < kRows; i += Group::kSize)
            lines[i] = factors.lineAt(row + i);
        group.sync();
        typename Numbers::Sum sums[kTurns<Group>][kDown][kAcross];
        BREAKEVEN_REPEAT (turn, kTurns<Group>)
            BREAKEVEN_REPEAT (i, kDown)
                BREAKEVEN_REPEAT (j, kAcross)
                    Numbers::clear(sums[turn][i][j]);
        typename Numbers::Chunk left[Numbers::kLeftChunks / Group::kSize],
            right[Numbers::kRightChunks / Group::kSize];
        Numbers::fetch(factors, lines, column, 0, left, right, group);
        Numbers::put(left, right, buffers, group);
        group.sync();
        int now = 0;
        for (std::int64_t depth = 0; depth < terms; depth += Numbers::kDepth, now = 1 - now) {
            const bool more = depth + Numbers::kDepth < terms;
            if (more)
                Numbers::fetch(factors, lines, column, depth + Numbers::kDepth, left, right, group);
            BREAKEVEN_REPEAT (turn, kTurns<Group>)
                Numbers::multiply(sums[turn], buffers + now * Numbers::kBuffer, group.rank() / kWarp + turn);
            if (more)
                Numbers::put(left, right, buffers + (1 - now) * Numbers::kBuffer, group);
            group.sync();
        }
        finish(factors, row, column, sums, group);
    }

private:
    /// The buffers are not needed any more: their memory is the sums'.
    template <typename Factors, typename Sums, typename Group>
    static BREAKEVEN_DEVICE void finish(
        const Factors& factors, std::int64_t row, std::int64_t column, const Sums& sums, Group& group)
    {
        auto* tile = group.template shared<typename Numbers::Total>(); // [kRows][kSumPitch]
        BREAKEVEN_REPEAT (turn, kTurns<Group>) {
            const int warp = group.rank() / kWarp + turn;
            BREAKEVEN_REPEAT (i, kDown)
                BREAKEVEN_REPEAT (j, kAcross)
                    Numbers::storeSum(tile + pieceRow(warp, i) * kSumPitch + pieceColumn(warp, j),
                        sums[turn][i][j], kSumPitch);
        }
        group.sync();
        for (int i = group.rank(); i < kRows * kColumns; i += Group::kSize)
            factors.store(
                row + i / kColumns, column + i % kColumns, tile[i / kColumns * kSumPitch + i % kColumns]);
    }
};

} // namespace gpu
