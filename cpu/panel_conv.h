// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/panel_kernel.h"

#include <cstddef>
#include <functional>

/// Convolutions and products with constant weights, of u8 values and s8 weights (AVX-512 with VNNI, or AMX)
/// or of bfloat16 (AMX). Pixels are rows of channels (nhwc), and the terms of one kernel row lie behind each
/// other in them: a convolution is a product whose rows overlap, nothing is unfolded. Where a window reaches
/// over the edge, or the words that terms come in over the end of a row, a band of rows is copied into a
/// frame of the input's zero point first, which takes a percent of the time.
namespace cpu {

inline constexpr std::int64_t kPanelChannels = 32, kPanelLanes = 16, kPanelWord = 4; // bytes

/// Of an element; 0 for None.
constexpr std::int64_t bytesOf(PanelEpilogue::Type type)
{
    using Type = PanelEpilogue::Type;
    return type == Type::None ? 0 : type == Type::Float32 ? 4 : type == Type::BFloat16 ? 2 : 1;
}

/// What multiplies.
enum class PanelArithmetic { Vnni, AmxInt8, AmxBf16 };

/// Shape of a convolution of one group without dilation; a product [m, k] [k, n] is one of `height` m,
/// `width` 1, `channels` k, `outputs` n and a kernel of 1 x 1.
struct PanelConv {
    std::int64_t batch = 1, height = 1, width = 1, channels = 1;
    std::int64_t outputs = 1, outHeight = 1, outWidth = 1;
    std::int64_t kernelHeight = 1, kernelWidth = 1, strideHeight = 1, strideWidth = 1, padTop = 0,
                 padLeft = 0;
    PanelArithmetic arithmetic = PanelArithmetic::Vnni;

    std::int64_t elementBytes() const { return arithmetic == PanelArithmetic::AmxBf16 ? 2 : 1; }
    std::int64_t terms() const { return 4 / elementBytes(); } // in a word
    bool amx() const { return arithmetic != PanelArithmetic::Vnni; }
    /// Channels of a pixel as kernels read it. Of bfloat16 no word may reach into the next pixel, which what
    /// it is multiplied with, 0, does not undo where it is infinite.
    std::int64_t framedChannels() const;
    /// Words that AMX multiplies at once: a divisor of depth().
    std::int64_t step() const;
    /// Words of terms in a kernel row.
    std::int64_t depth() const;
    /// Rows of a run. Two runs of 7 with two vectors take 28 of the 32 registers; a tile of AMX has 16.
    std::int64_t runRows() const { return amx() ? kAmxRows : 7; }
    std::int64_t paddedOutputs() const { return (outputs + 15) / 16 * 16; }
    std::int64_t weightBytes() const { return kernelHeight * depth() * 4 * paddedOutputs(); }
    /// Whether bands have to be copied.
    bool framed() const;
    /// Whether weights come from beyond level 2 whenever they are used.
    bool streamed() const { return weightBytes() > 512 << 10; }
};

/// Whether kernels may use what u8 by s8 needs.
bool hasInt8Kernels();
/// Whether they may use AMX.
bool hasAmxKernels();

/// Bytes of what packPanels() makes: panels of 32 channels, then what each channel's sum starts with.
std::int64_t packedPanelBytes(const PanelConv& conv);

/// Where the file's weight of an output, a row and a column of the kernel and an input channel lies.
struct PanelWeights {
    const std::byte* first = nullptr;
    std::int64_t output = 0, row = 0, column = 0, channel = 0; // elements from one to the next
};

/// On the team. `zero` is the input's zero point; 0 for bfloat16, whose sums start with the biases.
void packPanels(const PanelConv& conv, const PanelWeights& weights, std::int32_t zero, std::byte* to);

/// A number for each output in the order that the kernels take scales and biases in: paddedOutputs() of them.
void orderForPanels(const PanelConv& conv, const float* outputs, float* to);

/// How the work is cut for a number of threads.
struct PanelPlan {
    /// `outputBytes` are those written, and read of a residual, for each output.
    PanelPlan(const PanelConv& conv, int threads, std::int64_t outputBytes);

    PanelConv conv; // as it is computed
    PanelConv given;
    int threads;
    std::int64_t bandRows = 1; // of the output
    std::int64_t bands = 1; // of an image
    std::int64_t panelParts = 1;
    std::int64_t stack = 1; // short lines that a run goes over, what lies between them in the frame included
    std::int64_t images = 1; // that take turns at each panel
    bool gathered = false; // every second pixel, or fewer, is copied beside the next
    std::int64_t framePitch = 0, frameBytes = 0; // of an image; 0 where nothing is copied
    std::int64_t scratchBytes() const { return frameBytes * images * threads; }
};

struct PanelArguments {
    const std::byte* src = nullptr;
    const std::byte* weights = nullptr; // as packed
    const PanelEpilogue* epilogue = nullptr; // scales and biases as orderForPanels() leaves them
    const std::byte* residual = nullptr;
    std::byte* dst = nullptr;
    std::byte* scratch = nullptr;
    std::uint8_t zero = 0; // of the input, for frames; its bytes
};

/// On the team.
void runPanelConv(const PanelPlan& plan, const PanelArguments& arguments);

} // namespace cpu
