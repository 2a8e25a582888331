// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/element_types.h"
#include "gpu/engine/lower_table.h"

#include <algorithm>

namespace gpu {

namespace {

constexpr std::int64_t kMostChannels = 128; // of a head, in queries and keys, and in values

/// A body of this element type for heads of up to `Head` channels.
template <typename T, int Head>
using AttentionBody
    = std::conditional_t<std::is_same_v<T, float>, PlainAttention<Head>, TensorAttention<T, Head>>;

template <int Head, typename T>
void attend(Device& device, const AttentionInputs<T>& inputs, std::int64_t heads)
{
    using Body = AttentionBody<T, Head>;
    const std::int64_t blocks = (inputs.queryCount + Body::kQueries - 1) / Body::kQueries;
    device.run(Body { inputs }, blocks * heads);
}

/// Sizes and steps; pointers are set when they are known.
template <typename T> AttentionInputs<T> inputsOf(const Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::AttentionAttributes>(node.attributes);
    const core::Shape& q = lowering.shapeOf(node.inputs[0]);
    const core::Shape& v = lowering.shapeOf(node.inputs[2]);
    AttentionInputs<T> inputs {};
    inputs.queryCount = q[1];
    inputs.keyCount = v[1];
    inputs.heads = static_cast<int>(attributes.heads);
    inputs.size = static_cast<int>(q[2] / attributes.heads);
    inputs.valueSize = static_cast<int>(v[2] / attributes.heads);
    inputs.scale = attributes.scale;
    if (node.inputs.size() > 3 && node.inputs[3] != core::kNoValue) {
        const core::Shape& mask = lowering.shapeOf(node.inputs[3]);
        std::int64_t step = 1;
        for (std::size_t d = 1; d <= mask.size(); ++d) {
            const std::int64_t dim = mask[mask.size() - d];
            inputs.maskSteps[4 - d] = dim == 1 ? 0 : step;
            step *= dim;
        }
    }
    return inputs;
}

bool alignedTo16(std::initializer_list<const void*> pointers)
{
    return std::all_of(pointers.begin(), pointers.end(),
        [](const void* each) { return reinterpret_cast<std::uintptr_t>(each) % 16 == 0; });
}

} // namespace

void lowerAttention(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::AttentionAttributes>(node.attributes);
    for (int i = 0; i < 3; ++i)
        if (core::elementCount(lowering.shapeOf(node.inputs[static_cast<std::size_t>(i)])) == 0)
            throw core::Error("attends to nothing, and has no kernel for that.");
    const core::Shape& q = lowering.shapeOf(node.inputs[0]);
    const std::int64_t widest = std::max(q[2], lowering.shapeOf(node.inputs[2])[2]) / attributes.heads;
    if (widest > kMostChannels)
        throw core::Error("has heads of {} channels, and {} are the most.", widest, kMostChannels);
    std::vector<TensorId> reads;
    for (const core::ValueId input : node.inputs)
        if (input != core::kNoValue)
            reads.push_back(lowering.in(input));
    const TensorId y = lowering.define(node.outputs[0]);
    lowering.add("own:attention", reads, { y }, withReal(lowering.typeOf(node.inputs[0]), [&]<typename T>() {
        return [=, inputs = inputsOf<T>(lowering, node), heads = q[0] * attributes.heads](
                   Device& device, const Addresses& at) mutable {
            inputs.queries = at.as<const T>(reads[0]);
            inputs.keys = at.as<const T>(reads[1]);
            inputs.values = at.as<const T>(reads[2]);
            inputs.mask = reads.size() > 3 ? at.as<const T>(reads[3]) : nullptr;
            inputs.output = at.as<T>(y);
            inputs.eights = inputs.size % 8 == 0 && inputs.valueSize % 8 == 0
                && alignedTo16({ inputs.queries, inputs.keys, inputs.values });
            if (widest <= 64)
                attend<64>(device, inputs, heads);
            else
                attend<128>(device, inputs, heads);
        };
    }));
}

} // namespace gpu
