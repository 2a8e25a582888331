// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/winograd.h"

#include <cstring>

/// The transforms for vectors of `W` floats. Included by one source for each instruction set, which compiles
/// it with that set: everything here has internal linkage, or the linker would pick one of them for all.
namespace cpu {
namespace {

template <int W> struct VectorOf {
    typedef float Type __attribute__((vector_size(W * sizeof(float))));
};

template <int W> using Vector = typename VectorOf<W>::Type;

template <int W> inline Vector<W> load(const float* from)
{
    Vector<W> vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}

template <int W> inline void store(float* to, const Vector<W>& vector)
{
    std::memcpy(to, &vector, sizeof vector);
}

/// B^T d: six numbers to six.
template <typename V> inline void transformInput(const V (&d)[6], V (&to)[6])
{
    const V a = d[4] - 4 * d[2], b = d[3] - 4 * d[1];
    const V c = d[4] - d[2], e = 2 * (d[3] - d[1]);
    to[0] = 4 * d[0] - 5 * d[2] + d[4];
    to[1] = a + b;
    to[2] = a - b;
    to[3] = c + e;
    to[4] = c - e;
    to[5] = 4 * d[1] - 5 * d[3] + d[5];
}

/// A^T m: six numbers to four.
template <typename V> inline void transformOutput(const V (&m)[6], V (&to)[4])
{
    const V sum = m[1] + m[2], difference = m[1] - m[2];
    const V sum2 = m[3] + m[4], difference2 = m[3] - m[4];
    to[0] = m[0] + sum + sum2;
    to[1] = difference + 2 * difference2;
    to[2] = sum + 4 * sum2;
    to[3] = difference + 8 * difference2 + m[5];
}

template <int W>
void inputRows(const WinogradShape& shape, const float* image, float* matrices, std::int64_t pitch,
    std::int64_t begin, std::int64_t end)
{
    using V = Vector<W>;
    const std::int64_t across = shape.tilesAcross(), blocks = shape.channels / W;
    for (std::int64_t row = begin; row < end; ++row) {
        for (std::int64_t block = 0; block < blocks; ++block) {
            const float* plane = image + block * shape.height * shape.width * W;
            for (std::int64_t column = 0; column < across; ++column) {
                const std::int64_t top = row * kWinogradTile - shape.padTop,
                                   left = column * kWinogradTile - shape.padLeft;
                V columns[6][6]; // [x][i]: B^T d, a column of the tile at a time
                for (std::int64_t x = 0; x < 6; ++x) {
                    V d[6];
                    for (std::int64_t y = 0; y < 6; ++y) {
                        const bool inside = top + y >= 0 && top + y < shape.height && left + x >= 0
                            && left + x < shape.width;
                        d[y] = inside ? load<W>(plane + ((top + y) * shape.width + left + x) * W) : V {};
                    }
                    transformInput(d, columns[x]);
                }
                float* to = matrices + (row * across + column) * shape.channels + block * W;
                for (int i = 0; i < 6; ++i) {
                    const V d[6] = { columns[0][i], columns[1][i], columns[2][i], columns[3][i],
                        columns[4][i], columns[5][i] };
                    V line[6];
                    transformInput(d, line);
                    for (int j = 0; j < 6; ++j)
                        store<W>(to + (i * 6 + j) * pitch, line[j]);
                }
            }
        }
    }
}

template <int W> inline Vector<W> finished(Vector<W> value, WinogradPosts posts, const float* residual)
{
    for (std::size_t i = 0; i < posts.count; ++i) {
        const WinogradPost& post = posts.first[i];
        if (post.kind == WinogradPost::Kind::Add) {
            value += load<W>(residual);
        } else {
            value = value < post.least ? Vector<W> {} + post.least : value;
            value = value > post.most ? Vector<W> {} + post.most : value;
        }
    }
    return value;
}

template <int W>
void outputRows(const WinogradShape& shape, const float* matrices, std::int64_t pitch, const float* bias,
    WinogradPosts posts, const float* residual, float* image, std::int64_t begin, std::int64_t end)
{
    using V = Vector<W>;
    const std::int64_t across = shape.tilesAcross(), blocks = shape.outputs / W;
    for (std::int64_t row = begin; row < end; ++row) {
        for (std::int64_t block = 0; block < blocks; ++block) {
            const std::int64_t plane = block * shape.outHeight * shape.outWidth * W;
            const V offset = load<W>(bias + block * W);
            for (std::int64_t column = 0; column < across; ++column) {
                const float* from = matrices + (row * across + column) * shape.outputs + block * W;
                V columns[6][4]; // [j][y]: A^T m, a column of the 6x6 products at a time
                for (int j = 0; j < 6; ++j) {
                    V m[6];
                    for (int i = 0; i < 6; ++i)
                        m[i] = load<W>(from + (i * 6 + j) * pitch);
                    transformOutput(m, columns[j]);
                }
                const std::int64_t top = row * kWinogradTile, left = column * kWinogradTile;
                for (std::int64_t y = 0; y < 4 && top + y < shape.outHeight; ++y) {
                    const V m[6] = { columns[0][y], columns[1][y], columns[2][y], columns[3][y],
                        columns[4][y], columns[5][y] };
                    V line[4];
                    transformOutput(m, line);
                    for (std::int64_t x = 0; x < 4 && left + x < shape.outWidth; ++x) {
                        const std::int64_t at = plane + ((top + y) * shape.outWidth + left + x) * W;
                        store<W>(image + at,
                            finished<W>(line[x] + offset, posts, residual ? residual + at : nullptr));
                    }
                }
            }
        }
    }
}

} // namespace
} // namespace cpu
