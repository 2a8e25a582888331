// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/attribute_writer.h"

#include "core/error.h"
#include "core/model/attribute_list.h"
#include "core/ops/op_table.h"

#include <limits>

namespace core {
namespace {

using protozero::pbf_writer;

std::string autoPadWord(AutoPad autoPad)
{
    switch (autoPad) {
    case AutoPad::NotSet:
        return "NOTSET";
    case AutoPad::SameUpper:
        return "SAME_UPPER";
    case AutoPad::SameLower:
        return "SAME_LOWER";
    case AutoPad::Valid:
        return "VALID";
    }
    return "NOTSET";
}

std::string padWord(PadAttributes::Mode mode)
{
    switch (mode) {
    case PadAttributes::Mode::Constant:
        return "constant";
    case PadAttributes::Mode::Reflect:
        return "reflect";
    case PadAttributes::Mode::Edge:
        return "edge";
    case PadAttributes::Mode::Wrap:
        return "wrap";
    }
    return "constant";
}

/// What Conv and the pools share.
template <typename Window> void writeWindow(AttributeList& list, const Window& window)
{
    if (window.autoPad != AutoPad::NotSet)
        list.text("auto_pad", autoPadWord(window.autoPad));
    list.integersIfAny("kernel_shape", window.kernel);
    list.integersIfAny("strides", window.strides);
    list.integersIfAny("dilations", window.dilations);
    list.integersIfAny("pads", window.pads);
}

/// One overload per attribute struct; which operator it is, and which opset, decides the spelling.
struct AttributeVisitor {
    AttributeList& list;
    const Node& node;
    int opset;

    void operator()(const NoAttributes&) const { }

    /// What no network made here has: such nodes are read, run, and not written.
    template <typename ReadOnly> void operator()(const ReadOnly&) const
    {
        throw Error("Cannot write model: node \"{}\" ({}) has attributes that are only read.", node.name,
            opName(node.kind));
    }

    /// Not every opset knows every attribute, so those that have their default are left out.
    template <HasFields T> void operator()(const T& attributes) const
    {
        const T defaults;
        forEachField<T>([&](const auto& field) {
            if (field.required || attributes.*field.member != defaults.*field.member)
                list.write(field.name, attributes.*field.member);
        });
    }

    void operator()(const ConvAttributes& conv) const
    {
        writeWindow(list, conv);
        list.integer("group", conv.group);
    }

    void operator()(const ConvTransposeAttributes& transpose) const
    {
        (*this)(transpose.conv);
        list.integersIfAny("output_padding", transpose.outputPadding);
        list.integersIfAny("output_shape", transpose.outputShape);
    }

    void operator()(const PoolAttributes& pool) const
    {
        writeWindow(list, pool);
        list.flagIfSet("ceil_mode", pool.ceilMode);
        list.flagIfSet("count_include_pad", pool.countIncludePad);
        list.flagIfSet("storage_order", pool.columnMajorIndices);
    }

    void operator()(const GemmAttributes& gemm) const
    {
        list.real("alpha", gemm.alpha);
        list.real("beta", gemm.beta);
        list.integer("transA", gemm.transA);
        list.integer("transB", gemm.transB);
    }

    void operator()(const MatMulAttributes&) const { }

    void operator()(const BatchNormAttributes& norm) const
    {
        list.real("epsilon", norm.epsilon);
        if (norm.momentum != 0.9F)
            list.real("momentum", norm.momentum);
        list.flagIfSet("training_mode", norm.training);
        if (norm.perElement)
            list.integer("spatial", 0);
    }

    void operator()(const NormAttributes& norm) const
    {
        list.real("epsilon", norm.epsilon);
        list.integer("axis", norm.axis);
    }

    void operator()(const QuantiseAttributes& quantise) const
    {
        if (opset >= 13)
            list.integer("axis", quantise.axis);
        if (quantise.blockSize != 0)
            list.integer("block_size", quantise.blockSize);
        if (quantise.output != ElementType::Undefined)
            list.integer("output_dtype", static_cast<std::int64_t>(quantise.output));
    }

    void operator()(const ResizeAttributes& resize) const
    {
        using Resize = ResizeAttributes;
        const Resize defaults;
        const auto word
            = [&](const char* name, auto value, auto usual, std::initializer_list<const char*> words) {
                  if (value != usual)
                      list.text(name, *(words.begin() + static_cast<std::ptrdiff_t>(value)));
              };
        word("mode", resize.mode, Resize::Mode::Nearest, { "nearest", "linear", "cubic" });
        word("coordinate_transformation_mode", resize.coordinates, defaults.coordinates,
            { "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
                "tf_half_pixel_for_nn", "tf_crop_and_resize" });
        word("nearest_mode", resize.rounding, defaults.rounding,
            { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" });
        word("keep_aspect_ratio_policy", resize.policy, defaults.policy,
            { "stretch", "not_larger", "not_smaller" });
        if (resize.cubicA != defaults.cubicA)
            list.real("cubic_coeff_a", resize.cubicA);
        if (resize.extrapolation != 0)
            list.real("extrapolation_value", resize.extrapolation);
        list.flagIfSet("exclude_outside", resize.excludeOutside);
        list.flagIfSet("antialias", resize.antialias);
        list.integersIfAny("axes", resize.axes);
    }

    void operator()(const AxisAttributes& axis) const
    {
        list.integer("axis", axis.axis);
        if (axis.outputs > 0)
            list.integer("num_outputs", axis.outputs);
        list.integersIfAny("split", axis.sizes);
    }

    void operator()(const AxesAttributes& axes) const
    {
        if (node.kind == OpKind::ArgMax || node.kind == OpKind::ArgMin) {
            list.integer("axis", axes.axes->front());
            list.integer("keepdims", axes.keepDims);
            list.flagIfSet("select_last_index", axes.selectLast);
            return;
        }
        const bool reduces
            = node.kind != OpKind::Squeeze && node.kind != OpKind::Unsqueeze && node.kind != OpKind::Slice;
        if (axes.axes)
            list.integers("axes", *axes.axes);
        list.integersIfAny("starts", axes.starts);
        list.integersIfAny("ends", axes.ends);
        if (reduces)
            list.integer("keepdims", axes.keepDims);
        list.flagIfSet("noop_with_empty_axes", axes.noopWithEmptyAxes);
    }

    void operator()(const TransposeAttributes& transpose) const
    {
        list.integersIfAny("perm", transpose.permutation);
    }

    void operator()(const ReshapeAttributes& reshape) const
    {
        list.flagIfSet("allowzero", reshape.allowZero);
    }

    void operator()(const ActivationAttributes& activation) const
    {
        if (node.kind == OpKind::Clip) {
            if (opset < 11) {
                list.real("min", activation.alpha);
                list.real("max", activation.beta);
            }
            return;
        }
        list.real("alpha", activation.alpha);
        if (node.kind == OpKind::HardSigmoid)
            list.real("beta", activation.beta);
        if (node.kind == OpKind::Selu)
            list.real("gamma", activation.beta);
    }

    void operator()(const GeluAttributes& gelu) const
    {
        list.text("approximate", gelu.tanhApproximation ? "tanh" : "none");
    }

    void operator()(const CastAttributes& cast) const
    {
        list.integer("to", static_cast<std::int64_t>(cast.to));
    }

    void operator()(const ConstantAttributes& constant) const
    {
        if (constant.value)
            list.tensor("value", *constant.value);
    }

    void operator()(const ShapeAttributes& shape) const
    {
        if (shape.start != 0)
            list.integer("start", shape.start);
        if (shape.end)
            list.integer("end", *shape.end);
    }

    void operator()(const AttentionAttributes&) const { }

    void operator()(const ModAttributes& mod) const { list.flagIfSet("fmod", mod.truncated); }

    void operator()(const PadAttributes& pad) const
    {
        list.text("mode", padWord(pad.mode));
        if (opset >= 11)
            return;
        list.integers("pads", pad.pads);
        list.real("value", pad.value);
    }
};

/// First opset in which the operator takes its axes (or sizes) as an input instead of an attribute.
int axesAreInputSince(OpKind kind)
{
    switch (kind) {
    case OpKind::Slice:
        return 10;
    case OpKind::Squeeze:
    case OpKind::Unsqueeze:
    case OpKind::ReduceSum:
        return 13;
    default:
        return 18; // the other reductions
    }
}

/// Whether the operator of `opset` can say what the node means: it has the operator, and its attributes have
/// not moved.
bool expressible(const Node& node, int opset)
{
    const OpRow* row = opRow(node.kind);
    const bool standard = node.domain.empty() || node.domain == "ai.onnx";
    if (standard && row && opset < row->since)
        return false;
    if (const auto* axes = std::get_if<AxesAttributes>(&node.attributes)) {
        if (node.kind == OpKind::ArgMax || node.kind == OpKind::ArgMin)
            return axes->axes.has_value();
        const int since = axesAreInputSince(node.kind);
        return opset < since ? node.inputs.size() <= 1 : !axes->axes && axes->starts.empty();
    }
    if (const auto* axis = std::get_if<AxisAttributes>(&node.attributes)) {
        if (node.kind == OpKind::Softmax || node.kind == OpKind::LogSoftmax)
            return axis->flattened == (opset < 13);
        if (node.kind == OpKind::Split)
            return opset < 13 ? node.inputs.size() <= 1
                              : axis->sizes.empty() && (axis->outputs == 0 || opset >= 18);
    }
    if (const auto* bounds = std::get_if<ActivationAttributes>(&node.attributes); node.kind == OpKind::Clip) {
        const bool unbounded = !bounds
            || (bounds->alpha == std::numeric_limits<float>::lowest()
                && bounds->beta == std::numeric_limits<float>::max());
        return opset < 11 ? node.inputs.size() == 1 : unbounded || node.inputs.size() == 3;
    }
    if (const auto* norm = std::get_if<BatchNormAttributes>(&node.attributes))
        return (!norm->perElement || opset < 9) && (!norm->training || opset >= 14);
    if (const auto* quantise = std::get_if<QuantiseAttributes>(&node.attributes)) {
        const bool late = quantise->blockSize != 0 || quantise->output != ElementType::Undefined;
        return !late || opset >= (node.kind == OpKind::DequantizeLinear ? 23 : 21);
    }
    if (const auto* resize = std::get_if<ResizeAttributes>(&node.attributes)) {
        const bool late = !resize->axes.empty() || resize->antialias
            || resize->policy != ResizeAttributes::Policy::Stretch;
        return !resize->scalesFirst && resize->scales.empty() && opset >= (late ? 18 : 11);
    }
    if (node.kind == OpKind::Pad)
        return opset < 11 ? node.inputs.size() == 1 : node.inputs.size() > 1;
    if (node.kind == OpKind::Gelu)
        return opset >= 20;
    if (node.kind == OpKind::LayerNormalization)
        return opset >= 17;
    if (const auto* matMul = std::get_if<MatMulAttributes>(&node.attributes))
        return matMul->alpha == 1 && node.inputs.size() == 2;
    return true;
}

} // namespace

void requireWritable(const Node& node, int opset)
{
    if (node.kind == OpKind::Unknown)
        throw Error("Cannot write model: node \"{}\" is of an operator Breakeven does not know, {}.",
            node.name, node.type);
    if (node.kind == OpKind::FusedAttention || !node.epilogue.empty() || !node.quantised.empty())
        throw Error("Cannot write model: node \"{}\" ({}) is a fusion, and ONNX has no word for it.",
            node.name, node.type);
    if (!expressible(node, opset))
        throw Error(
            "Cannot write model: node \"{}\" ({}) has no form in opset {}.", node.name, node.type, opset);
}

void writeAttributes(pbf_writer& nodeMessage, const Node& node, int opset)
{
    AttributeList list(nodeMessage);
    std::visit(AttributeVisitor { list, node, opset }, node.attributes);
}

} // namespace core
