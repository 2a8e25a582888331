// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions_microsoft.h"
#include "core/ops/rotary.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

/// com.microsoft's RotaryEmbedding: positions before the tables, and one number for a first position.
namespace core::ops {

Attributes parseMsRotaryEmbedding(const OnnxAttributes& from)
{
    const RotaryAttributes rotary { .heads = from.integer("num_heads", 0),
        .size = from.integer("rotary_embedding_dim", 0),
        .interleaved = from.integer("interleaved", 0) != 0,
        .scale = from.real("scale", 1) };
    if (rotary.heads < 0 || rotary.size < 0 || rotary.size % 2 != 0)
        throw Error("rotates {} elements of {} heads.", rotary.size, rotary.heads);
    if (from.integer("is_packed_batching", 0) != 0)
        throw Error("has sequences packed behind each other, which is not supported.");
    return rotary;
}

namespace {

enum Input : std::size_t { kX, kPositions, kCos, kSin };

} // namespace

void inferMsRotaryEmbedding(InferContext& context)
{
    const auto& rotary = std::get<RotaryAttributes>(context.node.attributes);
    const Shape &x = context.inputs[kX], &cache = context.inputs[kCos],
                &positions = context.inputs[kPositions];
    requireFloats(context, { kX, kCos, kSin });
    requireType(context, kPositions, kIndices);
    const RotarySizes sizes = rotarySizes(rotary, x, cache.empty() ? 0 : cache.back());
    if (cache.size() != 2 || cache[1] != sizes.rotated / 2 || context.inputs[kSin] != cache)
        throw Error("has cosines {} and sines {} for {} of {}.", toString(cache),
            toString(context.inputs[kSin]), sizes.rotated / 2, toString(x));
    if (positions != Shape { 1 } && positions != Shape { sizes.batch, sizes.length })
        throw Error("has positions of shape {}, expected {}.", toString(positions),
            toString({ sizes.batch, sizes.length }));
    setOutput(context, 0, x, context.types[kX]);
}

void msRotaryEmbeddingLoop(const LoopContext& context)
{
    const auto& rotary = std::get<RotaryAttributes>(context.node.attributes);
    const RotarySizes sizes
        = rotarySizes(rotary, context.inputs[kX].shape, context.inputs[kCos].shape.back());
    std::vector<std::int64_t> rows = integersOf(context.inputs[kPositions]);
    const std::int64_t count = context.inputs[kCos].shape[0];
    requireRows(rows, count);
    if (context.inputs[kPositions].shape == Shape { 1 }) {
        const std::int64_t first = rows[0];
        rows.clear();
        for (std::int64_t row = 0; row < sizes.batch * sizes.length; ++row)
            rows.push_back(first + row % sizes.length);
        requireRows(rows, count);
    }
    dispatch(FloatTypes {}, context.inputs[kX].type, [&]<typename T>() {
        rotate(context.inputs[kX].as<T>().data(), context.outputs[0].as<T>().data(), sizes,
            rotary.interleaved, rows, context.inputs[kCos].as<T>().data(),
            context.inputs[kSin].as<T>().data());
    });
}

} // namespace core::ops
