// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/strided_copy.h"

#include "core/ops/types.h"

namespace core::ops {

void stridedCopy(const TensorView& from, std::int64_t base, const Strides& strides, Tensor& to)
{
    dispatchBySize(RawTypes {}, from.type, [&]<typename T>() {
        const T* x = from.as<T>().data();
        T* y = to.as<T>().data();
        walk(to.shape(), std::array { strides },
            [&](std::int64_t i, const auto& at) { y[i] = x[base + at[0]]; });
    });
}

void mappedCopy(const TensorView& from, const IndexMaps& maps, const TensorView* fill, Tensor& to)
{
    const Shape& shape = to.shape();
    const Strides strides = denseStrides(from.shape);
    dispatchBySize(RawTypes {}, from.type, [&]<typename T>() {
        const T* x = from.as<T>().data();
        const T filler = fill ? fill->as<T>()[0] : T {};
        Shape position(shape.size(), 0);
        for (T& y : to.as<T>()) {
            std::int64_t offset = 0;
            bool inside = true;
            for (std::size_t d = 0; d < shape.size(); ++d) {
                const std::int64_t index = maps[d][static_cast<std::size_t>(position[d])];
                inside = inside && index != kFill;
                offset += index * strides[d];
            }
            y = inside ? x[offset] : filler;
            for (std::size_t d = shape.size(); d-- > 0 && ++position[d] == shape[d];)
                position[d] = 0;
        }
    });
}

} // namespace core::ops
