// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/winograd.h"

#include "cpu/onednn_isa.h"
#include "cpu/threads.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace cpu {

std::int64_t WinogradShape::tilesDown() const
{
    return (outHeight + kWinogradTile - 1) / kWinogradTile;
}

std::int64_t WinogradShape::tilesAcross() const
{
    return (outWidth + kWinogradTile - 1) / kWinogradTile;
}

std::int64_t WinogradShape::tiles() const
{
    return tilesDown() * tilesAcross();
}

#if defined(__x86_64__)
extern const WinogradTransforms kWinogradAvx2, kWinogradAvx512;

WinogradTransforms winogradTransforms(std::int64_t block)
{
    if (block == 16 && hasIsa(dnnl::cpu_isa::avx512_core))
        return kWinogradAvx512;
    if (block == 8 && hasIsa(dnnl::cpu_isa::avx2))
        return kWinogradAvx2;
    return {};
}
#else
WinogradTransforms winogradTransforms(std::int64_t)
{
    return {};
}
#endif

namespace {

/// G g: three numbers to six.
std::array<double, 6> transformed(double a, double b, double c)
{
    return { a / 4, -(a + b + c) / 6, -(a - b + c) / 6, a / 24 + b / 12 + c / 6, a / 24 - b / 12 + c / 6, c };
}

} // namespace

void winogradWeights(const WinogradShape& shape, const std::byte* weights, std::int64_t outputs,
    std::int64_t channels, std::int64_t panel, float* matrices)
{
    const std::int64_t pitch = shape.channels * shape.outputs;
    parallelFor(shape.channels, 8, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t c = begin; c < end; ++c)
            for (std::int64_t o = 0; o < shape.outputs; ++o) {
                float g[9] = {};
                if (c < channels && o < outputs)
                    std::memcpy(g, weights + static_cast<std::size_t>(o * channels + c) * sizeof g, sizeof g);
                std::array<std::array<double, 6>, 3> columns;
                for (std::size_t x = 0; x < 3; ++x)
                    columns[x] = transformed(g[x], g[3 + x], g[6 + x]);
                const std::int64_t first = o / panel * panel, width = std::min(panel, shape.outputs - first);
                float* to = matrices + first * shape.channels + c * width + o - first;
                for (std::size_t i = 0; i < 6; ++i) {
                    const auto line = transformed(columns[0][i], columns[1][i], columns[2][i]);
                    for (std::size_t j = 0; j < 6; ++j)
                        to[static_cast<std::int64_t>(i * 6 + j) * pitch] = static_cast<float>(line[j]);
                }
            }
    });
}

} // namespace cpu
