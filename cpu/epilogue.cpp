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

/// The residual in layout `dst`, seen with the dimensions of `dst`.
TensorId residualIn(Lowering& lowering, core::ValueId value, const Desc& dst)
{
    const core::Shape& shape = lowering.shapeOf(value);
    if (dst.get_dims() == Dims(shape.begin(), shape.end()))
        return lowering.inLayout(value, dst);
    return lowering.view(lowering.plain(value), dst);
}

} // namespace

dnnl::primitive_attr plainAttr()
{
    dnnl::primitive_attr attr;
    attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attr;
}

namespace {

/// The kernel may write over the residual: it is of no further use, and no other input of the kernel lies
/// there.
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

} // namespace

Epilogue makeEpilogue(Lowering& lowering, const core::Node& node, const Desc& dst)
{
    Epilogue epilogue { .attr = plainAttr() };
    dnnl::post_ops ops;
    for (const core::PostOp& op : node.epilogue) {
        if (op.kind != Kind::Add) {
            appendActivation(ops, op);
            continue;
        }
        const core::ValueId value = node.inputs[static_cast<std::size_t>(op.input)];
        const bool free = mayAccumulate(lowering, node, op.input);
        const TensorId residual = residualIn(lowering, value, dst);
        // Summing in place saves writing to fresh memory. A reordered copy of the residual does not qualify:
        // somebody else may read it.
        if (free && epilogue.accumulate < 0 && ops.len() == 0
            && lowering.tensor(residual).buffer == lowering.tensor(lowering.current(value)).buffer) {
            ops.append_sum(1.0F);
            epilogue.accumulate = residual;
            continue;
        }
        epilogue.arguments.emplace_back(DNNL_ARG_ATTR_MULTIPLE_POST_OP(ops.len()) | DNNL_ARG_SRC_1, residual);
        ops.append_binary(algorithm::binary_add, dst);
    }
    epilogue.attr.set_post_ops(ops);
    return epilogue;
}

TensorId defineOutput(Lowering& lowering, const core::Node& node, const Epilogue& epilogue, const Desc& dst)
{
    const core::ValueId output = node.outputs[0];
    const core::Shape& shape = lowering.shapeOf(output);
    const bool sameDims = dst.get_dims() == Dims(shape.begin(), shape.end());
    const Desc layout = sameDims ? dst : plainDesc(shape, core::ElementType::Float32);
    const TensorId defined = epilogue.accumulate < 0
        ? lowering.define(output, layout)
        : lowering.defineAlias(output, epilogue.accumulate, layout);
    return sameDims ? defined : lowering.view(defined, dst);
}

void addActivations(Lowering& lowering, const core::Node& node, TensorId target)
{
    const Desc layout = lowering.tensor(target).desc;
    for (const core::PostOp& op : node.epilogue) {
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
