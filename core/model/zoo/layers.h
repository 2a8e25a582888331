// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/zoo/graph_builder.h"

/// Layers that several networks of the zoo share.
namespace core::zoo {

struct ConvSpec {
    std::int64_t inChannels = 0, outChannels = 0;
    std::int64_t kernel = 1, stride = 1, group = 1;
    /// The outputs' mean square over the inputs': 2 keeps it constant through a following Relu (He), 1
    /// without one.
    double gain = 2;
    bool bias = true;
};

/// Convolution with "same" padding of a square kernel; weights `module`.weight and `module`.bias.
ValueId conv(GraphBuilder& builder, const std::string& module, ValueId input, const ConvSpec& spec);

/// Fully connected layer of a classifier, as the exporter writes it: Gemm with the weight [out, in]
/// transposed.
ValueId gemm(GraphBuilder& builder, const std::string& module, ValueId input, std::int64_t in,
    std::int64_t out, double gain);

/// Fully connected layer on [batch, length, in]: MatMul with a constant [in, out], then Add of the bias.
ValueId linear(GraphBuilder& builder, const std::string& module, ValueId input, std::int64_t in,
    std::int64_t out, double deviation);

/// x * 0.5 * (1 + erf(x / sqrt 2)) in the five nodes the exporter makes of it.
ValueId erfGelu(GraphBuilder& builder, const std::string& module, ValueId input);

/// [batch, length] of int64 ones and zeros to [batch, 1, 1, length] of 0 where one and -10000 where zero.
ValueId additiveMask(GraphBuilder& builder, ValueId mask);

} // namespace core::zoo
