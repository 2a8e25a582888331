// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/slices.h"

#include "core/error.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>

namespace core::ops {
namespace {

std::size_t product(std::span<const std::int64_t> dims)
{
    return static_cast<std::size_t>(
        std::accumulate(dims.begin(), dims.end(), std::int64_t { 1 }, std::multiplies<>()));
}

} // namespace

Tensor slice(const TensorView& view, std::size_t axis, std::int64_t index)
{
    Shape shape = view.shape;
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
    Tensor result(view.type, shape);
    const std::span dims(view.shape);
    const std::size_t outer = product(dims.first(axis));
    const std::size_t inner = product(dims.subspan(axis + 1)) * elementSize(view.type);
    const std::size_t step = inner * static_cast<std::size_t>(view.shape[axis]);
    const std::byte* from = view.bytes.data() + inner * static_cast<std::size_t>(index);
    for (std::size_t i = 0; i < outer && inner > 0; ++i)
        std::memcpy(result.bytes().data() + i * inner, from + i * step, inner);
    return result;
}

Tensor stack(std::span<const Tensor> slices, std::size_t axis)
{
    Shape shape = slices.front().shape();
    for (const Tensor& each : slices)
        if (each.shape() != shape || each.type() != slices.front().type())
            throw Error("piles up slices of shapes {} and {}.", toString(shape), toString(each.shape()));
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), static_cast<std::int64_t>(slices.size()));
    Tensor result(slices.front().type(), shape);
    const std::size_t outer = product(std::span(shape).first(axis));
    const std::size_t inner = product(std::span(shape).subspan(axis + 1)) * elementSize(result.type());
    std::byte* to = result.bytes().data();
    for (std::size_t i = 0; i < outer && inner > 0; ++i)
        for (const Tensor& each : slices) {
            std::memcpy(to, each.bytes().data() + i * inner, inner);
            to += inner;
        }
    return result;
}

Tensor padded(const Tensor& tensor, std::int64_t length)
{
    Shape shape = tensor.shape();
    shape.front() = length;
    Tensor result(tensor.type(), shape);
    std::ranges::fill(result.bytes(), std::byte { 0 });
    std::ranges::copy(tensor.bytes(), result.bytes().begin());
    return result;
}

} // namespace core::ops
