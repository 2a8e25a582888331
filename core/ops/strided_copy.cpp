// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/strided_copy.h"

#include "core/ops/half.h"
#include "core/ops/types.h"

#include <algorithm>

namespace core::ops {

void stridedCopy(const TensorView& from, std::int64_t base, const Strides& strides, Tensor& to)
{
    dispatchBySize(RawTypes {}, from.type, [&]<typename T>() {
        const T* x = from.as<T>().data() + base;
        T* y = to.as<T>().data();
        const auto copyRun = [&](std::int64_t first, std::int64_t count, const auto& at, const auto& steps) {
            const T* source = x + at[0];
            if (steps[0] == 1)
                std::copy_n(source, count, y + first);
            else
                for (std::int64_t k = 0; k < count; ++k)
                    y[first + k] = source[k * steps[0]];
        };
        walkRunsApart(to.shape(), std::array { strides }, copyRun);
    });
}

Tensor fillElement(ElementType type, double value)
{
    Tensor element(type, {});
    if (type == ElementType::Float16)
        element.as<std::uint16_t>()[0] = halfFromFloat(static_cast<float>(value));
    else if (type == ElementType::BFloat16)
        element.as<std::uint16_t>()[0] = bfloatFromFloat(static_cast<float>(value));
    else
        dispatch(AllTypes {}, type, [&]<typename T>() { element.as<T>()[0] = fromReal<T>(value); });
    return element;
}

void mappedCopy(const TensorView& from, const IndexMaps& maps, const TensorView* fill, Tensor& to)
{
    const Shape& shape = to.shape();
    const Strides strides = denseStrides(from.shape);
    dispatchBySize(RawTypes {}, from.type, [&]<typename T>() {
        const T* x = from.as<T>().data();
        const T filler = fill ? fill->as<T>()[0] : T {};
        if (shape.empty()) {
            to.as<T>()[0] = x[0];
            return;
        }
        const std::size_t inner = shape.size() - 1;
        const Shape outer(shape.begin(), shape.end() - 1);
        forEach(to.count() == 0 ? 0 : elementCount(outer), shape[inner], [&](std::int64_t row) {
            const Shape position = positionAt(row, outer);
            T* y = to.as<T>().data() + row * shape[inner];
            std::int64_t offset = 0;
            bool inside = true;
            for (std::size_t d = 0; d < inner; ++d) {
                const std::int64_t index = maps[d][static_cast<std::size_t>(position[d])];
                inside = inside && index != kFill;
                offset += index * strides[d];
            }
            if (!inside)
                std::fill_n(y, shape[inner], filler);
            else
                for (std::int64_t i = 0; i < shape[inner]; ++i) {
                    const std::int64_t index = maps[inner][static_cast<std::size_t>(i)];
                    y[i] = index == kFill ? filler : x[offset + index];
                }
        });
    });
}

} // namespace core::ops
