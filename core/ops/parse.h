// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/attributes.h"
#include "core/model/onnx_attributes.h"

/// How operators read their attributes: the `parse` functions of the rows. Each gives the ONNX defaults of
/// the node's opset version and throws Error, a predicate, for a value the operator does not allow.
namespace core::ops {

/// Which of `words` the text attribute is, `fallback` when it is missing: an enumeration in the words' order.
std::size_t wordOf(const OnnxAttributes& from, const std::string& name, std::size_t fallback,
    std::initializer_list<const char*> words);
/// Sizes of windows, strides or pads, each from `least` to 2^31 - 1.
std::vector<std::int64_t> windowSizes(
    const OnnxAttributes& from, const std::string& name, std::int64_t least);
AutoPad autoPad(const OnnxAttributes& from);
/// The attribute "p" of LpPool and GlobalLpPool.
std::int64_t normOrder(const OnnxAttributes& from);

Attributes parseNone(const OnnxAttributes& from);
Attributes parseConv(const OnnxAttributes& from);
Attributes parseConvTranspose(const OnnxAttributes& from);
Attributes parsePool(const OnnxAttributes& from);
Attributes parseGlobalLpPool(const OnnxAttributes& from);
Attributes parseMaxUnpool(const OnnxAttributes& from);
Attributes parseCol2Im(const OnnxAttributes& from);
Attributes parseDeformConv(const OnnxAttributes& from);
Attributes parseGemm(const OnnxAttributes& from);
Attributes parseMatMul(const OnnxAttributes& from);
Attributes parseAttention(const OnnxAttributes& from);
Attributes parseBatchNorm(const OnnxAttributes& from);
Attributes parseLayerNorm(const OnnxAttributes& from);
Attributes parseInstanceNorm(const OnnxAttributes& from);
Attributes parseGroupNorm(const OnnxAttributes& from);
Attributes parseLocalNorm(const OnnxAttributes& from);
Attributes parseSoftmax(const OnnxAttributes& from);
Attributes parseLeakyRelu(const OnnxAttributes& from);
Attributes parseElu(const OnnxAttributes& from);
Attributes parseSelu(const OnnxAttributes& from);
Attributes parseHardSigmoid(const OnnxAttributes& from);
Attributes parseThresholdedRelu(const OnnxAttributes& from);
Attributes parseClip(const OnnxAttributes& from);
Attributes parseGelu(const OnnxAttributes& from);
Attributes parseCast(const OnnxAttributes& from);
Attributes parseMod(const OnnxAttributes& from);
Attributes parseAxes(const OnnxAttributes& from); // Reduce..., Squeeze, Unsqueeze, Slice
Attributes parseArg(const OnnxAttributes& from);
Attributes parseTranspose(const OnnxAttributes& from);
Attributes parseReshape(const OnnxAttributes& from);
Attributes parseFlatten(const OnnxAttributes& from);
Attributes parseConcat(const OnnxAttributes& from);
Attributes parseSplit(const OnnxAttributes& from);
Attributes parseGather(const OnnxAttributes& from);
Attributes parsePad(const OnnxAttributes& from);
Attributes parseConstant(const OnnxAttributes& from);
Attributes parseConstantOfShape(const OnnxAttributes& from);
Attributes parseShape(const OnnxAttributes& from);
Attributes parseSubgraph(const OnnxAttributes& from); // If, Loop; the reader adds the graphs
Attributes parseScan(const OnnxAttributes& from);

Attributes parseTfIdf(const OnnxAttributes& from);

} // namespace core::ops
