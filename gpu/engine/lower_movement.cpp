// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/rules.h"
#include "gpu/engine/lower_table.h"
#include "gpu/engine/node_context.h"
#include "gpu/engine/words.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace gpu {

namespace {

std::size_t axisOf(const core::Node& node, std::size_t rank)
{
    const std::int64_t axis = std::get<core::AxisAttributes>(node.attributes).axis;
    return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis);
}

std::int64_t product(const core::Shape& shape, std::size_t first, std::size_t last)
{
    std::int64_t count = 1;
    for (std::size_t d = first; d < last; ++d)
        count *= shape[d];
    return count;
}

} // namespace

void lowerAlias(Lowering& lowering, const core::Node& node)
{
    lowering.defineAlias(node.outputs[0], lowering.in(node.inputs[0]));
}

void lowerTranspose(Lowering& lowering, const core::Node& node)
{
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    auto permutation = std::get<core::TransposeAttributes>(node.attributes).permutation;
    if (permutation.empty()) {
        permutation.resize(input.size());
        std::iota(permutation.rbegin(), permutation.rend(), 0);
    }
    const Layout layout = lowering.layoutOf(node.inputs[0]);
    const auto strides = stridesOf(input, layout);
    std::vector<std::int64_t> from(output.size());
    for (std::size_t d = 0; d < from.size(); ++d)
        from[d] = strides[static_cast<std::size_t>(permutation[d])];
    const TensorId source = lowering.in(node.inputs[0], layout);
    addCopy(lowering, "own:transpose", source, from, lowering.define(node.outputs[0]),
        stridesOf(output, Layout::Dense), output);
}

namespace {

/// Pieces of rows that are joined side by side, in bytes.
struct Pieces {
    std::vector<TensorId> sources;
    std::vector<std::int64_t> widths;
    std::int64_t rows = 1;
};

/// Joins the pieces [first, last) into rows of `pitch` bytes, from their byte `offset` on.
template <typename Word>
Work joinWork(const Pieces& pieces, std::size_t first, std::size_t last, std::int64_t offset,
    std::int64_t pitch, TensorId target)
{
    constexpr auto kWord = static_cast<std::int64_t>(sizeof(Word));
    JoinBody<Word> body {};
    for (std::size_t i = first; i < last; ++i)
        body.end[i - first] = body.width += pieces.widths[i] / kWord;
    body.pitch = pitch / kWord;
    return [=,
               sources = std::vector(pieces.sources.begin() + static_cast<std::ptrdiff_t>(first),
                   pieces.sources.begin() + static_cast<std::ptrdiff_t>(last)),
               count = body.width * pieces.rows](Device& device, const Addresses& at) mutable {
        for (std::size_t i = 0; i < sources.size(); ++i)
            body.source[i] = at.as<const Word>(sources[i]);
        body.target = at.as<Word>(target) + offset / kWord;
        device.run(body, count);
    };
}

/// Channels last where most of the elements already lie so.
Layout layoutOfMost(Lowering& lowering, const core::Node& node, std::size_t inputs)
{
    std::int64_t balance = 0;
    for (std::size_t i = 0; i < inputs; ++i) {
        const std::int64_t count = core::elementCount(lowering.shapeOf(node.inputs[i]));
        if (!lowering.constant(node.inputs[i]))
            balance += lowering.layoutOf(node.inputs[i]) == Layout::ChannelsLast ? count : -count;
    }
    return balance > 0 ? Layout::ChannelsLast : Layout::Dense;
}

} // namespace

void lowerConcat(Lowering& lowering, const core::Node& node)
{
    const std::size_t inputs = core::ownInputCount(node);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const auto element = static_cast<std::int64_t>(core::elementSize(lowering.typeOf(node.outputs[0])));
    const Layout layout = layoutOfMost(lowering, node, inputs);
    std::size_t axis = axisOf(node, output.size());
    const auto inMemory = [&](core::Shape shape) { // its dimensions as they lie
        if (layout == Layout::ChannelsLast)
            std::rotate(shape.begin() + 1, shape.begin() + 2, shape.end());
        return shape;
    };
    if (layout == Layout::ChannelsLast && axis > 0)
        axis = axis == 1 ? output.size() - 1 : axis - 1;
    Pieces pieces { .sources = {}, .widths = {}, .rows = product(inMemory(output), 0, axis) };
    const std::int64_t pitch = product(inMemory(output), axis, output.size()) * element;
    std::int64_t bits = pitch;
    for (std::size_t i = 0; i < inputs; ++i) {
        const core::Shape shape = inMemory(lowering.shapeOf(node.inputs[i]));
        if (core::elementCount(shape) == 0)
            continue;
        pieces.sources.push_back(lowering.in(node.inputs[i], layout));
        pieces.widths.push_back(product(shape, axis, shape.size()) * element);
        bits |= pieces.widths.back();
    }
    const TensorId target = lowering.define(node.outputs[0], layout);
    std::int64_t offset = 0;
    constexpr std::size_t kMost = JoinBody<Quad>::kMostSources;
    for (std::size_t first = 0; first < pieces.sources.size(); first += kMost) {
        const std::size_t last = std::min(first + kMost, pieces.sources.size());
        const auto at
            = [](auto& list, std::size_t i) { return list.begin() + static_cast<std::ptrdiff_t>(i); };
        lowering.add("own:concat", { at(pieces.sources, first), at(pieces.sources, last) }, { target },
            withWord(widestWord({ bits }),
                [&]<typename Word>() { return joinWork<Word>(pieces, first, last, offset, pitch, target); }));
        offset = std::accumulate(at(pieces.widths, first), at(pieces.widths, last), offset);
    }
}

namespace {

/// The part that a single index picks of whatever lies in one piece; nullopt where it is to be copied.
std::optional<std::size_t> pieceAt(const Lowering& lowering, const core::Node& node, std::int64_t outer,
    std::int64_t length, std::size_t run)
{
    const auto indices = lowering.constant(node.inputs[1]);
    if (!indices || outer != 1 || core::elementCount(indices->shape) != 1)
        return std::nullopt;
    const std::int64_t index = core::ops::integersOf(*indices)[0];
    const std::int64_t place = index + (index < 0 ? length : 0);
    const std::size_t offset = static_cast<std::size_t>(place) * run;
    return place < 0 || place >= length || offset % kAlignment != 0 ? std::nullopt : std::optional(offset);
}

} // namespace

void lowerGather(Lowering& lowering, const core::Node& node)
{
    const core::Shape& table = lowering.shapeOf(node.inputs[0]);
    const std::size_t axis = axisOf(node, table.size());
    const std::int64_t outer = product(table, 0, axis), length = table[axis];
    const std::int64_t count = core::elementCount(lowering.shapeOf(node.inputs[1]));
    const std::int64_t run = product(table, axis + 1, table.size())
        * static_cast<std::int64_t>(core::elementSize(lowering.typeOf(node.inputs[0]))); // bytes
    const TensorId source = lowering.in(node.inputs[0]);
    if (const auto piece = pieceAt(lowering, node, outer, length, static_cast<std::size_t>(run))) {
        lowering.defineAlias(node.outputs[0], source, Layout::Dense, *piece);
        return;
    }
    const TensorId indices = lowering.in(node.inputs[1]), target = lowering.define(node.outputs[0]);
    const bool wide = lowering.typeOf(node.inputs[1]) == core::ElementType::Int64;
    lowering.add("own:gather", { source, indices }, { target },
        withWord(widestWord({ run }), [&]<typename Word>() -> Work {
            const std::int64_t words = run / static_cast<std::int64_t>(sizeof(Word));
            return [=](Device& device, const Addresses& at) {
                device.run(GatherBody<Word> { at.as<const Word>(source), at.bytes(indices),
                               at.as<Word>(target), length, count, words, wide },
                    outer * count * words);
            };
        }));
}

void lowerGatherElements(Lowering& lowering, const core::Node& node)
{
    const core::Shape& data = lowering.shapeOf(node.inputs[0]);
    const core::Shape& shape = lowering.shapeOf(node.outputs[0]);
    const std::size_t axis = axisOf(node, data.size());
    const auto strides = stridesOf(data, Layout::Dense);
    const TensorId source = lowering.in(node.inputs[0]), indices = lowering.in(node.inputs[1]);
    const TensorId target = lowering.define(node.outputs[0]);
    const bool wide = lowering.typeOf(node.inputs[1]) == core::ElementType::Int64;
    lowering.add("own:gatherelements", { source, indices }, { target },
        withElement(core::elementSize(lowering.typeOf(node.outputs[0])), [&]<typename Word>() -> Work {
            GatherElementsBody<Word> body {};
            body.dims = static_cast<int>(shape.size());
            std::copy(shape.begin(), shape.end(), body.shape);
            std::copy(strides.begin(), strides.end(), body.strides);
            body.step = std::exchange(body.strides[axis], 0);
            body.length = data[axis];
            body.wide = wide;
            return [=, count = core::elementCount(shape)](Device& device, const Addresses& at) mutable {
                body.source = at.as<const Word>(source);
                body.indices = at.bytes(indices);
                body.target = at.as<Word>(target);
                device.run(body, count);
            };
        }));
}

} // namespace gpu
