// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zoo/layers.h"
#include "core/model/zoo/networks.h"
#include "core/model/zoo/transformer.h"

#include <numeric>

namespace core::zoo {
namespace {

constexpr std::int64_t kHidden = 768, kLength = 128, kVocabulary = 30522, kPositions = 512, kLayers = 12;

ValueId layerNorm(GraphBuilder& builder, const std::string& module, ValueId input)
{
    return builder.node(OpKind::LayerNormalization, nodePath(module) + "/LayerNormalization",
        { input, builder.random(module + ".weight", { kHidden }, 0.05, 1),
            builder.random(module + ".bias", { kHidden }, 0.05) },
        NormAttributes { .epsilon = 1e-12F, .axis = -1 });
}

ValueId embedding(
    GraphBuilder& builder, const std::string& name, ValueId ids, std::int64_t rows, double deviation)
{
    const std::string module = "embeddings." + name;
    return builder.node(OpKind::Gather, nodePath(module) + "/Gather",
        { builder.random(module + ".weight", { rows, kHidden }, deviation), ids },
        AxisAttributes { .axis = 0 });
}

ValueId positionIds(GraphBuilder& builder)
{
    std::vector<std::int64_t> ids(kLength);
    std::iota(ids.begin(), ids.end(), 0);
    return builder.integers("embeddings.position_ids", ids);
}

} // namespace

Graph makeBertBase(std::uint64_t seed)
{
    GraphBuilder builder("bert-base", seed);
    const ValueId ids = builder.input("input_ids", ElementType::Int64, { "batch", kLength });
    const ValueId mask = builder.input("attention_mask", ElementType::Int64, { "batch", kLength });
    const ValueId types = builder.input("token_type_ids", ElementType::Int64, { "batch", kLength });
    const EncoderSpec spec { .hidden = kHidden, .heads = 12, .intermediate = 3072, .norm = layerNorm };

    const ValueId penalty = additiveMask(builder, mask);
    const ValueId words = embedding(builder, "word_embeddings", ids, kVocabulary, 0.02);
    const ValueId kinds = embedding(builder, "token_type_embeddings", types, 2, 0.02);
    const ValueId sum = builder.node(OpKind::Add, "/embeddings/Add", { words, kinds });
    const ValueId places = embedding(builder, "position_embeddings", positionIds(builder), kPositions, 0.02);
    const ValueId total = builder.node(OpKind::Add, "/embeddings/Add_1", { sum, places });
    ValueId hidden = layerNorm(builder, "embeddings.LayerNorm", total);
    for (int layer = 0; layer < kLayers; ++layer)
        hidden = encoderLayer(builder, "encoder.layer." + std::to_string(layer), hidden, penalty, spec);

    const ValueId first = builder.node(OpKind::Gather, "/pooler/Gather",
        { hidden, builder.integer("/pooler/first", 0) }, AxisAttributes { .axis = 1 });
    const ValueId dense = builder.node(OpKind::Gemm, "/pooler/dense/Gemm",
        { first, builder.random("pooler.dense.weight", { kHidden, kHidden }, 0.02),
            builder.random("pooler.dense.bias", { kHidden }, 0.02) },
        GemmAttributes { .transB = true });
    const ValueId pooled = builder.node(OpKind::Tanh, "/pooler/activation/Tanh", { dense });
    builder.output(hidden, "last_hidden_state", ElementType::Float32, { "batch", kLength, kHidden });
    builder.output(pooled, "pooler_output", ElementType::Float32, { "batch", kHidden });
    return builder.finish();
}

} // namespace core::zoo
