// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "core/model/passes.h"
#include "gpu/engine/gpu_engine.h"
#include "gpu/engine/host_device.h"
#include "tests/support/op_case_builder.h"
#include "tests/support/programs.h"

#include <QTest>
#include <algorithm>
#include <limits>
#include <set>

using core::ElementType;
using core::OpKind;
using core::Precision;

/// bfloat16 and float16 on the GPU engine, its kernels' bodies on the host, against the reference engine on
/// the same narrowed graph.
class TstGpuHalves : public QObject {
    Q_OBJECT

    static ElementType typeOf(Precision half)
    {
        return half == Precision::BFloat16 ? ElementType::BFloat16 : ElementType::Float16;
    }
    /// Of the numbers next to 1.
    static double stepOf(Precision half) { return half == Precision::BFloat16 ? 1.0 / 256 : 1.0 / 2048; }

    static void eachHalf()
    {
        QTest::addColumn<int>("precision");
        QTest::newRow("bf16") << static_cast<int>(Precision::BFloat16);
        QTest::newRow("fp16") << static_cast<int>(Precision::Float16);
    }

    std::unique_ptr<core::Program> compiled(
        const std::shared_ptr<const core::Graph>& graph, const core::CompileOptions& options) const
    {
        try {
            return m_engine->refusals(*graph).empty() ? m_engine->compile(graph, options) : nullptr;
        } catch (const core::Error&) {
            return nullptr; // tst_gpu_ops says what may be
        }
    }

private slots:
    void equalsTheReference_data() { eachHalf(); }
    void equalsTheReference()
    {
        QFETCH(int, precision);
        const auto half = static_cast<Precision>(precision);
        std::set<OpKind> kinds;
        for (const support::OpCase& opCase : support::opCases()) {
            if (core::isQuantised(*opCase.graph))
                continue;
            const core::Shapes shapes = core::inferShapes(*opCase.graph, opCase.dims);
            const auto graph
                = std::make_shared<const core::Graph>(core::narrow(*opCase.graph, shapes, typeOf(half)));
            if (graph->nodes.size() == opCase.graph->nodes.size())
                continue; // nothing in it becomes half
            const auto fast = compiled(opCase.graph, { .dims = opCase.dims, .precision = half });
            if (!fast)
                continue;
            kinds.insert(opCase.graph->nodes[0].kind);
            const auto slow = core::ReferenceEngine().compile(graph, { .dims = opCase.dims });
            const auto actual = support::runOnce(*fast, *opCase.graph, opCase.inputs),
                       expected = support::runOnce(*slow, *graph, opCase.inputs);
            for (std::size_t i = 0; i < actual.size(); ++i) {
                const std::string off = support::differenceOf(
                    actual[i].view(), expected[i].view(), std::max(opCase.tolerance, 2 * stepOf(half)));
                QVERIFY2(off.empty(), (opCase.name + ": " + off).c_str());
            }
        }
        for (const OpKind kind : { OpKind::Conv, OpKind::MatMul, OpKind::Gemm, OpKind::FusedAttention })
            QVERIFY2(kinds.contains(kind), core::opName(kind).data());
    }

    void computesWithOneType_data()
    {
        QTest::addColumn<int>("precision");
        QTest::addColumn<int>("index");
        for (const Precision precision : { Precision::Float32, Precision::BFloat16, Precision::Float16 })
            for (std::size_t i = 0; i < m_cases.size(); ++i)
                QTest::addRow("%s, %s", core::precisionName(precision).data(), m_cases[i].name.c_str())
                    << static_cast<int>(precision) << static_cast<int>(i);
    }

    /// All of a node's tensors are of that type: what narrowing leaves in float32 unless a product stands
    /// before it, and blocks of keys one after the other.
    void computesWithOneType()
    {
        QFETCH(int, precision);
        QFETCH(int, index);
        const auto type = static_cast<Precision>(precision);
        const support::OpCase& opCase = m_cases[static_cast<std::size_t>(index)];
        const auto graph = type == Precision::Float32
            ? opCase.graph
            : std::make_shared<const core::Graph>(ofHalves(*opCase.graph, typeOf(type)));
        const core::CompileOptions options { .dims = opCase.dims };
        const auto actual = support::runOnce(*m_engine->compile(graph, options), *graph, opCase.inputs),
                   expected
            = support::runOnce(*core::ReferenceEngine().compile(graph, options), *graph, opCase.inputs);
        const std::string off = support::differenceOf(actual[0].view(), expected[0].view(),
            type == Precision::Float32 ? opCase.tolerance : std::max(opCase.tolerance, 2 * stepOf(type)));
        QVERIFY2(off.empty(), off.c_str());
    }

private:
    /// The case's node between casts of all that it reads and makes.
    static core::Graph ofHalves(core::Graph graph, ElementType type)
    {
        core::Node node = graph.nodes[0];
        std::vector<core::Node> nodes;
        const auto cast = [&](core::ValueId from, core::ValueId to, ElementType as) {
            core::Node added = node;
            added.name = graph.value(to).name + ".cast";
            added.kind = OpKind::Cast;
            added.type = "Cast";
            added.inputs = { from };
            added.outputs = { to };
            added.attributes = core::CastAttributes { .to = as };
            nodes.push_back(std::move(added));
        };
        const auto twin = [&](core::ValueId of) {
            core::Value value = graph.value(of);
            value.name += ".half";
            value.type = type;
            value.constant.reset();
            graph.values.push_back(std::move(value));
            return static_cast<core::ValueId>(graph.values.size() - 1);
        };
        const auto isFloat = [&](core::ValueId id) {
            return id != core::kNoValue && graph.value(id).type == ElementType::Float32;
        };
        core::Node computing = node;
        for (core::ValueId& input : computing.inputs)
            if (isFloat(input)) {
                const core::ValueId half = twin(input);
                cast(input, half, type);
                input = half;
            }
        const core::ValueId output = computing.outputs[0], half = twin(output);
        computing.outputs[0] = half;
        nodes.push_back(std::move(computing));
        cast(half, output, ElementType::Float32);
        graph.nodes = std::move(nodes);
        return graph;
    }

    static void addRows(std::vector<support::OpCase>& cases, const core::Shape& shape, std::int64_t axis)
    {
        using namespace support;
        const std::string name = " along " + std::to_string(axis) + " of " + core::toString(shape);
        for (const OpKind kind : { OpKind::Softmax, OpKind::LogSoftmax })
            cases.push_back(opCase(std::string(core::opName(kind)) + name, kind, { input(shape) },
                core::AxisAttributes { .axis = axis }));
        for (const OpKind kind : { OpKind::ReduceMean, OpKind::ReduceMax, OpKind::ReduceMin, OpKind::ReduceL1,
                 OpKind::ReduceL2, OpKind::ReduceLogSumExp })
            cases.push_back(opCase(std::string(core::opName(kind)) + name, kind, { input(shape) },
                core::AxesAttributes { .axes = core::Shape { axis } }));
    }

    static void addNorms(std::vector<support::OpCase>& cases, std::int64_t length)
    {
        using namespace support;
        const std::string name = " of " + std::to_string(length);
        const Operand x = input({ 3, 5, length });
        cases.push_back(opCase("layernorm" + name, OpKind::LayerNormalization,
            { x, input({ length }), input({ length }) }, core::NormAttributes {}));
        cases.push_back(opCase("layernorm with one shift" + name, OpKind::LayerNormalization,
            { x, input({ length }), input({ 1 }) }, core::NormAttributes {}));
        cases.push_back(opCase("rmsnorm" + name, OpKind::RMSNormalization, { x, input({ length }) },
            core::NormAttributes {}, { .version = 23 }));
        cases.push_back(opCase("instancenorm" + name, OpKind::InstanceNormalization,
            { x, input({ 5 }), input({ 5 }) }, core::BatchNormAttributes {}));
        cases.push_back(opCase("mean without the middle" + name, OpKind::ReduceMean, { x },
            core::AxesAttributes { .axes = core::Shape { 0, 2 } }));
    }

    static void addAttentions(std::vector<support::OpCase>& cases)
    {
        using namespace support;
        const auto add = [&](const std::string& name, std::int64_t queries, std::int64_t keys,
                             std::int64_t size, std::int64_t valueSize, std::vector<double> mask = {}) {
            std::vector<Operand> operands { input({ 2, queries, 3 * size }), input({ 2, keys, 3 * size }),
                input({ 2, keys, 3 * valueSize }) };
            if (!mask.empty())
                operands.push_back(given({ keys }, std::move(mask)));
            cases.push_back(opCase("attention " + name, OpKind::FusedAttention, std::move(operands),
                core::AttentionAttributes { .heads = 3, .scale = 0.3F }));
        };
        std::vector<double> late(150, 0.0); // no key of the first blocks counts
        std::fill(late.begin(), late.begin() + 70, -std::numeric_limits<double>::infinity());
        add("in blocks", 70, 150, 40, 40);
        add("in blocks of late keys", 70, 150, 40, 40, std::move(late));
        add("of wide heads", 65, 90, 96, 128);
        add("of odd heads", 5, 66, 5, 3);
    }

    static std::vector<support::OpCase> cases()
    {
        std::vector<support::OpCase> all;
        addRows(all, { 3, 5, 7 }, 2); // a thread a row
        addRows(all, { 3, 100 }, 1); // a group a row
        addRows(all, { 2, 100, 5 }, 1); // whose elements lie apart
        addRows(all, { 2, 40, 2100 }, 1); // rows side by side
        addNorms(all, 7);
        addNorms(all, 100);
        addAttentions(all);
        all.push_back(support::opCase("conv in large tiles", OpKind::Conv,
            { support::input({ 2, 24, 11, 13 }), support::weight({ 136, 24, 3, 3 }),
                support::weight({ 136 }) },
            core::ConvAttributes { .pads = { 1, 1, 1, 1 } }));
        return all;
    }

    const std::unique_ptr<core::Engine> m_engine = gpu::makeEngine(gpu::makeHostDevice);
    const std::vector<support::OpCase> m_cases = cases();
};

QTEST_GUILESS_MAIN(TstGpuHalves)
#include "tst_gpu_halves.moc"
