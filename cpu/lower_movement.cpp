// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"
#include "cpu/threads.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace cpu {

namespace {

std::size_t positive(std::int64_t axis, std::size_t rank)
{
    return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis);
}

std::int64_t product(const core::Shape& shape, std::size_t first, std::size_t last)
{
    return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(first),
        shape.begin() + static_cast<std::ptrdiff_t>(last), std::int64_t { 1 }, std::multiplies<>());
}

/// The bytes [begin, end) of a concatenation whose rows are a piece of each source, `widths` bytes long.
void copyRows(const Addresses& at, TensorId out, const std::vector<TensorId>& sources,
    const std::vector<std::size_t>& widths, std::size_t begin, std::size_t end)
{
    const std::size_t outRow = std::accumulate(widths.begin(), widths.end(), std::size_t { 0 });
    std::size_t row = begin / outRow, skip = begin % outRow, source = 0;
    for (; skip >= widths[source]; ++source)
        skip -= widths[source];
    for (std::byte* to = at.bytes(out); begin < end; skip = 0) {
        const std::size_t count = std::min(widths[source] - skip, end - begin);
        std::memcpy(to + begin, at.bytes(sources[source]) + row * widths[source] + skip, count);
        begin += count;
        if (++source == sources.size()) {
            source = 0;
            ++row;
        }
    }
}

} // namespace

bool aliasOwn(Lowering& lowering, const core::Node& node)
{
    // A graph output must not share memory with a graph input or a constant that others write or that lies
    // elsewhere: reading works from any buffer, so sharing is fine for every value.
    if (!node.epilogue.empty() || node.outputs.size() != 1)
        return false;
    const TensorId source = lowering.plain(node.inputs[0]);
    lowering.defineAliasPlain(node.outputs[0], source);
    return true;
}

bool dropoutOwn(Lowering& lowering, const core::Node& node)
{
    // A mode that only a run knows may ask for training.
    const bool mode = node.inputs.size() > 2 && node.inputs[2] != core::kNoValue;
    const auto training = mode ? lowering.constant(node.inputs[2]) : std::nullopt;
    if (mode && (!training || training->bytes.empty() || training->bytes[0] != std::byte { 0 }))
        return false;
    return aliasOwn(lowering, node);
}

bool transposeOnednn(Lowering& lowering, const core::Node& node)
{
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const core::ElementType type = lowering.typeOf(node.inputs[0]);
    if (!isReal(type) || core::elementCount(input) == 0 || input.empty() || input.size() > DNNL_MAX_NDIMS
        || !node.epilogue.empty())
        return false;
    auto permutation = std::get<core::TransposeAttributes>(node.attributes).permutation;
    if (permutation.empty()) {
        permutation.resize(input.size());
        std::iota(permutation.rbegin(), permutation.rend(), 0);
    }
    // The input seen in the output's order of dimensions: a reorder to dense then moves the bytes.
    const Dims strides = plainDesc(input, type).get_strides();
    Dims seen(input.size());
    for (std::size_t i = 0; i < seen.size(); ++i)
        seen[i] = strides[static_cast<std::size_t>(permutation[i])];
    const Desc src(Dims(output.begin(), output.end()), *dataType(type), seen);
    const TensorId source = lowering.view(lowering.plain(node.inputs[0]), src);
    const TensorId target = lowering.definePlain(node.outputs[0]);
    const dnnl::reorder::primitive_desc desc(
        lowering.engine(), src, lowering.engine(), lowering.tensor(target).desc, plainAttr());
    lowering.add(dnnl::reorder(desc), { { DNNL_ARG_SRC, source }, { DNNL_ARG_DST, target } });
    return true;
}

bool concatOnednn(Lowering& lowering, const core::Node& node)
{
    // Channels of blocked images, in whole blocks: stays blocked. Everything else is rows of bytes, see
    // concatOwn().
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const std::size_t axis = positive(std::get<core::AxisAttributes>(node.attributes).axis, output.size());
    if (axis != 1 || output.size() < 3 || output.size() > 5 || !node.epilogue.empty()
        || !isReal(lowering.typeOf(node.inputs[0])) || core::elementCount(output) == 0)
        return false;
    const auto type = *dataType(lowering.typeOf(node.inputs[0]));
    std::vector<Desc> sources;
    for (const core::ValueId input : node.inputs) {
        const core::Shape& shape = lowering.shapeOf(input);
        if (lowering.constant(input) || core::elementCount(shape) == 0
            || shape[1] % lowering.channelBlock() != 0)
            return false;
        sources.push_back(channelBlockedDesc(shape, lowering.channelBlock(), type));
        if (lowering.tensor(lowering.current(input)).desc != sources.back())
            return false;
    }
    const Desc dst = channelBlockedDesc(output, lowering.channelBlock(), type);
    const dnnl::concat::primitive_desc desc(lowering.engine(), dst, 1, sources, plainAttr());
    std::vector<std::pair<int, TensorId>> arguments { { DNNL_ARG_DST,
        lowering.define(node.outputs[0], dst) } };
    for (std::size_t i = 0; i < sources.size(); ++i)
        arguments.emplace_back(DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i), lowering.current(node.inputs[i]));
    lowering.add(dnnl::concat(desc), std::move(arguments));
    return true;
}

bool concatOwn(Lowering& lowering, const core::Node& node)
{
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const std::size_t axis = positive(std::get<core::AxisAttributes>(node.attributes).axis, output.size());
    if (!node.epilogue.empty() || core::elementCount(output) == 0)
        return false;
    const std::size_t size = core::elementSize(lowering.typeOf(node.outputs[0]));
    const std::int64_t rows = product(output, 0, axis);
    const std::size_t outRow = static_cast<std::size_t>(product(output, axis, output.size())) * size;
    std::vector<TensorId> sources;
    std::vector<std::size_t> widths;
    for (const core::ValueId input : node.inputs) {
        sources.push_back(lowering.plain(input));
        widths.push_back(
            static_cast<std::size_t>(product(lowering.shapeOf(input), axis, output.size())) * size);
    }
    const TensorId out = lowering.definePlain(node.outputs[0]);
    lowering.addOwn("own:concat", sources, { out }, [=](const Addresses& at) {
        constexpr std::int64_t kGrain = 131072; // bytes a thread should have to be worth waking
        parallelFor(
            rows * static_cast<std::int64_t>(outRow), kGrain, [&](std::int64_t begin, std::int64_t end) {
                copyRows(
                    at, out, sources, widths, static_cast<std::size_t>(begin), static_cast<std::size_t>(end));
            });
    });
    return true;
}

bool gatherOwn(Lowering& lowering, const core::Node& node)
{
    using core::ElementType;
    const core::Shape& table = lowering.shapeOf(node.inputs[0]);
    const ElementType indexType = lowering.typeOf(node.inputs[1]);
    if ((indexType != ElementType::Int64 && indexType != ElementType::Int32) || !node.epilogue.empty())
        return false;
    const std::size_t axis = positive(std::get<core::AxisAttributes>(node.attributes).axis, table.size());
    const std::int64_t outer = product(table, 0, axis), length = table[axis];
    const auto row = static_cast<std::size_t>(product(table, axis + 1, table.size()))
        * core::elementSize(lowering.typeOf(node.inputs[0]));
    const std::int64_t count = core::elementCount(lowering.shapeOf(node.inputs[1]));
    const TensorId data = lowering.plain(node.inputs[0]), indices = lowering.plain(node.inputs[1]);
    const TensorId out = lowering.definePlain(node.outputs[0]);
    const std::string name = node.name;
    lowering.addOwn("own:gather", { data, indices }, { out }, [=](const Addresses& at) {
        for (std::int64_t o = 0; o < outer; ++o)
            for (std::int64_t i = 0; i < count; ++i) {
                std::int64_t index = indexType == ElementType::Int64 ? at.as<const std::int64_t>(indices)[i]
                                                                     : at.as<const std::int32_t>(indices)[i];
                index += index < 0 ? length : 0;
                if (index < 0 || index >= length)
                    throw core::Error("Cannot run node \"{}\" (Gather): index {} is outside a table of {}.",
                        name, index, length);
                std::memcpy(at.bytes(out) + static_cast<std::size_t>(o * count + i) * row,
                    at.bytes(data) + static_cast<std::size_t>(o * length + index) * row, row);
            }
    });
    return true;
}

} // namespace cpu
