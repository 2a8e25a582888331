// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace cpu {

/// What becomes of the sums of a product: x = sum * scale[channel] + bias[channel], plus a residual, made no
/// less than `least` and no more than `most`, then stored. Where integers are stored, all of these are in
/// units of the result's scale and without its zero point, which comes on after rounding. Sums of bfloat16
/// have no scale.
struct PanelEpilogue {
    enum class Type { None, UInt8, Int8, Float32, BFloat16 };

    const float* scale = nullptr;
    const float* bias = nullptr;
    Type residual = Type::None, output = Type::UInt8;
    float residualScale = 1; // the residual's zero point is in the bias
    float least = 0, most = 0;
    std::int32_t zero = 0; // of the result
    bool gelu = false; // after the sum, in place of the limits, times outputScale
    float outputScale = 1; // after Gelu: 1 / scale of the result
};

/// Where the rows of a block go, and what is done to them on the way.
struct PanelEnd {
    const PanelEpilogue* as;
    const float *scale, *bias; // those of the epilogue, from this block's channels on
    std::byte* dst[2]; // first row of each run
    const std::byte* residual[2]; // in the type of the epilogue
    std::int64_t dstPitch, residualPitch; // bytes from row to row
    std::uint32_t mask; // channels that exist
    // For AMX alone:
    int skip[2]; // rows at the front of a run that others have stored, or will
    int rows[2]; // and those behind them that count: lines of `line` with `gap` between them that do not
    int line, gap;
};

/// One block of a product, kept in registers while it is summed: one or two runs of up to 7 rows (16 with
/// AMX), of one or two vectors of 16 channels. A run's rows are equally far apart. Terms come in words of
/// four bytes: four of u8 and s8, two of bfloat16.
struct PanelTile {
    const std::byte* src[2]; // first row of each run
    std::int64_t pitch; // bytes from row to row
    std::int64_t taps, tapPitch; // pieces that a row's terms lie in, bytes from one to the next
    std::int64_t depth; // of a piece, in words
    /// [taps][depth][vectors][16 channels][1 word]. Of integers two vectors hold channels 0 to 3, 8 to 11, 16
    /// to 19, 24 to 27 and those between: so do `start` and the epilogue's scale and bias.
    const std::byte* weights;
    const std::byte* start; // [vectors * 16]: what the sums start with, s32 or float32
    const char* next; // fetched into level 2 meanwhile: a line for each word, or `fetched` for each step
    std::int64_t step, fetched; // AMX multiplies so many words of a row at once; `depth` is a multiple of it
    PanelEnd end;
};

/// By runs (1 or 2), rows (1 to 7) and vectors (1 or 2), all counted from 0. u8 and s8, for AVX-512 with
/// VNNI.
using VnniKernel = void (*)(const PanelTile&);
extern const VnniKernel kVnniKernels[2][7][2];

inline constexpr int kAmxRows = 16;

/// A block whose sums are in memory, and rows of it that are not stored yet: the next block does that while
/// it multiplies, which other parts of the processor do.
struct AmxPending {
    alignas(64)
        std::int32_t sums[2][kAmxRows][2][16]; // [run][row][vector], or float32; of one vector every other
    PanelEnd end {};
    int runs = 0, vectors = 0;
    int run = 0, row = 0; // the next one to store
    int ofLine = 0, gaps = 0; // rows left of its line, and rows of no use before it
};

/// Between amxConfigure() and amxRelease().
struct AmxKernels {
    /// By runs (1 or 2) and vectors (1 or 2), both counted from 0.
    void (*block[2][2])(const PanelTile&, AmxPending&);
    void (*finish)(AmxPending&); // what is left, after the last block
};
extern const AmxKernels kAmxInt8, kAmxBf16;

/// Makes this thread's tiles those of runs of `rows` rows and steps of `step` words.
void amxConfigure(int rows, int step);
/// Gives the tiles back: what is in them need not be saved any more when threads change.
void amxRelease();

} // namespace cpu
