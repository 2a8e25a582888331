// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zoo.h"

#include "core/error.h"
#include "core/model/mapped_file.h"
#include "core/model/onnx_pieces.h"
#include "core/model/zoo/graph_builder.h"
#include "core/model/zoo/networks.h"

#include <array>

namespace core {
namespace {

constexpr std::uint64_t kSeed = 1;

struct Recipe {
    const char* name;
    const char* about;
    Graph (*make)(std::uint64_t seed);
};

constexpr std::array<Recipe, 6> kRecipes { {
    { "tiny-cnn", "Small convolutional network, 32 x 32: for lessons and tests", zoo::makeTinyCnn },
    { "tiny-transformer", "Two encoder layers, 16 tokens: for lessons and tests", zoo::makeTinyTransformer },
    { "mlp", "Three dense layers, 784-512-512-10: where launch overhead rules", zoo::makeMlp },
    { "mobilenetv2", "MobileNetV2 1.0, 224 x 224: depthwise convolutions, little arithmetic",
        zoo::makeMobileNetV2 },
    { "resnet50", "ResNet-50 v1.5, 224 x 224: the usual image classifier", zoo::makeResNet50 },
    { "bert-base", "BERT base, 128 tokens: the usual text encoder", zoo::makeBertBase },
} };

} // namespace

const std::vector<ZooEntry>& zooEntries()
{
    static const std::vector<ZooEntry> entries = [] {
        std::vector<ZooEntry> list;
        for (const Recipe& recipe : kRecipes)
            list.push_back({ recipe.name, recipe.about });
        return list;
    }();
    return entries;
}

Graph makeZooGraph(const std::string& name, std::uint64_t seed)
{
    std::string known;
    for (const Recipe& recipe : kRecipes) {
        if (name == recipe.name)
            return recipe.make(seed);
        known += (known.empty() ? "" : ", ") + std::string(recipe.name);
    }
    throw Error("Cannot open model: the zoo has no \"{}\"; it has {}.", name, known);
}

Model openZoo(const std::string& name)
{
    std::shared_ptr<const MappedFile> file;
    {
        const Graph graph = makeZooGraph(name, kSeed);
        file = MappedFile::inMemory(OnnxPieces(graph, zoo::kOpset).pieces());
    }
    Model model = parseOnnx(file->bytes(), file, "zoo:" + name);
    model.name = name;
    model.source = "zoo:" + name;
    return model;
}

} // namespace core
