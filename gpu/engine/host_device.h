// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/engine/device.h"

#include <functional>
#include <map>
#include <optional>

namespace gpu {

/// A device without a GPU: its memory is the host's, its kernels are the same bodies in plain loops.
/// Everything above Device is tested with it. It also fails where it is told to, as real ones do.
class HostDevice final : public Device {
public:
    struct Behaviour {
        std::size_t memoryBytes = std::size_t { 1 } << 32; // what can be allocated altogether
        std::optional<int> lostAfter; // launches until the device is lost: the next finish() throws
    };

    HostDevice();
    explicit HostDevice(Behaviour behaviour);
    ~HostDevice() override;

    const DeviceFacts& facts() const override { return m_facts; }
    std::byte* allocate(std::size_t bytes) override;
    void release(std::byte* memory) noexcept override;
    std::byte* allocatePinned(std::size_t bytes) override;
    void releasePinned(std::byte* memory) noexcept override;
    std::size_t freeMemory() override { return m_behaviour.memoryBytes - m_used; }
    void copyIn(std::byte* device, const std::byte* host, std::size_t bytes) override;
    void copyOut(std::byte* host, const std::byte* device, std::size_t bytes) override;
    void copy(std::byte* to, const std::byte* from, std::size_t bytes) override;
    void launch(
        Family family, std::size_t id, const void* body, std::size_t bytes, std::int64_t count) override;
    void multiply(const Product& product) override;
    std::string multiplierOf(const Product&) const override { return "own:product"; }
    void beginRecording() override;
    int endRecording() override;
    void replay(int recording) override;
    void forget(int recording) noexcept override;
    void mark(int event) override;
    double between(int from, int to) override;
    void finish() override;

    /// Blocks of memory that nobody has released.
    std::size_t blocks() const { return m_blocks.size(); }
    int launches() const { return m_launches; }
    int replays() const { return m_replays; }
    /// To and from the host.
    int copies() const { return m_copies; }

private:
    using Task = std::function<void()>;
    void give(Task task);

    Behaviour m_behaviour;
    DeviceFacts m_facts;
    std::map<std::byte*, std::size_t> m_blocks;
    std::size_t m_used = 0;
    int m_launches = 0, m_replays = 0, m_copies = 0;
    bool m_recording = false, m_lost = false;
    std::map<int, std::vector<Task>> m_recordings;
    int m_next = 0;
    double m_events[kEvents] {}; // milliseconds
};

std::unique_ptr<Device> makeHostDevice();

} // namespace gpu
