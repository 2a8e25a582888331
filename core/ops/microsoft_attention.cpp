// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/attend.h"
#include "core/ops/functions_microsoft.h"
#include "core/ops/rotary.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"

/// com.microsoft's Attention, MultiHeadAttention and RotaryEmbedding.
namespace core::ops {

Attributes parseMsAttention(const OnnxAttributes& from)
{
    ScaledAttentionAttributes attention { .heads = from.integer("num_heads", 0),
        .causal = from.integer("unidirectional", 0) != 0,
        .maskFilter = from.real("mask_filter_value", -10000.0F),
        .hiddenSizes = from.integers("qkv_hidden_sizes") };
    if (attention.heads < 1)
        throw Error("has num_heads {}, expected 1 or more.", attention.heads);
    if (from.integer("do_rotary", 0) != 0)
        throw Error("rotates queries and keys by itself, which is not supported.");
    if (from.integer("past_present_share_buffer", 0) != 0)
        throw Error("shares the memory of past and present, which is not supported.");
    if (from.real("scale", 0) != 0)
        attention.scale = from.real("scale", 0);
    return attention;
}

namespace {

struct Sizes {
    std::int64_t batch, heads, queries, past, keys; // keys: with those of the past
    std::int64_t size, valueSize; // of a head

    Shape scores() const { return { batch, heads, queries, keys }; }
};

/// A mask as ONNX Runtime has it in so many shapes; what is to be added to scores, [batch][query][key].
std::vector<double> maskOf(const TensorView& mask, const Sizes& sizes, double filter)
{
    const auto values = integersOf(mask);
    const std::int64_t batch = sizes.batch, rank = std::ssize(mask.shape);
    const auto at = [&](std::int64_t index) { return values[static_cast<std::size_t>(index)]; };
    const auto shows = [&](std::int64_t b, std::int64_t i, std::int64_t j) {
        if (rank == 1)
            return j < at(b) && (mask.shape[0] == batch || j >= at(batch + b));
        if (rank == 2)
            return at(b * sizes.keys + j) != 0;
        if (rank == 3)
            return at((b * sizes.queries + i) * sizes.keys + j) != 0;
        return at((b * mask.shape[2] + sizes.past + i) * mask.shape[3] + j) != 0;
    };
    std::vector<double> result;
    result.reserve(static_cast<std::size_t>(batch * sizes.queries * sizes.keys));
    for (std::int64_t b = 0; b < batch; ++b)
        for (std::int64_t i = 0; i < sizes.queries; ++i)
            for (std::int64_t j = 0; j < sizes.keys; ++j)
                result.push_back(shows(b, i, j) ? 0 : filter);
    return result;
}

void requireMask(const InferContext& context, std::size_t input, const Sizes& sizes)
{
    if (!context.has(input))
        return;
    requireType(context, input, kIndices);
    const Shape& mask = context.inputs[input];
    const bool fits = mask == Shape { sizes.batch } || mask == Shape { 2 * sizes.batch }
        || mask == Shape { sizes.batch, sizes.keys }
        || mask == Shape { sizes.batch, sizes.queries, sizes.keys }
        || (mask.size() == 4 && mask[0] == sizes.batch && mask[1] == 1 && mask[2] >= sizes.keys
            && mask[3] >= sizes.keys);
    if (!fits)
        throw Error(
            "has a mask of shape {} for scores of shape {}.", toString(mask), toString(sizes.scores()));
}

void requireBias(const InferContext& context, std::size_t input, const Sizes& sizes)
{
    if (!context.has(input))
        return;
    if (!broadcastsTo(context.inputs[input], sizes.scores()) || context.types[input] != context.types[0])
        throw Error("adds {} {} to scores of shape {}.", elementName(context.types[input]),
            toString(context.inputs[input]), toString(sizes.scores()));
}

/// Which inputs change scores.
struct Modifiers {
    std::size_t mask, bias;
};

/// q, k and v as [batch][heads][length][size], k and v with the past; y as [batch][query][heads * size].
template <typename T>
void attend(const LoopContext& context, const Modifiers& modifiers, const Sizes& sizes,
    const std::vector<T>& q, const std::vector<T>& k, const std::vector<T>& v)
{
    const auto& attention = std::get<ScaledAttentionAttributes>(context.node.attributes);
    const double scale = attention.scale ? *attention.scale : 1 / std::sqrt(static_cast<double>(sizes.size));
    const auto mask = hasInput(context, modifiers.mask)
        ? maskOf(context.inputs[modifiers.mask], sizes, attention.maskFilter)
        : std::vector<double> {};
    const T* bias
        = hasInput(context, modifiers.bias) ? context.inputs[modifiers.bias].as<T>().data() : nullptr;
    const Strides strides
        = bias ? broadcastStrides(context.inputs[modifiers.bias].shape, sizes.scores()) : Strides(4, 0);
    HeadAttention<T> head(sizes.keys, sizes.size, sizes.valueSize);
    for (std::int64_t b = 0; b < sizes.batch; ++b)
        for (std::int64_t h = 0; h < sizes.heads; ++h) {
            const std::int64_t first = b * sizes.heads + h;
            for (std::int64_t j = 0; j < sizes.keys; ++j)
                head.load(j, k.data() + (first * sizes.keys + j) * sizes.size,
                    v.data() + (first * sizes.keys + j) * sizes.valueSize);
            for (std::int64_t i = 0; i < sizes.queries; ++i) {
                head.score(q.data() + (first * sizes.queries + i) * sizes.size, scale);
                const std::int64_t row = b * strides[0] + h * strides[1] + i * strides[2];
                for (std::int64_t j = 0; j < sizes.keys; ++j) {
                    double& score = head.scores[static_cast<std::size_t>(j)];
                    if (!mask.empty())
                        score += mask[static_cast<std::size_t>((b * sizes.queries + i) * sizes.keys + j)];
                    if (attention.causal && j > sizes.past + i)
                        score = kMasked;
                    if (bias)
                        score += bias[row + j * strides[3]];
                }
                softmaxInPlace(head.scores);
                head.mix(context.outputs[0].as<T>().data()
                    + ((b * sizes.queries + i) * sizes.heads + h) * sizes.valueSize);
            }
        }
}

/// [batch][length][heads * size] to [batch][heads][past + length][size], with what came before.
template <typename T>
std::vector<T> splitHeads(const T* x, std::int64_t rowStep, const T* past, const Sizes& sizes,
    std::int64_t pastLength, std::int64_t length, std::int64_t size, const T* bias)
{
    std::vector<T> heads;
    heads.reserve(static_cast<std::size_t>(sizes.batch * sizes.heads * (pastLength + length) * size));
    for (std::int64_t b = 0; b < sizes.batch; ++b)
        for (std::int64_t h = 0; h < sizes.heads; ++h) {
            const std::int64_t before = (b * sizes.heads + h) * pastLength * size;
            if (past)
                heads.insert(heads.end(), past + before, past + before + pastLength * size);
            for (std::int64_t i = 0; i < length; ++i)
                for (std::int64_t d = h * size; d < (h + 1) * size; ++d)
                    heads.push_back(x[(b * length + i) * rowStep + d] + (bias ? bias[d] : T {}));
        }
    return heads;
}

// Attention: the projections to queries, keys and values are its own.

enum AttentionInput : std::size_t { kX, kWeights, kBias, kMask, kPast, kScoreBias };

struct Projection {
    Sizes sizes;
    std::int64_t hidden, valueHidden; // of all heads

    std::int64_t width() const { return 2 * hidden + valueHidden; }
};

Projection projectionOf(
    const ScaledAttentionAttributes& attention, const Shape& x, const Shape& weights, std::int64_t past)
{
    const auto& asked = attention.hiddenSizes;
    if (x.size() != 3 || weights.size() != 2 || weights[0] != x[2])
        throw Error("projects {} by {}.", toString(x), toString(weights));
    const bool given = !asked.empty();
    Projection projection { {}, given ? asked[0] : weights[1] / 3, given ? asked.back() : weights[1] / 3 };
    const bool fits = (!given || (asked.size() == 3 && asked[0] == asked[1] && asked[0] > 0 && asked[2] > 0))
        && projection.hidden <= weights[1] && projection.valueHidden <= weights[1]
        && projection.width() == weights[1] && projection.hidden % attention.heads == 0
        && projection.valueHidden % attention.heads == 0;
    if (!fits)
        throw Error("projects to {} channels in {} heads.", weights[1], attention.heads);
    projection.sizes = { x[0], attention.heads, x[1], past, past + x[1], projection.hidden / attention.heads,
        projection.valueHidden / attention.heads };
    return projection;
}

std::int64_t pastOf(const Shape& past)
{
    return past.size() == 5 ? past[3] : 0;
}

} // namespace

void inferMsAttention(InferContext& context)
{
    const auto& attention = std::get<ScaledAttentionAttributes>(context.node.attributes);
    requireFloats(context, { kX, kWeights, kBias, kPast });
    const std::int64_t past = context.has(kPast) ? pastOf(context.inputs[kPast]) : 0;
    const Projection projection = projectionOf(attention, context.inputs[kX], context.inputs[kWeights], past);
    const Sizes& sizes = projection.sizes;
    if (context.has(kBias) && context.inputs[kBias] != Shape { projection.width() })
        throw Error("has a bias of shape {} for {} output channels.", toString(context.inputs[kBias]),
            projection.width());
    if (context.has(kPast)
        && (context.inputs[kPast] != Shape { 2, sizes.batch, sizes.heads, past, sizes.size }
            || sizes.size != sizes.valueSize))
        throw Error("has a past of shape {} for heads of {}.", toString(context.inputs[kPast]), sizes.size);
    requireMask(context, kMask, sizes);
    requireBias(context, kScoreBias, sizes);
    setOutput(context, 0, { sizes.batch, sizes.queries, projection.valueHidden }, context.types[kX]);
    if (context.outputs.size() > 1 && sizes.size != sizes.valueSize)
        throw Error("gives a present of heads of {} and {}.", sizes.size, sizes.valueSize);
    setOutput(context, 1, { 2, sizes.batch, sizes.heads, sizes.keys, sizes.size }, context.types[kX]);
}

namespace {

template <typename T> std::vector<T> project(const LoopContext& context, std::int64_t width)
{
    const Shape& shape = context.inputs[kX].shape;
    const T* x = context.inputs[kX].as<T>().data();
    const T* bias = hasInput(context, kBias) ? context.inputs[kBias].as<T>().data() : nullptr;
    std::vector<T> projected;
    projected.reserve(static_cast<std::size_t>(shape[0] * shape[1] * width));
    std::vector<double> sums(static_cast<std::size_t>(width));
    for (std::int64_t row = 0; row < shape[0] * shape[1]; ++row) {
        for (std::size_t j = 0; j < sums.size(); ++j)
            sums[j] = bias ? bias[j] : T {};
        addProducts(sums, x + row * shape[2], 1, context.inputs[kWeights].as<T>().data(), shape[2]);
        for (const double sum : sums)
            projected.push_back(static_cast<T>(sum));
    }
    return projected;
}

} // namespace

void msAttentionLoop(const LoopContext& context)
{
    const auto& attention = std::get<ScaledAttentionAttributes>(context.node.attributes);
    const bool continues = hasInput(context, kPast);
    const Projection projection = projectionOf(attention, context.inputs[kX].shape,
        context.inputs[kWeights].shape, continues ? pastOf(context.inputs[kPast].shape) : 0);
    const Sizes& sizes = projection.sizes;
    dispatch(FloatTypes {}, context.inputs[kX].type, [&]<typename T>() {
        const std::int64_t width = projection.width(), hidden = projection.hidden;
        const auto all = project<T>(context, width);
        const T* past = continues ? context.inputs[kPast].as<T>().data() : nullptr;
        const T* pastValues = past ? past + elementCount(context.inputs[kPast].shape) / 2 : nullptr;
        const T* none = nullptr;
        const auto q = splitHeads(all.data(), width, none, sizes, 0, sizes.queries, sizes.size, none);
        const auto k = splitHeads(
            all.data() + hidden, width, past, sizes, sizes.past, sizes.queries, sizes.size, none);
        const auto v = splitHeads(all.data() + 2 * hidden, width, pastValues, sizes, sizes.past,
            sizes.queries, sizes.valueSize, none);
        attend(context, { kMask, kScoreBias }, sizes, q, k, v);
        if (context.outputs.size() > 1) {
            const auto present = context.outputs[1].as<T>();
            std::ranges::copy(k, present.begin());
            std::ranges::copy(v, present.begin() + std::ssize(k));
        }
    });
}

namespace {

// MultiHeadAttention: queries, keys and values come projected, but for their biases.

enum HeadsInput : std::size_t { kQ, kK, kV, kHeadsBias, kKeyMask, kHeadsScoreBias, kPastKey, kPastValue };

/// Keys and values of four dimensions come split into heads already, [batch, heads, length, size].
bool isSplit(const Shape& shape)
{
    return shape.size() == 4;
}

Sizes headSizes(const ScaledAttentionAttributes& attention, const Shape& q, const Shape& k, const Shape& v,
    std::int64_t past)
{
    const std::int64_t heads = attention.heads;
    const bool ranks = q.size() == 3 && (k.size() == 3 || k.size() == 4) && v.size() == k.size();
    if (!ranks || q[2] % heads != 0)
        throw Error("attends with queries {}, keys {} and values {}.", toString(q), toString(k), toString(v));
    Sizes sizes { q[0], heads, q[1], past, past + (isSplit(k) ? k[2] : k[1]), q[2] / heads, 0 };
    sizes.valueSize = isSplit(v) ? v[3] : v[2] / heads;
    const std::int64_t length = sizes.keys - past;
    const bool fits = isSplit(k) ? k == Shape { sizes.batch, heads, length, sizes.size }
            && v == Shape { sizes.batch, heads, length, sizes.valueSize }
                                 : k == Shape { sizes.batch, length, q[2] }
            && v == Shape { sizes.batch, length, sizes.valueSize * heads };
    if (!fits)
        throw Error("attends with queries {}, keys {} and values {}.", toString(q), toString(k), toString(v));
    return sizes;
}

} // namespace

void inferMultiHeadAttention(InferContext& context)
{
    const auto& attention = std::get<ScaledAttentionAttributes>(context.node.attributes);
    if (!context.has(kK) || !context.has(kV))
        throw Error("has keys and values packed into one tensor, which is not supported.");
    requireFloats(context, { kQ, kK, kV, kHeadsBias, kPastKey, kPastValue });
    const Shape& past = context.has(kPastKey) ? context.inputs[kPastKey] : Shape {};
    const std::int64_t before = past.size() == 4 ? past[2] : 0;
    const Sizes sizes
        = headSizes(attention, context.inputs[kQ], context.inputs[kK], context.inputs[kV], before);
    const std::int64_t heads = sizes.heads;
    if (context.has(kHeadsBias)
        && context.inputs[kHeadsBias] != Shape { heads * (2 * sizes.size + sizes.valueSize) })
        throw Error("has a bias of shape {} for {} output channels.", toString(context.inputs[kHeadsBias]),
            heads * (2 * sizes.size + sizes.valueSize));
    if (context.has(kPastKey) || context.has(kPastValue)) {
        requireInput(context, kPastKey);
        requireInput(context, kPastValue);
        const Shape values { sizes.batch, heads, before, sizes.valueSize };
        if (past != Shape { sizes.batch, heads, before, sizes.size } || context.inputs[kPastValue] != values)
            throw Error(
                "has past keys {} and values {}.", toString(past), toString(context.inputs[kPastValue]));
    }
    requireMask(context, kKeyMask, sizes);
    requireBias(context, kHeadsScoreBias, sizes);
    setOutput(context, 0, { sizes.batch, sizes.queries, heads * sizes.valueSize }, context.types[kQ]);
    setOutput(context, 1, { sizes.batch, heads, sizes.keys, sizes.size }, context.types[kQ]);
    setOutput(context, 2, { sizes.batch, heads, sizes.keys, sizes.valueSize }, context.types[kQ]);
}

namespace {

/// Keys or values with those of the past, in heads.
template <typename T>
std::vector<T> gathered(const LoopContext& context, std::size_t input, std::size_t past, const Sizes& sizes,
    std::int64_t size, const T* bias)
{
    const T* x = context.inputs[input].as<T>().data();
    const T* before = hasInput(context, past) ? context.inputs[past].as<T>().data() : nullptr;
    const std::int64_t length = sizes.keys - sizes.past;
    if (!isSplit(context.inputs[input].shape))
        return splitHeads(x, sizes.heads * size, before, sizes, sizes.past, length, size, bias);
    std::vector<T> heads;
    for (std::int64_t row = 0; row < sizes.batch * sizes.heads; ++row) {
        if (before)
            heads.insert(
                heads.end(), before + row * sizes.past * size, before + (row + 1) * sizes.past * size);
        heads.insert(heads.end(), x + row * length * size, x + (row + 1) * length * size);
    }
    return heads;
}

} // namespace

void multiHeadAttentionLoop(const LoopContext& context)
{
    const auto& attention = std::get<ScaledAttentionAttributes>(context.node.attributes);
    const Sizes sizes = headSizes(attention, context.inputs[kQ].shape, context.inputs[kK].shape,
        context.inputs[kV].shape, hasInput(context, kPastKey) ? context.inputs[kPastKey].shape[2] : 0);
    dispatch(FloatTypes {}, context.inputs[kQ].type, [&]<typename T>() {
        const T* bias = hasInput(context, kHeadsBias) ? context.inputs[kHeadsBias].as<T>().data() : nullptr;
        const std::int64_t hidden = sizes.heads * sizes.size;
        const T* none = nullptr;
        const auto q = splitHeads(
            context.inputs[kQ].as<T>().data(), hidden, none, sizes, 0, sizes.queries, sizes.size, bias);
        const auto k = gathered<T>(context, kK, kPastKey, sizes, sizes.size, bias ? bias + hidden : nullptr);
        const auto v = gathered<T>(
            context, kV, kPastValue, sizes, sizes.valueSize, bias ? bias + 2 * hidden : nullptr);
        attend(context, { kKeyMask, kHeadsScoreBias }, sizes, q, k, v);
        if (context.outputs.size() > 1 && context.outputs[1].count() == std::ssize(k))
            std::ranges::copy(k, context.outputs[1].as<T>().begin());
        if (context.outputs.size() > 2 && context.outputs[2].count() == std::ssize(v))
            std::ranges::copy(v, context.outputs[2].as<T>().begin());
    });
}

} // namespace core::ops
