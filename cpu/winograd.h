// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

/// Winograd's minimal filtering F(4x4, 3x3): a 3x3 convolution of stride 1 with a quarter of the
/// multiplications. Each 4x4 tile of the output is A^T [(G g G^T) * (B^T d B)] A, where d is the 6x6 tile of
/// the input under it; the products in the middle, summed over the channels, are 36 products of matrices.
/// (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016.) Images lie in blocks of 8 or
/// 16 channels (nChw8c, nChw16c).
namespace cpu {

inline constexpr std::int64_t kWinogradTile = 4, kWinogradPoints = 36;

/// One convolution: channel counts are those of whole blocks.
struct WinogradShape {
    std::int64_t block = 16;
    std::int64_t channels = 0, outputs = 0;
    std::int64_t height = 0, width = 0; // of the input
    std::int64_t outHeight = 0, outWidth = 0;
    std::int64_t padTop = 0, padLeft = 0;

    // Not inline: sources for different instruction sets must not each bring one of their own.
    std::int64_t tilesDown() const;
    std::int64_t tilesAcross() const;
    std::int64_t tiles() const; // of an image
};

/// What is done to an output element before it is stored.
struct WinogradPost {
    enum class Kind { Add, Clip };
    Kind kind = Kind::Clip;
    float least = 0, most = 0; // Clip
};

/// Several of them, in order.
struct WinogradPosts {
    const WinogradPost* first = nullptr;
    std::size_t count = 0;
};

/// The transforms, on the widest vectors that kernels may use.
struct WinogradTransforms {
    /// Rows [begin, end) of tiles of one image: `image` [channels / block, height, width, block] to matrices
    /// [36][tile][channels]; `pitch` is the distance between matrices in floats, the first of them at the
    /// image's own first tile.
    void (*input)(const WinogradShape&, const float* image, float* matrices, std::int64_t pitch,
        std::int64_t begin, std::int64_t end);
    /// Back: matrices [36][tile][outputs] to `image` [outputs / block, outHeight, outWidth, block], plus
    /// `bias` [outputs]. `residual` is laid out like `image`, and null unless a post-op adds it.
    void (*output)(const WinogradShape&, const float* matrices, std::int64_t pitch, const float* bias,
        WinogradPosts, const float* residual, float* image, std::int64_t begin, std::int64_t end);
};

/// For blocks of that many channels: 16 needs AVX-512, 8 AVX2 with FMA; both null where kernels may not use
/// those.
WinogradTransforms winogradTransforms(std::int64_t block);

/// G g G^T of float32 weights [outputs, channels, 3, 3] at any address, to 36 matrices
/// [shape.channels][shape.outputs], each in panels of `panel` columns behind each other (all of them: one
/// dense matrix); what blocks have beyond `outputs` and `channels` is 0. Computed in double, on the team.
void winogradWeights(const WinogradShape& shape, const std::byte* weights, std::int64_t outputs,
    std::int64_t channels, std::int64_t panel, float* matrices);

} // namespace cpu
