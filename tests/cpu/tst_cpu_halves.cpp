// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "cpu/cpu_engine.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <algorithm>

using core::ElementType;
using core::Precision;

/// bfloat16 and float16 on the CPU engine against the reference engine on the same narrowed graph.
class TstCpuHalves : public QObject {
    Q_OBJECT

    static void eachHalf()
    {
        QTest::addColumn<int>("precision");
        QTest::newRow("bf16") << static_cast<int>(Precision::BFloat16);
        QTest::newRow("fp16") << static_cast<int>(Precision::Float16);
    }

    bool has(Precision precision) const
    {
        const auto all = m_engine->device().precisions;
        return std::find(all.begin(), all.end(), precision) != all.end();
    }

private slots:
    void equalsTheReference_data() { eachHalf(); }
    void equalsTheReference()
    {
        QFETCH(int, precision);
        const auto half = static_cast<Precision>(precision);
        if (!has(half))
            QSKIP("This CPU has no arithmetic for it.");
        const auto type = half == Precision::BFloat16 ? ElementType::BFloat16 : ElementType::Float16;
        const double step = half == Precision::BFloat16 ? 1.0 / 256 : 1.0 / 2048; // of the numbers next to 1
        int compared = 0;
        for (const support::OpCase& opCase : support::opCases()) {
            if (core::isQuantised(*opCase.graph))
                continue; // refused, see below
            const core::Shapes shapes = core::inferShapes(*opCase.graph, opCase.dims);
            const auto graph = std::make_shared<const core::Graph>(core::narrow(*opCase.graph, shapes, type));
            if (graph->nodes.size() == opCase.graph->nodes.size())
                continue; // nothing in it becomes half
            ++compared;
            const core::CompileOptions options { .dims = opCase.dims, .precision = half, .threads = 2 };
            const auto fast = m_engine->compile(opCase.graph, options);
            const auto slow = core::ReferenceEngine().compile(graph, { .dims = opCase.dims });
            const auto actual = support::runOnce(*fast, *opCase.graph, opCase.inputs),
                       expected = support::runOnce(*slow, *graph, opCase.inputs);
            for (std::size_t i = 0; i < actual.size(); ++i) {
                const std::string off = support::differenceOf(
                    actual[i].view(), expected[i].view(), std::max(opCase.tolerance, 2 * step));
                QVERIFY2(off.empty(), (opCase.name + ": " + off).c_str());
            }
        }
        QVERIFY(compared > 50);
    }

    void runsNetworksWithoutSlowKernels_data() { eachHalf(); }
    void runsNetworksWithoutSlowKernels()
    {
        QFETCH(int, precision);
        const auto half = static_cast<Precision>(precision);
        if (!has(half))
            QSKIP("This CPU has no arithmetic for it.");
        for (const char* name : { "mlp", "tiny-cnn", "tiny-transformer" }) {
            const auto graph = core::optimise(*core::openZoo(name).graph);
            const auto program = m_engine->compile(graph, { .precision = half });
            const auto inputs = core::synthesiseInputs(*graph, core::inferShapes(*graph, {}), 1);
            for (std::size_t i = 0; i < inputs.size(); ++i)
                program->write(static_cast<int>(i), inputs[i].bytes());
            core::Trace trace;
            program->run(&trace);
            bool halves = false;
            for (const core::Trace::Step& step : trace.steps) {
                QVERIFY2(!step.slow, (step.name + ": " + step.kernel).c_str());
                halves = halves || step.computes == ElementType::BFloat16
                    || step.computes == ElementType::Float16;
            }
            QVERIFY(halves);
        }
    }

    /// A file's own halves run on the same kernels as those that are made here.
    void runsFilesOfHalves()
    {
        if (!has(Precision::BFloat16))
            QSKIP("This CPU has no arithmetic for it.");
        const auto graph = core::optimise(*core::openZoo("tiny-cnn").graph);
        const auto half = std::make_shared<const core::Graph>(
            core::narrow(*graph, core::inferShapes(*graph, {}), ElementType::BFloat16));
        const auto inputs = core::synthesiseInputs(*graph, core::inferShapes(*graph, {}), 1);
        const auto file = support::runOnce(*m_engine->compile(half, {}), *half, inputs),
                   made = support::runOnce(
                       *m_engine->compile(graph, { .precision = Precision::BFloat16 }), *graph, inputs);
        QVERIFY(std::ranges::equal(file[0].bytes(), made[0].bytes()));
    }

    void refusesQuantisedModels()
    {
        if (!has(Precision::BFloat16))
            QSKIP("This CPU has no arithmetic for it.");
        const auto cases = support::opCases();
        const auto found = std::ranges::find(cases, "integer gemm", &support::OpCase::name);
        QVERIFY(found != cases.end());
        QCOMPARE(support::sentenceOf([&] {
            m_engine->compile(found->graph, { .dims = found->dims, .precision = Precision::BFloat16 });
        }),
            std::string("Cannot compile for bf16: the model is quantised, and computes with integers."));
    }

private:
    const std::unique_ptr<core::Engine> m_engine = cpu::makeEngine();
};

QTEST_GUILESS_MAIN(TstCpuHalves)
#include "tst_cpu_halves.moc"
