// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/images.h"
#include "gpu/engine/lower_table.h"
#include "gpu/engine/node_context.h"

#include <algorithm>

namespace gpu {

namespace {

using K = core::OpKind;

Pooling poolingOf(const core::Node& node, const core::PoolAttributes& pool)
{
    if (node.kind == K::MaxPool)
        return Pooling::Max;
    return pool.countIncludePad ? Pooling::AveragePadded : Pooling::Average;
}

/// The pool of `given`, N channels a thread.
template <typename T, int N>
Work poolWork(const PoolBody<T, 1>& given, TensorId x, TensorId y, std::int64_t count)
{
    PoolBody<T, N> body { given.window, {}, nullptr, nullptr, given.channels, given.pooling };
    std::copy(std::begin(given.padEnd), std::end(given.padEnd), body.padEnd);
    return [=](Device& device, const Addresses& at) mutable {
        body.x = at.as<const T>(x);
        body.y = at.as<T>(y);
        device.run(body, count / N);
    };
}

} // namespace

void lowerPool(Lowering& lowering, const core::Node& node)
{
    requireImage(lowering, node.inputs[0]);
    const auto& attributes = std::get<core::PoolAttributes>(node.attributes);
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    const core::Shape plane = core::ops::spatial(shape);
    const core::Window given = core::poolWindow(attributes, plane);
    const ImageWindow window = imageWindow(given, plane);
    const TensorId x = lowering.in(node.inputs[0], Layout::ChannelsLast);
    const TensorId y = lowering.define(node.outputs[0], Layout::ChannelsLast);
    const std::int64_t channels = shape[1], count = core::elementCount(lowering.shapeOf(node.outputs[0]));
    lowering.add(
        ownKernel(node), { x }, { y }, withComparable(lowering.typeOf(node.inputs[0]), [&]<typename T>() {
            PoolBody<T, 1> body { window, {}, nullptr, nullptr, channels, poolingOf(node, attributes) };
            for (std::size_t d = 0; d < plane.size(); ++d)
                body.padEnd[ImageWindow::kDims - plane.size() + d] = static_cast<int>(given.padsEnd[d]);
            return channels % kPack == 0 ? poolWork<T, kPack>(body, x, y, count)
                                         : poolWork<T, 1>(body, x, y, count);
        }));
}

void lowerGlobalPool(Lowering& lowering, const core::Node& node)
{
    requireImage(lowering, node.inputs[0]);
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    const std::int64_t images = shape[0], channels = shape[1];
    const std::int64_t pixels = core::elementCount(core::ops::spatial(shape));
    const TensorId x = lowering.in(node.inputs[0], Layout::ChannelsLast);
    const TensorId y = lowering.define(node.outputs[0], Layout::ChannelsLast);
    lowering.add(ownKernel(node), { x }, { y },
        withComparable(lowering.typeOf(node.inputs[0]), [&]<typename T>() -> Work {
            return [=, maximum = node.kind == K::GlobalMaxPool](Device& device, const Addresses& at) {
                const GlobalPoolBody<T> body { at.as<const T>(x), at.as<T>(y), pixels, channels, maximum };
                device.run(body, images * body.chunks());
            };
        }));
}

void lowerLocalNorm(Lowering& lowering, const core::Node& node)
{
    const auto& norm = std::get<core::LocalNormAttributes>(node.attributes);
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    if (shape.size() > 2) // without pixels channels are last anyway
        requireImage(lowering, node.inputs[0]);
    const TensorId x = lowering.in(node.inputs[0], Layout::ChannelsLast);
    const TensorId y = lowering.define(node.outputs[0], Layout::ChannelsLast);
    lowering.add(
        "own:lrn", { x }, { y }, withReal(lowering.typeOf(node.inputs[0]), [&]<typename T>() -> Work {
            LocalNormBody<T> body { nullptr, nullptr, shape[1], (norm.size - 1) / 2, norm.size / 2,
                norm.alpha / static_cast<float>(norm.size), norm.bias, norm.beta };
            return [=, count = core::elementCount(shape)](Device& device, const Addresses& at) mutable {
                body.x = at.as<const T>(x);
                body.y = at.as<T>(y);
                device.run(body, count);
            };
        }));
}

std::string refuseBatchNorm(const core::Graph&, const core::Node& node)
{
    return std::get<core::BatchNormAttributes>(node.attributes).training
        ? "the GPU engine has no kernel for statistics of the batch's own"
        : "";
}

namespace {

template <typename T, typename Given>
Work batchNormWork(BatchNormBody<T, Given> body, std::vector<TensorId> reads, TensorId y, std::int64_t count)
{
    return [=](Device& device, const Addresses& at) mutable {
        body.x = at.as<const T>(reads[0]);
        body.scale = at.as<const Given>(reads[1]);
        body.bias = at.as<const Given>(reads[2]);
        body.mean = at.as<const Given>(reads[3]);
        body.variance = at.as<const Given>(reads[4]);
        body.y = at.as<T>(y);
        device.run(body, count);
    };
}

} // namespace

void lowerBatchNorm(Lowering& lowering, const core::Node& node)
{
    const auto& norm = std::get<core::BatchNormAttributes>(node.attributes);
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    const core::ElementType type = lowering.typeOf(node.inputs[0]), given = lowering.typeOf(node.inputs[1]);
    for (std::size_t i = 2; i < 5; ++i)
        if (lowering.typeOf(node.inputs[i]) != given
            || (given != type && given != core::ElementType::Float32))
            throw core::Error("normalises {} by statistics of {}, and has no kernel for that.",
                core::elementName(type), core::elementName(lowering.typeOf(node.inputs[i])));
    const Layout layout = norm.perElement ? Layout::Dense : lowering.layoutOf(node.inputs[0]);
    const std::int64_t channels = core::elementCount(lowering.shapeOf(node.inputs[1]));
    std::int64_t run = 1;
    for (std::size_t d = 2; d < shape.size() && layout == Layout::Dense && !norm.perElement; ++d)
        run *= shape[d];
    std::vector<TensorId> reads { lowering.in(node.inputs[0], layout) };
    for (std::size_t i = 1; i < 5; ++i)
        reads.push_back(lowering.in(node.inputs[i]));
    const TensorId y = lowering.define(node.outputs[0], layout);
    const std::int64_t count = core::elementCount(shape);
    lowering.add("own:batchnormalization", reads, { y }, withReal(type, [&]<typename T>() {
        const auto work = [&]<typename Given>(Given) {
            return batchNormWork<T, Given>(
                { nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, run, channels, norm.epsilon }, reads,
                y, count);
        };
        return given == type ? work(T {}) : work(float {});
    }));
}

} // namespace gpu
