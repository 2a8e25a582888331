// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/half.h"

#include <cstring>

#if defined(__CUDACC__)
#include <mma.h>
#endif

/// Products of 16 by 16 pieces of matrices of halves, summed in float32: on the tensor cores of a warp, whose
/// threads call all of this together, and in plain loops, which say what they compute. Nothing else differs
/// between device and host in kernels of halves.
namespace gpu {

constexpr int kWarp = 32; // threads
constexpr int kSquare = 16; // the side of a piece

template <typename T> struct PlainFragments {
    struct Piece {
        float at[kSquare][kSquare];
    };
    using Left = Piece;
    using Right = Piece;
    using Turned = Piece; // a right one that lies transposed
    using Sum = Piece;

    /// Rows are `pitch` elements apart.
    static BREAKEVEN_DEVICE void loadLeft(Left& to, const T* from, int pitch) { load(to, from, pitch, 1); }
    static BREAKEVEN_DEVICE void loadRight(Right& to, const T* from, int pitch) { load(to, from, pitch, 1); }
    static BREAKEVEN_DEVICE void loadTurned(Turned& to, const T* from, int pitch)
    {
        load(to, from, 1, pitch);
    }
    static BREAKEVEN_DEVICE void clear(Sum& sum)
    {
        for (auto& row : sum.at)
            for (float& element : row)
                element = 0;
    }
    static BREAKEVEN_DEVICE void multiply(Sum& sum, const Left& left, const Right& right)
    {
        for (int i = 0; i < kSquare; ++i)
            for (int term = 0; term < kSquare; ++term)
                for (int j = 0; j < kSquare; ++j)
                    sum.at[i][j] += left.at[i][term] * right.at[term][j];
    }
    /// Times the elements of a matrix of float32, element by element.
    static BREAKEVEN_DEVICE void scale(Sum& sum, const float* by, int pitch)
    {
        for (int i = 0; i < kSquare; ++i)
            for (int j = 0; j < kSquare; ++j)
                sum.at[i][j] *= by[i * pitch + j];
    }
    static BREAKEVEN_DEVICE void store(float* to, const Sum& sum, int pitch)
    {
        for (int i = 0; i < kSquare; ++i)
            for (int j = 0; j < kSquare; ++j)
                to[i * pitch + j] = sum.at[i][j];
    }

private:
    static BREAKEVEN_DEVICE void load(Piece& to, const T* from, int down, int across)
    {
        for (int i = 0; i < kSquare; ++i)
            for (int j = 0; j < kSquare; ++j)
                to.at[i][j] = static_cast<float>(from[i * down + j * across]);
    }
};

template <typename T> struct Fragments : PlainFragments<T> {
};

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 700
/// Pointers are multiples of 32 bytes, pitches of 16.
template <typename T, typename Native> struct TensorCores {
    using Left = nvcuda::wmma::fragment<nvcuda::wmma::matrix_a, 16, 16, 16, Native, nvcuda::wmma::row_major>;
    using Right = nvcuda::wmma::fragment<nvcuda::wmma::matrix_b, 16, 16, 16, Native, nvcuda::wmma::row_major>;
    using Sum = nvcuda::wmma::fragment<nvcuda::wmma::accumulator, 16, 16, 16, float>;
    using Turned
        = nvcuda::wmma::fragment<nvcuda::wmma::matrix_b, 16, 16, 16, Native, nvcuda::wmma::col_major>;

    static __device__ void loadLeft(Left& to, const T* from, int pitch)
    {
        nvcuda::wmma::load_matrix_sync(to, reinterpret_cast<const Native*>(from), pitch);
    }
    template <typename Piece> static __device__ void loadRight(Piece& to, const T* from, int pitch)
    {
        nvcuda::wmma::load_matrix_sync(to, reinterpret_cast<const Native*>(from), pitch);
    }
    static __device__ void loadTurned(Turned& to, const T* from, int pitch) { loadRight(to, from, pitch); }
    static __device__ void clear(Sum& sum) { nvcuda::wmma::fill_fragment(sum, 0.0F); }
    template <typename Piece> static __device__ void multiply(Sum& sum, const Left& left, const Piece& right)
    {
        nvcuda::wmma::mma_sync(sum, left, right, sum);
    }
    /// Fragments of one type have their elements in the same places, wherever those are.
    static __device__ void scale(Sum& sum, const float* by, int pitch)
    {
        Sum factors;
        nvcuda::wmma::load_matrix_sync(factors, by, pitch, nvcuda::wmma::mem_row_major);
        for (int i = 0; i < sum.num_elements; ++i)
            sum.x[i] *= factors.x[i];
    }
    static __device__ void store(float* to, const Sum& sum, int pitch)
    {
        nvcuda::wmma::store_matrix_sync(to, sum, pitch, nvcuda::wmma::mem_row_major);
    }
};

template <> struct Fragments<Half> : TensorCores<Half, __half> {
};
#if __CUDA_ARCH__ >= 800
template <> struct Fragments<Bfloat> : TensorCores<Bfloat, __nv_bfloat16> {
};
#endif
#endif

/// Eight halves that are moved at once; 16 bytes, aligned to as many.
template <typename T> struct alignas(16) Eight {
    T values[8];

    static BREAKEVEN_DEVICE Eight zeros()
    {
        Eight eight;
        for (T& value : eight.values)
            value.bits = 0;
        return eight;
    }
    static BREAKEVEN_DEVICE Eight load(const T* from)
    {
        Eight eight;
        move(&eight, from);
        return eight;
    }
    BREAKEVEN_DEVICE void store(T* to) const { move(to, this); }

private:
    static BREAKEVEN_DEVICE void move(void* to, const void* from)
    {
#if defined(__CUDA_ARCH__)
        *static_cast<uint4*>(to) = *static_cast<const uint4*>(from);
#else
        std::memcpy(to, from, sizeof(Eight));
#endif
    }
};

} // namespace gpu
