// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/parse.h"

#include "core/error.h"
#include "core/ops/parse_fields.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

namespace core::ops {
namespace {

/// Windows and strides beyond this are no model's: keeps the arithmetic on them far from overflow.
constexpr std::int64_t kLargestWindow = std::numeric_limits<std::int32_t>::max();

ActivationAttributes activation(const OnnxAttributes& from, float alpha, float beta)
{
    return { .alpha = from.real("alpha", alpha), .beta = from.real("beta", beta) };
}

template <typename T>
std::shared_ptr<const Tensor> share(ElementType type, Shape shape, const std::vector<T>& elements)
{
    return std::make_shared<const Tensor>(Tensor::of(type, std::move(shape), elements));
}

} // namespace

std::size_t wordOf(const OnnxAttributes& from, const std::string& name, std::size_t fallback,
    std::initializer_list<const char*> words)
{
    if (!from.has(name))
        return fallback;
    const std::string word = from.text(name, "");
    const auto* const found = std::find(words.begin(), words.end(), word);
    if (found == words.end())
        throw Error("has {} \"{}\", expected {}.", name, word, fmt::join(words, ", "));
    return static_cast<std::size_t>(found - words.begin());
}

std::vector<std::int64_t> windowSizes(const OnnxAttributes& from, const std::string& name, std::int64_t least)
{
    std::vector<std::int64_t> sizes = from.integers(name);
    for (const std::int64_t size : sizes)
        if (size < least || size > kLargestWindow)
            throw Error("has {} in \"{}\", expected {} to {}.", size, name, least, kLargestWindow);
    return sizes;
}

AutoPad autoPad(const OnnxAttributes& from)
{
    const std::string word = from.text("auto_pad", "NOTSET");
    if (word == "NOTSET" || word.empty())
        return AutoPad::NotSet;
    if (word == "SAME_UPPER")
        return AutoPad::SameUpper;
    if (word == "SAME_LOWER")
        return AutoPad::SameLower;
    if (word == "VALID")
        return AutoPad::Valid;
    throw Error("has auto_pad \"{}\", expected NOTSET, SAME_UPPER, SAME_LOWER or VALID.", word);
}

ElementType elementTypeFromCode(std::int64_t code)
{
    const auto type = code > 0 && code <= 16 ? static_cast<ElementType>(code) : ElementType::Undefined;
    return elementSize(type) > 0 || type == ElementType::String ? type : ElementType::Undefined;
}

Attributes parseNone(const OnnxAttributes&)
{
    return NoAttributes {};
}

Attributes parseConv(const OnnxAttributes& from)
{
    ConvAttributes conv { .autoPad = autoPad(from),
        .kernel = windowSizes(from, "kernel_shape", 1),
        .strides = windowSizes(from, "strides", 1),
        .dilations = windowSizes(from, "dilations", 1),
        .pads = windowSizes(from, "pads", 0),
        .group = from.integer("group", 1) };
    if (conv.group < 1)
        throw Error("has group {}, expected 1 or more.", conv.group);
    return conv;
}

std::int64_t normOrder(const OnnxAttributes& from)
{
    const std::int64_t p = from.integer("p", 2);
    if (p < 1)
        throw Error("has p {}, expected 1 or more.", p);
    return p;
}

Attributes parsePool(const OnnxAttributes& from)
{
    PoolAttributes pool { .autoPad = autoPad(from),
        .kernel = windowSizes(from, "kernel_shape", 1),
        .strides = windowSizes(from, "strides", 1),
        .dilations = windowSizes(from, "dilations", 1),
        .pads = windowSizes(from, "pads", 0),
        .ceilMode = from.integer("ceil_mode", 0) != 0,
        .countIncludePad = from.integer("count_include_pad", 0) != 0,
        .columnMajorIndices = from.integer("storage_order", 0) != 0,
        .p = normOrder(from) };
    if (pool.kernel.empty())
        throw Error("has no \"kernel_shape\".");
    return pool;
}

Attributes parseGemm(const OnnxAttributes& from)
{
    return GemmAttributes { .alpha = from.real("alpha", 1),
        .beta = from.real("beta", 1),
        .transA = from.integer("transA", 0) != 0,
        .transB = from.integer("transB", 0) != 0 };
}

Attributes parseMatMul(const OnnxAttributes&)
{
    return MatMulAttributes {};
}

Attributes parseAttention(const OnnxAttributes&)
{
    return AttentionAttributes {};
}

Attributes parseBatchNorm(const OnnxAttributes& from)
{
    return BatchNormAttributes { .epsilon = from.real("epsilon", 1e-5F),
        .momentum = from.real("momentum", 0.9F),
        .training = from.integer("training_mode", 0) != 0,
        .perElement = from.version() < 9 && from.integer("spatial", 1) == 0 };
}

Attributes parseLayerNorm(const OnnxAttributes& from)
{
    return NormAttributes { .epsilon = from.real("epsilon", 1e-5F), .axis = from.integer("axis", -1) };
}

Attributes parseSoftmax(const OnnxAttributes& from)
{
    const bool flattened = from.version() < 13;
    return AxisAttributes { .axis = from.integer("axis", flattened ? 1 : -1), .flattened = flattened };
}

Attributes parseLeakyRelu(const OnnxAttributes& from)
{
    return activation(from, 0.01F, 0);
}

Attributes parseElu(const OnnxAttributes& from)
{
    return activation(from, 1, 0);
}

Attributes parseSelu(const OnnxAttributes& from)
{
    return ActivationAttributes { .alpha = from.real("alpha", 1.67326319217681884765625F),
        .beta = from.real("gamma", 1.05070102214813232421875F) };
}

Attributes parseHardSigmoid(const OnnxAttributes& from)
{
    return activation(from, 0.2F, 0.5F);
}

Attributes parseThresholdedRelu(const OnnxAttributes& from)
{
    return activation(from, 1, 0);
}

Attributes parseClip(const OnnxAttributes& from)
{
    return ActivationAttributes { .alpha = from.real("min", std::numeric_limits<float>::lowest()),
        .beta = from.real("max", std::numeric_limits<float>::max()) };
}

Attributes parseGelu(const OnnxAttributes& from)
{
    const std::string word = from.text("approximate", "none");
    if (word != "none" && word != "tanh")
        throw Error("has approximate \"{}\", expected none or tanh.", word);
    return GeluAttributes { .tanhApproximation = word == "tanh" };
}

Attributes parseCast(const OnnxAttributes& from)
{
    // A type without a word stays Undefined, and the shape rule refuses it: the rest of the model can be
    // looked at.
    return CastAttributes { .to = elementTypeFromCode(from.integer("to", 0)) };
}

Attributes parseMod(const OnnxAttributes& from)
{
    return ModAttributes { .truncated = from.integer("fmod", 0) != 0 };
}

Attributes parseAxes(const OnnxAttributes& from)
{
    AxesAttributes axes { .keepDims = from.integer("keepdims", 1) != 0,
        .noopWithEmptyAxes = from.integer("noop_with_empty_axes", 0) != 0,
        .starts = from.integers("starts"),
        .ends = from.integers("ends") };
    if (from.has("axes"))
        axes.axes = from.integers("axes");
    return axes;
}

Attributes parseArg(const OnnxAttributes& from)
{
    return AxesAttributes { .axes = std::vector { from.integer("axis", 0) },
        .keepDims = from.integer("keepdims", 1) != 0,
        .selectLast = from.integer("select_last_index", 0) != 0 };
}

Attributes parseTranspose(const OnnxAttributes& from)
{
    return TransposeAttributes { .permutation = from.integers("perm") };
}

Attributes parseReshape(const OnnxAttributes& from)
{
    return ReshapeAttributes { .allowZero = from.integer("allowzero", 0) != 0 };
}

Attributes parseFlatten(const OnnxAttributes& from)
{
    return AxisAttributes { .axis = from.integer("axis", 1) };
}

Attributes parseConcat(const OnnxAttributes& from)
{
    if (!from.has("axis"))
        throw Error("has no \"axis\".");
    return AxisAttributes { .axis = from.integer("axis", 0) };
}

Attributes parseSplit(const OnnxAttributes& from)
{
    AxisAttributes split { .axis = from.integer("axis", 0),
        .outputs = from.integer("num_outputs", 0),
        .sizes = from.integers("split") };
    if (split.outputs < 0)
        throw Error("has num_outputs {}, expected 1 or more.", split.outputs);
    return split;
}

Attributes parseGather(const OnnxAttributes& from)
{
    return AxisAttributes { .axis = from.integer("axis", 0) };
}

Attributes parsePad(const OnnxAttributes& from)
{
    PadAttributes pad { .pads = from.integers("pads"), .value = from.real("value", 0) };
    const std::string mode = from.text("mode", "constant");
    if (mode == "reflect")
        pad.mode = PadAttributes::Mode::Reflect;
    else if (mode == "edge")
        pad.mode = PadAttributes::Mode::Edge;
    else if (mode == "wrap")
        pad.mode = PadAttributes::Mode::Wrap;
    else if (mode != "constant")
        throw Error("has mode \"{}\", expected constant, reflect, edge or wrap.", mode);
    return pad;
}

Attributes parseConstant(const OnnxAttributes& from)
{
    if (from.has("value"))
        return ConstantAttributes { from.tensor("value") };
    if (from.has("value_float"))
        return ConstantAttributes { share<float>(ElementType::Float32, {}, { from.real("value_float", 0) }) };
    if (from.has("value_int"))
        return ConstantAttributes { share<std::int64_t>(
            ElementType::Int64, {}, { from.integer("value_int", 0) }) };
    if (from.has("value_floats")) {
        const auto values = from.reals("value_floats");
        return ConstantAttributes { share(ElementType::Float32, { std::ssize(values) }, values) };
    }
    if (from.has("value_ints")) {
        const auto values = from.integers("value_ints");
        return ConstantAttributes { share(ElementType::Int64, { std::ssize(values) }, values) };
    }
    return ConstantAttributes {}; // strings and sparse tensors: the shape rule refuses them
}

Attributes parseConstantOfShape(const OnnxAttributes& from)
{
    auto value = from.tensor("value");
    if (!value)
        value = share<float>(ElementType::Float32, { 1 }, { 0.0F });
    if (value->count() != 1)
        throw Error("has a \"value\" of {} elements, expected 1.", value->count());
    return ConstantAttributes { std::move(value) };
}

Attributes parseShape(const OnnxAttributes& from)
{
    ShapeAttributes shape { .start = from.integer("start", 0) };
    if (from.has("end"))
        shape.end = from.integer("end", 0);
    return shape;
}

} // namespace core::ops
