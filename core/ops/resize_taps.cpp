// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/resize_taps.h"

#include "core/ops/rules.h"
#include "core/ops/strided_copy.h"

#include <algorithm>
#include <cmath>

namespace core::ops {
namespace {

using Coordinates = ResizeAttributes::Coordinates;
using Mode = ResizeAttributes::Mode;

/// Where in the input an element of the output lies.
double originalPlace(const ResizeAxis& axis, Coordinates coordinates, std::int64_t index)
{
    const auto x = static_cast<double>(index);
    const auto input = static_cast<double>(axis.input), output = static_cast<double>(axis.output);
    switch (coordinates) {
    case Coordinates::HalfPixel:
        return (x + 0.5) / axis.scale - 0.5;
    case Coordinates::HalfPixelSymmetric: {
        const double adjustment = output / (axis.scale * input);
        return input / 2 * (1 - adjustment) + (x + 0.5) / axis.scale - 0.5;
    }
    case Coordinates::PytorchHalfPixel:
        return axis.output > 1 ? (x + 0.5) / axis.scale - 0.5 : 0;
    case Coordinates::AlignCorners: {
        const double resized = axis.scale * input; // not rounded down, as the standard's own examples have it
        return axis.output == 1 ? 0 : x * (input - 1) / (resized - 1);
    }
    case Coordinates::Asymmetric:
        return x / axis.scale;
    case Coordinates::TfHalfPixelForNearest:
        return (x + 0.5) / axis.scale;
    case Coordinates::TfCropAndResize:
        if (axis.output == 1)
            return (axis.regionBegin + axis.regionEnd) * (input - 1) / 2;
        return axis.regionBegin * (input - 1)
            + x * (axis.regionEnd - axis.regionBegin) * (input - 1) / (output - 1);
    }
    return x;
}

double cubicWeight(double distance, double a)
{
    const double x = std::abs(distance);
    if (x <= 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? a * (((x - 5) * x + 8) * x - 4) : 0;
}

/// Fills the taps of one output element that lies at `place`.
void weigh(
    Taps& taps, const ResizeAttributes& resize, const ResizeAxis& axis, std::int64_t index, double place)
{
    // Shrunk with antialiasing, the filter widens so that it covers all that falls into one element.
    const double width = resize.antialias ? std::min(axis.scale, 1.0) : 1.0;
    const auto nearest = static_cast<std::int64_t>(std::floor(place));
    const std::int64_t first = nearest - taps.count / 2 + 1;
    double sum = 0;
    for (std::int64_t k = 0; k < taps.count; ++k) {
        const double distance = (static_cast<double>(first + k) - place) * width;
        double weight = resize.mode == Mode::Linear ? std::max(0.0, 1 - std::abs(distance))
                                                    : cubicWeight(distance, resize.cubicA);
        if (resize.excludeOutside && (first + k < 0 || first + k >= axis.input))
            weight = 0;
        const auto at = static_cast<std::size_t>(index * taps.count + k);
        taps.indices[at] = std::clamp<std::int64_t>(first + k, 0, axis.input - 1);
        taps.weights[at] = weight;
        sum += weight;
    }
    if (!resize.antialias && !resize.excludeOutside)
        return;
    for (std::int64_t k = 0; k < taps.count; ++k)
        taps.weights[static_cast<std::size_t>(index * taps.count + k)] /= sum;
}

bool liesOutside(const ResizeAttributes& resize, const ResizeAxis& axis, double place)
{
    return resize.coordinates == Coordinates::TfCropAndResize
        && !(place >= 0 && place <= static_cast<double>(axis.input - 1));
}

/// Numbers from a hostile region may be anything; an index is near the input.
double bounded(double place, const ResizeAxis& axis)
{
    const auto far = static_cast<double>(2 * axis.input + 2);
    return place >= -far && place <= far ? place : (place > far ? far : -far);
}

std::int64_t rounded(const ResizeAttributes& resize, const ResizeAxis& axis, double place)
{
    using Rounding = ResizeAttributes::Rounding;
    switch (resize.rounding) {
    case Rounding::PreferFloor:
        return static_cast<std::int64_t>(std::ceil(place - 0.5));
    case Rounding::PreferCeil:
        return static_cast<std::int64_t>(std::floor(place + 0.5));
    case Rounding::Floor:
        return static_cast<std::int64_t>(std::floor(place));
    case Rounding::Ceil:
        return static_cast<std::int64_t>(std::ceil(place));
    case Rounding::Truncate:
        return static_cast<std::int64_t>(axis.scale < 1 ? std::ceil(place) : std::trunc(place));
    }
    return 0;
}

} // namespace

Taps tapsOf(const ResizeAttributes& resize, const ResizeAxis& axis)
{
    const double width = resize.antialias ? std::min(axis.scale, 1.0) : 1.0;
    const double reach = resize.mode == Mode::Linear ? 1 : 2; // of the filter to either side
    Taps taps { .count = 2 * static_cast<std::int64_t>(std::ceil(reach / width)) };
    const auto size = static_cast<std::size_t>(checkedProduct(taps.count, axis.output));
    taps.indices.resize(size);
    taps.weights.resize(size);
    for (std::int64_t i = 0; i < axis.output; ++i) {
        const double place = originalPlace(axis, resize.coordinates, i);
        taps.outside.push_back(liesOutside(resize, axis, place));
        weigh(taps, resize, axis, i, bounded(place, axis));
    }
    return taps;
}

std::vector<std::int64_t> nearestOf(const ResizeAttributes& resize, const ResizeAxis& axis)
{
    std::vector<std::int64_t> map;
    for (std::int64_t i = 0; i < axis.output; ++i) {
        const double place = axis.changes() || resize.coordinates == Coordinates::TfCropAndResize
            ? originalPlace(axis, resize.coordinates, i)
            : static_cast<double>(i);
        const std::int64_t index = rounded(resize, axis, bounded(place, axis));
        map.push_back(
            liesOutside(resize, axis, place) ? kFill : std::clamp<std::int64_t>(index, 0, axis.input - 1));
    }
    return map;
}

} // namespace core::ops
