// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zoo/layers.h"
#include "core/model/zoo/networks.h"
#include "core/model/zoo/transformer.h"

namespace core::zoo {
namespace {

constexpr std::int64_t kHidden = 64, kLength = 16, kVocabulary = 1000, kLayers = 2;

/// Layer normalisation in the nine nodes exporters wrote before opset 17 had one for it.
ValueId decomposedNorm(GraphBuilder& builder, const std::string& module, ValueId input)
{
    const std::string path = nodePath(module);
    const AxesAttributes lastAxis { .axes = std::vector<std::int64_t> { -1 } };
    const ValueId mean = builder.node(OpKind::ReduceMean, path + "/ReduceMean", { input }, lastAxis);
    const ValueId centred = builder.node(OpKind::Sub, path + "/Sub", { input, mean });
    const ValueId squared
        = builder.node(OpKind::Pow, path + "/Pow", { centred, builder.scalar(path + "/two", 2) });
    const ValueId variance = builder.node(OpKind::ReduceMean, path + "/ReduceMean_1", { squared }, lastAxis);
    const ValueId shifted
        = builder.node(OpKind::Add, path + "/Add", { variance, builder.scalar(path + "/epsilon", 1e-12F) });
    const ValueId deviation = builder.node(OpKind::Sqrt, path + "/Sqrt", { shifted });
    const ValueId normal = builder.node(OpKind::Div, path + "/Div", { centred, deviation });
    const ValueId scaled = builder.node(
        OpKind::Mul, path + "/Mul", { normal, builder.random(module + ".weight", { kHidden }, 0.05, 1) });
    return builder.node(
        OpKind::Add, path + "/Add_1", { scaled, builder.random(module + ".bias", { kHidden }, 0.05) });
}

} // namespace

Graph makeTinyTransformer(std::uint64_t seed)
{
    GraphBuilder builder("tiny-transformer", seed);
    const ValueId ids = builder.input("input_ids", ElementType::Int64, { "batch", kLength });
    const ValueId mask = builder.input("attention_mask", ElementType::Int64, { "batch", kLength });
    const EncoderSpec spec { .hidden = kHidden,
        .heads = 4,
        .intermediate = 256,
        .deviation = 0.1, // about 1 / sqrt(64): attention that is neither flat nor one-hot
        .norm = decomposedNorm };

    const ValueId penalty = additiveMask(builder, mask);
    const ValueId words = builder.node(OpKind::Gather, "/embeddings/word_embeddings/Gather",
        { builder.random("embeddings.word_embeddings.weight", { kVocabulary, kHidden }, 1), ids },
        AxisAttributes { .axis = 0 });
    const ValueId placed = builder.node(OpKind::Add, "/embeddings/Add",
        { words, builder.random("embeddings.position_embeddings.weight", { 1, kLength, kHidden }, 0.5) });
    ValueId hidden = decomposedNorm(builder, "embeddings.LayerNorm", placed);
    for (int layer = 0; layer < kLayers; ++layer)
        hidden = encoderLayer(builder, "encoder.layer." + std::to_string(layer), hidden, penalty, spec);

    const ValueId first = builder.node(
        OpKind::Gather, "/Gather", { hidden, builder.integer("/first", 0) }, AxisAttributes { .axis = 1 });
    builder.output(hidden, "last_hidden_state", ElementType::Float32, { "batch", kLength, kHidden });
    builder.output(
        gemm(builder, "classifier", first, kHidden, 10, 1), "logits", ElementType::Float32, { "batch", 10 });
    return builder.finish();
}

} // namespace core::zoo
