// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/zoo/graph_builder.h"

#include <functional>

/// Encoder layers of the BERT kind, shared by the two transformers of the zoo.
namespace core::zoo {

struct EncoderSpec {
    std::int64_t hidden = 0, heads = 0, intermediate = 0;
    double deviation = 0.02; // of the weights
    /// Normalises a value with the weights of `module`: one node, or the chain older exporters write.
    std::function<ValueId(GraphBuilder&, const std::string& module, ValueId)> norm;
};

/// Self-attention, sum, norm, feed-forward with GELU, sum, norm. `mask` is additive, [batch, 1, 1, length].
ValueId encoderLayer(
    GraphBuilder& builder, const std::string& module, ValueId input, ValueId mask, const EncoderSpec& spec);

} // namespace core::zoo
