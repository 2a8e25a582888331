// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs.h"
#include "core/measure/compare.h"
#include "core/measure/reference_outputs.h"
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "cpu/cpu_engine.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <algorithm>

using core::InstructionSet;

namespace {

const core::DimBindings kBatch { .batch = 2, .named = {} };

core::CompileOptions with(const core::Tuning& tuning)
{
    return { .dims = kBatch, .tuning = tuning };
}

core::Trace traced(core::Program& program)
{
    core::Trace trace;
    program.run(&trace);
    return trace;
}

} // namespace

class TstCpuTuning : public QObject {
    Q_OBJECT

private slots:
    void sameOutputs_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("tuning");
        for (const char* model : { "tiny-cnn", "tiny-transformer" }) {
            for (const char* tuning : { "full", "nofusion", "plain", "nofusion+plain" })
                QTest::addRow("%s %s", model, tuning) << model << tuning;
        }
    }

    void sameOutputs()
    {
        QFETCH(QString, model);
        QFETCH(QString, tuning);
        const core::Tuning chosen = core::tuningFromName(tuning.toStdString());
        const auto file = core::openZoo(model.toStdString()).graph;
        const auto graph = core::optimise(*file, { .fuse = chosen.fuse });
        const auto inputs = core::synthesiseInputs(*file, core::inferShapes(*file, kBatch), 1);
        const auto engine = cpu::makeEngine();
        const auto program = engine->compile(graph, with(chosen));
        core::writeInputs(*program, inputs);
        program->run();
        const auto expected = core::referenceOutputs(file, kBatch, inputs);
        const auto actual = core::readOutputs(*program, *graph);
        QCOMPARE(actual.size(), expected.size());
        for (std::size_t i = 0; i < actual.size(); ++i)
            QVERIFY(core::compare(actual[i].view(), expected[i].view()).maxRel < 1e-4);
    }

    void plainLoopsAreListedAsPlain()
    {
        const auto graph = core::optimise(*core::openZoo("tiny-cnn").graph);
        const auto engine = cpu::makeEngine();
        const core::Trace trace = traced(*engine->compile(graph, with({ .plain = true })));
        QCOMPARE(trace.steps.size(), graph->nodes.size()); // and nothing is reordered between them
        for (const core::Trace::Step& step : trace.steps) {
            QVERIFY2(step.kernel.starts_with("plain:"), step.kernel.c_str());
            QVERIFY(step.slow);
        }
        const core::Trace full = traced(*engine->compile(graph, with({})));
        QVERIFY(std::ranges::none_of(
            full.steps, [](const auto& step) { return step.kernel.starts_with("plain:"); }));
    }

    void withoutFusionEachOperatorRuns()
    {
        const auto file = core::openZoo("tiny-cnn").graph;
        const auto graph = core::optimise(*file, { .fuse = false });
        const auto engine = cpu::makeEngine();
        const core::Trace trace = traced(*engine->compile(graph, with({ .fuse = false })));
        const auto activations = [](const core::Trace& from) {
            return std::ranges::count_if(from.steps, [](const auto& step) { return step.type == "Relu"; });
        };
        QVERIFY(activations(trace) > 0);
        QCOMPARE(activations(traced(*engine->compile(core::optimise(*file), with({})))), 0);
    }

    void instructionSetsRise()
    {
        const core::DeviceInfo device = cpu::makeEngine()->device();
        QVERIFY(std::ranges::is_sorted(device.instructionSets));
        QVERIFY(std::ranges::adjacent_find(device.instructionSets) == device.instructionSets.end());
        QCOMPARE(std::ranges::count(device.instructionSets, InstructionSet::All), 0);
        QVERIFY(device.limit == InstructionSet::All || device.limit == device.instructionSets.back());
        QVERIFY(device.plainLoops);
    }

    void anotherLimitThanTheProcessHas()
    {
        const auto engine = cpu::makeEngine();
        const core::DeviceInfo device = engine->device();
        for (const auto isa : { InstructionSet::Baseline, InstructionSet::Amx }) {
            if (isa == device.limit)
                continue;
            const std::string sentence = support::sentenceOf(
                [&] { engine->compile(core::optimise(*core::openZoo("mlp").graph), with({ .isa = isa })); });
            QVERIFY2(sentence.starts_with("Cannot compile for " + std::string(core::instructionSetName(isa))
                         + ": kernels of this process use "),
                sentence.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TstCpuTuning)
#include "tst_cpu_tuning.moc"
