// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/lowering.h"

namespace cpu {

/// A node's epilogue as oneDNN post-ops.
struct Epilogue {
    dnnl::primitive_attr attr; // user scratchpad, post-ops
    std::vector<std::pair<int, TensorId>> arguments; // tensors of binary post-ops
    TensorId accumulate = -1; // set: the result is summed onto this tensor, in place
};

/// `dst` is the layout the kernel writes; residual tensors are brought into it. When `dst` has other
/// dimensions than the node's output (a matrix seen as two-dimensional), residuals are seen the same way.
Epilogue makeEpilogue(Lowering& lowering, const core::Node& node, const Desc& dst);

/// Defines the node's output in layout `dst`: over the summed residual where there is one, else in fresh
/// memory. Returns the tensor the kernel writes, described by `dst`.
TensorId defineOutput(Lowering& lowering, const core::Node& node, const Epilogue& epilogue, const Desc& dst);

/// The kernel may write its result over input `index`: that is of no further use, and no other input of the
/// kernel lies there.
bool mayAccumulate(Lowering& lowering, const core::Node& node, int index);

/// What the first two inputs of the node, both quantised, stand for. `channelMask` has the bits of the
/// weights' dimensions that output channels lie along.
void addInputQuantisation(Lowering& lowering, const core::Node& node, int channelMask, Epilogue& epilogue);

/// Scale and zero point of `argument`, one for all its elements, in `attr` and as further arguments.
void addQuantisation(Lowering& lowering, const core::Quantisation& as, int argument,
    dnnl::primitive_attr& attr, std::vector<std::pair<int, TensorId>>& arguments, int mask = 0);

/// The real numbers that `source` stands for, in memory of their own, laid out like it.
TensorId dequantised(Lowering& lowering, TensorId source, const core::Quantisation& as);

/// Attributes with user scratchpad and nothing else.
dnnl::primitive_attr plainAttr();

/// The epilogue's activations as steps of their own over `target`, for kernels that cannot take them in. Sums
/// are not among them.
void addActivations(Lowering& lowering, const core::Node& node, TensorId target);

} // namespace cpu
