// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions_sequence.h"
#include "core/ops/rotary.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

/// RotaryEmbedding of ONNX's default domain.
namespace core::ops {

Attributes parseRotaryEmbedding(const OnnxAttributes& from)
{
    const RotaryAttributes rotary { .heads = from.integer("num_heads", 0),
        .size = from.integer("rotary_embedding_dim", 0),
        .interleaved = from.integer("interleaved", 0) != 0 };
    if (rotary.heads < 0 || rotary.size < 0 || rotary.size % 2 != 0)
        throw Error("rotates {} elements of {} heads.", rotary.size, rotary.heads);
    return rotary;
}

RotarySizes rotarySizes(const RotaryAttributes& rotary, const Shape& x, std::int64_t cacheWidth)
{
    RotarySizes sizes;
    if (x.size() == 4)
        sizes = { x[0], x[1], x[2], x[3], 0, false };
    else if (x.size() == 3 && rotary.heads > 0 && x[2] % rotary.heads == 0)
        sizes = { x[0], rotary.heads, x[1], x[2] / rotary.heads, 0, true };
    else if (x.size() == 3 && rotary.heads == 0 && cacheWidth > 0 && x[2] % (2 * cacheWidth) == 0)
        sizes = { x[0], x[2] / (2 * cacheWidth), x[1], 2 * cacheWidth, 0, true };
    else
        throw Error("rotates {} in {} heads.", toString(x), rotary.heads);
    sizes.rotated = rotary.size > 0 ? rotary.size : sizes.size;
    if (sizes.rotated > sizes.size || sizes.rotated % 2 != 0)
        throw Error("rotates {} of {} elements.", sizes.rotated, sizes.size);
    return sizes;
}

namespace {

enum Input : std::size_t { kX, kCos, kSin, kPositions };

} // namespace

void inferRotaryEmbedding(InferContext& context)
{
    const auto& rotary = std::get<RotaryAttributes>(context.node.attributes);
    const Shape &x = context.inputs[kX], &cache = context.inputs[kCos];
    requireFloats(context, { kX, kCos, kSin });
    if (x.size() == 3 && rotary.heads == 0)
        throw Error("rotates {} in {} heads.", toString(x), rotary.heads);
    const RotarySizes sizes = rotarySizes(rotary, x, 0);
    const std::int64_t half = sizes.rotated / 2;
    const bool positions = context.has(kPositions);
    const bool fits = positions ? cache.size() == 2 && cache[1] == half
                                : cache == Shape { sizes.batch, sizes.length, half };
    if (!fits || context.inputs[kSin] != cache)
        throw Error("has cosines {} and sines {} for {} of {}.", toString(cache),
            toString(context.inputs[kSin]), half, toString(x));
    if (positions) {
        requireType(context, kPositions, kIndices);
        if (context.inputs[kPositions] != Shape { sizes.batch, sizes.length })
            throw Error("has positions of shape {}, expected {}.", toString(context.inputs[kPositions]),
                toString({ sizes.batch, sizes.length }));
    }
    setOutput(context, 0, x, context.types[kX]);
}

void rotaryEmbeddingLoop(const LoopContext& context)
{
    const auto& rotary = std::get<RotaryAttributes>(context.node.attributes);
    const RotarySizes sizes = rotarySizes(rotary, context.inputs[kX].shape, 0);
    std::vector<std::int64_t> rows;
    if (hasInput(context, kPositions))
        rows = integersOf(context.inputs[kPositions]);
    else
        for (std::int64_t row = 0; row < sizes.batch * sizes.length; ++row)
            rows.push_back(row);
    requireRows(
        rows, elementCount(context.inputs[kCos].shape) / std::max<std::int64_t>(sizes.rotated / 2, 1));
    dispatch(FloatTypes {}, context.inputs[kX].type, [&]<typename T>() {
        rotate(context.inputs[kX].as<T>().data(), context.outputs[0].as<T>().data(), sizes,
            rotary.interleaved, rows, context.inputs[kCos].as<T>().data(),
            context.inputs[kSin].as<T>().data());
    });
}

void requireRows(const std::vector<std::int64_t>& rows, std::int64_t count)
{
    for (const std::int64_t row : rows)
        if (row < 0 || row >= count)
            throw Error("has position {} of {}.", row, count);
}

} // namespace core::ops
