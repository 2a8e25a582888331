// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions_sequence.h"
#include "core/ops/parse.h"
#include "core/ops/rules.h"
#include "core/ops/scalar.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>

/// LinearAttention and CausalConvWithState: sequences with a state of fixed size that is carried along.
namespace core::ops {

Attributes parseLinearAttention(const OnnxAttributes& from)
{
    const std::size_t rule = wordOf(from, "update_rule", 3, { "linear", "gated", "delta", "gated_delta" });
    const LinearAttentionAttributes attention { .heads = from.integer("q_num_heads", 0),
        .kvHeads = from.integer("kv_num_heads", 0),
        .scale = from.real("scale", 0),
        .decays = rule % 2 == 1,
        .corrects = rule >= 2 };
    if (attention.kvHeads < 1 || attention.heads < 1 || attention.heads % attention.kvHeads != 0)
        throw Error("has {} heads of queries and {} of keys.", attention.heads, attention.kvHeads);
    return attention;
}

Attributes parseCausalConv(const OnnxAttributes& from)
{
    return CausalConvAttributes { .swish = wordOf(from, "activation", 0, { "none", "silu", "swish" }) > 0 };
}

namespace {

enum Input : std::size_t { kQ, kK, kV, kPast, kDecay, kBeta };

struct Sizes {
    std::int64_t batch, steps, heads, kvHeads, keySize, valueSize;

    Shape state() const { return { batch, kvHeads, keySize, valueSize }; }
};

Sizes sizesOf(const LinearAttentionAttributes& attention, const Shape& q, const Shape& k, const Shape& v)
{
    const bool ranks = q.size() == 3 && k.size() == 3 && v.size() == 3;
    const bool fits = ranks && q[0] == k[0] && k[0] == v[0] && q[1] == k[1] && k[1] == v[1]
        && q[2] % attention.heads == 0 && k[2] % attention.kvHeads == 0 && v[2] % attention.kvHeads == 0
        && q[2] / attention.heads == k[2] / attention.kvHeads;
    if (!fits)
        throw Error("attends with queries {}, keys {} and values {} in {} and {} heads.", toString(q),
            toString(k), toString(v), attention.heads, attention.kvHeads);
    return { q[0], q[1], attention.heads, attention.kvHeads, k[2] / attention.kvHeads,
        v[2] / attention.kvHeads };
}

void requireGate(const InferContext& context, std::size_t input, bool needed, const char* what,
    const Sizes& sizes, std::int64_t width, std::int64_t otherWidth)
{
    if (!context.has(input)) {
        if (needed)
            throw Error("has no {}, which its update rule needs.", what);
        return;
    }
    const Shape& shape = context.inputs[input];
    if (shape != Shape { sizes.batch, sizes.steps, width }
        && shape != Shape { sizes.batch, sizes.steps, otherWidth })
        throw Error("has a {} of shape {}.", what, toString(shape));
}

} // namespace

void inferLinearAttention(InferContext& context)
{
    const auto& attention = std::get<LinearAttentionAttributes>(context.node.attributes);
    requireFloats(context, { kQ, kK, kV, kPast, kDecay, kBeta });
    const Sizes sizes = sizesOf(attention, context.inputs[kQ], context.inputs[kK], context.inputs[kV]);
    requireGate(context, kDecay, attention.decays, "decay", sizes, sizes.kvHeads,
        checkedProduct(sizes.kvHeads, sizes.keySize));
    requireGate(context, kBeta, attention.corrects, "beta", sizes, sizes.kvHeads, 1);
    if (context.has(kPast) && context.inputs[kPast] != sizes.state())
        throw Error("has a past state of shape {}, expected {}.", toString(context.inputs[kPast]),
            toString(sizes.state()));
    setOutput(context, 0, { sizes.batch, sizes.steps, checkedProduct(sizes.heads, sizes.valueSize) },
        context.types[kQ]);
    setOutput(context, 1, sizes.state(), context.types[context.has(kPast) ? kPast : kQ]);
}

namespace {

/// One head of keys and values: its state, and what a step does to it.
class LinearState {
public:
    LinearState(std::int64_t keySize, std::int64_t valueSize)
        : m_keys(static_cast<std::size_t>(keySize))
        , m_change(static_cast<std::size_t>(valueSize))
        , state(static_cast<std::size_t>(keySize * valueSize))
    {
    }

    /// `decays`: factors of each row, one of all rows or none. `beta`: only where `corrects`.
    template <typename T>
    void step(const T* key, const T* value, const T* decays, bool perKey, bool corrects, double beta)
    {
        const std::size_t width = m_change.size();
        for (std::size_t d = 0; d < m_keys && decays; ++d) {
            const double factor = std::exp(static_cast<double>(decays[perKey ? d : 0]));
            for (std::size_t e = 0; e < width; ++e)
                state[d * width + e] *= factor;
        }
        for (std::size_t e = 0; e < width; ++e)
            m_change[e] = value[e];
        for (std::size_t d = 0; d < m_keys && corrects; ++d)
            for (std::size_t e = 0; e < width; ++e)
                m_change[e] -= key[d] * state[d * width + e];
        for (std::size_t d = 0; d < m_keys; ++d)
            for (std::size_t e = 0; e < width; ++e)
                state[d * width + e] += beta * key[d] * m_change[e];
    }

    template <typename T> void read(const T* query, double scale, T* y)
    {
        std::ranges::fill(m_change, 0.0);
        addProducts(m_change, query, 1, state.data(), static_cast<std::int64_t>(m_keys));
        std::ranges::transform(m_change, y, [scale](double sum) { return static_cast<T>(sum * scale); });
    }

private:
    std::size_t m_keys;
    std::vector<double> m_change;

public:
    std::vector<double> state; // [key][value]
};

template <typename T>
void runHead(
    const LoopContext& context, const Sizes& sizes, LinearState& head, std::int64_t b, std::int64_t h)
{
    const auto& attention = std::get<LinearAttentionAttributes>(context.node.attributes);
    const double scale
        = attention.scale != 0 ? attention.scale : 1 / std::sqrt(static_cast<double>(sizes.keySize));
    const auto row = [&](std::size_t input, std::int64_t t) -> const T* {
        return context.inputs[input].as<T>().data() + (b * sizes.steps + t) * context.inputs[input].shape[2];
    };
    const bool decays = attention.decays, corrects = attention.corrects;
    const bool perKey = decays && context.inputs[kDecay].shape[2] != sizes.kvHeads;
    const bool oneBeta = corrects && context.inputs[kBeta].shape[2] == 1;
    const std::int64_t shared = sizes.heads / sizes.kvHeads;
    T* y = context.outputs[0].as<T>().data();
    for (std::int64_t t = 0; t < sizes.steps; ++t) {
        const T* decay = decays ? row(kDecay, t) + h * (perKey ? sizes.keySize : 1) : nullptr;
        const double beta = corrects ? static_cast<double>(row(kBeta, t)[oneBeta ? 0 : h]) : 1.0;
        head.step(
            row(kK, t) + h * sizes.keySize, row(kV, t) + h * sizes.valueSize, decay, perKey, corrects, beta);
        for (std::int64_t q = h * shared; q < (h + 1) * shared; ++q)
            head.read(row(kQ, t) + q * sizes.keySize, scale,
                y + ((b * sizes.steps + t) * sizes.heads + q) * sizes.valueSize);
    }
}

} // namespace

void linearAttentionLoop(const LoopContext& context)
{
    const auto& attention = std::get<LinearAttentionAttributes>(context.node.attributes);
    const Sizes sizes
        = sizesOf(attention, context.inputs[kQ].shape, context.inputs[kK].shape, context.inputs[kV].shape);
    dispatch(FloatTypes {}, context.inputs[kQ].type, [&]<typename T>() {
        const T* past = hasInput(context, kPast) ? context.inputs[kPast].as<T>().data() : nullptr;
        T* present = context.outputs.size() > 1 ? context.outputs[1].as<T>().data() : nullptr;
        LinearState head(sizes.keySize, sizes.valueSize);
        const std::int64_t size = std::ssize(head.state);
        for (std::int64_t b = 0; b < sizes.batch; ++b)
            for (std::int64_t h = 0; h < sizes.kvHeads; ++h) {
                const std::int64_t at = (b * sizes.kvHeads + h) * size;
                for (std::int64_t i = 0; i < size; ++i)
                    head.state[static_cast<std::size_t>(i)] = past ? static_cast<double>(past[at + i]) : 0.0;
                runHead<T>(context, sizes, head, b, h);
                for (std::int64_t i = 0; i < size && present; ++i)
                    present[at + i] = static_cast<T>(head.state[static_cast<std::size_t>(i)]);
            }
    });
}

namespace {

enum ConvInput : std::size_t { kX, kWeight, kBias, kState };

} // namespace

void inferCausalConv(InferContext& context)
{
    const Shape &x = context.inputs[kX], &weight = context.inputs[kWeight];
    requireFloats(context, { kX, kWeight, kBias, kState });
    if (x.size() != 3 || weight.size() != 3 || weight[0] != x[1] || weight[1] != 1 || weight[2] < 1)
        throw Error(
            "convolves {} with weights {}, expected [channels, 1, size].", toString(x), toString(weight));
    if (context.has(kBias) && context.inputs[kBias] != Shape { x[1] })
        throw Error("has a bias of shape {} for {} output channels.", toString(context.inputs[kBias]), x[1]);
    const Shape state { x[0], x[1], weight[2] - 1 };
    if (context.has(kState) && context.inputs[kState] != state)
        throw Error(
            "has a past state of shape {}, expected {}.", toString(context.inputs[kState]), toString(state));
    setOutput(context, 0, x, context.types[kX]);
    setOutput(context, 1, state, context.types[kX]);
}

void causalConvLoop(const LoopContext& context)
{
    const Shape& shape = context.inputs[kX].shape;
    const std::int64_t size = context.inputs[kWeight].shape[2], length = shape[2];
    const bool swished = std::get<CausalConvAttributes>(context.node.attributes).swish;
    dispatch(FloatTypes {}, context.inputs[kX].type, [&]<typename T>() {
        std::vector<double> line(static_cast<std::size_t>(size - 1 + length)); // the state, then the input
        std::vector<double> sums(static_cast<std::size_t>(length));
        for (std::int64_t row = 0; row < shape[0] * shape[1]; ++row) {
            const std::int64_t channel = row % shape[1];
            std::fill(line.begin(), line.begin() + size - 1, 0.0);
            if (hasInput(context, kState))
                std::copy_n(context.inputs[kState].as<T>().data() + row * (size - 1), size - 1, line.begin());
            std::copy_n(context.inputs[kX].as<T>().data() + row * length, length, line.begin() + size - 1);
            const T* weights = context.inputs[kWeight].as<T>().data() + channel * size;
            std::ranges::fill(sums,
                hasInput(context, kBias) ? context.inputs[kBias].as<T>()[static_cast<std::size_t>(channel)]
                                         : T {});
            for (std::int64_t k = 0; k < size; ++k)
                for (std::int64_t i = 0; i < length; ++i)
                    sums[static_cast<std::size_t>(i)] += weights[k] * line[static_cast<std::size_t>(i + k)];
            std::ranges::transform(sums, context.outputs[0].as<T>().data() + row * length,
                [&](double sum) { return static_cast<T>(swished ? swish(sum) : sum); });
            if (context.outputs.size() > 1)
                std::transform(line.end() - (size - 1), line.end(),
                    context.outputs[1].as<T>().data() + row * (size - 1),
                    [](double value) { return static_cast<T>(value); });
        }
    });
}

} // namespace core::ops
