// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/int8_conv.h"

#include "cpu/isa.h"
#include "cpu/threads.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace cpu {

namespace {

constexpr std::int64_t kPanel = 32, kLanes = 16, kWord = 4;
constexpr std::int64_t kRunRows = 7; // of a run of rows: two runs of two vectors take 28 of the 32 registers
/// Of input and output: what one panel leaves is still in level 2 when the next one comes by. Larger ones
/// where otherwise the weights would be read more often than that.
constexpr std::int64_t kLeastBandBytes = 256 << 10, kMostBandBytes = 1 << 20;
constexpr std::int64_t kStreamed = 512 << 10; // bytes of weights beyond which they come from beyond level 2

std::int64_t ceilDiv(std::int64_t a, std::int64_t b)
{
    return (a + b - 1) / b;
}

std::int64_t elementBytes(Int8Epilogue::Type type)
{
    return type == Int8Epilogue::Type::Float32 ? 4 : 1;
}

/// Rows [0, count) as runs that are as even as can be.
struct Runs {
    explicit Runs(std::int64_t count)
        : runs(ceilDiv(count, kRunRows))
        , shortest(runs > 0 ? count / runs : 0)
        , longer(runs > 0 ? count % runs : 0)
    {
    }
    std::int64_t runs, shortest, longer; // the first `longer` have a row more
    std::int64_t rows(std::int64_t run) const { return shortest + (run < longer ? 1 : 0); }
    std::int64_t first(std::int64_t run) const { return run * shortest + std::min(run, longer); }
};

} // namespace

#if defined(__x86_64__)
bool hasInt8Conv()
{
    return runs(core::InstructionSet::Vnni);
}
#else
bool hasInt8Conv()
{
    return false;
}
const Int8Kernel kInt8Kernels[2][7][2] {};
#endif

bool Int8Conv::framed() const
{
    const bool inside = padTop >= 0 && padLeft >= 0 && padTop == 0 && padLeft == 0
        && (outHeight - 1) * strideHeight + kernelHeight <= height
        && (outWidth - 1) * strideWidth + kernelWidth <= width;
    return !inside || kernelWidth * channels % kWord != 0;
}

std::int64_t packedInt8Bytes(const Int8Conv& conv)
{
    return conv.weightBytes() + conv.paddedOutputs() * static_cast<std::int64_t>(sizeof(std::int32_t));
}

namespace {

/// Which channel of a panel stands at `index`, see Int8Tile::weights.
std::int64_t channelAt(std::int64_t width, std::int64_t index)
{
    return width <= kLanes ? index : index % kLanes / 4 * 8 + index / kLanes * 4 + index % 4;
}

/// The panel that begins at `first`, see Int8Tile::weights, and what its sums start with.
void packPanel(const Int8Conv& conv, const Int8Weights& weights, std::int32_t zero, std::int64_t first,
    std::int8_t* panel, std::int32_t* start)
{
    const std::int64_t width = std::min(kPanel, conv.paddedOutputs() - first);
    const std::int64_t real = std::min(kPanel, conv.outputs - first), depth = conv.depth();
    std::memset(panel, 0, static_cast<std::size_t>(conv.kernelHeight * depth * width * kWord));
    std::fill_n(start, width, 0);
    const bool wholeWords = weights.channel == 1 && conv.channels % kWord == 0;
    const std::int64_t step = wholeWords ? kWord : 1;
    for (std::int64_t y = 0; y < conv.kernelHeight; ++y, panel += depth * width * kWord)
        for (std::int64_t term = 0; term < conv.kernelWidth * conv.channels; term += step) {
            const std::int8_t* from = weights.first + first * weights.output + y * weights.row
                + term / conv.channels * weights.column + term % conv.channels * weights.channel;
            std::int8_t* to = panel + term / kWord * width * kWord + term % kWord;
            for (std::int64_t index = 0; index < width; ++index) {
                const std::int64_t output = channelAt(width, index);
                for (std::int64_t i = 0; output < real && i < step; ++i) {
                    const std::int8_t weight = from[output * weights.output + i];
                    to[index * kWord + i] = weight;
                    start[index] -= zero * weight;
                }
            }
        }
}

} // namespace

void packInt8Weights(const Int8Conv& conv, const Int8Weights& weights, std::int32_t zero, std::byte* to)
{
    const std::int64_t terms = conv.kernelHeight * conv.depth() * kWord;
    auto* start = reinterpret_cast<std::int32_t*>(to + conv.weightBytes());
    parallelFor(ceilDiv(conv.paddedOutputs(), kPanel), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t first = begin * kPanel; first < std::min(conv.paddedOutputs(), end * kPanel);
             first += kPanel)
            packPanel(conv, weights, zero, first, reinterpret_cast<std::int8_t*>(to) + first * terms,
                start + first);
    });
}

void orderForInt8(const Int8Conv& conv, const float* outputs, float* to)
{
    const std::int64_t padded = conv.paddedOutputs();
    for (std::int64_t at = 0; at < padded; ++at) {
        const std::int64_t first = at / kPanel * kPanel;
        const std::int64_t output = first + channelAt(std::min(kPanel, padded - first), at - first);
        to[at] = output < conv.outputs ? outputs[output] : 0;
    }
}

Int8Plan::Int8Plan(const Int8Conv& shape, int team, std::int64_t outputBytes)
    : conv(shape)
    , threads(team)
{
    // A product of pixels: all images are one column of them.
    if (conv.kernelHeight == 1 && conv.kernelWidth == 1 && !conv.framed() && conv.strideHeight == 1
        && conv.strideWidth == 1) {
        conv.height = conv.outHeight = conv.batch * conv.outHeight * conv.outWidth;
        conv.width = conv.outWidth = conv.batch = 1;
    }
    const std::int64_t linePixels
        = conv.framed() ? (conv.outWidth - 1) * conv.strideWidth + conv.kernelWidth : conv.width;
    const std::int64_t lineBytes = ceilDiv(linePixels * conv.channels, kWord) * kWord;
    const std::int64_t least = conv.outWidth == 1 ? 2 * kRunRows : std::min<std::int64_t>(2, conv.outHeight);
    const std::int64_t rowBytes = lineBytes * conv.strideHeight + conv.outWidth * conv.outputs * outputBytes;
    const std::int64_t bandBytes = std::clamp(conv.weightBytes(), kLeastBandBytes, kMostBandBytes);
    bandRows = std::clamp(bandBytes / rowBytes, least, std::max(least, conv.outHeight));
    // Enough bands for all threads, unless that leaves too little of each: then threads share out the panels.
    const std::int64_t panels = ceilDiv(conv.paddedOutputs(), kPanel);
    const std::int64_t wanted = ceilDiv(threads, std::gcd(conv.batch, static_cast<std::int64_t>(threads)));
    bands = ceilDiv(conv.outHeight, bandRows);
    if (threads > 1 && conv.batch * bands % threads != 0) {
        const std::int64_t more = ceilDiv(bands, wanted) * wanted;
        if (conv.outHeight / more >= 2 * least && conv.weightBytes() <= kStreamed)
            bands = more;
        else
            panelParts = std::min<std::int64_t>(threads, panels);
    }
    bandRows = ceilDiv(conv.outHeight, bands);
    if (conv.outWidth == 1)
        bandRows = ceilDiv(bandRows, least) * least;
    bands = ceilDiv(conv.outHeight, bandRows);
    if (conv.framed()) {
        framePitch = lineBytes;
        const std::int64_t lines = (bandRows - 1) * conv.strideHeight + conv.kernelHeight;
        frameBytes = ceilDiv(framePitch * lines, 64) * 64 + 64; // whole words are read
    }
}

namespace {

/// One band of one image, for some panels.
class Band {
public:
    Band(const Int8Plan& plan, const Int8Arguments& arguments, std::int64_t image, std::int64_t band)
        : m_plan(plan)
        , m_conv(plan.conv)
        , m_arguments(arguments)
        , m_firstRow(band * plan.bandRows)
        , m_rows(std::min(plan.bandRows, plan.conv.outHeight - band * plan.bandRows))
        , m_image(image)
    {
        m_src = arguments.src + image * m_conv.height * m_conv.width * m_conv.channels
            + m_firstRow * m_conv.strideHeight * m_conv.width * m_conv.channels;
        m_linePitch = m_conv.width * m_conv.channels;
    }

    void frame(std::uint8_t* to)
    {
        const std::int64_t lines = (m_rows - 1) * m_conv.strideHeight + m_conv.kernelHeight;
        const std::int64_t top = m_firstRow * m_conv.strideHeight - m_conv.padTop;
        const std::int64_t pixels = m_plan.framePitch / m_conv.channels;
        const std::int64_t left = std::clamp<std::int64_t>(m_conv.padLeft, 0, pixels);
        const std::int64_t copied = std::min(m_conv.width, pixels - left);
        const auto bytes
            = [&](std::int64_t count) { return static_cast<std::size_t>(count * m_conv.channels); };
        const std::uint8_t* image
            = m_arguments.src + m_image * m_conv.height * m_conv.width * m_conv.channels;
        for (std::int64_t line = 0; line < lines; ++line) {
            std::uint8_t* at = to + line * m_plan.framePitch;
            const std::int64_t y = top + line;
            if (y < 0 || y >= m_conv.height) {
                std::memset(at, m_arguments.zero, static_cast<std::size_t>(m_plan.framePitch));
                continue;
            }
            std::memset(at, m_arguments.zero, bytes(left));
            std::memcpy(
                at + left * m_conv.channels, image + y * m_conv.width * m_conv.channels, bytes(copied));
            const std::int64_t end = (left + copied) * m_conv.channels;
            std::memset(at + end, m_arguments.zero, static_cast<std::size_t>(m_plan.framePitch - end));
        }
        m_src = to;
        m_linePitch = m_plan.framePitch;
    }

    void run(std::int64_t firstPanel, std::int64_t lastPanel) const
    {
        const std::int64_t panelTerms = m_conv.kernelHeight * m_conv.depth() * kWord;
        for (std::int64_t panel = firstPanel; panel < lastPanel; ++panel)
            runPanel(panel * kPanel, panelTerms);
    }

private:
    void runPanel(std::int64_t channel, std::int64_t terms) const
    {
        const Int8Epilogue& whole = *m_arguments.epilogue;
        const std::int64_t width = std::min(kPanel, m_conv.paddedOutputs() - channel);
        const std::int64_t real = std::min(kPanel, m_conv.outputs - channel);
        Int8Epilogue epilogue = whole;
        epilogue.scale += channel;
        epilogue.bias += channel;
        const std::int64_t out = elementBytes(whole.output), more = elementBytes(whole.residual);
        const auto* weights = reinterpret_cast<const std::int8_t*>(m_arguments.weights);
        Int8Tile tile { .src = {},
            .pitch = m_conv.strideWidth * m_conv.channels,
            .taps = m_conv.kernelHeight,
            .tapPitch = m_linePitch,
            .depth = m_conv.depth(),
            .weights = weights + channel * terms,
            .start = reinterpret_cast<const std::int32_t*>(weights + m_conv.weightBytes()) + channel,
            .next = nullptr,
            .mask = static_cast<std::uint32_t>((std::uint64_t { 1 } << real) - 1),
            .epilogue = &epilogue,
            .dst = {},
            .residual = {},
            .dstPitch = m_conv.outputs * out,
            .residualPitch = m_conv.outputs * more };
        const std::int64_t vectors = ceilDiv(width, kLanes);
        const auto* next = reinterpret_cast<const char*>(tile.weights + width * terms);
        std::int64_t left
            = m_conv.weightBytes() > kStreamed ? width * terms : 0; // to fetch of the next panel
        const bool column = m_conv.outWidth == 1;
        const std::int64_t dstRow = m_conv.outWidth * m_conv.outputs;
        const std::int64_t first = (m_image * m_conv.outHeight + m_firstRow) * dstRow + channel;
        const auto launch = [&](std::int64_t runs, std::int64_t rows) {
            tile.next = left > 0 ? next : nullptr;
            if (left > 0) {
                next += terms / kWord * 64;
                left -= terms / kWord * 64;
            }
            kInt8Kernels[runs - 1][rows - 1][vectors - 1](tile);
        };
        // Places the run at `pixels` outputs into row `row` of the band.
        const auto place = [&](int run, std::int64_t row, std::int64_t pixel) {
            tile.src[run] = m_src + row * m_conv.strideHeight * m_linePitch + pixel * tile.pitch;
            const std::int64_t at = first + row * dstRow + pixel * m_conv.outputs;
            tile.dst[run] = m_arguments.dst + at * out;
            if (m_arguments.residual)
                tile.residual[run] = m_arguments.residual + at * more;
        };
        if (column) {
            tile.pitch = m_conv.strideHeight * m_linePitch;
            tile.dstPitch = dstRow * out;
            tile.residualPitch = dstRow * more;
            const Runs parts(m_rows);
            for (std::int64_t part = 0; part < parts.runs;) {
                const std::int64_t rows = parts.rows(part);
                const bool two = part + 1 < parts.runs && parts.rows(part + 1) == rows;
                place(0, parts.first(part), 0);
                if (two)
                    place(1, parts.first(part + 1), 0);
                launch(two ? 2 : 1, rows);
                part += two ? 2 : 1;
            }
            return;
        }
        // Two runs beside each other or, the odd one out, below each other.
        const Runs parts(m_conv.outWidth);
        for (std::int64_t row = 0; row < m_rows; row += 2) {
            const std::int64_t lines = std::min<std::int64_t>(2, m_rows - row);
            for (std::int64_t part = 0; part < parts.runs; ++part) {
                for (std::int64_t line = 0; line < lines; ++line)
                    place(static_cast<int>(line), row + line, parts.first(part));
                launch(lines, parts.rows(part));
            }
        }
    }

    const Int8Plan& m_plan;
    const Int8Conv& m_conv;
    const Int8Arguments& m_arguments;
    std::int64_t m_firstRow, m_rows, m_image, m_linePitch;
    const std::uint8_t* m_src;
};

} // namespace

void runInt8Conv(const Int8Plan& plan, const Int8Arguments& arguments)
{
    const std::int64_t items = plan.conv.batch * plan.bands * plan.panelParts;
    const std::int64_t panels = ceilDiv(plan.conv.paddedOutputs(), kPanel);
    const auto threads = static_cast<std::int64_t>(plan.threads);
    parallelFor(threads, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t thread = begin; thread < end; ++thread)
            for (std::int64_t item = items * thread / threads; item < items * (thread + 1) / threads;
                 ++item) {
                const std::int64_t part = item % plan.panelParts, band = item / plan.panelParts;
                Band work(plan, arguments, band / plan.bands, band % plan.bands);
                if (plan.frameBytes > 0)
                    work.frame(arguments.scratch + thread * plan.frameBytes);
                work.run(panels * part / plan.panelParts, panels * (part + 1) / plan.panelParts);
            }
    });
}

} // namespace cpu
