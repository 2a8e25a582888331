// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"

namespace cpu {

namespace {

using dnnl::matmul;
using dnnl::memory;

/// [batch, length, heads * size] seen as [batch, heads, length, size] (or its last two swapped): no transpose
/// is run.
Desc perHead(const core::Shape& shape, std::int64_t heads, memory::data_type type, bool transposed = false)
{
    const std::int64_t batch = shape[0], length = shape[1], width = shape[2], size = width / heads;
    const Dims strides { length * width, size, width, 1 };
    if (transposed)
        return Desc({ batch, heads, size, length }, type, { strides[0], strides[1], 1, width });
    return Desc({ batch, heads, length, size }, type, strides);
}

Desc padded(const core::Shape& shape, memory::data_type type)
{
    Dims dims(4, 1);
    std::copy(shape.begin(), shape.end(), dims.end() - static_cast<std::ptrdiff_t>(shape.size()));
    return plainDesc(dims, type);
}

} // namespace

bool attentionOnednn(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::AttentionAttributes>(node.attributes);
    const core::Shape& q = lowering.shapeOf(node.inputs[0]);
    const core::Shape& k = lowering.shapeOf(node.inputs[1]);
    const core::Shape& v = lowering.shapeOf(node.inputs[2]);
    const core::ElementType element = lowering.typeOf(node.inputs[0]);
    if (!isReal(element) || lowering.typeOf(node.inputs[1]) != element
        || lowering.typeOf(node.inputs[2]) != element || !node.epilogue.empty() || core::elementCount(q) == 0
        || core::elementCount(k) == 0 || core::elementCount(v) == 0)
        return false;
    const bool masked = node.inputs.size() > 3 && node.inputs[3] != core::kNoValue;
    if (masked && (lowering.shapeOf(node.inputs[3]).size() > 4 || lowering.typeOf(node.inputs[3]) != element))
        return false;
    const std::int64_t heads = attributes.heads;
    const auto type = *dataType(element);
    // Halves keep their scores in float32 up to the softmax, whose differences of large numbers would suffer.
    const Desc scores = plainDesc(Dims { q[0], heads, q[1], k[1] }), weights = withType(scores, type);

    // scores = scale * Q K^T + mask
    dnnl::primitive_attr attr = plainAttr();
    dnnl::post_ops ops;
    ops.append_eltwise(dnnl::algorithm::eltwise_linear, attributes.scale, 0);
    const Desc mask = masked ? padded(lowering.shapeOf(node.inputs[3]), type) : Desc();
    if (masked)
        ops.append_binary(dnnl::algorithm::binary_add, mask);
    attr.set_post_ops(ops);
    const Desc qHeads = perHead(q, heads, type), kHeads = perHead(k, heads, type, true),
               vHeads = perHead(v, heads, type);
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
        dnnl::algorithm::softmax_accurate, scores, weights, 3, plainAttr());
    const TensorId weightsTensor = weights == scores ? scoresTensor : lowering.temporary(weights);
    lowering.add(
        dnnl::softmax_forward(softmax), { { DNNL_ARG_SRC, scoresTensor }, { DNNL_ARG_DST, weightsTensor } });

    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const Desc outHeads = perHead(output, heads, type);
    const matmul::primitive_desc second(lowering.engine(), weights, vHeads, outHeads, plainAttr());
    lowering.add(matmul(second),
        { { DNNL_ARG_SRC, weightsTensor },
            { DNNL_ARG_WEIGHTS, lowering.view(lowering.plain(node.inputs[2]), vHeads) },
            { DNNL_ARG_DST, lowering.view(lowering.definePlain(node.outputs[0]), outHeads) } });
    return true;
}

} // namespace cpu
