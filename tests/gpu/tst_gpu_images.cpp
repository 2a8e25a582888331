// SPDX-License-Identifier: GPL-3.0-or-later
// The operator cases again behind pools that leave images with channels last, in every type of real numbers.
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "core/ops/half.h"
#include "gpu/engine/gpu_engine.h"
#include "gpu/engine/host_device.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"

#include <QTest>
#include <set>

using core::ElementType;
using K = core::OpKind;

namespace {

const std::set<K> kKinds { K::Concat, K::Gather, K::Slice, K::Split, K::Pad, K::Tile, K::Expand, K::Resize,
    K::DepthToSpace, K::SpaceToDepth, K::Where, K::Equal, K::Less, K::Add, K::Mul, K::Sum, K::Sub, K::Div,
    K::Min, K::Max, K::Relu, K::LeakyRelu, K::Elu, K::Sigmoid, K::HardSigmoid, K::HardSwish, K::Tanh, K::Clip,
    K::Gelu, K::Transpose, K::MaxPool, K::AveragePool, K::GlobalAveragePool, K::GlobalMaxPool, K::LRN,
    K::BatchNormalization, K::Conv, K::ConvTranspose };

/// float32 as `type`, anything else as it is.
core::Tensor converted(const core::TensorView& from, ElementType type)
{
    if (from.type != ElementType::Float32 || type == ElementType::Float32)
        return core::Tensor::copyOf(from);
    core::Tensor to(type, from.shape);
    const auto bits = to.as<std::uint16_t>();
    for (std::size_t i = 0; i < bits.size(); ++i)
        bits[i] = type == ElementType::Float16 ? core::ops::halfFromFloat(from.as<float>()[i])
                                               : core::ops::bfloatFromFloat(from.as<float>()[i]);
    return to;
}

/// The node's input is of numbers that it computes with; what a Resize is told stays float32.
bool isData(const core::Node& node, std::size_t input)
{
    return node.kind != K::Resize || input == 0;
}

struct Rewritten {
    std::shared_ptr<const core::Graph> graph;
    std::vector<core::Tensor> inputs;
};

/// Its numbers as `type`, and each image that is fed behind a pool of single pixels.
Rewritten rewritten(const support::OpCase& from, ElementType type)
{
    auto graph = std::make_shared<core::Graph>(*from.graph);
    std::vector<core::Tensor> inputs;
    for (const core::Tensor& input : from.inputs)
        inputs.push_back(core::Tensor::copyOf(input.view()));
    core::Node node = graph->nodes.at(0);
    std::vector<core::Node> before;
    std::set<core::ValueId> seen;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const core::ValueId id = node.inputs[i];
        if (id == core::kNoValue || graph->value(id).type != ElementType::Float32 || !isData(node, i)
            || !seen.insert(id).second)
            continue;
        if (const auto constant = graph->value(id).constant) {
            node.inputs[i] = graph->addConstant("converted", converted(*constant, type));
            continue;
        }
        graph->values[static_cast<std::size_t>(id)].type = type;
        const auto place = static_cast<std::size_t>(
            std::find(graph->inputs.begin(), graph->inputs.end(), id) - graph->inputs.begin());
        inputs[place] = converted(inputs[place].view(), type);
        const std::size_t rank = inputs[place].shape().size();
        if (rank < 3 || rank > 5 || inputs[place].count() == 0)
            continue;
        graph->values.push_back({ .name = "pooled", .type = type });
        const auto pooled = static_cast<core::ValueId>(graph->values.size() - 1);
        core::Node pool { .name = "pool", .kind = K::MaxPool, .type = "MaxPool", .version = node.version };
        pool.attributes = core::PoolAttributes { .kernel = core::Shape(rank - 2, 1) };
        pool.inputs = { id };
        pool.outputs = { pooled };
        before.push_back(pool);
        std::replace(node.inputs.begin(), node.inputs.end(), id, pooled);
    }
    for (const core::ValueId output : node.outputs)
        if (output != core::kNoValue && graph->value(output).type == ElementType::Float32)
            graph->values[static_cast<std::size_t>(output)].type = type;
    graph->nodes = before;
    graph->nodes.push_back(node);
    return { graph, std::move(inputs) };
}

} // namespace

class TstGpuImages : public QObject {
    Q_OBJECT

private slots:
    void equalsTheReference_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<ElementType>("type");
        for (std::size_t i = 0; i < m_cases.size(); ++i)
            for (const ElementType type :
                { ElementType::Float32, ElementType::Float16, ElementType::BFloat16 }) {
                const support::OpCase& opCase = m_cases[i];
                if (!kKinds.contains(opCase.graph->nodes.at(0).kind) || !accepts(opCase))
                    continue;
                if (type != ElementType::Float32 && core::isQuantised(*opCase.graph))
                    continue; // integers are the file's word
                QTest::addRow("%s, %s", opCase.name.c_str(), core::elementName(type).data())
                    << static_cast<int>(i) << type;
            }
    }

    void equalsTheReference()
    {
        QFETCH(int, index);
        QFETCH(ElementType, type);
        const support::OpCase& opCase = m_cases[static_cast<std::size_t>(index)];
        const auto [graph, inputs] = rewritten(opCase, type);
        const core::CompileOptions options { .dims = opCase.dims };
        const auto actual = support::runOnce(*m_engine->compile(graph, options), *graph, inputs);
        const auto expected
            = support::runOnce(*core::ReferenceEngine().compile(graph, options), *graph, inputs);
        // Two steps of the type's own precision, for what is rounded once here and there.
        const double rounding = type == ElementType::Float16 ? 0x1p-9
            : type == ElementType::BFloat16                  ? 0x1p-6
                                                             : 0;
        for (std::size_t i = 0; i < actual.size(); ++i) {
            const std::string difference = support::differenceOf(
                actual[i].view(), expected[i].view(), std::max(opCase.tolerance, rounding));
            QVERIFY2(difference.empty(), difference.c_str());
        }
    }

private:
    bool accepts(const support::OpCase& opCase)
    {
        if (!m_engine->refusals(*opCase.graph).empty())
            return false;
        try {
            m_engine->compile(opCase.graph, { .dims = opCase.dims });
            return true;
        } catch (const core::Error&) {
            return false; // tst_gpu_ops looks at the sentence
        }
    }

    std::vector<support::OpCase> m_cases = support::opCases();
    std::unique_ptr<core::Engine> m_engine = gpu::makeEngine(gpu::makeHostDevice);
};

QTEST_GUILESS_MAIN(TstGpuImages)
#include "tst_gpu_images.moc"
