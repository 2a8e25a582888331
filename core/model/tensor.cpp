// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor.h"

#include "core/error.h"
#include "core/model/machine_memory.h"

#include <fmt/ranges.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace core {

std::int64_t elementCount(const Shape& shape)
{
    constexpr std::int64_t kLimit = std::int64_t { 1 } << 62;
    std::int64_t count = 1;
    for (const std::int64_t dim : shape) {
        if (dim < 0)
            throw Error("Cannot use shape {}: a dimension is negative.", toString(shape));
        if (dim != 0 && count > kLimit / dim)
            throw Error("Cannot use shape {}: it has more than 2^62 elements.", toString(shape));
        count *= dim;
    }
    return count;
}

std::string toString(const Shape& shape)
{
    return fmt::format("[{}]", fmt::join(shape, ", "));
}

void Tensor::Free::operator()(std::byte* memory) const
{
    if (!borrowed)
        std::free(memory);
}

Tensor::Tensor(ElementType type, Shape shape)
    : m_type(type)
    , m_shape(std::move(shape))
    , m_count(elementCount(m_shape))
{
    constexpr std::size_t kAlignment = 64;
    if (__builtin_mul_overflow(static_cast<std::size_t>(m_count), elementSize(type), &m_size))
        throw OutOfMemory(
            "Cannot allocate a tensor of shape {}: its size in bytes overflows.", toString(m_shape));
    const std::size_t padded = std::max(kAlignment, (m_size + kAlignment - 1) / kAlignment * kAlignment);
    if (m_size <= machineMemory())
        m_data.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, padded)));
    if (!m_data)
        throw OutOfMemory(
            "Cannot allocate {} bytes for a tensor of shape {}: out of memory.", m_size, toString(m_shape));
}

Tensor Tensor::zeros(ElementType type, Shape shape)
{
    Tensor tensor(type, std::move(shape));
    std::byte* const begin = tensor.m_data.get();
    std::byte* const end = begin + tensor.m_size;
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto gap = (page - reinterpret_cast<std::uintptr_t>(begin) % page) % page;
    // Pages of private memory that are given back come back as zeros.
    if (tensor.m_size >= gap + page) {
        std::byte* const pages = begin + gap;
        const std::size_t bytes = (tensor.m_size - gap) / page * page;
        if (madvise(pages, bytes, MADV_DONTNEED) == 0) {
            std::fill(begin, pages, std::byte { 0 });
            std::fill(pages + bytes, end, std::byte { 0 });
            return tensor;
        }
    }
    std::fill(begin, end, std::byte { 0 });
    return tensor;
}

Tensor Tensor::clone() const
{
    return copyOf(view());
}

Tensor Tensor::borrow(ElementType type, Shape shape, std::byte* memory)
{
    Tensor tensor;
    tensor.m_type = type;
    tensor.m_shape = std::move(shape);
    tensor.m_count = elementCount(tensor.m_shape);
    tensor.m_size = static_cast<std::size_t>(tensor.m_count) * elementSize(type);
    tensor.m_data = { memory, Free { true } };
    return tensor;
}

Tensor Tensor::copyOf(const TensorView& view)
{
    Tensor tensor(view.type, view.shape);
    if (tensor.m_size != view.bytes.size())
        throw Error("Cannot copy a tensor of shape {}: it has {} bytes, expected {}.", toString(view.shape),
            view.bytes.size(), tensor.m_size);
    std::copy(view.bytes.begin(), view.bytes.end(), tensor.bytes().begin());
    return tensor;
}

} // namespace core
