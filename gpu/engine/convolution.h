// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/window.h"
#include "gpu/engine/lowering.h"
#include "gpu/kernels/convolution_places.h"

namespace gpu {

/// A convolution with its sizes and the window in three dimensions.
struct Convolution {
    core::Window window;
    core::Shape input, output, weights; // whole shapes
    std::int64_t group = 1, channels = 0, features = 0, taps = 0; // of one group
};

/// `input` by `weights`, which are no more than named: of any type. Throws Error for sizes that kernels
/// cannot count.
Convolution convolutionOf(
    const Lowering& lowering, const core::Node& node, core::ValueId input, core::ValueId weights);

/// The same as kernels have it, images in three dimensions.
ConvolutionPlaces placesOf(const Convolution& conv);

} // namespace gpu
