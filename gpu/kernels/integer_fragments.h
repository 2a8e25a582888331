// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/fragments.h"

/// Products of 16 by 16 pieces of matrices of int8, summed in int32, which wraps: as for halves, on the
/// tensor cores of a warp, and in plain loops. The right piece lies transposed, as weights do.
namespace gpu {

struct PlainIntegerFragments {
    struct Factor {
        std::int16_t at[kSquare][kSquare];
    };
    struct Sum {
        std::uint32_t at[kSquare][kSquare];
    };
    using Left = Factor;
    using Turned = Factor;

    /// Rows are `pitch` elements apart.
    static BREAKEVEN_DEVICE void loadLeft(Left& to, const std::int8_t* from, int pitch)
    {
        for (int i = 0; i < kSquare; ++i)
            for (int j = 0; j < kSquare; ++j)
                to.at[i][j] = from[i * pitch + j];
    }
    /// Columns are.
    static BREAKEVEN_DEVICE void loadTurned(Turned& to, const std::int8_t* from, int pitch)
    {
        for (int i = 0; i < kSquare; ++i)
            for (int j = 0; j < kSquare; ++j)
                to.at[i][j] = from[j * pitch + i];
    }
    static BREAKEVEN_DEVICE void clear(Sum& sum)
    {
        for (auto& row : sum.at)
            for (std::uint32_t& element : row)
                element = 0;
    }
    static BREAKEVEN_DEVICE void multiply(Sum& sum, const Left& left, const Turned& right)
    {
        for (int i = 0; i < kSquare; ++i)
            for (int term = 0; term < kSquare; ++term)
                for (int j = 0; j < kSquare; ++j)
                    sum.at[i][j] += static_cast<std::uint32_t>(left.at[i][term] * right.at[term][j]);
    }
    static BREAKEVEN_DEVICE void store(std::int32_t* to, const Sum& sum, int pitch)
    {
        for (int i = 0; i < kSquare; ++i)
            for (int j = 0; j < kSquare; ++j)
                to[i * pitch + j] = static_cast<std::int32_t>(sum.at[i][j]);
    }
};

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 720
/// Pointers are multiples of 32 bytes, pitches of 16.
struct IntegerFragments {
    using Left
        = nvcuda::wmma::fragment<nvcuda::wmma::matrix_a, 16, 16, 16, signed char, nvcuda::wmma::row_major>;
    using Turned
        = nvcuda::wmma::fragment<nvcuda::wmma::matrix_b, 16, 16, 16, signed char, nvcuda::wmma::col_major>;
    using Sum = nvcuda::wmma::fragment<nvcuda::wmma::accumulator, 16, 16, 16, int>;

    static __device__ void loadLeft(Left& to, const std::int8_t* from, int pitch)
    {
        nvcuda::wmma::load_matrix_sync(to, from, pitch);
    }
    static __device__ void loadTurned(Turned& to, const std::int8_t* from, int pitch)
    {
        nvcuda::wmma::load_matrix_sync(to, from, pitch);
    }
    static __device__ void clear(Sum& sum) { nvcuda::wmma::fill_fragment(sum, 0); }
    static __device__ void multiply(Sum& sum, const Left& left, const Turned& right)
    {
        nvcuda::wmma::mma_sync(sum, left, right, sum);
    }
    static __device__ void store(std::int32_t* to, const Sum& sum, int pitch)
    {
        nvcuda::wmma::store_matrix_sync(to, sum, pitch, nvcuda::wmma::mem_row_major);
    }
};
#else
using IntegerFragments = PlainIntegerFragments;
#endif

} // namespace gpu
