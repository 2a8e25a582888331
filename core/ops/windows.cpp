// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>
#include <numbers>

/// What audio networks weigh signals and spectra with.
namespace core::ops {

void inferWindow(InferContext& context)
{
    const ElementType type = std::get<WindowAttributes>(context.node.attributes).type;
    requireType(context, 0, kIndices);
    if (!kNumbers.contains(type))
        throw Error("makes a window of {}, expected numbers.", elementName(type));
    const std::int64_t size = integerScalar(context, 0, "size");
    if (size < 0)
        throw Error("has a size of {}.", size);
    setOutput(context, 0, { size }, type);
}

namespace {

/// a - b cos(x) + c cos(2 x): all three windows.
struct Cosines {
    double a, b, c;
};

Cosines cosinesOf(OpKind kind)
{
    if (kind == OpKind::HannWindow)
        return { 0.5, 0.5, 0 };
    if (kind == OpKind::HammingWindow)
        return { 25.0 / 46, 21.0 / 46, 0 };
    return { 0.42, 0.5, 0.08 };
}

} // namespace

void windowLoop(const LoopContext& context)
{
    const Cosines factors = cosinesOf(context.node.kind);
    const std::int64_t size = context.outputs[0].count();
    const bool periodic = std::get<WindowAttributes>(context.node.attributes).periodic;
    // A symmetric window of one element is its middle.
    const double first = size == 1 && !periodic ? std::numbers::pi : 0;
    const double step
        = 2 * std::numbers::pi / static_cast<double>(std::max<std::int64_t>(1, size - !periodic));
    dispatch(NumberTypes {}, context.outputs[0].type(), [&]<typename T>() {
        std::int64_t i = 0;
        for (T& y : context.outputs[0].as<T>()) {
            const double x = first + step * static_cast<double>(i++);
            y = fromReal<T>(factors.a - factors.b * std::cos(x) + factors.c * std::cos(2 * x));
        }
    });
}

void inferMel(InferContext& context)
{
    const ElementType type = std::get<MelAttributes>(context.node.attributes).type;
    for (const std::size_t input : { 0U, 1U, 2U })
        requireType(context, input, kIndices);
    for (const std::size_t input : { 3U, 4U })
        requireType(context, input, kFloats);
    if (!kNumbers.contains(type))
        throw Error("makes a matrix of {}, expected numbers.", elementName(type));
    const std::int64_t bins = integerScalar(context, 0, "number of bins");
    const std::int64_t length = integerScalar(context, 1, "length");
    const std::int64_t rate = integerScalar(context, 2, "sample rate");
    integerScalar(context, 3, "lowest frequency");
    integerScalar(context, 4, "highest frequency");
    if (bins < 0 || length < 0 || rate < 1)
        throw Error("has {} bins, length {} and sample rate {}.", bins, length, rate);
    setOutput(context, 0, { length / 2 + 1, bins }, type);
}

namespace {

/// Which row of the spectrum each corner of the triangles falls on: evenly spread on the mel scale.
std::vector<std::int64_t> melCorners(const LoopContext& context, std::int64_t bins)
{
    const auto input = [&](std::size_t index) { return realOf(context.inputs[index]); };
    const auto mel = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
    const double low = mel(input(3)), step = (mel(input(4)) - low) / static_cast<double>(bins + 2);
    const std::int64_t rows = context.outputs[0].shape()[0];
    std::vector<std::int64_t> corners;
    for (std::int64_t i = 0; i < bins + 2; ++i) {
        const double hertz = 700 * (std::pow(10, (low + static_cast<double>(i) * step) / 2595) - 1);
        const double row = std::floor((input(1) + 1) * hertz / input(2));
        if (!(row >= 0 && row < static_cast<double>(rows)))
            throw Error("has an edge at {:.0f} hertz, which no row of its spectrum is.", hertz);
        corners.push_back(static_cast<std::int64_t>(row));
    }
    return corners;
}

} // namespace

void melLoop(const LoopContext& context)
{
    const std::int64_t bins = context.outputs[0].shape()[1];
    dispatch(NumberTypes {}, context.outputs[0].type(), [&]<typename T>() {
        const auto y = context.outputs[0].as<T>();
        std::ranges::fill(y, T {});
        if (y.empty())
            return;
        const auto corners = melCorners(context, bins);
        for (std::int64_t bin = 0; bin < bins; ++bin) {
            const auto* corner = corners.data() + bin;
            const auto set = [&](std::int64_t row, std::int64_t part, std::int64_t whole) {
                y[static_cast<std::size_t>(row * bins + bin)]
                    = fromReal<T>(static_cast<double>(part) / static_cast<double>(whole));
            };
            for (std::int64_t row = corner[0]; row < corner[1]; ++row)
                set(row, row - corner[0], corner[1] - corner[0]);
            set(corner[1], 1, 1);
            for (std::int64_t row = corner[1]; row < corner[2]; ++row)
                set(row, corner[2] - row, corner[2] - corner[1]);
        }
    });
}

} // namespace core::ops
