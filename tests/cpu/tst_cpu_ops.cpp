// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "cpu/cpu_engine.h"
#include "tests/support/op_case_builder.h"
#include "tests/support/programs.h"

#include <QTest>
#include <limits>

/// Every operator case on the CPU engine against the reference engine, on one thread and on two.
class TstCpuOps : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_cases = support::opCases(); }

    void equalsTheReference_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<int>("threads");
        for (int threads = 1; threads <= 2; ++threads)
            for (std::size_t i = 0; i < m_cases.size(); ++i)
                QTest::addRow("%s, %d threads", m_cases[i].name.c_str(), threads)
                    << static_cast<int>(i) << threads;
    }

    void equalsTheReference()
    {
        QFETCH(int, index);
        QFETCH(int, threads);
        const support::OpCase& opCase = m_cases[static_cast<std::size_t>(index)];
        const core::CompileOptions options { .dims = opCase.dims, .threads = threads };
        const core::Graph& graph = *opCase.graph;
        QVERIFY(m_engine->refusals(graph).empty());
        const auto fast = m_engine->compile(opCase.graph, options);
        const auto slow = core::ReferenceEngine().compile(opCase.graph, options);
        const auto expected = support::runOnce(*slow, graph, opCase.inputs);
        for (int round = 0; round < 2;
             ++round) { // the second run shows whether the first one spoilt something
            const auto actual = support::runOnce(*fast, graph, opCase.inputs);
            for (std::size_t i = 0; i < actual.size(); ++i) {
                const std::string difference
                    = support::differenceOf(actual[i].view(), expected[i].view(), opCase.tolerance);
                QVERIFY2(difference.empty(), difference.c_str());
            }
        }
    }

    /// The lists' cases have finite outputs only.
    void reducesWhatIsNoNumber_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("axis");
        for (const auto kind : { core::OpKind::ReduceMax, core::OpKind::ReduceMin, core::OpKind::ReduceMean })
            for (const int axis : { 0, 1 })
                QTest::addRow("%s of axis %d", std::string(core::opName(kind)).c_str(), axis)
                    << static_cast<int>(kind) << axis;
    }

    void reducesWhatIsNoNumber()
    {
        QFETCH(int, kind);
        QFETCH(int, axis);
        constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        std::vector<double> values(40 * 40, 1);
        for (const std::size_t place :
            { 0, 45, 88, 1599 }) // in all lanes of a vector, and behind the last whole one
            values[place] = kNan;
        for (const std::size_t place : { 3, 135, 999 })
            values[place] = place % 2 ? kInfinity : -kInfinity;
        const support::OpCase opCase = support::opCase("no number", static_cast<core::OpKind>(kind),
            { support::given({ 40, 40 }, values) }, core::AxesAttributes { .axes = core::Shape { axis } },
            { .version = 11 });
        const core::CompileOptions options { .dims = opCase.dims };
        const auto fast = m_engine->compile(opCase.graph, options);
        const auto slow = core::ReferenceEngine().compile(opCase.graph, options);
        const auto expected = support::runOnce(*slow, *opCase.graph, opCase.inputs);
        const auto actual = support::runOnce(*fast, *opCase.graph, opCase.inputs);
        QCOMPARE(support::differenceOf(actual[0].view(), expected[0].view(), 0), "");
    }

    /// What documents say of an operator is what runs it.
    void namesItsKernels()
    {
        for (const support::OpCase& opCase : m_cases) {
            const auto program = m_engine->compile(opCase.graph, { .dims = opCase.dims });
            for (std::size_t i = 0; i < opCase.inputs.size(); ++i)
                program->write(static_cast<int>(i), opCase.inputs[i].bytes());
            core::Trace trace;
            program->run(&trace);
            for (const core::Trace::Step& step : trace.steps) {
                if (step.node < 0)
                    continue;
                const std::string_view word = step.kernel.starts_with("own:") ? "own"
                    : step.kernel.starts_with("plain:")                       ? "plain"
                                                                              : "oneDNN";
                const auto kind = opCase.graph->nodes[static_cast<std::size_t>(step.node)].kind;
                const auto words = cpu::kernelsOf(kind);
                QVERIFY2(std::find(words.begin(), words.end(), word) != words.end(),
                    (opCase.name + ": " + step.kernel).c_str());
            }
        }
    }

private:
    std::vector<support::OpCase> m_cases;
    std::unique_ptr<core::Engine> m_engine = cpu::makeEngine();
};

QTEST_GUILESS_MAIN(TstCpuOps)
#include "tst_cpu_ops.moc"
