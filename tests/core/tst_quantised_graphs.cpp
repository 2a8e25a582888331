// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/passes.h"
#include "core/ops/run_graph.h"
#include "tests/support/graphs.h"
#include "tests/support/programs.h"

#include <QTest>
#include <cmath>

using core::ElementType;
using core::Graph;
using core::OpKind;
using core::ValueId;
using namespace support;

namespace {

/// A graph with QuantizeLinear and DequantizeLinear, written as exporters write it.
class QuantisedGraph {
public:
    QuantisedGraph() { m_graph.name = "quantised"; }

    Graph& graph() { return m_graph; }

    ValueId input(core::Shape shape, ElementType type = ElementType::Float32)
    {
        core::Value value { .name = "x", .type = type };
        value.shape.emplace();
        for (const std::int64_t dim : shape)
            value.shape->push_back({ .value = dim });
        m_graph.values.push_back(std::move(value));
        m_graph.inputs.push_back(last());
        return last();
    }

    template <typename T> ValueId constant(ElementType type, core::Shape shape, const std::vector<T>& values)
    {
        return m_graph.addConstant(
            "c" + std::to_string(m_graph.values.size()), core::Tensor::of<T>(type, std::move(shape), values));
    }

    ValueId node(
        OpKind kind, std::vector<ValueId> inputs, core::Attributes attributes = core::NoAttributes {})
    {
        const std::string name = std::string(core::opName(kind)) + std::to_string(m_graph.nodes.size());
        m_graph.values.push_back({ .name = name });
        m_graph.nodes.push_back({ .name = name,
            .kind = kind,
            .type = std::string(core::opName(kind)),
            .version = 13,
            .inputs = std::move(inputs),
            .outputs = { last() },
            .attributes = std::move(attributes) });
        return last();
    }

    ValueId scale(float value) { return constant<float>(ElementType::Float32, {}, { value }); }
    ValueId zero(std::uint8_t value) { return constant<std::uint8_t>(ElementType::UInt8, {}, { value }); }

    ValueId quantise(ValueId x, float by, std::uint8_t at)
    {
        return node(OpKind::QuantizeLinear, { x, scale(by), zero(at) }, core::QuantiseAttributes {});
    }
    ValueId dequantise(ValueId x, float by, std::uint8_t at)
    {
        return node(OpKind::DequantizeLinear, { x, scale(by), zero(at) }, core::QuantiseAttributes {});
    }
    ValueId rounded(ValueId x, float by, std::uint8_t at) { return dequantise(quantise(x, by, at), by, at); }

    /// Weights of `channels` output channels with a scale each along `axis`.
    ValueId weights(core::Shape shape, std::int64_t axis, std::int8_t zeroPoint = 0)
    {
        const auto count = static_cast<std::size_t>(core::elementCount(shape));
        const auto channels = static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
        std::vector<std::int8_t> values(count);
        for (std::size_t i = 0; i < count; ++i)
            values[i] = static_cast<std::int8_t>(static_cast<int>(i * 89 % 255) - 127);
        std::vector<float> scales(channels);
        for (std::size_t c = 0; c < channels; ++c)
            scales[c] = 0.002F * static_cast<float>(c % 3 + 1);
        const auto along = static_cast<std::int64_t>(channels);
        return node(OpKind::DequantizeLinear,
            { constant<std::int8_t>(ElementType::Int8, std::move(shape), values),
                constant<float>(ElementType::Float32, { along }, scales),
                constant<std::int8_t>(
                    ElementType::Int8, { along }, std::vector<std::int8_t>(channels, zeroPoint)) },
            core::QuantiseAttributes { .axis = axis });
    }

    ValueId conv(ValueId x, std::int64_t from, std::int64_t to)
    {
        return node(OpKind::Conv, { x, weights({ to, from, 1, 1 }, 0) }, core::ConvAttributes {});
    }

    Graph finish(ValueId y)
    {
        m_graph.outputs = { y };
        return m_graph;
    }

private:
    ValueId last() const { return static_cast<ValueId>(m_graph.values.size() - 1); }
    Graph m_graph;
};

/// The largest difference between the outputs of two graphs of one float input and one float output.
double difference(const Graph& a, const Graph& b)
{
    core::Shape shape;
    for (const core::Dim& dim : *a.value(a.inputs[0]).shape)
        shape.push_back(dim.value);
    core::Tensor x(ElementType::Float32, shape);
    for (std::size_t i = 0; i < x.as<float>().size(); ++i)
        x.as<float>()[i] = std::sin(static_cast<float>(i * 7 % 101));
    const core::TensorView inputs[] { x.view() };
    const auto before = core::runGraph(a, inputs), after = core::runGraph(b, inputs);
    double largest = 0;
    for (std::size_t i = 0; i < before[0].as<float>().size(); ++i)
        largest = std::max<double>(largest, std::abs(before[0].as<float>()[i] - after[0].as<float>()[i]));
    return largest;
}

} // namespace

class TstQuantisedGraphs : public QObject {
    Q_OBJECT

private slots:
    void runsAChainOnIntegers()
    {
        QuantisedGraph b;
        const ValueId x = b.rounded(b.input({ 1, 4, 5, 5 }), 0.01F, 128);
        const ValueId hidden = b.rounded(b.node(OpKind::Relu, { b.conv(x, 4, 6) }), 0.02F, 0);
        const Graph before = b.finish(b.rounded(b.conv(hidden, 6, 3), 0.03F, 100));
        const auto after = core::optimise(before);
        QCOMPARE(outline(*after),
            QStringLiteral("QuantizeLinear, Conv+Relu+Quantise, Conv+Quantise, DequantizeLinear"));
        QVERIFY(difference(before, *after) <= 0.03 * 1.001); // a step of the last rounding at most
    }

    void addsIntegers()
    {
        QuantisedGraph b;
        const ValueId x = b.rounded(b.input({ 1, 4, 5, 5 }), 0.01F, 128);
        const ValueId left = b.rounded(b.conv(x, 4, 4), 0.02F, 90),
                      right = b.rounded(b.conv(x, 4, 4), 0.02F, 70);
        const ValueId sum = b.node(OpKind::Relu, { b.node(OpKind::Add, { left, right }) });
        const Graph before = b.finish(b.rounded(sum, 0.03F, 0));
        const auto after = core::optimise(before);
        QCOMPARE(outline(*after),
            QStringLiteral("QuantizeLinear, Conv+Quantise, Conv+Add+Relu+Quantise, DequantizeLinear"));
        QCOMPARE(after->nodes[2].quantised.size(), 3U);
        QVERIFY(difference(before, *after) <= 0.03 * 1.001 + 0.01); // half a step of the rounding left out
    }

    void takesABias()
    {
        QuantisedGraph b;
        const ValueId x = b.rounded(b.input({ 3, 8 }), 0.01F, 128);
        const ValueId product
            = b.node(OpKind::MatMul, { x, b.weights({ 8, 5 }, 1) }, core::MatMulAttributes {});
        const ValueId bias = b.constant<float>(ElementType::Float32, { 5 }, { 1, 2, 3, 4, 5 });
        const Graph before = b.finish(b.node(OpKind::Add, { product, bias }));
        const auto after = core::optimise(before);
        QCOMPARE(outline(*after), QStringLiteral("QuantizeLinear, MatMul"));
        QCOMPARE(after->nodes[1].inputs.size(), 3U);
        QVERIFY(difference(before, *after) < 1e-5);
    }

    void movesIntegers()
    {
        QuantisedGraph b;
        const ValueId x = b.rounded(b.input({ 1, 4, 6, 6 }), 0.01F, 128);
        const ValueId pooled = b.node(
            OpKind::MaxPool, { x }, core::PoolAttributes { .kernel = { 2, 2 }, .strides = { 2, 2 } });
        const Graph before = b.finish(b.conv(b.rounded(pooled, 0.01F, 128), 4, 3));
        const auto after = core::optimise(before);
        QCOMPARE(outline(*after), QStringLiteral("QuantizeLinear, MaxPool, Conv"));
        QVERIFY(difference(before, *after) < 1e-5);
    }

    /// The operators that say in one word what QDQ says in three.
    void expandsQLinearOperators()
    {
        QuantisedGraph b;
        const ValueId x = b.quantise(b.input({ 1, 4, 5, 5 }), 0.01F, 128);
        const auto conv = [&](ValueId from, float fromScale, std::uint8_t fromZero, std::uint8_t zero) {
            std::vector<std::int8_t> weights(16);
            for (std::size_t i = 0; i < weights.size(); ++i)
                weights[i] = static_cast<std::int8_t>(static_cast<int>(i * 37 % 255) - 127);
            return b.node(OpKind::QLinearConv,
                { from, b.scale(fromScale), b.zero(fromZero),
                    b.constant<std::int8_t>(ElementType::Int8, { 4, 4, 1, 1 }, weights),
                    b.constant<float>(ElementType::Float32, { 4 }, { 0.002F, 0.004F, 0.002F, 0.006F }),
                    b.constant<std::int8_t>(ElementType::Int8, { 4 }, { 0, 0, 0, 0 }), b.scale(0.02F),
                    b.zero(zero),
                    b.constant<std::int32_t>(ElementType::Int32, { 4 }, { 100, -200, 0, 5000 }) },
                core::ConvAttributes {});
        };
        const ValueId left = conv(x, 0.01F, 128, 90), right = conv(left, 0.02F, 90, 70);
        const ValueId sum = b.node(OpKind::QLinearAdd,
            { left, b.scale(0.02F), b.zero(90), right, b.scale(0.02F), b.zero(70), b.scale(0.03F),
                b.zero(60) });
        const ValueId pooled = b.node(OpKind::QLinearGlobalAveragePool,
            { sum, b.scale(0.03F), b.zero(60), b.scale(0.03F), b.zero(60) }, core::PoolAttributes {});
        const Graph before = b.finish(b.dequantise(pooled, 0.03F, 60));
        const auto after = core::optimise(before);
        QCOMPARE(outline(*after),
            QStringLiteral(
                "QuantizeLinear, Conv+Quantise, Conv+Add+Quantise, DequantizeLinear, GlobalAveragePool, "
                "QuantizeLinear, DequantizeLinear"));
        QVERIFY(difference(before, *after) <= 0.03 * 1.001);
    }

    void leavesExactIntegersAlone()
    {
        QuantisedGraph b;
        const ValueId x = b.quantise(b.input({ 2, 4 }), 0.01F, 128);
        const ValueId product = b.node(OpKind::QLinearMatMul,
            { x, b.scale(0.01F), b.zero(128),
                b.constant<std::uint8_t>(ElementType::UInt8, { 4, 2 }, { 1, 2, 3, 4, 5, 6, 7, 8 }),
                b.scale(0.01F), b.zero(3), b.scale(0.02F), b.zero(7) });
        QCOMPARE(
            outline(*core::optimise(b.finish(product))), QStringLiteral("QuantizeLinear, QLinearMatMul"));
    }

    void leavesAlone_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("outlined");
        QTest::newRow("weights off zero") << "zero point"
                                          << "QuantizeLinear, DequantizeLinear, Conv";
        QTest::newRow("scales of inputs' channels") << "axis"
                                                    << "QuantizeLinear, DequantizeLinear, Conv";
        QTest::newRow("float weights") << "float"
                                       << "QuantizeLinear, DequantizeLinear, Conv";
        QTest::newRow("another scale behind the pool")
            << "pool"
            << "QuantizeLinear, DequantizeLinear, MaxPool, QuantizeLinear, DequantizeLinear";
        QTest::newRow("an output before rounding") << "output"
                                                   << "QuantizeLinear, Conv, QuantizeLinear";
    }

    void leavesAlone()
    {
        QFETCH(QString, what);
        QuantisedGraph b;
        const ValueId x = b.rounded(b.input({ 1, 4, 6, 6 }), 0.01F, 128);
        ValueId y = core::kNoValue;
        if (what == "pool") {
            const ValueId pooled
                = b.node(OpKind::MaxPool, { x }, core::PoolAttributes { .kernel = { 2, 2 } });
            y = b.rounded(pooled, 0.02F, 128);
        } else if (what == "output") {
            const ValueId product = b.conv(x, 4, 3);
            const ValueId integers = b.quantise(product, 0.01F, 0);
            Graph graph = b.finish(product);
            graph.outputs.push_back(integers);
            QTEST(outline(*core::optimise(graph)), "outlined");
            return;
        } else {
            const ValueId w = what == "zero point" ? b.weights({ 3, 4, 1, 1 }, 0, 5)
                : what == "axis"
                ? b.weights({ 3, 4, 1, 1 }, 1)
                : b.constant<float>(ElementType::Float32, { 3, 4, 1, 1 }, std::vector<float>(12, 0.5F));
            y = b.node(OpKind::Conv, { x, w }, core::ConvAttributes {});
        }
        const Graph before = b.finish(y);
        const auto after = core::optimise(before);
        QTEST(outline(*after), "outlined");
        QVERIFY(difference(before, *after) < 1e-6);
    }

    /// A zero point of another type than the integers stays refused.
    void refusesMixedTypes()
    {
        QuantisedGraph b;
        const ValueId x = b.dequantise(b.input({ 1, 4, 5, 5 }, ElementType::Int8), 0.01F, 128);
        const Graph graph = *core::optimise(b.finish(b.conv(x, 4, 3)));
        QString sentence;
        try {
            core::inferShapes(graph, {});
        } catch (const core::Error& error) {
            sentence = QString::fromUtf8(error.what());
        }
        QCOMPARE(sentence,
            QStringLiteral(
                "Cannot infer shapes: node \"Conv2\" (Conv) dequantises int8 with a zero point of uint8."));
    }
};

QTEST_GUILESS_MAIN(TstQuantisedGraphs)
#include "tst_quantised_graphs.moc"
