// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/host_device.h"

#include "gpu/engine/own_product.h"
#include "gpu/kernels/host_tables.h"

#include <cassert>
#include <chrono>
#include <cstring>
#include <new>

namespace gpu {

HostDevice::HostDevice()
    : HostDevice(Behaviour {})
{
}

HostDevice::HostDevice(Behaviour behaviour)
    : m_behaviour(behaviour)
    , m_facts { .name = "host",
        .uuid = "host",
        .driver = "none",
        .library = "kernels in plain loops",
        .memoryBytes = behaviour.memoryBytes,
        .architecture = 0,
        .multiprocessors = 1,
        .tensorFloat = true,
        .halves = true,
        .bfloats = true }
{
}

HostDevice::~HostDevice()
{
    for (const auto& [memory, bytes] : m_blocks)
        ::operator delete (memory, std::align_val_t { 256 });
}

std::byte* HostDevice::allocate(std::size_t bytes)
{
    if (bytes > freeMemory())
        throw core::OutOfMemory("Out of GPU memory: {} bytes asked for, {} free.", bytes, freeMemory());
    auto* memory = static_cast<std::byte*>(::operator new (bytes, std::align_val_t { 256 }));
    std::memset(memory, 0xA5, bytes); // nobody may count on zeros
    m_blocks.emplace(memory, bytes);
    m_used += bytes;
    return memory;
}

void HostDevice::release(std::byte* memory) noexcept
{
    const auto block = m_blocks.find(memory);
    assert(block != m_blocks.end());
    m_used -= block->second;
    m_blocks.erase(block);
    ::operator delete (memory, std::align_val_t { 256 });
}

std::byte* HostDevice::allocatePinned(std::size_t bytes)
{
    return static_cast<std::byte*>(::operator new (bytes, std::align_val_t { 256 }));
}

void HostDevice::releasePinned(std::byte* memory) noexcept
{
    ::operator delete (memory, std::align_val_t { 256 });
}

void HostDevice::give(Task task)
{
    if (m_behaviour.lostAfter && m_launches >= *m_behaviour.lostAfter)
        m_lost = true;
    ++m_launches;
    if (m_recording)
        m_recordings[m_next].push_back(std::move(task));
    else if (!m_lost)
        task();
}

void HostDevice::copyIn(std::byte* device, const std::byte* host, std::size_t bytes)
{
    ++m_copies;
    give([=] { std::memcpy(device, host, bytes); });
}

void HostDevice::copyOut(std::byte* host, const std::byte* device, std::size_t bytes)
{
    ++m_copies;
    give([=] { std::memcpy(host, device, bytes); });
}

void HostDevice::copy(std::byte* to, const std::byte* from, std::size_t bytes)
{
    give([=] { std::memcpy(to, from, bytes); });
}

void HostDevice::launch(
    Family family, std::size_t id, const void* body, std::size_t bytes, std::int64_t count)
{
    const HostKernel kernel = hostTable(family)[id];
    const auto* from = static_cast<const std::byte*>(body);
    // Bodies are trivially copyable, and vectors of bytes are aligned for them.
    give([kernel, copied = std::vector<std::byte>(from, from + bytes), count] {
        kernel(copied.data(), 0, count);
    });
}

void HostDevice::multiply(const Product& product)
{
    multiplyByTiles(*this, product);
}

void HostDevice::beginRecording()
{
    m_recording = true;
    m_recordings[++m_next];
}

int HostDevice::endRecording()
{
    m_recording = false;
    return m_next;
}

void HostDevice::replay(int recording)
{
    ++m_replays;
    give([this, recording] {
        for (const Task& task : m_recordings.at(recording))
            task();
    });
}

void HostDevice::forget(int recording) noexcept
{
    m_recordings.erase(recording);
}

void HostDevice::mark(int event)
{
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    m_events[event] = std::chrono::duration<double, std::milli>(now).count();
}

double HostDevice::between(int from, int to)
{
    return m_events[to] - m_events[from];
}

void HostDevice::finish()
{
    if (m_lost)
        throw DeviceLost("The GPU is lost: an illegal memory access was encountered (700). Only a new worker "
                         "process can use it again.");
}

std::unique_ptr<Device> makeHostDevice()
{
    return std::make_unique<HostDevice>();
}

} // namespace gpu
