// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/attend.h"
#include "core/ops/functions_sequence.h"
#include "core/ops/parse.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"

/// Attention of ONNX's default domain.
namespace core::ops {

Attributes parseScaledAttention(const OnnxAttributes& from)
{
    ScaledAttentionAttributes attention { .heads = from.integer("q_num_heads", 0),
        .kvHeads = from.integer("kv_num_heads", 0),
        .softCap = from.real("softcap", 0),
        .causal = from.integer("is_causal", 0) != 0,
        .leftWindow = from.integer("left_window_size", -1),
        .rightWindow = from.integer("right_window_size", -1) };
    if (from.has("scale"))
        attention.scale = from.real("scale", 0);
    const std::int64_t mode = from.integer("qk_matmul_output_mode", 0);
    if (mode < 0 || mode > 3)
        throw Error("has qk_matmul_output_mode {}, expected 0 to 3.", mode);
    attention.scores = static_cast<ScaledAttentionAttributes::Scores>(mode);
    if (attention.heads < 0 || attention.kvHeads < 0)
        throw Error("has {} heads of queries and {} of keys.", attention.heads, attention.kvHeads);
    return attention;
}

namespace {

enum Input : std::size_t { kQ, kK, kV, kMask, kPastKey, kPastValue, kLengths };

/// [batch, heads, length, size], which may lie as [batch, length, heads * size].
struct Heads {
    std::int64_t batch = 0, heads = 0, length = 0, size = 0;
    bool joined = false; // three dimensions

    std::int64_t at(std::int64_t b, std::int64_t h, std::int64_t i) const
    {
        return joined ? (b * length + i) * heads * size + h * size : ((b * heads + h) * length + i) * size;
    }
    Shape shape() const
    {
        return joined ? Shape { batch, length, heads * size } : Shape { batch, heads, length, size };
    }
};

Heads headsOf(const Shape& shape, std::int64_t heads)
{
    if (shape.size() == 4)
        return { shape[0], shape[1], shape[2], shape[3], false };
    if (shape.size() != 3 || heads < 1 || shape[2] % heads != 0)
        throw Error("attends with {} in {} heads.", toString(shape), heads);
    return { shape[0], heads, shape[1], shape[2] / heads, true };
}

struct Sizes {
    Heads q, k, v, y;
    std::int64_t past = 0; // keys that were there before
    std::int64_t keys = 0; // all of them

    Shape scores() const { return { q.batch, q.heads, q.length, keys }; }
    Shape presentKey() const { return { k.batch, k.heads, keys, k.size }; }
    Shape presentValue() const { return { v.batch, v.heads, keys, v.size }; }
};

Sizes sizesOf(const ScaledAttentionAttributes& attention, const Shape& q, const Shape& k, const Shape& v,
    std::int64_t past)
{
    Sizes sizes { headsOf(q, attention.heads), headsOf(k, attention.kvHeads), headsOf(v, attention.kvHeads),
        {}, past, 0 };
    const bool fits = q.size() == k.size() && k.size() == v.size() && q[0] == k[0] && k[0] == v[0]
        && sizes.q.size == sizes.k.size && sizes.k.heads == sizes.v.heads && sizes.k.length == sizes.v.length
        && sizes.k.heads > 0 && sizes.q.heads % sizes.k.heads == 0;
    if (!fits)
        throw Error("attends with queries {}, keys {} and values {}.", toString(q), toString(k), toString(v));
    sizes.keys = sizes.k.length + past;
    sizes.y = { sizes.q.batch, sizes.q.heads, sizes.q.length, sizes.v.size, sizes.q.joined };
    return sizes;
}

/// The mask's last dimension may be shorter than there are keys: what is missing is masked.
bool maskFits(const Shape& mask, const Sizes& sizes)
{
    if (mask.empty() || mask.back() > sizes.keys)
        return false;
    Shape scores = sizes.scores();
    scores.back() = mask.back();
    return broadcastsTo(mask, scores);
}

void requirePast(const InferContext& context, const Sizes& sizes)
{
    const bool key = context.has(kPastKey), value = context.has(kPastValue);
    Shape pastKey = sizes.presentKey(), pastValue = sizes.presentValue();
    pastKey[2] = pastValue[2] = sizes.past;
    if (key != value
        || (key && (context.inputs[kPastKey] != pastKey || context.inputs[kPastValue] != pastValue)))
        throw Error("has past keys {} and values {}, expected {} and {}.", toString(context.inputs[kPastKey]),
            toString(value ? context.inputs[kPastValue] : Shape {}), toString(pastKey), toString(pastValue));
}

const TypeSet kMasks { "bool or floating-point numbers",
    [](ElementType type) { return type == ElementType::Bool || isFloat(type); } };

} // namespace

void inferScaledAttention(InferContext& context)
{
    const auto& attention = std::get<ScaledAttentionAttributes>(context.node.attributes);
    requireFloats(context, { kQ, kK, kV, kPastKey, kPastValue });
    const std::int64_t past
        = context.has(kPastKey) && context.inputs[kPastKey].size() == 4 ? context.inputs[kPastKey][2] : 0;
    const Sizes sizes = sizesOf(attention, context.inputs[kQ], context.inputs[kK], context.inputs[kV], past);
    if (context.has(kPastKey) || context.has(kPastValue))
        requirePast(context, sizes);
    if (context.has(kMask)) {
        requireType(context, kMask, kMasks);
        if (!maskFits(context.inputs[kMask], sizes))
            throw Error("has a mask of shape {} for scores of shape {}.", toString(context.inputs[kMask]),
                toString(sizes.scores()));
    }
    if (context.has(kLengths)) {
        requireType(context, kLengths, kIndices);
        if (context.inputs[kLengths] != Shape { sizes.q.batch })
            throw Error("has lengths of shape {} for a batch of {}.", toString(context.inputs[kLengths]),
                sizes.q.batch);
    }
    setOutput(context, 0, sizes.y.shape(), context.types[kQ]);
    setOutput(context, 1, sizes.presentKey(), context.types[kK]);
    setOutput(context, 2, sizes.presentValue(), context.types[kV]);
    setOutput(context, 3, sizes.scores(), context.types[kQ]);
}

namespace {

/// What is added to scores: the mask's numbers, and minus infinity where a key is not to be seen.
class Bias {
public:
    Bias(const LoopContext& context, const ScaledAttentionAttributes& attention, const Sizes& sizes)
        : m_attention(attention)
        , m_sizes(sizes)
        , m_past(hasInput(context, kPastKey))
    {
        if (hasInput(context, kLengths))
            for (const std::int64_t length : integersOf(context.inputs[kLengths]))
                m_lengths.push_back(std::clamp<std::int64_t>(length, 0, sizes.keys));
        if (!hasInput(context, kMask))
            return;
        const TensorView& mask = context.inputs[kMask];
        m_maskKeys = mask.shape.back();
        Shape scores = sizes.scores();
        scores.back() = m_maskKeys;
        m_strides = broadcastStrides(mask.shape, scores);
        dispatch(Types<Boolean, float, double> {}, mask.type, [&]<typename T>() {
            for (const T value : mask.as<T>())
                if constexpr (std::is_same_v<T, Boolean>)
                    m_mask.push_back(value ? 0 : kMasked);
                else
                    m_mask.push_back(value);
        });
    }

    /// Adds to the scores of query i of one head.
    void add(std::vector<double>& scores, std::int64_t b, std::int64_t h, std::int64_t i) const
    {
        const std::int64_t length = m_lengths.empty() ? m_sizes.keys : m_lengths[static_cast<std::size_t>(b)];
        // Where the query stands among the keys.
        const std::int64_t place
            = i + (m_past || m_lengths.empty() ? m_sizes.past : length - m_sizes.q.length);
        std::int64_t first = 0, end = std::min(length, m_sizes.keys);
        if (m_attention.causal)
            end = std::min(end, place + 1);
        if (m_attention.leftWindow >= 0)
            first
                = std::max(first, place - std::min(m_attention.leftWindow, m_sizes.keys + m_sizes.q.length));
        if (m_attention.rightWindow >= 0)
            end = std::min(end, place + std::min(m_attention.rightWindow, m_sizes.keys) + 1);
        if (!m_mask.empty() || m_maskKeys >= 0)
            addMask(scores, b, h, i);
        for (std::int64_t j = 0; j < m_sizes.keys; ++j)
            if (j < first || j >= end)
                scores[static_cast<std::size_t>(j)] = kMasked;
    }

private:
    void addMask(std::vector<double>& scores, std::int64_t b, std::int64_t h, std::int64_t i) const
    {
        const std::int64_t row = b * m_strides[0] + h * m_strides[1] + i * m_strides[2];
        for (std::int64_t j = 0; j < m_sizes.keys; ++j) {
            const double mask
                = j < m_maskKeys ? m_mask[static_cast<std::size_t>(row + j * m_strides[3])] : kMasked;
            double& score = scores[static_cast<std::size_t>(j)];
            score = mask == kMasked ? kMasked : score + mask; // whatever the score was
        }
    }

    const ScaledAttentionAttributes& m_attention;
    const Sizes& m_sizes;
    bool m_past;
    std::vector<std::int64_t> m_lengths; // of the keys, where given
    std::int64_t m_maskKeys = -1;
    std::vector<double> m_mask;
    Strides m_strides;
};

/// Keys or values with those of the past before them, [batch, heads, keys, size].
template <typename T>
std::vector<T> joinPast(
    const LoopContext& context, std::size_t input, std::size_t past, const Heads& heads, const Sizes& sizes)
{
    const T* x = context.inputs[input].as<T>().data();
    const T* before = hasInput(context, past) ? context.inputs[past].as<T>().data() : nullptr;
    std::vector<T> all;
    all.reserve(static_cast<std::size_t>(heads.batch * heads.heads * sizes.keys * heads.size));
    for (std::int64_t b = 0; b < heads.batch; ++b)
        for (std::int64_t h = 0; h < heads.heads; ++h) {
            const std::int64_t pastSize = sizes.past * heads.size;
            if (before)
                all.insert(all.end(), before + (b * heads.heads + h) * pastSize,
                    before + (b * heads.heads + h + 1) * pastSize);
            for (std::int64_t i = 0; i < heads.length; ++i)
                all.insert(all.end(), x + heads.at(b, h, i), x + heads.at(b, h, i) + heads.size);
        }
    return all;
}

/// One query: from its scores to its output, with a copy of what the output of scores asks for.
template <typename T>
void attendOne(HeadAttention<T>& head, const T* query, T* y, T* scoresOut, double scale,
    const ScaledAttentionAttributes& attention, const Bias& bias, std::int64_t b, std::int64_t h,
    std::int64_t i)
{
    using Scores = ScaledAttentionAttributes::Scores;
    const auto show = [&](Scores stage) {
        if (scoresOut && attention.scores == stage)
            std::ranges::transform(
                head.scores, scoresOut, [](double score) { return static_cast<T>(score); });
    };
    head.score(query, scale);
    show(Scores::Raw);
    if (attention.softCap > 0)
        for (double& score : head.scores)
            score = attention.softCap * std::tanh(score / attention.softCap);
    show(Scores::Capped);
    bias.add(head.scores, b, h, i);
    show(Scores::Masked);
    softmaxInPlace(head.scores);
    show(Scores::Weights);
    head.mix(y);
}

template <typename T>
void attendAll(const LoopContext& context, const ScaledAttentionAttributes& attention, const Sizes& sizes)
{
    const auto keys = joinPast<T>(context, kK, kPastKey, sizes.k, sizes);
    const auto values = joinPast<T>(context, kV, kPastValue, sizes.v, sizes);
    const auto present = [&](std::size_t output, const std::vector<T>& all) {
        if (output < context.outputs.size() && context.outputs[output].count() == std::ssize(all))
            std::ranges::copy(all, context.outputs[output].as<T>().begin());
    };
    present(1, keys);
    present(2, values);
    const T* q = context.inputs[kQ].as<T>().data();
    T* y = context.outputs[0].as<T>().data();
    T* scores = context.outputs.size() > 3 ? context.outputs[3].as<T>().data() : nullptr;
    const Bias bias(context, attention, sizes);
    const double scale
        = attention.scale ? *attention.scale : 1 / std::sqrt(static_cast<double>(sizes.q.size));
    const std::int64_t shared = sizes.q.heads / sizes.k.heads; // query heads to one of keys
    HeadAttention<T> head(sizes.keys, sizes.k.size, sizes.v.size);
    for (std::int64_t b = 0; b < sizes.q.batch; ++b)
        for (std::int64_t h = 0; h < sizes.q.heads; ++h) {
            const std::int64_t first = (b * sizes.k.heads + h / shared) * sizes.keys;
            for (std::int64_t j = 0; j < sizes.keys && h % shared == 0; ++j)
                head.load(
                    j, keys.data() + (first + j) * sizes.k.size, values.data() + (first + j) * sizes.v.size);
            for (std::int64_t i = 0; i < sizes.q.length; ++i) {
                const std::int64_t row = ((b * sizes.q.heads + h) * sizes.q.length + i) * sizes.keys;
                attendOne(head, q + sizes.q.at(b, h, i), y + sizes.y.at(b, h, i),
                    scores ? scores + row : nullptr, scale, attention, bias, b, h, i);
            }
        }
}

} // namespace

void scaledAttentionLoop(const LoopContext& context)
{
    const auto& attention = std::get<ScaledAttentionAttributes>(context.node.attributes);
    const std::int64_t past = hasInput(context, kPastKey) ? context.inputs[kPastKey].shape[2] : 0;
    const Sizes sizes = sizesOf(
        attention, context.inputs[kQ].shape, context.inputs[kK].shape, context.inputs[kV].shape, past);
    dispatch(FloatTypes {}, context.inputs[kQ].type,
        [&]<typename T>() { attendAll<T>(context, attention, sizes); });
}

} // namespace core::ops
