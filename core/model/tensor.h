// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/element_type.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace core {

/// A concrete shape: outermost dimension first, no negative entries; empty for a scalar.
using Shape = std::vector<std::int64_t>;

/// Product of the dimensions, 1 for a scalar. Throws Error when it exceeds 2^62.
std::int64_t elementCount(const Shape& shape);

/// "[1, 3, 224, 224]".
std::string toString(const Shape& shape);

/// A dense row-major tensor that somebody else owns: a weight inside a mapped file, a buffer in an arena.
struct TensorView {
    ElementType type = ElementType::Undefined;
    Shape shape;
    std::span<const std::byte> bytes;

    /// The elements as T. The caller has checked `type`. Weights inside a file may be unaligned for T: x86
    /// reads them all the same, and the reader copies those few that are not aligned, so that this is always
    /// defined.
    template <typename T> std::span<const T> as() const
    {
        return { reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T) };
    }
};

/// A dense row-major tensor with its own 64-byte aligned memory. Movable, copied only by clone().
class Tensor {
public:
    Tensor() = default;
    /// Memory for `shape`, not initialised. Throws OutOfMemory.
    Tensor(ElementType type, Shape shape);

    ElementType type() const { return m_type; }
    const Shape& shape() const { return m_shape; }
    std::int64_t count() const { return m_count; }
    std::span<std::byte> bytes() { return { m_data.get(), m_size }; }
    std::span<const std::byte> bytes() const { return { m_data.get(), m_size }; }
    TensorView view() const { return { m_type, m_shape, bytes() }; }
    Tensor clone() const;

    template <typename T> std::span<T> as()
    {
        return { reinterpret_cast<T*>(m_data.get()), static_cast<std::size_t>(m_count) };
    }
    template <typename T> std::span<const T> as() const
    {
        return { reinterpret_cast<const T*>(m_data.get()), static_cast<std::size_t>(m_count) };
    }

    /// Memory of zeros. Whole pages are not touched before somebody writes: a large one costs nothing yet.
    static Tensor zeros(ElementType type, Shape shape);
    /// A tensor with these elements, for tests and small constants.
    template <typename T> static Tensor of(ElementType type, Shape shape, const std::vector<T>& elements)
    {
        Tensor tensor(type, std::move(shape));
        std::copy(elements.begin(), elements.end(), tensor.as<T>().begin());
        return tensor;
    }
    static Tensor copyOf(const TensorView& view);
    /// A tensor in memory of somebody else, who keeps it longer than this.
    static Tensor borrow(ElementType type, Shape shape, std::byte* memory);

private:
    struct Free {
        bool borrowed; // false by default: unique_ptr zeroes its deleter
        void operator()(std::byte* memory) const;
    };
    ElementType m_type = ElementType::Undefined;
    Shape m_shape;
    std::int64_t m_count = 0;
    std::size_t m_size = 0;
    std::unique_ptr<std::byte[], Free> m_data;
};

} // namespace core
