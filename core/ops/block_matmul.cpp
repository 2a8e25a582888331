// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/dot.h"
#include "core/ops/functions_microsoft.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <limits>

/// com.microsoft's MatMulNBits: a product with weights of a few bits, in blocks with a scale each.
namespace core::ops {
namespace {

enum Input : std::size_t { kA, kB, kScales, kZeros, kGroups, kBias };

constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();

struct Sizes {
    std::int64_t blocks, blockBytes; // per column
    std::int64_t zeroBytes; // per column, where zero points are packed too
};

Sizes sizesOf(const BlockMatMulAttributes& matMul)
{
    const std::int64_t blocks = (matMul.depth + matMul.blockSize - 1) / matMul.blockSize;
    return { blocks, matMul.blockSize * matMul.bits / 8, (blocks * matMul.bits + 7) / 8 };
}

} // namespace

Attributes parseBlockMatMul(const OnnxAttributes& from)
{
    const BlockMatMulAttributes matMul { .depth = from.integer("K", 0),
        .columns = from.integer("N", 0),
        .bits = from.integer("bits", 4),
        .blockSize = from.integer("block_size", 0) };
    if (matMul.bits != 2 && matMul.bits != 4 && matMul.bits != 8)
        throw Error("has bits {}, expected 2, 4 or 8.", matMul.bits);
    const bool power = matMul.blockSize >= 16 && (matMul.blockSize & (matMul.blockSize - 1)) == 0;
    if (!power || matMul.blockSize > kLargest)
        throw Error("has block_size {}, expected a power of two from 16 on.", matMul.blockSize);
    if (matMul.depth < 1 || matMul.columns < 1 || matMul.depth > kLargest || matMul.columns > kLargest)
        throw Error("has weights of {} by {}.", matMul.depth, matMul.columns);
    if (from.integer("weight_prepacked", 0) != 0)
        throw Error("has weights that are packed for one device.");
    return matMul;
}

void inferBlockMatMul(InferContext& context)
{
    const auto& matMul = std::get<BlockMatMulAttributes>(context.node.attributes);
    const Sizes sizes = sizesOf(matMul);
    requireFloats(context, { kA, kScales });
    Shape output = context.inputs[kA];
    const std::int64_t count = matMul.columns * sizes.blocks;
    const bool fits = !output.empty() && output.back() == matMul.depth
        && context.inputs[kB] == Shape { matMul.columns, sizes.blocks, sizes.blockBytes }
        && context.types[kB] == ElementType::UInt8 && elementCount(context.inputs[kScales]) == count;
    if (!fits)
        throw Error("multiplies {} by blocks {} of {} with scales {}.", toString(output),
            toString(context.inputs[kB]), elementName(context.types[kB]), toString(context.inputs[kScales]));
    if (context.has(kZeros)) {
        const bool packed = context.types[kZeros] == ElementType::UInt8;
        if (!packed)
            requireFloats(context, { kA, kZeros });
        const std::int64_t expected = packed ? matMul.columns * sizes.zeroBytes : count;
        if (elementCount(context.inputs[kZeros]) != expected)
            throw Error("has zero points of shape {}, expected {} elements.",
                toString(context.inputs[kZeros]), expected);
    }
    if (context.has(kGroups))
        throw Error("has groups out of order, which are not supported.");
    if (context.has(kBias)) {
        requireFloats(context, { kA, kBias });
        if (context.inputs[kBias] != Shape { matMul.columns })
            throw Error(
                "has a bias of shape {} for {} columns.", toString(context.inputs[kBias]), matMul.columns);
    }
    output.back() = matMul.columns;
    setOutput(context, 0, std::move(output), context.types[kA]);
}

namespace {

/// Number `index` of those packed behind each other, the first in the lowest bits.
int unpacked(const std::uint8_t* bytes, std::int64_t index, std::int64_t bits)
{
    const std::int64_t bit = index * bits;
    return bytes[bit / 8] >> (bit % 8) & ((1 << bits) - 1);
}

/// One column of weights as numbers.
template <typename T>
void expandColumn(const LoopContext& context, const BlockMatMulAttributes& matMul, std::int64_t column,
    std::vector<T>& weights)
{
    const Sizes sizes = sizesOf(matMul);
    const std::uint8_t* packed
        = context.inputs[kB].as<std::uint8_t>().data() + column * sizes.blocks * sizes.blockBytes;
    const T* scales = context.inputs[kScales].as<T>().data() + column * sizes.blocks;
    for (std::int64_t block = 0; block < sizes.blocks; ++block) {
        T zero = static_cast<T>(1 << (matMul.bits - 1));
        if (hasInput(context, kZeros) && context.inputs[kZeros].type == ElementType::UInt8)
            zero = static_cast<T>(
                unpacked(context.inputs[kZeros].as<std::uint8_t>().data() + column * sizes.zeroBytes, block,
                    matMul.bits));
        else if (hasInput(context, kZeros))
            zero = context.inputs[kZeros].as<T>()[static_cast<std::size_t>(column * sizes.blocks + block)];
        const std::int64_t begin = block * matMul.blockSize,
                           end = std::min(begin + matMul.blockSize, matMul.depth);
        for (std::int64_t k = begin; k < end; ++k)
            weights[static_cast<std::size_t>(k)]
                = (static_cast<T>(unpacked(packed, k, matMul.bits)) - zero) * scales[block];
    }
}

} // namespace

void blockMatMulLoop(const LoopContext& context)
{
    const auto& matMul = std::get<BlockMatMulAttributes>(context.node.attributes);
    const std::int64_t rows = elementCount(context.inputs[kA].shape) / matMul.depth;
    dispatch(FloatTypes {}, context.inputs[kA].type, [&]<typename T>() {
        const T* a = context.inputs[kA].as<T>().data();
        T* y = context.outputs[0].as<T>().data();
        std::vector<T> weights(static_cast<std::size_t>(matMul.depth));
        for (std::int64_t n = 0; n < matMul.columns; ++n) {
            expandColumn(context, matMul, n, weights);
            const T bias = hasInput(context, kBias)
                ? context.inputs[kBias].as<T>()[static_cast<std::size_t>(n)]
                : T {};
            for (std::int64_t i = 0; i < rows; ++i)
                y[i * matMul.columns + n]
                    = static_cast<T>(dot(a + i * matMul.depth, weights.data(), matMul.depth) + bias);
        }
    });
}

} // namespace core::ops
