// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/resize_taps.h"
#include "gpu/engine/images.h"
#include "gpu/engine/lower_table.h"
#include "gpu/engine/node_context.h"

#include <algorithm>

namespace gpu {

namespace {

using core::ResizeAttributes;
using core::ops::ResizeAxis;

bool resizes(const ResizeAttributes& resize, const ResizeAxis& axis)
{
    return axis.changes()
        || (resize.coordinates == ResizeAttributes::Coordinates::TfCropAndResize
            && (axis.regionBegin != 0 || axis.regionEnd != 1));
}

/// The dimensions from the first to the last that is resized, and what lies around them.
struct Middle {
    std::vector<ResizeAxis> axes;
    std::int64_t outer = 1, inner = 1;
};

Middle middleOf(const ResizeAttributes& resize, const std::vector<ResizeAxis>& axes)
{
    const auto changed = [&](const ResizeAxis& axis) { return resizes(resize, axis); };
    const auto first = std::find_if(axes.begin(), axes.end(), changed);
    const auto last = std::find_if(axes.rbegin(), std::make_reverse_iterator(first), changed).base();
    Middle middle { .axes = { first, last } };
    for (auto axis = axes.begin(); axis != first; ++axis)
        middle.outer *= axis->input;
    for (auto axis = last; axis != axes.end(); ++axis)
        middle.inner *= axis->input;
    return middle;
}

/// The taps of one dimension in the device's memory.
struct TapTables {
    std::int64_t input = 1, output = 1, count = 1;
    TensorId indices = -1, weights = -1;
};

TapTables tablesOf(Lowering& lowering, const ResizeAttributes& resize, const ResizeAxis& axis)
{
    core::ops::Taps taps = core::ops::tapsOf(resize, axis);
    for (std::size_t i = 0; i < taps.outside.size(); ++i)
        if (taps.outside[i])
            taps.indices[i * static_cast<std::size_t>(taps.count)] = -1;
    std::vector<float> weights;
    std::ranges::transform(
        taps.weights, std::back_inserter(weights), [](double weight) { return static_cast<float>(weight); });
    return { axis.input, axis.output, taps.count, lowering.uploadAll(std::move(taps.indices)),
        lowering.uploadAll(std::move(weights)) };
}

/// A dimension of one element that stays.
TapTables single(Lowering& lowering)
{
    return { 1, 1, 1, lowering.uploadAll<std::int64_t>({ 0 }), lowering.uploadAll<float>({ 1 }) };
}

template <typename T, int N>
Work resizeWork(const std::vector<TapTables>& tables, TensorId x, TensorId y, std::int64_t images,
    std::int64_t channels, float outside)
{
    ResizeBody<T, N> body {};
    body.channels = channels;
    body.outside = outside;
    std::int64_t count = images * channels;
    for (std::size_t d = 0; d < tables.size(); ++d) {
        body.axis[d] = { tables[d].input, tables[d].output, tables[d].count, nullptr, nullptr };
        count *= tables[d].output;
    }
    return [=](Device& device, const Addresses& at) mutable {
        for (std::size_t d = 0; d < tables.size(); ++d) {
            body.axis[d].indices = at.as<const std::int64_t>(tables[d].indices);
            body.axis[d].weights = at.as<const float>(tables[d].weights);
        }
        body.x = at.as<const T>(x);
        body.y = at.as<T>(y);
        device.run(body, count / N);
    };
}

} // namespace

/// In the layout that the image has: whatever lies behind the dimensions that are resized are channels.
void lowerResize(Lowering& lowering, const core::Node& node)
{
    const auto& resize = std::get<ResizeAttributes>(node.attributes);
    if (resize.mode == ResizeAttributes::Mode::Nearest)
        return lowerMapped(lowering, node);
    if (core::elementCount(lowering.shapeOf(node.outputs[0])) == 0) {
        lowering.define(node.outputs[0]);
        return;
    }
    const NodeContext context(lowering, node);
    std::vector<ResizeAxis> axes = core::ops::resizeAxes(context.context());
    const Layout layout = lowering.layoutOf(node.inputs[0]);
    if (layout == Layout::ChannelsLast) // in the order of memory
        std::rotate(axes.begin() + 1, axes.begin() + 2, axes.end());
    const Middle middle = middleOf(resize, axes);
    const TensorId x = lowering.in(node.inputs[0], layout);
    if (middle.axes.empty()) {
        lowering.defineAlias(node.outputs[0], x, layout);
        return;
    }
    if (middle.axes.size() > ImageWindow::kDims)
        throw core::Error("resizes {} dimensions, and {} are the most.", middle.axes.size(),
            static_cast<int>(ImageWindow::kDims));
    std::vector<TapTables> tables;
    while (tables.size() + middle.axes.size() < ImageWindow::kDims)
        tables.push_back(single(lowering));
    for (const ResizeAxis& axis : middle.axes)
        tables.push_back(tablesOf(lowering, resize, axis));
    const TensorId y = lowering.define(node.outputs[0], layout);
    lowering.add("own:resize", { x }, { y },
        withPacks(
            lowering.typeOf(node.inputs[0]), middle.inner % kPack == 0, [&]<typename T, int N>() -> Work {
                return resizeWork<T, N>(tables, x, y, middle.outer, middle.inner, resize.extrapolation);
            }));
}

} // namespace gpu
