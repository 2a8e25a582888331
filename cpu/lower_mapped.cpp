// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/index_maps.h"
#include "cpu/lower_table.h"
#include "cpu/mapped_copy.h"
#include "cpu/threads.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace cpu {

namespace {

using core::OpKind;
using core::ops::IndexMaps;
using core::ops::kFill;

/// What a node does to its first input, one entry per output.
struct Movement {
    std::vector<core::ops::IndexMaps> maps; // empty for an output left out
    std::array<std::byte, 8> fill {};

    bool fillsZeros() const { return fill == std::array<std::byte, 8> {}; }
};

bool suits(const Lowering& lowering, const core::Node& node)
{
    const auto* resize = std::get_if<core::ResizeAttributes>(&node.attributes);
    if (resize
        && (resize->mode != core::ResizeAttributes::Mode::Nearest
            || resize->coordinates == core::ResizeAttributes::Coordinates::TfCropAndResize))
        return false;
    const auto fits = [&](core::ValueId value) {
        // Blocks of channels are one dimension more.
        return value == core::kNoValue
            || (core::elementCount(lowering.shapeOf(value)) > 0
                && lowering.shapeOf(value).size() < MappedCopy::kMostDims);
    };
    return node.epilogue.empty() && fits(node.inputs[0]) && std::ranges::all_of(node.outputs, fits)
        && std::all_of(node.inputs.begin() + 1, node.inputs.end(),
            [&](core::ValueId value) { return value == core::kNoValue || lowering.constant(value); });
}

Movement movementOf(const Lowering& lowering, const core::Node& node)
{
    std::vector<core::TensorView> inputs;
    for (const core::ValueId value : node.inputs)
        inputs.push_back(lowering.constant(value).value_or(core::TensorView {}));
    inputs[0] = { lowering.typeOf(node.inputs[0]), lowering.shapeOf(node.inputs[0]), {} };
    std::vector<core::Tensor> outputs;
    for (const core::ValueId value : node.outputs)
        outputs.push_back(value == core::kNoValue
                ? core::Tensor()
                : core::Tensor::borrow(lowering.typeOf(value), lowering.shapeOf(value), nullptr));
    const core::LoopContext context { node, inputs, outputs };
    Movement movement;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        movement.maps.push_back(
            node.outputs[i] == core::kNoValue ? IndexMaps {} : core::ops::mapsOf(context, i));
    if (node.kind == OpKind::Pad) {
        const core::Tensor fill = core::ops::padFill(context);
        std::ranges::copy(fill.bytes(), movement.fill.begin());
    }
    return movement;
}

/// The map of the blocks that `map` moves channels in; nullopt where it does not move whole ones. What is
/// behind the last channel must be 0 in the output as it is in the input.
std::optional<std::vector<std::int64_t>> blockMap(
    const std::vector<std::int64_t>& map, std::int64_t channels, std::int64_t block)
{
    std::vector<std::int64_t> blocks;
    for (std::size_t begin = 0; begin < map.size(); begin += static_cast<std::size_t>(block)) {
        const std::int64_t first = map[begin],
                           count = std::min(block, std::ssize(map) - static_cast<std::int64_t>(begin));
        const bool filled = first == kFill;
        if (!filled && (first % block != 0 || count != std::min(block, channels - first)))
            return std::nullopt;
        for (std::int64_t i = 0; i < count; ++i)
            if (map[begin + static_cast<std::size_t>(i)] != (filled ? kFill : first + i))
                return std::nullopt;
        blocks.push_back(filled ? kFill : first / block);
    }
    return blocks;
}

bool fillsAny(const IndexMaps& maps)
{
    return std::ranges::any_of(maps, [](const auto& map) { return std::ranges::count(map, kFill) > 0; });
}

/// A layout of images: dense for 0, channels last for 1, else blocks of so many channels.
struct Layout {
    int block = 0;

    Desc desc(const core::Shape& shape, core::ElementType type) const
    {
        if (block == 0)
            return plainDesc(shape, type);
        return block == 1 ? channelsLastDesc(shape, *dataType(type))
                          : channelBlockedDesc(shape, block, *dataType(type));
    }

    /// A shape or maps with their dimensions in the order of memory; `inside` is that of a block.
    template <typename T> T ordered(T dims, typename T::value_type inside) const
    {
        if (block == 1)
            std::rotate(dims.begin() + 1, dims.begin() + 2, dims.end());
        else if (block > 1)
            dims.push_back(std::move(inside));
        return dims;
    }

    /// A copy of an input of shape `input` that lies so, into an output that does; nullopt where blocks
    /// forbid it.
    std::optional<MappedCopy> copy(
        core::Shape input, IndexMaps maps, const Movement& movement, core::ElementType type) const
    {
        std::vector<std::int64_t> inside(static_cast<std::size_t>(block));
        if (block > 1) {
            if (maps[1].size() % inside.size() != 0 && !movement.fillsZeros() && fillsAny(maps))
                return std::nullopt;
            const auto blocks = blockMap(maps[1], input[1], block);
            if (!blocks)
                return std::nullopt;
            maps[1] = *blocks;
            input[1] = (input[1] + block - 1) / block;
            std::iota(inside.begin(), inside.end(), 0);
        }
        return MappedCopy(ordered(std::move(input), block), ordered(std::move(maps), std::move(inside)),
            core::elementSize(type), movement.fill);
    }
};

/// That of the node's input, if all its outputs have as many dimensions.
Layout layoutOf(Lowering& lowering, const core::Node& node)
{
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    const core::ElementType type = lowering.typeOf(node.inputs[0]);
    const Desc& desc = lowering.tensor(lowering.current(node.inputs[0])).desc;
    if (desc.is_zero() || shape.size() < 3 || shape.size() > 5 || desc == plainDesc(shape, type)
        || std::ranges::any_of(node.outputs, [&](core::ValueId value) {
               return value != core::kNoValue && lowering.shapeOf(value).size() != shape.size();
           }))
        return {};
    for (const int block : { 1, 8, 16 })
        if (desc == Layout { block }.desc(shape, type))
            return { block };
    return {};
}

/// Copies of all outputs in one layout, none for outputs left out; empty if the layout does not allow it.
std::vector<std::optional<MappedCopy>> copiesIn(
    const Layout& layout, const Lowering& lowering, const core::Node& node, const Movement& movement)
{
    std::vector<std::optional<MappedCopy>> copies(node.outputs.size());
    for (std::size_t i = 0; i < copies.size(); ++i) {
        if (node.outputs[i] == core::kNoValue)
            continue;
        core::Shape input = lowering.shapeOf(node.inputs[0]);
        input.insert(input.begin(), movement.maps[i].size() - input.size(), 1);
        copies[i]
            = layout.copy(std::move(input), movement.maps[i], movement, lowering.typeOf(node.inputs[0]));
        if (!copies[i])
            return {};
    }
    return copies;
}

void addCopy(Lowering& lowering, const std::string& kernel, TensorId source, core::ValueId output,
    const Desc& desc, MappedCopy copy)
{
    // A part that lies in one piece needs no copy. Kernels read whole cache lines faster.
    constexpr std::size_t kLine = 64;
    if (const auto offset = copy.offsetInside(); offset && *offset % kLine == 0) {
        lowering.defineAlias(output, source, desc, *offset);
        return;
    }
    const TensorId target = desc.is_zero() ? lowering.definePlain(output) : lowering.define(output, desc);
    constexpr std::int64_t kGrain = 131072; // bytes a thread should have to be worth waking
    const std::int64_t grain
        = std::max<std::int64_t>(1, kGrain / static_cast<std::int64_t>(copy.unitBytes()));
    lowering.addOwn(kernel, { source }, { target }, [=, copy = std::move(copy)](const Addresses& at) {
        parallelFor(copy.units(), grain, [&](std::int64_t begin, std::int64_t end) {
            copy.run(at.bytes(source), at.bytes(target), begin, end);
        });
    });
}

} // namespace

/// Whatever only moves elements, dimension by dimension, in the layout that the input has where channels stay
/// together.
bool mappedOwn(Lowering& lowering, const core::Node& node)
{
    if (!suits(lowering, node))
        return false;
    const Movement movement = movementOf(lowering, node);
    Layout layout = layoutOf(lowering, node);
    auto copies = copiesIn(layout, lowering, node, movement);
    if (copies.empty())
        copies = copiesIn(layout = {}, lowering, node, movement);
    const TensorId source
        = layout.block == 0 ? lowering.plain(node.inputs[0]) : lowering.current(node.inputs[0]);
    std::string kernel = "own:" + std::string(core::opName(node.kind));
    std::ranges::transform(
        kernel, kernel.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (std::size_t i = 0; i < copies.size(); ++i)
        if (const core::ValueId output = node.outputs[i]; copies[i])
            addCopy(lowering, kernel, source, output,
                layout.desc(lowering.shapeOf(output), lowering.typeOf(output)), std::move(*copies[i]));
    return true;
}

} // namespace cpu
