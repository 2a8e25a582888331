// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/panel_conv.h"

#include "cpu/ceil_div.h"
#include "cpu/isa.h"
#include "cpu/threads.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace cpu {

namespace {

constexpr std::int64_t kAmxWords = 16; // of a row of a tile
/// Of input and output: what one panel leaves is still in level 2 when the next one comes by. Larger ones
/// where otherwise the weights would be read more often than that.
constexpr std::int64_t kLeastBandBytes = 256 << 10, kMostBandBytes = 1 << 20;
constexpr std::int64_t kImagesBytes = 1 << 20; // of images that stay in level 2 while weights stream by

/// The fewest steps that `words` fall into evenly.
std::int64_t evenSteps(std::int64_t words)
{
    std::int64_t steps = ceilDiv(words, kAmxWords);
    while (words % steps != 0)
        ++steps;
    return steps;
}

} // namespace

#if defined(__x86_64__)
bool hasInt8Kernels()
{
    return runs(core::InstructionSet::Vnni);
}
bool hasAmxKernels()
{
    return runs(core::InstructionSet::Amx);
}
#else
bool hasInt8Kernels()
{
    return false;
}
bool hasAmxKernels()
{
    return false;
}
const VnniKernel kVnniKernels[2][7][2] {};
const AmxKernels kAmxInt8 {}, kAmxBf16 {};
void amxConfigure(int, int) { }
void amxRelease() { }
#endif

std::int64_t PanelConv::framedChannels() const
{
    if (!amx())
        return channels;
    std::int64_t words = ceilDiv(channels, terms());
    // A third more steps than full ones would be is as much as a copy is worth avoiding.
    while (3 * evenSteps(kernelWidth * words) > 4 * ceilDiv(kernelWidth * words, kAmxWords))
        ++words;
    return words * terms();
}

std::int64_t PanelConv::depth() const
{
    return ceilDiv(kernelWidth * framedChannels(), terms());
}

std::int64_t PanelConv::step() const
{
    return depth() / evenSteps(depth());
}

bool PanelConv::framed() const
{
    const bool inside = padTop == 0 && padLeft == 0 && (outHeight - 1) * strideHeight + kernelHeight <= height
        && (outWidth - 1) * strideWidth + kernelWidth <= width;
    return !inside || framedChannels() != channels || kernelWidth * channels % terms() != 0;
}

std::int64_t packedPanelBytes(const PanelConv& conv)
{
    return conv.weightBytes() + conv.paddedOutputs() * static_cast<std::int64_t>(sizeof(std::int32_t));
}

namespace {

/// Which channel of a panel stands at `index`, see PanelTile::weights.
std::int64_t channelAt(const PanelConv& conv, std::int64_t width, std::int64_t index)
{
    return width <= kPanelLanes || conv.elementBytes() > 1
        ? index
        : index % kPanelLanes / 4 * 8 + index / kPanelLanes * 4 + index % 4;
}

/// The panel that begins at `first`, see PanelTile::weights, and what its sums start with.
void packPanel(const PanelConv& conv, const PanelWeights& weights, std::int32_t zero, std::int64_t first,
    std::byte* panel, std::int32_t* start)
{
    const std::int64_t width = std::min(kPanelChannels, conv.paddedOutputs() - first),
                       element = conv.elementBytes();
    const std::int64_t real = std::min(kPanelChannels, conv.outputs - first), depth = conv.depth(),
                       word = conv.terms();
    std::memset(panel, 0, static_cast<std::size_t>(conv.kernelHeight * depth * width * kPanelWord));
    std::fill_n(start, width, 0);
    const bool wholeWords = weights.channel == 1 && conv.channels % word == 0;
    const std::int64_t step = wholeWords ? word : 1;
    for (std::int64_t y = 0; y < conv.kernelHeight; ++y, panel += depth * width * kPanelWord)
        for (std::int64_t x = 0; x < conv.kernelWidth; ++x)
            for (std::int64_t channel = 0; channel < conv.channels; channel += step) {
                const std::byte* from = weights.first
                    + (first * weights.output + y * weights.row + x * weights.column
                          + channel * weights.channel)
                        * element;
                const std::int64_t term = x * conv.framedChannels() + channel;
                std::byte* to = panel + term / word * width * kPanelWord + term % word * element;
                for (std::int64_t index = 0; index < width; ++index) {
                    const std::int64_t output = channelAt(conv, width, index);
                    if (output >= real)
                        continue;
                    const std::byte* weight = from + output * weights.output * element;
                    std::memcpy(to + index * kPanelWord, weight, static_cast<std::size_t>(step * element));
                    for (std::int64_t i = 0; zero != 0 && i < step; ++i)
                        start[index] -= zero * static_cast<std::int8_t>(weight[i]);
                }
            }
}

} // namespace

void packPanels(const PanelConv& conv, const PanelWeights& weights, std::int32_t zero, std::byte* to)
{
    const std::int64_t bytes = conv.kernelHeight * conv.depth() * kPanelWord;
    auto* start = reinterpret_cast<std::int32_t*>(to + conv.weightBytes());
    parallelFor(ceilDiv(conv.paddedOutputs(), kPanelChannels), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t first = begin * kPanelChannels;
             first < std::min(conv.paddedOutputs(), end * kPanelChannels); first += kPanelChannels)
            packPanel(conv, weights, zero, first, to + first * bytes, start + first);
    });
}

void orderForPanels(const PanelConv& conv, const float* outputs, float* to)
{
    const std::int64_t padded = conv.paddedOutputs();
    for (std::int64_t at = 0; at < padded; ++at) {
        const std::int64_t first = at / kPanelChannels * kPanelChannels;
        const std::int64_t output
            = first + channelAt(conv, std::min(kPanelChannels, padded - first), at - first);
        to[at] = output < conv.outputs ? outputs[output] : 0;
    }
}

PanelPlan::PanelPlan(const PanelConv& shape, int team, std::int64_t outputBytes)
    : conv(shape)
    , given(shape)
    , threads(team)
{
    // A product of pixels: all images are one column of them. Some of their pixels are made one first where the
    // tiles of AMX would stay half empty with what a short line has of them.
    const bool all = conv.strideHeight == 1 && conv.strideWidth == 1;
    if (conv.kernelHeight == 1 && conv.kernelWidth == 1 && !conv.framed() && (all || conv.amx())) {
        gathered = !all;
        conv.height = conv.outHeight = conv.batch * conv.outHeight * conv.outWidth;
        conv.width = conv.outWidth = conv.batch = conv.strideHeight = conv.strideWidth = 1;
    }
    const std::int64_t pixelBytes
        = (conv.framed() ? conv.framedChannels() : conv.channels) * conv.elementBytes();
    const std::int64_t linePixels
        = conv.framed() ? (conv.outWidth - 1) * conv.strideWidth + conv.kernelWidth : conv.width;
    const std::int64_t lineBytes = ceilDiv(linePixels * pixelBytes, kPanelWord) * kPanelWord;
    const std::int64_t least
        = conv.outWidth == 1 ? 2 * conv.runRows() : std::min<std::int64_t>(2, conv.outHeight);
    const std::int64_t rowBytes = lineBytes * conv.strideHeight + conv.outWidth * conv.outputs * outputBytes;
    const std::int64_t bandBytes = std::clamp(conv.weightBytes(), kLeastBandBytes, kMostBandBytes);
    bandRows = std::clamp(bandBytes / rowBytes, least, std::max(least, conv.outHeight));
    // Enough bands for all threads, unless that leaves too little of each: then threads share out the panels.
    const std::int64_t panels = ceilDiv(conv.paddedOutputs(), kPanelChannels);
    const std::int64_t wanted = ceilDiv(threads, std::gcd(conv.batch, static_cast<std::int64_t>(threads)));
    bands = ceilDiv(conv.outHeight, bandRows);
    if (threads > 1 && conv.batch * bands % threads != 0) {
        const std::int64_t more = ceilDiv(bands, wanted) * wanted;
        if (conv.outHeight / more >= 2 * least && !conv.streamed())
            bands = more;
        else
            panelParts = std::min<std::int64_t>(threads, panels);
    }
    bandRows = ceilDiv(conv.outHeight, bands);
    if (conv.outWidth == 1)
        bandRows = ceilDiv(bandRows, least) * least;
    bands = ceilDiv(conv.outHeight, bandRows);
    if (gathered) {
        framePitch = pixelBytes;
        frameBytes = framePitch * bandRows;
    } else if (conv.framed()) {
        framePitch = lineBytes;
        const std::int64_t lines = (bandRows - 1) * conv.strideHeight + conv.kernelHeight;
        frameBytes = ceilDiv(framePitch * lines, 64) * 64 + 64; // whole words are read
        if (conv.amx() && conv.strideHeight == 1 && conv.strideWidth == 1 && conv.outWidth > 1
            && conv.outWidth <= kAmxRows) {
            stack = std::min((kAmxRows - conv.outWidth) / linePixels + 1, bandRows);
            frameBytes += stack > 1 ? framePitch : 0; // below the last lines, where there are fewer of them
        }
    }
    if (conv.streamed() && bands == 1 && conv.batch > 1) {
        images = std::clamp(
            kImagesBytes / std::max(rowBytes * conv.outHeight, frameBytes), std::int64_t { 1 }, conv.batch);
        panelParts = images > 1 ? std::min<std::int64_t>(threads, panels) : panelParts;
    }
}

} // namespace cpu
