// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/attend.h"
#include "core/ops/functions_sequence.h"
#include "core/ops/half.h"
#include "core/ops/rules.h"
#include "core/ops/run_graph.h"

/// FlexAttention of ai.onnx.preview: attention whose scores and weights a graph of the model's may change.
namespace core::ops {

Attributes parseFlexAttention(const OnnxAttributes& from)
{
    SubgraphAttributes flex;
    if (from.has("scale"))
        flex.scale = from.real("scale", 0);
    const std::int64_t code = from.integer("softmax_precision", 0);
    const auto precision = code >= 0 && code <= 16 ? static_cast<ElementType>(code) : ElementType::String;
    if (precision != ElementType::Undefined && !isFloat(precision))
        throw Error("has softmax_precision {}, which is no floating-point type.", code);
    flex.precision = precision;
    return flex;
}

namespace {

enum Input : std::size_t { kQ, kK, kV, kOwnInputs };

ElementType scoreType(const SubgraphAttributes& flex, ElementType inputs)
{
    if (flex.precision != ElementType::Undefined)
        return flex.precision;
    return inputs == ElementType::Double ? ElementType::Double : ElementType::Float32;
}

} // namespace

void inferFlexAttention(InferContext& context)
{
    const auto& flex = std::get<SubgraphAttributes>(context.node.attributes);
    if (context.inputs.size() != kOwnInputs + flex.captures)
        throw Error("has {} inputs, expected 3.", context.inputs.size() - flex.captures);
    requireFloats(context, { kQ, kK, kV });
    const Shape &q = context.inputs[kQ], &k = context.inputs[kK], &v = context.inputs[kV];
    const bool fits = q.size() == 4 && k.size() == 4 && v.size() == 4 && q[0] == k[0] && k[0] == v[0]
        && k[1] == v[1] && k[2] == v[2] && q[3] == k[3] && k[1] > 0 && q[1] % k[1] == 0;
    if (!fits)
        throw Error("attends with queries {}, keys {} and values {}.", toString(q), toString(k), toString(v));
    setOutput(context, 0, { q[0], q[1], q[2], v[3] }, context.types[kQ]);
}

namespace {

/// A tensor of any floating-point type as T, which is float or double.
template <typename T> Tensor realTensor(const TensorView& view)
{
    if (std::is_same_v<T, float> && isHalf(view.type))
        return widened(view);
    Tensor result(elementTypeOf<T>(), view.shape);
    const auto reals = realsOf(view);
    std::ranges::transform(reals, result.as<T>().begin(), [](double value) { return static_cast<T>(value); });
    return result;
}

/// From T to any floating-point type, in place when it is T itself.
template <typename T> Tensor asType(Tensor tensor, ElementType type)
{
    if (tensor.type() == type)
        return tensor;
    Tensor result(type, tensor.shape());
    if (isHalf(type)) {
        narrow(realTensor<float>(tensor.view()).view(), result);
        return result;
    }
    dispatch(FloatTypes {}, type, [&]<typename To>() { result = realTensor<To>(tensor.view()); });
    return result;
}

/// The tensor as body `index` changes it; as it is for -1.
template <typename T> Tensor modified(const LoopContext& context, int index, ElementType type, Tensor tensor)
{
    if (index < 0)
        return tensor;
    const auto& flex = std::get<SubgraphAttributes>(context.node.attributes);
    const Shape shape = tensor.shape();
    const Tensor given = asType<T>(std::move(tensor), type);
    std::vector<TensorView> inputs { given.view() };
    const auto captures = context.inputs.subspan(kOwnInputs);
    inputs.insert(inputs.end(), captures.begin(), captures.end());
    const Graph& body = *flex.bodies[static_cast<std::size_t>(index)];
    if (body.inputs.size() != inputs.size() || body.outputs.size() != 1)
        throw Error("has a body of {} inputs and {} outputs, expected one each.",
            body.inputs.size() - captures.size(), body.outputs.size());
    std::vector<Tensor> results = runGraph(body, inputs);
    if (results[0].shape() != shape || results[0].type() != type)
        throw Error("has a body that makes {} {} of {} {}.", elementName(results[0].type()),
            toString(results[0].shape()), elementName(type), toString(shape));
    return realTensor<T>(results[0].view());
}

struct Sizes {
    std::int64_t batch, heads, kvHeads, queries, keys, size, valueSize;
};

Sizes sizesOf(const LoopContext& context)
{
    const Shape &q = context.inputs[kQ].shape, &k = context.inputs[kK].shape;
    return { q[0], q[1], k[1], q[2], k[2], q[3], context.inputs[kV].shape[3] };
}

/// Calls body(head, first query row, first row of scores) for each head, its keys and values loaded.
template <typename T, typename Body>
void eachHead(const Sizes& sizes, const Tensor& k, const Tensor& v, Body&& body)
{
    HeadAttention<T> head(sizes.keys, sizes.size, sizes.valueSize);
    const T *keys = k.as<T>().data(), *values = v.as<T>().data();
    for (std::int64_t h = 0; h < sizes.batch * sizes.heads; ++h) {
        const std::int64_t kv
            = h / sizes.heads * sizes.kvHeads + h % sizes.heads / (sizes.heads / sizes.kvHeads);
        for (std::int64_t j = 0; j < sizes.keys; ++j)
            head.load(j, keys + (kv * sizes.keys + j) * sizes.size,
                values + (kv * sizes.keys + j) * sizes.valueSize);
        for (std::int64_t i = h * sizes.queries; i < (h + 1) * sizes.queries; ++i)
            body(head, i);
    }
}

template <typename T> Tensor flexAttention(const LoopContext& context, ElementType type)
{
    const auto& flex = std::get<SubgraphAttributes>(context.node.attributes);
    const Sizes sizes = sizesOf(context);
    const Tensor q = realTensor<T>(context.inputs[kQ]), k = realTensor<T>(context.inputs[kK]),
                 v = realTensor<T>(context.inputs[kV]);
    const double scale = flex.scale ? *flex.scale : 1 / std::sqrt(static_cast<double>(sizes.size));
    Tensor scores(elementTypeOf<T>(), { sizes.batch, sizes.heads, sizes.queries, sizes.keys });
    eachHead<T>(sizes, k, v, [&](HeadAttention<T>& head, std::int64_t row) {
        head.score(q.as<T>().data() + row * sizes.size, scale);
        std::ranges::transform(head.scores, scores.as<T>().data() + row * sizes.keys,
            [](double score) { return static_cast<T>(score); });
    });
    scores = modified<T>(context, flex.scoreBody, type, std::move(scores));
    std::vector<double> line(static_cast<std::size_t>(sizes.keys));
    for (std::int64_t row = 0; row < sizes.batch * sizes.heads * sizes.queries; ++row) {
        T* weights = scores.as<T>().data() + row * sizes.keys;
        std::copy_n(weights, sizes.keys, line.begin());
        softmaxInPlace(line);
        std::ranges::transform(line, weights, [](double weight) { return static_cast<T>(weight); });
    }
    const Tensor weights = modified<T>(context, flex.weightBody, type, std::move(scores));
    Tensor y(elementTypeOf<T>(), context.outputs[0].shape());
    eachHead<T>(sizes, k, v, [&](HeadAttention<T>& head, std::int64_t row) {
        std::copy_n(weights.as<T>().data() + row * sizes.keys, sizes.keys, head.scores.begin());
        head.mix(y.as<T>().data() + row * sizes.valueSize);
    });
    return y;
}

} // namespace

void flexAttentionLoop(const LoopContext& context)
{
    const ElementType type
        = scoreType(std::get<SubgraphAttributes>(context.node.attributes), context.inputs[kQ].type);
    const ElementType output = context.outputs[0].type();
    const Tensor y = type == ElementType::Double || output == ElementType::Double
        ? asType<double>(flexAttention<double>(context, type), output)
        : asType<float>(flexAttention<float>(context, type), output);
    std::ranges::copy(y.bytes(), context.outputs[0].bytes().begin());
}

} // namespace core::ops
