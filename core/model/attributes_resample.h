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

/// GridSample, AffineGrid (which has alignCorners alone).
struct GridSampleAttributes {
    enum class Mode { Linear, Nearest, Cubic };
    enum class Padding { Zeros, Border, Reflection };
    Mode mode = Mode::Linear;
    Padding padding = Padding::Zeros;
    bool alignCorners = false;
};

/// RoiAlign, MaxRoiPool (which has sizes and scale alone).
struct RoiAttributes {
    std::int64_t height = 1, width = 1; // of the output
    std::int64_t samples = 0; // per bin and direction; 0: as many as the bin has pixels
    float scale = 1; // from the regions' coordinates to the input's
    bool halfPixel = true;
    bool maximum = false; // of the samples, instead of their average
};

} // namespace core
