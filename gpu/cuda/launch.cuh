// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/kernel.h"

#include <cuda_runtime.h>

#include <array>

/// How bodies are launched: included by the one source of each family.
namespace gpu {

/// The threads of a block.
template <int Size> class BlockGroup {
public:
    static constexpr int kSize = Size;

    __device__ explicit BlockGroup(std::byte* memory)
        : m_memory(memory)
    {
    }
    __device__ int rank() const { return static_cast<int>(threadIdx.x); }
    __device__ void sync() const { __syncthreads(); }
    __device__ float sum(float x) const
    {
        return reduced(x, [](float a, float b) { return a + b; });
    }
    __device__ float max(float x) const
    {
        return reduced(x, [](float a, float b) { return a != a || a > b ? a : b; });
    }
    template <typename T> __device__ T* shared() const { return reinterpret_cast<T*>(m_memory); }

private:
    static constexpr int kWarp = 32, kWarps = Size / kWarp;

    /// Within warps by exchange, then over one number of each in shared memory.
    template <typename Combine> __device__ float reduced(float x, Combine combine) const
    {
        __shared__ float parts[kWarps];
#pragma unroll
        for (int distance = kWarp / 2; distance > 0; distance /= 2)
            x = combine(x, __shfl_xor_sync(0xFFFFFFFFU, x, distance));
        if (rank() % kWarp == 0)
            parts[rank() / kWarp] = x;
        __syncthreads();
        float all = parts[0];
#pragma unroll
        for (int warp = 1; warp < kWarps; ++warp)
            all = combine(all, parts[warp]);
        __syncthreads(); // the parts may be written again
        return all;
    }

    std::byte* m_memory;
};

/// Four elements or more a thread keep enough loads in flight; blocks beyond these take turns.
constexpr int kThreads = 256;
constexpr std::int64_t kMostBlocks = 65'536;

template <typename Body>
__global__ void __launch_bounds__(kThreads) runElements(const Body body, std::int64_t count)
{
    const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * kThreads;
    for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x; i < count;
         i += step)
        body(i);
}

/// Two blocks a multiprocessor at least: while one waits for its barrier, the other multiplies.
template <typename Body>
__global__ void __launch_bounds__(kThreads, 2) runGroups(const Body body, std::int64_t count)
{
    extern __shared__ __align__(128) unsigned char memory[]; // tensor cores load from multiples of 32 bytes
    BlockGroup<kThreads> group(reinterpret_cast<std::byte*>(memory));
    for (std::int64_t i = blockIdx.x; i < count; i += gridDim.x) {
        body(i, group);
        group.sync();
    }
}

using CudaKernel = cudaError_t (*)(const void* body, std::int64_t count, cudaStream_t stream);

template <typename Body> cudaError_t launchOnDevice(const void* body, std::int64_t count, cudaStream_t stream)
{
    static_assert(sizeof(Body) <= 4000, "parameters of a kernel have 4 KiB");
    const Body& copied = *static_cast<const Body*>(body);
    if constexpr (GroupBody<Body>) {
        constexpr std::size_t shared = Body::kSharedBytes;
        if constexpr (shared > 48 * 1024) { // beyond this it has to be asked for
            const cudaError_t error = cudaFuncSetAttribute(
                runGroups<Body>, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared));
            if (error != cudaSuccess)
                return error;
        }
        const auto blocks = static_cast<unsigned>(count < kMostBlocks ? count : kMostBlocks);
        runGroups<Body><<<blocks, kThreads, shared, stream>>>(copied, count);
    } else {
        const std::int64_t blocks = (count + kThreads - 1) / kThreads;
        runElements<Body>
            <<<static_cast<unsigned>(blocks < kMostBlocks ? blocks : kMostBlocks), kThreads, 0, stream>>>(
                copied, count);
    }
    return cudaPeekAtLastError();
}

template <typename... Body> std::array<CudaKernel, sizeof...(Body)> cudaKernels(KernelList<Body...>)
{
    return { &launchOnDevice<Body>... };
}

} // namespace gpu
