// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/int8_kernel.h"

#include <cstddef>
#include <functional>

/// Convolutions and products of u8 values with constant s8 weights, for AVX-512 with VNNI. Pixels are rows of
/// channels (nhwc), and the terms of one kernel row lie behind each other in them: a convolution is a product
/// whose rows overlap, nothing is unfolded. Where a window reaches over the edge, or words of four terms over
/// the end of a row, a band of rows is copied into a frame of the input's zero point first, which takes a
/// percent of the time.
namespace cpu {

/// Shape of a convolution of one group without dilation; a product [m, k] [k, n] is one of `height` m,
/// `width` 1, `channels` k, `outputs` n and a kernel of 1 x 1.
struct Int8Conv {
    std::int64_t batch = 1, height = 1, width = 1, channels = 1;
    std::int64_t outputs = 1, outHeight = 1, outWidth = 1;
    std::int64_t kernelHeight = 1, kernelWidth = 1, strideHeight = 1, strideWidth = 1, padTop = 0,
                 padLeft = 0;

    /// Words of four terms in a kernel row.
    std::int64_t depth() const { return (kernelWidth * channels + 3) / 4; }
    std::int64_t paddedOutputs() const { return (outputs + 15) / 16 * 16; }
    std::int64_t weightBytes() const { return kernelHeight * depth() * 4 * paddedOutputs(); }
    /// Whether bands have to be copied.
    bool framed() const;
};

/// Whether kernels may use what it needs.
bool hasInt8Conv();

/// Bytes of what packInt8Weights() makes: panels of 32 channels, then what each channel's sum starts with.
std::int64_t packedInt8Bytes(const Int8Conv& conv);

/// Where the file's weight of an output, a row and a column of the kernel and an input channel lies.
struct Int8Weights {
    const std::int8_t* first = nullptr;
    std::int64_t output = 0, row = 0, column = 0, channel = 0; // elements from one to the next
};

/// On the team. `zero` is the input's zero point.
void packInt8Weights(const Int8Conv& conv, const Int8Weights& weights, std::int32_t zero, std::byte* to);

/// A number for each output in the order that the kernels take scales and biases in: paddedOutputs() of them.
void orderForInt8(const Int8Conv& conv, const float* outputs, float* to);

/// How the work is cut for a number of threads.
struct Int8Plan {
    /// `outputBytes` are those written, and read of a residual, for each output.
    Int8Plan(const Int8Conv& conv, int threads, std::int64_t outputBytes);

    Int8Conv conv;
    int threads;
    std::int64_t bandRows = 1; // of the output
    std::int64_t bands = 1; // of an image
    std::int64_t panelParts = 1;
    std::int64_t framePitch = 0, frameBytes = 0; // of one thread; 0 where nothing is copied
    std::int64_t scratchBytes() const { return frameBytes * threads; }
};

struct Int8Arguments {
    const std::uint8_t* src = nullptr;
    const std::byte* weights = nullptr; // as packed
    const Int8Epilogue* epilogue = nullptr; // scales and biases as orderForInt8() leaves them
    const std::byte* residual = nullptr;
    std::byte* dst = nullptr;
    std::uint8_t* scratch = nullptr;
    std::uint8_t zero = 0; // of the input, for frames
};

/// On the team.
void runInt8Conv(const Int8Plan& plan, const Int8Arguments& arguments);

} // namespace cpu
