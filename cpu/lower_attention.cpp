// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"

namespace cpu {

namespace {

using dnnl::matmul;
using dnnl::memory;

/// [batch, length, heads * size] seen as [batch, heads, length, size] (or its last two swapped): no transpose
/// is run.
Desc perHead(const core::Shape& shape, std::int64_t heads, bool transposed)
{
    const std::int64_t batch = shape[0], length = shape[1], width = shape[2], size = width / heads;
    const Dims strides { length * width, size, width, 1 };
    if (transposed)
        return Desc(
            { batch, heads, size, length }, memory::data_type::f32, { strides[0], strides[1], 1, width });
    return Desc({ batch, heads, length, size }, memory::data_type::f32, strides);
}

Desc padded(const core::Shape& shape)
{
    Dims dims(4, 1);
    std::copy(shape.begin(), shape.end(), dims.end() - static_cast<std::ptrdiff_t>(shape.size()));
    return plainDesc(dims);
}

} // namespace

bool attentionOnednn(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::AttentionAttributes>(node.attributes);
    const core::Shape& q = lowering.shapeOf(node.inputs[0]);
    const core::Shape& k = lowering.shapeOf(node.inputs[1]);
    const core::Shape& v = lowering.shapeOf(node.inputs[2]);
    if (lowering.typeOf(node.inputs[0]) != core::ElementType::Float32 || !node.epilogue.empty()
        || core::elementCount(q) == 0 || core::elementCount(k) == 0 || core::elementCount(v) == 0)
        return false;
    const bool masked = node.inputs.size() > 3 && node.inputs[3] != core::kNoValue;
    if (masked
        && (lowering.shapeOf(node.inputs[3]).size() > 4
            || lowering.typeOf(node.inputs[3]) != core::ElementType::Float32))
        return false;
    const std::int64_t heads = attributes.heads;
    const Desc scores = plainDesc(Dims { q[0], heads, q[1], k[1] });

    // scores = scale * Q K^T + mask
    dnnl::primitive_attr attr = plainAttr();
    dnnl::post_ops ops;
    ops.append_eltwise(dnnl::algorithm::eltwise_linear, attributes.scale, 0);
    const Desc mask = masked ? padded(lowering.shapeOf(node.inputs[3])) : Desc();
    if (masked)
        ops.append_binary(dnnl::algorithm::binary_add, mask);
    attr.set_post_ops(ops);
    const Desc qHeads = perHead(q, heads, false), kHeads = perHead(k, heads, true),
               vHeads = perHead(v, heads, false);
    const matmul::primitive_desc first(lowering.engine(), qHeads, kHeads, scores, attr);
    const TensorId scoresTensor = lowering.temporary(scores);
    std::vector<std::pair<int, TensorId>> arguments {
        { DNNL_ARG_SRC, lowering.view(lowering.plain(node.inputs[0]), qHeads) },
        { DNNL_ARG_WEIGHTS, lowering.view(lowering.plain(node.inputs[1]), kHeads) },
        { DNNL_ARG_DST, scoresTensor }
    };
    if (masked)
        arguments.emplace_back(DNNL_ARG_ATTR_MULTIPLE_POST_OP(1) | DNNL_ARG_SRC_1,
            lowering.view(lowering.plain(node.inputs[3]), mask));
    lowering.add(matmul(first), std::move(arguments));

    const dnnl::softmax_forward::primitive_desc softmax(lowering.engine(), dnnl::prop_kind::forward_inference,
        dnnl::algorithm::softmax_accurate, scores, scores, 3, plainAttr());
    lowering.add(
        dnnl::softmax_forward(softmax), { { DNNL_ARG_SRC, scoresTensor }, { DNNL_ARG_DST, scoresTensor } });

    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const Desc outHeads = perHead(output, heads, false);
    const matmul::primitive_desc second(lowering.engine(), scores, vHeads, outHeads, plainAttr());
    lowering.add(matmul(second),
        { { DNNL_ARG_SRC, scoresTensor },
            { DNNL_ARG_WEIGHTS, lowering.view(lowering.plain(node.inputs[2]), vHeads) },
            { DNNL_ARG_DST, lowering.view(lowering.definePlain(node.outputs[0]), outHeads) } });
    return true;
}

} // namespace cpu
