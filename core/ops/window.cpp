// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/window.h"

#include "core/error.h"

#include <algorithm>
#include <limits>

namespace core {
namespace {

constexpr std::int64_t kLargestKernel = std::numeric_limits<std::int32_t>::max();

struct Options {
    AutoPad autoPad;
    const std::vector<std::int64_t>&strides, &dilations, &pads;
    bool ceilMode;
};

std::vector<std::int64_t> orOnes(const std::vector<std::int64_t>& given, std::size_t rank, const char* name)
{
    if (given.empty())
        return std::vector<std::int64_t>(rank, 1);
    if (given.size() != rank)
        throw Error("has {} {} for {} spatial dimensions.", given.size(), name, rank);
    return given;
}

/// Pads so that the output has ceil(input / stride) elements; an odd one goes to the end or the beginning.
void padToSame(Window& window, std::size_t d, std::int64_t input, std::int64_t extent, AutoPad autoPad)
{
    window.output[d] = (input + window.strides[d] - 1) / window.strides[d];
    const std::int64_t covered = (window.output[d] - 1) * window.strides[d] + extent;
    const std::int64_t total = std::max<std::int64_t>(0, covered - input);
    window.padsBegin[d] = autoPad == AutoPad::SameUpper ? total / 2 : total - total / 2;
    window.padsEnd[d] = total - window.padsBegin[d];
}

void countPositions(Window& window, std::size_t d, std::int64_t input, std::int64_t extent, bool ceilMode)
{
    const std::int64_t padded = input + window.padsBegin[d] + window.padsEnd[d];
    const std::int64_t stride = window.strides[d];
    if (padded < extent)
        throw Error("has a window of {} elements over {} of its input.", extent, padded);
    window.output[d] = (padded - extent + (ceilMode ? stride - 1 : 0)) / stride + 1;
    // The last window must begin inside the input or its left padding.
    if (ceilMode && (window.output[d] - 1) * stride >= input + window.padsBegin[d])
        --window.output[d];
}

Window resolve(const Options& options, const Shape& input, const Shape& kernel)
{
    const std::size_t rank = input.size();
    Window window { .kernel = kernel,
        .strides = orOnes(options.strides, rank, "strides"),
        .dilations = orOnes(options.dilations, rank, "dilations"),
        .padsBegin = Shape(rank, 0),
        .padsEnd = Shape(rank, 0),
        .output = Shape(rank, 0) };
    if (options.autoPad == AutoPad::NotSet && !options.pads.empty()) {
        if (options.pads.size() != 2 * rank)
            throw Error("has {} pads for {} spatial dimensions.", options.pads.size(), rank);
        std::copy_n(options.pads.begin(), rank, window.padsBegin.begin());
        std::copy_n(options.pads.begin() + static_cast<std::ptrdiff_t>(rank), rank, window.padsEnd.begin());
    }
    for (std::size_t d = 0; d < rank; ++d) {
        const std::int64_t extent = (kernel[d] - 1) * window.dilations[d] + 1;
        if (options.autoPad == AutoPad::SameUpper || options.autoPad == AutoPad::SameLower)
            padToSame(window, d, input[d], extent, options.autoPad);
        else
            countPositions(window, d, input[d], extent, options.ceilMode);
    }
    return window;
}

} // namespace

Window convWindow(const ConvAttributes& conv, const Shape& input, const Shape& kernel)
{
    if (!conv.kernel.empty() && conv.kernel != kernel)
        throw Error("has kernel_shape {} and weights of {}.", toString(conv.kernel), toString(kernel));
    // Weights that are fed declare any size: bounded, the sums on it cannot overflow.
    if (std::any_of(
            kernel.begin(), kernel.end(), [](auto size) { return size < 1 || size > kLargestKernel; }))
        throw Error("has a kernel of {}.", toString(kernel));
    return resolve({ conv.autoPad, conv.strides, conv.dilations, conv.pads, false }, input, kernel);
}

Window poolWindow(const PoolAttributes& pool, const Shape& input)
{
    if (pool.kernel.size() != input.size())
        throw Error("has a kernel of {} dimensions for {} spatial ones.", pool.kernel.size(), input.size());
    return resolve(
        { pool.autoPad, pool.strides, pool.dilations, pool.pads, pool.ceilMode }, input, pool.kernel);
}

namespace ops {

std::optional<std::int64_t> planeOffset(
    const Window& window, const Shape& input, const Shape& at, const Shape& tap)
{
    std::int64_t offset = 0;
    for (std::size_t d = 0; d < input.size(); ++d) {
        const std::int64_t position
            = at[d] * window.strides[d] + tap[d] * window.dilations[d] - window.padsBegin[d];
        if (position < 0 || position >= input[d])
            return std::nullopt;
        offset = offset * input[d] + position;
    }
    return offset;
}

std::int64_t paddedTaps(const Window& window, const Shape& input, const Shape& at)
{
    std::int64_t taps = 1;
    for (std::size_t d = 0; d < input.size(); ++d) {
        const std::int64_t begin = at[d] * window.strides[d] - window.padsBegin[d];
        const std::int64_t room = input[d] + window.padsEnd[d] - 1 - begin;
        taps *= std::min(window.kernel[d], room / window.dilations[d] + 1);
    }
    return taps;
}

bool advance(Shape& position, const Shape& shape)
{
    for (std::size_t d = shape.size(); d-- > 0;) {
        if (++position[d] < shape[d])
            return true;
        position[d] = 0;
    }
    return false;
}

Shape spatial(const Shape& shape)
{
    return { shape.begin() + 2, shape.end() };
}

} // namespace ops
} // namespace core
