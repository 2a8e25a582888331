// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

/// Attributes of the operators that read images at other places than their pixels. Part of attributes.h.
namespace core {

/// Resize, and Upsample with what it means: asymmetric coordinates, rounded down.
struct ResizeAttributes {
    enum class Mode { Nearest, Linear, Cubic };
    enum class Coordinates {
        HalfPixel,
        HalfPixelSymmetric,
        PytorchHalfPixel,
        AlignCorners,
        Asymmetric,
        TfHalfPixelForNearest,
        TfCropAndResize
    };
    /// Truncate is what Resize 10 does: downwards where it enlarges, upwards where it shrinks.
    enum class Rounding { PreferFloor, PreferCeil, Floor, Ceil, Truncate };
    enum class Policy { Stretch, NotLarger, NotSmaller };
    Mode mode = Mode::Nearest;
    Coordinates coordinates = Coordinates::HalfPixel;
    Rounding rounding = Rounding::PreferFloor;
    Policy policy = Policy::Stretch;
    float cubicA = -0.75F;
    float extrapolation = 0;
    bool excludeOutside = false;
    bool antialias = false;
    std::vector<std::int64_t> axes; // empty: all
    std::vector<float> scales; // Upsample before opset 9; later an input
    bool scalesFirst = false; // the second input is the scales, and there are no others: before opset 11
};

} // namespace core
