// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "gpu/kernels/activation.h"
#include "gpu/kernels/families.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// What the engine needs of a GPU: memory, kernels in order, products, times. One implementation speaks CUDA;
/// one computes on the host, for tests of everything above. A device is not aware of graphs or operators.
namespace gpu {

/// The device or its driver failed for good: nothing more can be computed in this process. The message is one
/// sentence and says that a new worker process is what helps.
class DeviceLost : public core::Error {
public:
    using core::Error::Error;
};

/// Facts about a device, gathered once.
struct DeviceFacts {
    std::string name; // "NVIDIA H200"
    std::string uuid; // "GPU-6b4...": names it in caches and to its sensors
    std::string driver, library; // "CUDA driver 13.0, runtime 13.0, cuBLASLt 13.1"
    std::size_t memoryBytes = 0;
    int architecture = 0; // 90: compute capability 9.0
    int multiprocessors = 0;
    bool tensorFloat = false, halves = false,
         bfloats = false; // tf32, fp16 and bf16 at more than fp32's speed
};

/// What the numbers of a product are, and how it computes.
enum class Numbers { Float32, TensorFloat32, Float16, BFloat16 };

/// c = activation(alpha a b + bias + residual), row-major, for `batch` pairs. Sums are in float32.
struct Product {
    Numbers numbers = Numbers::Float32;
    std::int64_t batch = 1, m = 0, n = 0, k = 0;
    const std::byte *a = nullptr, *b = nullptr; // [m, k] and [k, n], or transposed
    bool transposeA = false, transposeB = false;
    std::int64_t rowA = 0, rowB = 0, rowC = 0; // elements from row to row
    std::int64_t batchA = 0, batchB = 0, batchC = 0; // and from matrix to matrix
    float alpha = 1;
    const std::byte* bias = nullptr; // [n]
    std::int64_t batchBias = 0; // elements from one matrix's bias to the next one's; 0: all have the same
    const std::byte* residual = nullptr; // laid out like c
    Activation activation = Activation::None;
    std::byte* c = nullptr;
};

/// Work is in order, as if on one stream, and asynchronous but for finish(). Used by one thread.
class Device {
public:
    virtual ~Device() = default;

    virtual const DeviceFacts& facts() const = 0;

    /// Throws core::OutOfMemory.
    virtual std::byte* allocate(std::size_t bytes) = 0;
    virtual void release(std::byte* memory) noexcept = 0;
    /// Memory of the host that copies reach at full speed.
    virtual std::byte* allocatePinned(std::size_t bytes) = 0;
    virtual void releasePinned(std::byte* memory) noexcept = 0;
    /// Of the device, as its driver counts.
    virtual std::size_t freeMemory() = 0;

    virtual void copyIn(std::byte* device, const std::byte* host, std::size_t bytes) = 0;
    virtual void copyOut(std::byte* host, const std::byte* device, std::size_t bytes) = 0;
    virtual void copy(std::byte* to, const std::byte* from, std::size_t bytes) = 0;

    /// `count` elements or groups of kernel `id` of a family; `body` is copied.
    virtual void launch(
        Family family, std::size_t id, const void* body, std::size_t bytes, std::int64_t count)
        = 0;
    virtual void multiply(const Product& product) = 0;
    /// "cuBLASLt", "own:gemm": what multiply() runs such a product on.
    virtual std::string multiplierOf(const Product& product) const = 0;

    /// What follows is recorded and not run, until endRecording() gives its number; replay() runs all of it
    /// as one.
    virtual void beginRecording() = 0;
    virtual int endRecording() = 0;
    virtual void replay(int recording) = 0;
    virtual void forget(int recording) noexcept = 0;

    /// Notes the time at which the device comes here, as event `event` of 0 to kEvents - 1; between() is for
    /// two that have passed, in milliseconds.
    static constexpr int kEvents = 8;
    virtual void mark(int event) = 0;
    virtual double between(int from, int to) = 0;

    /// Waits until all is done. Errors of what went before are thrown here at the latest: DeviceLost.
    virtual void finish() = 0;

    template <typename Body> void run(const Body& body, std::int64_t count)
    {
        if (count > 0)
            launch(familyOf<Body>, numberOf<Body>, &body, sizeof(body), count);
    }
};

/// Memory with an owner, of the device or pinned on the host.
template <std::byte* (Device::*allocate)(std::size_t), void (Device::*release)(std::byte*)> class OwnedBlock {
public:
    OwnedBlock() = default;
    OwnedBlock(Device& device, std::size_t bytes)
        : m_device(&device)
        , m_data(bytes > 0 ? (device.*allocate)(bytes) : nullptr)
        , m_size(bytes)
    {
    }
    OwnedBlock(OwnedBlock&& other) noexcept { *this = std::move(other); }
    OwnedBlock& operator=(OwnedBlock&& other) noexcept
    {
        std::swap(m_device, other.m_device);
        std::swap(m_data, other.m_data);
        std::swap(m_size, other.m_size);
        return *this;
    }
    ~OwnedBlock()
    {
        if (m_data)
            (m_device->*release)(m_data);
    }
    std::byte* data() const { return m_data; }
    std::size_t size() const { return m_size; }

private:
    Device* m_device = nullptr;
    std::byte* m_data = nullptr;
    std::size_t m_size = 0;
};

using DeviceBlock = OwnedBlock<&Device::allocate, &Device::release>;
using PinnedBlock = OwnedBlock<&Device::allocatePinned, &Device::releasePinned>;

} // namespace gpu
