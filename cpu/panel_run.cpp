// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/ceil_div.h"
#include "cpu/panel_conv.h"
#include "cpu/threads.h"

#include <algorithm>
#include <cstring>

namespace cpu {

namespace {

/// Rows [0, count) as runs that are as even as can be.
struct Runs {
    Runs(std::int64_t count, std::int64_t most)
        : runs(ceilDiv(count, most))
        , shortest(runs > 0 ? count / runs : 0)
        , longer(runs > 0 ? count % runs : 0)
    {
    }
    std::int64_t runs, shortest, longer; // the first `longer` have a row more
    std::int64_t longest() const { return rows(0); }
    std::int64_t rows(std::int64_t run) const { return shortest + (run < longer ? 1 : 0); }
    std::int64_t first(std::int64_t run) const { return run * shortest + std::min(run, longer); }
};

/// Copies pixels that lie `pitch` bytes apart to where they lie `framedPitch` apart, with zeros behind each.
void copyPixels(
    const std::byte* from, std::int64_t count, std::int64_t pitch, std::byte* to, std::int64_t framedPitch)
{
    if (pitch == framedPitch) {
        std::memcpy(to, from, static_cast<std::size_t>(count * pitch));
        return;
    }
    std::memset(to, 0, static_cast<std::size_t>(count * framedPitch));
    const auto copy = [&](std::int64_t bytes) {
        for (std::int64_t pixel = 0; pixel < count; ++pixel)
            std::memcpy(to + pixel * framedPitch, from + pixel * pitch, static_cast<std::size_t>(bytes));
    };
    // Pictures, by numbers that the compiler knows.
    return pitch == 3 ? copy(3) : pitch == 6 ? copy(6) : copy(pitch);
}

/// A band of an image, or of several images if it is all of them, for some panels.
class Band {
public:
    Band(const PanelPlan& plan, const PanelArguments& arguments, std::int64_t images, std::int64_t band)
        : m_plan(plan)
        , m_conv(plan.conv)
        , m_arguments(arguments)
        , m_firstRow(band * plan.bandRows)
        , m_rows(std::min(plan.bandRows, plan.conv.outHeight - band * plan.bandRows))
        , m_firstImage(images * plan.images)
        , m_images(std::min(plan.images, plan.conv.batch - m_firstImage))
    {
        m_pixelPitch = m_conv.channels * m_conv.elementBytes();
        m_linePitch = m_conv.width * m_pixelPitch;
        m_imagePitch = m_conv.height * m_linePitch;
        m_src = arguments.src + m_firstImage * m_imagePitch + m_firstRow * m_conv.strideHeight * m_linePitch;
    }

    /// Copies what the band reads to where it can read it.
    void frame(std::byte* to)
    {
        if (m_plan.gathered) {
            gather(to);
            m_src = to;
            return;
        }
        for (std::int64_t image = 0; image < m_images; ++image)
            frame(m_arguments.src + (m_firstImage + image) * m_imagePitch, to + image * m_plan.frameBytes);
        m_src = to;
        m_pixelPitch = m_conv.framedChannels() * m_conv.elementBytes();
        m_linePitch = m_plan.framePitch;
        m_imagePitch = m_plan.frameBytes;
    }

    void run(std::int64_t firstPanel, std::int64_t lastPanel) const
    {
        const bool column = m_conv.outWidth == 1;
        const Runs runs(column ? m_rows : m_conv.outWidth, m_conv.runRows());
        const AmxKernels* amx = nullptr;
        if (m_conv.amx()) {
            amx = m_conv.arithmetic == PanelArithmetic::AmxInt8 ? &kAmxInt8 : &kAmxBf16;
            const std::int64_t pitch = m_plan.stack > 1 ? m_plan.framePitch / m_pixelPitch : 0;
            amxConfigure(static_cast<int>(runs.longest() + (m_plan.stack - 1) * pitch),
                static_cast<int>(m_conv.step()));
        }
        AmxPending pending;
        for (std::int64_t panel = firstPanel; panel < lastPanel; ++panel) {
            Panel work(*this, panel * kPanelChannels, runs, amx, pending);
            eachBlock(runs, [&](const Place* places, int count) { work.run(places, count); });
        }
        if (amx) {
            amx->finish(pending);
            amxRelease();
        }
    }

private:
    /// A run: `rows` outputs from `pixel` of the band's row `row` on; of stacked lines those of all of them.
    struct Place {
        std::int64_t image, row, pixel, rows;
    };

    void gather(std::byte* to) const
    {
        const PanelConv& from = m_plan.given;
        std::int64_t x = m_firstRow % from.outWidth, line = m_firstRow / from.outWidth;
        for (std::int64_t row = 0; row < m_rows; ++row, to += m_pixelPitch) {
            const std::int64_t image = line / from.outHeight, y = line % from.outHeight;
            const std::int64_t pixel
                = (image * from.height + y * from.strideHeight) * from.width + x * from.strideWidth;
            std::memcpy(to, m_arguments.src + pixel * m_pixelPitch, static_cast<std::size_t>(m_pixelPitch));
            if (++x == from.outWidth) {
                x = 0;
                ++line;
            }
        }
    }

    void frame(const std::byte* image, std::byte* to) const
    {
        const std::int64_t lines = (m_rows - 1) * m_conv.strideHeight + m_conv.kernelHeight;
        const std::int64_t top = m_firstRow * m_conv.strideHeight - m_conv.padTop;
        const std::int64_t framedPitch = m_conv.framedChannels() * m_conv.elementBytes();
        const std::int64_t pixels = m_plan.framePitch / framedPitch;
        const std::int64_t left = std::clamp<std::int64_t>(m_conv.padLeft, 0, pixels);
        const std::int64_t copied = std::min(m_conv.width, pixels - left),
                           end = (left + copied) * framedPitch;
        const auto fill = [&](std::byte* from, std::int64_t bytes) {
            std::memset(from, m_arguments.zero, static_cast<std::size_t>(bytes));
        };
        for (std::int64_t line = 0; line < lines; ++line) {
            std::byte* at = to + line * m_plan.framePitch;
            const std::int64_t y = top + line;
            if (y < 0 || y >= m_conv.height) {
                fill(at, m_plan.framePitch);
                continue;
            }
            fill(at, left * framedPitch);
            copyPixels(image + y * m_linePitch, copied, m_pixelPitch, at + left * framedPitch, framedPitch);
            fill(at + end, m_plan.framePitch - end);
        }
    }

    /// Rows below each other, as those of a product are: two runs of them at a time. Of an image two runs
    /// below each other or, of the odd last line, one.
    template <typename Body> void eachBlock(const Runs& runs, const Body& body) const
    {
        for (std::int64_t image = 0; image < m_images; ++image)
            eachBlockOf(image, runs, body);
    }

    template <typename Body> void eachBlockOf(std::int64_t image, const Runs& runs, const Body& body) const
    {
        Place places[2];
        if (m_conv.outWidth == 1) {
            for (std::int64_t run = 0; run < runs.runs;) {
                const bool two
                    = run + 1 < runs.runs && (m_conv.amx() || runs.rows(run + 1) == runs.rows(run));
                for (int i = 0; i < (two ? 2 : 1); ++i)
                    places[i] = { image, runs.first(run + i), 0, runs.rows(run + i) };
                body(places, two ? 2 : 1);
                run += two ? 2 : 1;
            }
            return;
        }
        for (std::int64_t row = 0; row < m_rows; row += 2 * m_plan.stack) {
            const int lines = row + m_plan.stack < m_rows ? 2 : 1;
            for (std::int64_t run = 0; run < runs.runs; ++run) {
                for (int line = 0; line < lines; ++line) {
                    const std::int64_t first = row + line * m_plan.stack;
                    places[line] = { image, first, runs.first(run),
                        runs.rows(run) * std::min(m_plan.stack, m_rows - first) };
                }
                body(places, lines);
            }
        }
    }

    /// Calls that eachBlock() makes.
    std::int64_t blocks(const Runs& runs) const
    {
        return m_images
            * (m_conv.outWidth == 1 ? ceilDiv(runs.runs, 2) : ceilDiv(m_rows, 2 * m_plan.stack) * runs.runs);
    }

    /// Channels that are computed together, for all of the band.
    class Panel {
    public:
        Panel(const Band& band, std::int64_t channel, const Runs& runs, const AmxKernels* amx,
            AmxPending& pending)
            : m_band(band)
            , m_amx(amx)
            , m_pending(pending)
            , m_conv(band.m_conv)
            , m_longest(runs.longest())
            , m_out(bytesOf(band.m_arguments.epilogue->output))
            , m_more(bytesOf(band.m_arguments.epilogue->residual))
        {
            const std::int64_t width = std::min(kPanelChannels, m_conv.paddedOutputs() - channel);
            const std::int64_t real = std::min(kPanelChannels, m_conv.outputs - channel);
            const std::int64_t bytes = m_conv.kernelHeight * m_conv.depth() * kPanelWord;
            const std::byte* weights = band.m_arguments.weights;
            const PanelEpilogue& as = *band.m_arguments.epilogue;
            const float* bias = as.bias + channel;
            m_vectors = ceilDiv(width, kPanelLanes);
            m_tile = { .src = {},
                .pitch = m_conv.strideWidth * band.m_pixelPitch,
                .taps = m_conv.kernelHeight,
                .tapPitch = band.m_linePitch,
                .depth = m_conv.depth(),
                .weights = weights + channel * bytes,
                .start = m_conv.arithmetic == PanelArithmetic::AmxBf16
                    ? reinterpret_cast<const std::byte*>(bias)
                    : weights + m_conv.weightBytes() + channel * kPanelWord,
                .next = nullptr,
                .step = m_conv.step(),
                .fetched = 0,
                .end = { .as = &as,
                    .scale = as.scale ? as.scale + channel : nullptr,
                    .bias = bias,
                    .dst = {},
                    .residual = {},
                    .dstPitch = m_conv.outputs * m_out,
                    .residualPitch = m_conv.outputs * m_more,
                    .mask = static_cast<std::uint32_t>((std::uint64_t { 1 } << real) - 1),
                    .skip = {},
                    .rows = {},
                    .line = kAmxRows,
                    .gap = 0 } };
            m_next = reinterpret_cast<const char*>(m_tile.weights + width * bytes);
            m_left = m_conv.streamed() ? width * bytes : 0;
            m_dstRow = m_conv.outWidth * m_conv.outputs;
            m_first = (band.m_firstImage * m_conv.outHeight + band.m_firstRow) * m_dstRow + channel;
            if (m_conv.outWidth == 1) {
                m_tile.pitch = m_conv.strideHeight * band.m_linePitch;
                m_tile.end.dstPitch = m_dstRow * m_out;
                m_tile.end.residualPitch = m_dstRow * m_more;
            }
            if (band.m_plan.stack > 1) {
                m_tile.end.line = static_cast<int>(m_conv.outWidth);
                m_tile.end.gap
                    = static_cast<int>(band.m_plan.framePitch / band.m_pixelPitch - m_conv.outWidth);
            }
            // The next panel in as many pieces as there are blocks: memory is slow, and shall never be idle.
            m_tile.fetched = ceilDiv(m_vectors * m_tile.step, band.blocks(runs));
        }

        void run(const Place* places, int count)
        {
            for (int i = 0; i < count; ++i)
                place(i, places[i]);
            m_tile.next = m_left > 0 ? m_next : nullptr;
            if (m_left > 0) {
                const std::int64_t steps = m_tile.taps * m_tile.depth / m_tile.step;
                const std::int64_t fetched
                    = 64 * (m_amx ? steps * m_tile.fetched : m_tile.taps * m_tile.depth);
                m_next += fetched;
                m_left -= fetched;
            }
            if (m_amx)
                m_amx->block[count - 1][m_vectors - 1](m_tile, m_pending);
            else
                kVnniKernels[count - 1][m_tile.end.rows[0] - 1][m_vectors - 1](m_tile);
        }

    private:
        /// AMX computes as many rows as the longest run has, from the row before on where that is one more.
        void place(int run, const Place& at)
        {
            const std::int64_t skip = m_amx && m_band.m_plan.stack == 1 ? m_longest - at.rows : 0;
            m_tile.end.skip[run] = static_cast<int>(skip);
            m_tile.end.rows[run] = static_cast<int>(at.rows);
            m_tile.src[run] = m_band.m_src + at.image * m_band.m_imagePitch
                + at.row * m_conv.strideHeight * m_band.m_linePitch
                + at.pixel * m_conv.strideWidth * m_band.m_pixelPitch - skip * m_tile.pitch;
            const std::int64_t first
                = m_first + (at.image * m_conv.outHeight + at.row) * m_dstRow + at.pixel * m_conv.outputs;
            m_tile.end.dst[run] = m_band.m_arguments.dst + first * m_out;
            if (m_band.m_arguments.residual)
                m_tile.end.residual[run] = m_band.m_arguments.residual + first * m_more;
        }

        const Band& m_band;
        const AmxKernels* m_amx; // null: VNNI
        AmxPending& m_pending;
        const PanelConv& m_conv;
        PanelTile m_tile;
        std::int64_t m_longest, m_vectors, m_out, m_more, m_dstRow, m_first;
        const char* m_next; // of the next panel's weights, to fetch meanwhile
        std::int64_t m_left; // bytes of those
    };

    const PanelPlan& m_plan;
    const PanelConv& m_conv;
    const PanelArguments& m_arguments;
    std::int64_t m_firstRow, m_rows, m_firstImage, m_images, m_imagePitch, m_linePitch, m_pixelPitch;
    const std::byte* m_src;
};

} // namespace

void runPanelConv(const PanelPlan& plan, const PanelArguments& arguments)
{
    const std::int64_t items = ceilDiv(plan.conv.batch, plan.images) * plan.bands * plan.panelParts;
    const std::int64_t panels = ceilDiv(plan.conv.paddedOutputs(), kPanelChannels);
    const auto threads = static_cast<std::int64_t>(plan.threads);
    parallelFor(threads, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t thread = begin; thread < end; ++thread)
            for (std::int64_t item = items * thread / threads; item < items * (thread + 1) / threads;
                 ++item) {
                const std::int64_t part = item % plan.panelParts, band = item / plan.panelParts;
                Band work(plan, arguments, band / plan.bands, band % plan.bands);
                if (plan.frameBytes > 0)
                    work.frame(arguments.scratch + thread * plan.images * plan.frameBytes);
                work.run(panels * part / plan.panelParts, panels * (part + 1) / plan.panelParts);
            }
    });
}

} // namespace cpu
