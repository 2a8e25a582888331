// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cpu {

/// Zeroed memory straight from the kernel, in huge pages where it gives any. Throws core::OutOfMemory.
class MemoryBlock {
public:
    explicit MemoryBlock(std::size_t bytes = 0);
    ~MemoryBlock();
    MemoryBlock(MemoryBlock&& other) noexcept;
    MemoryBlock& operator=(MemoryBlock&& other) noexcept;

    std::byte* data() const { return m_data; }
    std::size_t size() const { return m_bytes; }

private:
    std::byte* m_data = nullptr;
    std::size_t m_bytes = 0;
};

/// The read-only file mappings of this process, as they were when this was made.
class FileMappings {
public:
    FileMappings();

    /// Gives back the pages of such a mapping that `bytes` cover completely; they are read again when
    /// touched. Does nothing for memory that is not a file's: weights made by a pass live on the heap.
    void release(std::span<const std::byte> bytes) const;

private:
    struct Range {
        std::uintptr_t begin, end;
    };
    std::vector<Range> m_ranges;
};

} // namespace cpu
