// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "gpu/engine/gpu_engine.h"
#include "gpu/engine/host_device.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"

#include <QTest>
#include <set>

/// Every operator case that the GPU engine does not refuse, its kernels' bodies on the host, against the
/// reference engine.
class TstGpuOps : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_cases = support::opCases();
        for (std::size_t i = 0; i < m_cases.size(); ++i) {
            const support::OpCase& opCase = m_cases[i];
            if (const auto refused = m_engine->refusals(*opCase.graph); !refused.empty()) {
                m_refused.emplace_back(i, core::summarise(refused));
                continue;
            }
            try { // what only types and shapes tell
                m_engine->compile(opCase.graph, { .dims = opCase.dims });
                m_accepted.push_back(static_cast<int>(i));
                for (const core::Node& node : opCase.graph->nodes)
                    m_kinds.insert(node.kind);
            } catch (const core::Error& error) {
                m_refused.emplace_back(i, error.what());
            }
        }
    }

    void equalsTheReference_data()
    {
        QTest::addColumn<int>("index");
        for (const int i : m_accepted)
            QTest::addRow("%s", m_cases[static_cast<std::size_t>(i)].name.c_str()) << i;
    }

    void equalsTheReference()
    {
        QFETCH(int, index);
        const support::OpCase& opCase = m_cases[static_cast<std::size_t>(index)];
        const core::CompileOptions options { .dims = opCase.dims };
        const core::Graph& graph = *opCase.graph;
        const auto fast = m_engine->compile(opCase.graph, options);
        const auto expected
            = support::runOnce(*core::ReferenceEngine().compile(opCase.graph, options), graph, opCase.inputs);
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

    /// Every case that cannot run says so in a sentence that names the node.
    void refusesWithAReason()
    {
        for (const auto& [index, sentence] : m_refused) {
            const bool named = sentence.starts_with("node \"") || sentence.starts_with("Cannot compile");
            QVERIFY2(named && sentence.size() > 30, sentence.c_str());
        }
        QVERIFY(m_accepted.size() >= 949); // a kernel that comes to refuse what it took is noticed
        qInfo("%zu of %zu cases run, %zu are refused", m_accepted.size(), m_cases.size(), m_refused.size());
    }

    /// What the zoo and the real models of the tests consist of is never refused altogether.
    void runsWhatNetworksConsistOf()
    {
        using K = core::OpKind;
        for (const K kind : { K::Relu, K::Sigmoid, K::Add, K::Mul, K::Clip, K::Gelu, K::Transpose, K::Reshape,
                 K::Concat, K::Gather, K::Slice, K::Split, K::Pad, K::Expand, K::Tile, K::Resize, K::Where,
                 K::Equal, K::Cast, K::Conv, K::ConvTranspose, K::MaxPool, K::AveragePool,
                 K::GlobalAveragePool, K::BatchNormalization, K::DepthToSpace, K::Softmax, K::LogSoftmax,
                 K::LayerNormalization, K::RMSNormalization, K::InstanceNormalization, K::GroupNormalization,
                 K::ReduceMean, K::ReduceSum, K::ReduceMax, K::ReduceMin, K::ReduceProd, K::ReduceSumSquare,
                 K::ReduceL1, K::ReduceL2, K::ReduceLogSum, K::ReduceLogSumExp })
            QVERIFY2(m_kinds.contains(kind), core::opName(kind).data());
    }

private:
    std::vector<support::OpCase> m_cases;
    std::vector<int> m_accepted;
    std::vector<std::pair<std::size_t, std::string>> m_refused;
    std::set<core::OpKind> m_kinds; // of what is accepted
    std::unique_ptr<core::Engine> m_engine = gpu::makeEngine(gpu::makeHostDevice);
};

QTEST_GUILESS_MAIN(TstGpuOps)
#include "tst_gpu_ops.moc"
