// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "core/measure/compare.h"
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "cpu/cpu_engine.h"
#include "tests/support/programs.h"

#include <QTest>

/// The whole zoo on the CPU engine, optimised, against the reference engine on the file's own graph.
class TstCpuZoo : public QObject {
    Q_OBJECT

private slots:
    void equalsTheReference_data()
    {
        QTest::addColumn<std::int64_t>("batch");
        QTest::addColumn<int>("threads");
        for (const core::ZooEntry& entry : core::zooEntries())
            for (const std::int64_t batch : { 1, 3 })
                QTest::addRow("%s batch %d", entry.name.c_str(), static_cast<int>(batch))
                    << batch << (batch == 1 ? 1 : 2);
    }

    void equalsTheReference()
    {
        QFETCH(std::int64_t, batch);
        QFETCH(int, threads);
        const std::string name = QByteArray(QTest::currentDataTag()).split(' ').first().toStdString();
#ifdef BREAKEVEN_SANITIZED
        if (!name.starts_with("tiny") && name != "mlp")
            QSKIP("The reference engine takes minutes for this one under a sanitizer.");
#endif
        const core::Model model = core::openModel("zoo:" + name);
        const auto graph = core::optimise(*model.graph);
        const core::CompileOptions options { .dims = { .batch = batch }, .threads = threads };
        const core::Shapes shapes = core::inferShapes(*model.graph, options.dims);
        const auto inputs = core::synthesiseInputs(*model.graph, shapes, 3);

        const auto fast = cpu::makeEngine()->compile(graph, options);
        const auto slow = core::ReferenceEngine().compile(model.graph, options);
        const auto actual = support::runOnce(*fast, *graph, inputs);
        const auto expected = support::runOnce(*slow, *model.graph, inputs);
        QCOMPARE(actual.size(), expected.size());
        for (std::size_t i = 0; i < actual.size(); ++i) {
            const core::Difference difference = core::compare(actual[i].view(), expected[i].view());
            QVERIFY2(difference.maxRel <= 1e-3,
                qPrintable(QString("output %1: max rel %2").arg(i).arg(difference.maxRel)));
            QVERIFY(difference.cosine > 0.99999);
        }
    }

    void runsNoSlowKernel_data()
    {
        QTest::addColumn<bool>("unused");
        for (const core::ZooEntry& entry : core::zooEntries())
            QTest::newRow(entry.name.c_str()) << true;
    }

    void runsNoSlowKernel()
    {
        const core::Model model = core::openModel(std::string("zoo:") + QTest::currentDataTag());
        const auto graph = core::optimise(*model.graph);
        const auto program = cpu::makeEngine()->compile(graph, { .dims = { .batch = 2 } });
        core::Trace trace;
        program->run(&trace);
        QVERIFY(!trace.steps.empty());
        for (const core::Trace::Step& step : trace.steps)
            QVERIFY2(!step.slow, (step.name + ": " + step.kernel).c_str());
    }
};

QTEST_GUILESS_MAIN(TstCpuZoo)
#include "tst_cpu_zoo.moc"
