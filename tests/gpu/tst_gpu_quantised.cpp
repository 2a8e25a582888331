// SPDX-License-Identifier: GPL-3.0-or-later
// Whole networks of integers, as `breakeven-cli quantise` writes them, on the GPU engine with its kernels on
// the host, against the reference engine.
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "core/measure/compare.h"
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "core/quantise/quantise.h"
#include "gpu/engine/gpu_engine.h"
#include "gpu/engine/host_device.h"
#include "tests/support/programs.h"
#include "tests/support/sanitized.h"
#include "tests/support/sentence.h"

#include <QTest>

namespace {

std::vector<core::InputSet> inputSets(
    const core::Graph& graph, const core::DimBindings& dims, std::uint64_t seed, int count)
{
    std::vector<core::InputSet> sets;
    const core::Shapes shapes = core::inferShapes(graph, dims);
    for (int i = 0; i < count; ++i)
        sets.push_back(core::synthesiseInputs(graph, shapes, seed + static_cast<std::uint64_t>(i)));
    return sets;
}

} // namespace

class TstGpuQuantised : public QObject {
    Q_OBJECT

    core::Graph quantised(const core::Graph& graph, const core::DimBindings& dims) const
    {
        return core::quantise(graph, *m_engine, { .dims = dims }, inputSets(graph, dims, 101, 2),
            inputSets(graph, dims, 11, 1), { .leastCosine = 0 })
            .graph;
    }

private slots:
    void equalsTheReference_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("batch");
        QTest::newRow("mlp") << "mlp" << 3;
        QTest::newRow("tiny-cnn") << "tiny-cnn" << 2;
        QTest::newRow("mobilenetv2") << "mobilenetv2" << 1;
    }

    void equalsTheReference()
    {
        QFETCH(QString, name);
        QFETCH(int, batch);
        if (support::kSanitized && name == "mobilenetv2")
            QSKIP("Plain loops take minutes for this one under a sanitizer.");
        const core::Model model = core::openModel("zoo:" + name.toStdString());
        const core::DimBindings dims { .batch = batch, .named = {} };
        const core::Graph made = quantised(*model.graph, dims);
        const core::InputSet inputs = std::move(inputSets(made, dims, 7, 1).front());
        for (const bool fuse : { true, false }) { // integers altogether, and only between the operators
            const auto graph = core::optimise(made, { .fuse = fuse });
            const auto expected
                = support::runOnce(*core::ReferenceEngine().compile(graph, { .dims = dims }), *graph, inputs);
            const auto refused = m_engine->refusals(*graph);
            QVERIFY2(refused.empty(), core::summarise(refused).c_str());
            core::CompileOptions options { .dims = dims };
            if (fuse)
                options.precision = core::Precision::Int8;
            const auto actual = support::runOnce(*m_engine->compile(graph, options), *graph, inputs);
            // A tie that falls to the other side is a step of one number, which what follows carries on.
            const core::Difference difference = core::compare(actual[0].view(), expected[0].view());
            QVERIFY2(difference.cosine >= 0.9999, qPrintable(QString::number(difference.cosine, 'g', 10)));
            if (name == "mobilenetv2")
                break; // the reference engine takes seconds
        }
    }

    /// Nothing real lies between two convolutions of such a network.
    void computesWithIntegersAltogether()
    {
        const core::Model model = core::openModel("zoo:tiny-cnn");
        const core::DimBindings dims { .batch = 1, .named = {} };
        const auto graph = core::optimise(quantised(*model.graph, dims));
        core::Trace trace;
        m_engine->compile(graph, { .dims = dims })->run(&trace);
        int integers = 0;
        for (const core::Trace::Step& step : trace.steps) {
            integers += step.kernel.find("integers") != std::string::npos ? 1 : 0;
            QVERIFY2(step.kernel != "own:conv" && !step.slow, step.kernel.c_str());
        }
        QVERIFY(integers >= 3);
    }

    void refusesOtherPrecisions()
    {
        const core::Model model = core::openModel("zoo:mlp");
        const core::DimBindings dims { .batch = 1, .named = {} };
        const auto graph = core::optimise(quantised(*model.graph, dims));
        for (const core::Precision precision : { core::Precision::Float32, core::Precision::Float16 })
            QCOMPARE(support::sentenceOf(
                         [&] { m_engine->compile(graph, { .dims = dims, .precision = precision }); }),
                fmt::format("Cannot compile for {}: the model is quantised, and computes with integers.",
                    core::precisionName(precision)));
    }

private:
    const std::unique_ptr<core::Engine> m_engine = gpu::makeEngine(gpu::makeHostDevice);
};

QTEST_GUILESS_MAIN(TstGpuQuantised)
#include "tst_gpu_quantised.moc"
