// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>

namespace core::ops {

void inferAttention(InferContext& context)
{
    const Shape &q = context.inputs[0], &k = context.inputs[1], &v = context.inputs[2];
    const std::int64_t heads = std::get<AttentionAttributes>(context.node.attributes).heads;
    requireOneType(context, kFloats);
    const bool fits = q.size() == 3 && k.size() == 3 && v.size() == 3 && q[0] == k[0] && k[0] == v[0]
        && q[2] == k[2] && k[1] == v[1];
    if (!fits)
        throw Error("attends with queries {}, keys {} and values {}.", toString(q), toString(k), toString(v));
    if (heads < 1 || q[2] % heads != 0 || v[2] % heads != 0)
        throw Error("has {} heads for {} and {} channels.", heads, q[2], v[2]);
    const Shape scores { q[0], heads, q[1], k[1] };
    if (context.has(3) && !broadcastsTo(context.inputs[3], scores))
        throw Error(
            "has a mask of shape {} for scores of shape {}.", toString(context.inputs[3]), toString(scores));
    setOutput(context, 0, { q[0], q[1], v[2] }, context.types[0]);
}

namespace {

struct Sizes {
    std::int64_t heads, queries, keys, keyChannels, valueChannels; // channels of all heads
};

/// Turns scores into weights that sum to 1, as Softmax does.
void normalise(std::vector<double>& scores)
{
    const double maximum = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (double& score : scores) {
        score = std::exp(score - maximum);
        sum += score;
    }
    for (double& score : scores)
        score /= sum;
}

/// One query of one head: `q`, `k`, `v` and `y` at the head's first channel.
template <typename T, typename Mask>
void attend(const T* q, const T* k, const T* v, T* y, const Sizes& sizes, double scale, const Mask& maskOf)
{
    const std::int64_t keySize = sizes.keyChannels / sizes.heads,
                       valueSize = sizes.valueChannels / sizes.heads;
    std::vector<double> scores(static_cast<std::size_t>(sizes.keys));
    for (std::int64_t j = 0; j < sizes.keys; ++j) {
        double dot = 0;
        for (std::int64_t c = 0; c < keySize; ++c)
            dot += static_cast<double>(q[c]) * k[j * sizes.keyChannels + c];
        scores[static_cast<std::size_t>(j)] = dot * scale + maskOf(j);
    }
    if (!scores.empty())
        normalise(scores);
    std::vector<double> sums(static_cast<std::size_t>(valueSize), 0.0);
    for (std::int64_t j = 0; j < sizes.keys; ++j)
        for (std::size_t c = 0; c < sums.size(); ++c)
            sums[c] += scores[static_cast<std::size_t>(j)]
                * v[j * sizes.valueChannels + static_cast<std::int64_t>(c)];
    for (std::size_t c = 0; c < sums.size(); ++c)
        y[c] = static_cast<T>(sums[c]);
}

template <typename T>
void attention(
    const LoopContext& context, const Sizes& sizes, float scale, const T* mask, const Strides& maskStrides)
{
    const std::int64_t batch = context.inputs[0].shape[0];
    for (std::int64_t n = 0; n < batch; ++n)
        for (std::int64_t h = 0; h < sizes.heads; ++h)
            for (std::int64_t i = 0; i < sizes.queries; ++i) {
                const std::int64_t row = n * maskStrides[0] + h * maskStrides[1] + i * maskStrides[2];
                const auto maskOf
                    = [&](std::int64_t j) -> double { return mask ? mask[row + j * maskStrides[3]] : T {}; };
                const std::int64_t key
                    = n * sizes.keys * sizes.keyChannels + h * (sizes.keyChannels / sizes.heads);
                const std::int64_t value = h * (sizes.valueChannels / sizes.heads);
                const std::int64_t query = n * sizes.queries + i;
                attend(context.inputs[0].as<T>().data() + query * sizes.keyChannels
                        + h * (sizes.keyChannels / sizes.heads),
                    context.inputs[1].as<T>().data() + key,
                    context.inputs[2].as<T>().data() + n * sizes.keys * sizes.valueChannels + value,
                    context.outputs[0].as<T>().data() + query * sizes.valueChannels + value, sizes, scale,
                    maskOf);
            }
}

} // namespace

void attentionLoop(const LoopContext& context)
{
    const auto& attributes = std::get<AttentionAttributes>(context.node.attributes);
    const Shape &q = context.inputs[0].shape, &v = context.inputs[2].shape;
    const Sizes sizes {
        .heads = attributes.heads, .queries = q[1], .keys = v[1], .keyChannels = q[2], .valueChannels = v[2]
    };
    const bool masked = hasInput(context, 3);
    const Strides maskStrides = masked
        ? broadcastStrides(context.inputs[3].shape, { q[0], sizes.heads, sizes.queries, sizes.keys })
        : Strides { 0, 0, 0, 0 };
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        attention<T>(context, sizes, attributes.scale, masked ? context.inputs[3].as<T>().data() : nullptr,
            maskStrides);
    });
}

} // namespace core::ops
