// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/epilogue.h"

namespace cpu {

namespace {

using dnnl::algorithm;
using Kind = core::PostOp::Kind;

void appendActivation(dnnl::post_ops& ops, const core::PostOp& op)
{
    switch (op.kind) {
    case Kind::Add:
    case Kind::Quantise:
        break;
    case Kind::Linear:
        return ops.append_eltwise(algorithm::eltwise_linear, op.alpha, op.beta);
    case Kind::Relu:
        return ops.append_eltwise(algorithm::eltwise_relu, 0, 0);
    case Kind::Clip:
        return ops.append_eltwise(algorithm::eltwise_clip_v2, op.alpha, op.beta);
    case Kind::Sigmoid:
        return ops.append_eltwise(algorithm::eltwise_logistic, 0, 0);
    case Kind::HardSigmoid:
        return ops.append_eltwise(algorithm::eltwise_hardsigmoid, op.alpha, op.beta);
    case Kind::HardSwish: // x * clip(x / 6 + 1 / 2, 0, 1)
        return ops.append_eltwise(algorithm::eltwise_hardswish, 1.0F / 6, 0.5F);
    case Kind::Tanh:
        return ops.append_eltwise(algorithm::eltwise_tanh, 0, 0);
    case Kind::Gelu:
        return ops.append_eltwise(algorithm::eltwise_gelu_erf, 0, 0);
    case Kind::GeluTanh:
        return ops.append_eltwise(algorithm::eltwise_gelu_tanh, 0, 0);
    case Kind::Swish:
        return ops.append_eltwise(algorithm::eltwise_swish, 1, 0);
    }
}

constexpr auto kFloat = dnnl::memory::data_type::f32;

/// The residual in layout `dst`, seen with the dimensions of `dst`, of its own type.
TensorId residualIn(Lowering& lowering, core::ValueId value, const Desc& dst)
{
    const core::Shape& shape = lowering.shapeOf(value);
    const auto type = *dataType(lowering.typeOf(value));
    const Desc layout = dst.get_data_type() == type ? dst : withType(dst, type);
    if (dst.get_dims() == Dims(shape.begin(), shape.end()))
        return lowering.inLayout(value, layout);
    return lowering.view(lowering.plain(value), layout);
}

} // namespace

dnnl::primitive_attr plainAttr()
{
    dnnl::primitive_attr attr;
    attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attr;
}

bool mayAccumulate(Lowering& lowering, const core::Node& node, int index)
{
    const core::ValueId residual = node.inputs[static_cast<std::size_t>(index)];
    if (!lowering.dies(residual))
        return false;
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
        if (static_cast<int>(i) != index && node.inputs[i] != core::kNoValue
            && lowering.shareMemory(node.inputs[i], residual))
            return false;
    return true;
}

void addQuantisation(Lowering& lowering, const core::Quantisation& as, int argument,
    dnnl::primitive_attr& attr, std::vector<std::pair<int, TensorId>>& arguments, int mask)
{
    const auto count = static_cast<std::int64_t>(as.scales.size());
    attr.set_scales_mask(argument, mask);
    arguments.emplace_back(DNNL_ARG_ATTR_SCALES | argument,
        lowering.keep(std::make_shared<core::Tensor>(
            core::Tensor::of<float>(core::ElementType::Float32, { count }, as.scales))));
    if (as.zero == 0)
        return;
    attr.set_zero_points_mask(argument, 0);
    arguments.emplace_back(DNNL_ARG_ATTR_ZERO_POINTS | argument,
        lowering.keep(std::make_shared<core::Tensor>(core::Tensor::of<std::int32_t>(
            core::ElementType::Int32, { 1 }, { static_cast<std::int32_t>(as.zero) }))));
}

void addInputQuantisation(Lowering& lowering, const core::Node& node, int channelMask, Epilogue& epilogue)
{
    const core::Quantisation& weights = *core::inputQuantisation(node, 1);
    addQuantisation(
        lowering, *core::inputQuantisation(node, 0), DNNL_ARG_SRC, epilogue.attr, epilogue.arguments);
    addQuantisation(lowering, weights, DNNL_ARG_WEIGHTS, epilogue.attr, epilogue.arguments,
        weights.scales.size() > 1 ? channelMask : 0);
}

TensorId dequantised(Lowering& lowering, TensorId source, const core::Quantisation& as)
{
    const Desc from = lowering.tensor(source).desc, to = withType(from, kFloat);
    const TensorId target = lowering.temporary(to);
    dnnl::primitive_attr attr = plainAttr();
    std::vector<std::pair<int, TensorId>> arguments { { DNNL_ARG_SRC, source }, { DNNL_ARG_DST, target } };
    addQuantisation(lowering, as, DNNL_ARG_SRC, attr, arguments);
    const dnnl::reorder::primitive_desc desc(lowering.engine(), from, lowering.engine(), to, attr);
    lowering.add(dnnl::reorder(desc), std::move(arguments), "dequantise");
    return target;
}

Epilogue makeEpilogue(Lowering& lowering, const core::Node& node, const Desc& dst)
{
    Epilogue epilogue { .attr = plainAttr() };
    dnnl::post_ops ops;
    for (const core::PostOp& op : node.epilogue) {
        if (op.kind == Kind::Quantise) {
            addQuantisation(lowering, op.to, DNNL_ARG_DST, epilogue.attr, epilogue.arguments);
            continue;
        }
        if (op.kind != Kind::Add) {
            appendActivation(ops, op);
            continue;
        }
        const core::ValueId value = node.inputs[static_cast<std::size_t>(op.input)];
        const bool free = mayAccumulate(lowering, node, op.input);
        TensorId residual = residualIn(lowering, value, dst);
        const core::Quantisation* as = core::inputQuantisation(node, static_cast<std::size_t>(op.input));
        const Desc layout = lowering.tensor(residual).desc;
        const bool fits = dnnl::memory::data_type_size(layout.get_data_type())
            == dnnl::memory::data_type_size(dst.get_data_type());
        // Summing in place saves writing to fresh memory. A reordered copy of the residual does not qualify:
        // somebody else may read it.
        if (free && fits && epilogue.accumulate < 0 && ops.len() == 0
            && lowering.tensor(residual).buffer == lowering.tensor(lowering.current(value)).buffer) {
            if (as)
                ops.append_sum(as->scales[0], static_cast<std::int32_t>(as->zero), layout.get_data_type());
            else
                ops.append_sum(1.0F);
            epilogue.accumulate = residual;
            continue;
        }
        if (as)
            residual = dequantised(lowering, residual, *as);
        epilogue.arguments.emplace_back(DNNL_ARG_ATTR_MULTIPLE_POST_OP(ops.len()) | DNNL_ARG_SRC_1, residual);
        ops.append_binary(algorithm::binary_add, lowering.tensor(residual).desc);
    }
    epilogue.attr.set_post_ops(ops);
    return epilogue;
}

TensorId defineOutput(Lowering& lowering, const core::Node& node, const Epilogue& epilogue, const Desc& dst)
{
    const core::ValueId output = node.outputs[0];
    const core::Shape& shape = lowering.shapeOf(output);
    const bool sameDims = dst.get_dims() == Dims(shape.begin(), shape.end());
    const Desc layout = sameDims ? dst : plainDesc(shape, lowering.typeOf(output));
    const TensorId defined = epilogue.accumulate < 0
        ? lowering.define(output, layout)
        : lowering.defineAlias(output, epilogue.accumulate, layout);
    return sameDims ? defined : lowering.view(defined, dst);
}

void addActivations(Lowering& lowering, const core::Node& node, TensorId target)
{
    const Desc layout = lowering.tensor(target).desc;
    for (const core::PostOp& op : node.epilogue) {
        if (op.kind == Kind::Add)
            continue;
        dnnl::post_ops ops;
        appendActivation(ops, op);
        dnnl::algorithm how = dnnl::algorithm::undef;
        float alpha = 0, beta = 0;
        ops.get_params_eltwise(0, how, alpha, beta);
        const dnnl::eltwise_forward::primitive_desc desc(lowering.engine(),
            dnnl::prop_kind::forward_inference, how, layout, layout, alpha, beta, plainAttr());
        lowering.add(dnnl::eltwise_forward(desc), { { DNNL_ARG_SRC, target }, { DNNL_ARG_DST, target } });
    }
}

} // namespace cpu
