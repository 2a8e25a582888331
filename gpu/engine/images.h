// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/window.h"
#include "gpu/engine/element_types.h"
#include "gpu/engine/elementwise_steps.h"

/// What lowerings of operators on images share.
namespace gpu {

/// Throws Error for a tensor that has no layout with channels last but for its number of dimensions.
void requireImage(const Lowering& lowering, core::ValueId value);

/// A window over an input of spatial sizes `input`. Throws Error for places that kernels cannot count.
ImageWindow imageWindow(const core::Window& window, const core::Shape& input);

/// A convolution's inputs behind the weights, and its output, with channels last.
struct ConvTensors {
    TensorId x = -1, weights = -1, bias = -1, y = -1;
    Ending ending;
    std::int64_t outputs = 0; // elements

    std::vector<TensorId> reads() const;
    template <typename T> ConvEnding<T> at(const Addresses& addresses) const
    {
        return { addresses.as<const T>(bias), addresses.as<const T>(ending.residual), ending.activation };
    }
};

/// Everything but the weights.
ConvTensors convTensors(Lowering& lowering, const core::Node& node);

/// Constant weights in another order, made once: elements of `shape` with steps of `from` and `to`.
TensorId packedWeights(Lowering& lowering, const core::TensorView& weights, const core::Shape& shape,
    const std::vector<std::int64_t>& from, const std::vector<std::int64_t>& to);

/// withReal() with the channels that a thread takes: make.operator()<T, N>().
template <typename Make> Work withPacks(core::ElementType type, bool packs, Make&& make)
{
    return withReal(type, [&]<typename T>() {
        return packs ? make.template operator()<T, kPack>() : make.template operator()<T, 1>();
    });
}

} // namespace gpu
