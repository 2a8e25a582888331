// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions_microsoft.h"
#include "core/ops/parse.h"
#include "core/ops/quantise.h"
#include "core/ops/window.h"

#include <numeric>

/// com.microsoft's QLinearAveragePool and QLinearGlobalAveragePool.
namespace core::ops {

Attributes parseQuantisedPool(const OnnxAttributes& from)
{
    auto pool = std::get<PoolAttributes>(parsePool(from));
    pool.channelsLast = from.integer("channels_last", 0) != 0;
    return pool;
}

Attributes parseQuantisedGlobalPool(const OnnxAttributes& from)
{
    return PoolAttributes { .channelsLast = from.integer("channels_last", 0) != 0 };
}

namespace {

struct Image {
    std::int64_t batch, channels;
    Shape plane;
    std::int64_t pixelStep, channelStep; // in elements
};

Image imageOf(const Shape& shape, bool channelsLast)
{
    Image image { shape[0], channelsLast ? shape.back() : shape[1], {}, 1, 1 };
    image.plane = channelsLast ? Shape(shape.begin() + 1, shape.end() - 1) : spatial(shape);
    image.pixelStep = channelsLast ? image.channels : 1;
    image.channelStep = channelsLast ? 1 : elementCount(image.plane);
    return image;
}

/// A global pool is one window over the whole plane.
PoolAttributes poolOf(const Node& node, const Shape& plane)
{
    PoolAttributes pool = std::get<PoolAttributes>(node.attributes);
    if (node.kind == OpKind::QLinearGlobalAveragePool)
        pool.kernel = plane;
    return pool;
}

} // namespace

void inferQuantisedPool(InferContext& context)
{
    const Shape& x = context.inputs[0];
    const bool last = std::get<PoolAttributes>(context.node.attributes).channelsLast;
    requireType(context, 0, kQuantised);
    for (const std::size_t scale : { 1U, 3U }) {
        requireInput(context, scale);
        requireScale(context, scale);
        if (scale + 1 < context.types.size())
            requireZeroPoint(context, scale + 1, context.types[0]);
    }
    if (x.size() < 3)
        throw Error("pools {}, expected batch, channels and one spatial dimension or more.", toString(x));
    const Image image = imageOf(x, last);
    if (elementCount(image.plane) == 0)
        throw Error("pools {}, which has no elements.", toString(x));
    const PoolAttributes pool = poolOf(context.node, image.plane);
    std::accumulate(pool.kernel.begin(), pool.kernel.end(), std::int64_t { 1 }, checkedProduct);
    Shape output = poolWindow(pool, image.plane).output;
    output.insert(output.begin(), image.batch);
    output.insert(last ? output.end() : output.begin() + 1, image.channels);
    setOutput(context, 0, std::move(output), context.types[0]);
}

namespace {

/// The mean of a window's centred elements; padding is 0 and counts where the attributes say so.
template <typename T>
double meanOfWindow(const T* plane, const Image& image, const Window& window, const Shape& at,
    std::int64_t zero, bool padCounts)
{
    std::int64_t sum = 0, taps = 0;
    Shape tap(image.plane.size(), 0);
    do
        if (const auto offset = planeOffset(window, image.plane, at, tap)) {
            sum += plane[*offset * image.pixelStep] - zero;
            ++taps;
        }
    while (advance(tap, window.kernel));
    const std::int64_t count = padCounts ? paddedTaps(window, image.plane, at) : taps;
    return static_cast<double>(sum) / static_cast<double>(std::max<std::int64_t>(count, 1));
}

std::int64_t zeroAt(const LoopContext& context, std::size_t index)
{
    return hasInput(context, index) ? quantisedIntegers(context.inputs[index])[0] : 0;
}

} // namespace

void quantisedPoolLoop(const LoopContext& context)
{
    const bool last = std::get<PoolAttributes>(context.node.attributes).channelsLast;
    if (context.outputs[0].count() == 0)
        return;
    const Image from = imageOf(context.inputs[0].shape, last), to = imageOf(context.outputs[0].shape(), last);
    const PoolAttributes pool = poolOf(context.node, from.plane);
    const Window window = poolWindow(pool, from.plane);
    const double factor = realsOf(context.inputs[1])[0] / realsOf(context.inputs[3])[0];
    const std::int64_t xZero = zeroAt(context, 2), yZero = zeroAt(context, 4);
    const std::int64_t inputSize = elementCount(from.plane), outputSize = elementCount(to.plane);
    dispatch(QuantisedTypes {}, context.inputs[0].type, [&]<typename T>() {
        for (std::int64_t n = 0; n < from.batch; ++n)
            for (std::int64_t c = 0; c < from.channels; ++c) {
                const T* x
                    = context.inputs[0].as<T>().data() + n * from.channels * inputSize + c * from.channelStep;
                T* y = context.outputs[0].as<T>().data() + n * to.channels * outputSize + c * to.channelStep;
                Shape at(from.plane.size(), 0);
                do {
                    *y = quantised<T>(
                        factor * meanOfWindow(x, from, window, at, xZero, pool.countIncludePad), yZero);
                    y += to.pixelStep;
                } while (advance(at, window.output));
            }
    });
}

} // namespace core::ops
