// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// Kernels are bodies: plain structs of pointers and sizes whose call operator computes one element, or one
/// row or tile of them with a group of threads. The same body runs on the device, where a launch gives every
/// element a thread or every row a block, and on the host, where tests hold it to the reference. Bodies know
/// no device.
namespace gpu {

#if defined(__CUDACC__)
#define BREAKEVEN_DEVICE __host__ __device__
#else
#define BREAKEVEN_DEVICE
#endif

/// A loop over what each thread keeps in registers, which have no index at run time: written out.
#if defined(__CUDA_ARCH__)
#define BREAKEVEN_REPEAT(i, count) _Pragma("unroll") for (int i = 0; i < (count); ++i)
#else
#define BREAKEVEN_REPEAT(i, count) for (int i = 0; i < (count); ++i)
#endif

/// Kernels that are compiled together, in one source for the host and one for the device. Order is their
/// number.
template <typename... Body> struct KernelList {
    static constexpr std::size_t size = sizeof...(Body);
};

/// A family is one KernelList; see kernels/families.h.
enum class Family { Elementwise, Movement, Rows, Windows, Tiles, Convolution, Attention, Integers };
inline constexpr int kFamilies = 8;

/// The threads of one row or tile on the host: a single one.
class HostGroup {
public:
    static constexpr int kSize = 1; // threads

    explicit HostGroup(std::byte* shared)
        : m_shared(shared)
    {
    }
    int rank() const { return 0; }
    void sync() const { }
    float sum(float x) const { return x; } // over the group; every thread gets it
    float max(float x) const { return x; }
    template <typename T> T* shared() const { return reinterpret_cast<T*>(m_shared); }

private:
    std::byte* m_shared;
};

/// A body for elements has the call operator (index); one for groups, of which kSharedBytes is a constant,
/// has the call operator (index, group).
template <typename Body>
concept GroupBody = requires
{
    Body::kSharedBytes;
};

/// Runs [begin, end) of the elements or groups of `body` on the host.
using HostKernel = void (*)(const void* body, std::int64_t begin, std::int64_t end);

template <typename Body> void runOnHost(const void* body, std::int64_t begin, std::int64_t end)
{
    const Body& run = *static_cast<const Body*>(body);
    if constexpr (GroupBody<Body>) {
        alignas(64) std::byte shared[Body::kSharedBytes > 0 ? Body::kSharedBytes : 1];
        HostGroup group(shared);
        for (std::int64_t i = begin; i < end; ++i)
            run(i, group);
    } else {
        for (std::int64_t i = begin; i < end; ++i)
            run(i);
    }
}

template <typename... Body> constexpr std::array<HostKernel, sizeof...(Body)> hostKernels(KernelList<Body...>)
{
    return { &runOnHost<Body>... };
}

} // namespace gpu
