// SPDX-License-Identifier: GPL-3.0-or-later
// RNN, GRU and LSTM with all that may be asked of them, over several parts of a state, against the reference
// engine; networks seldom have more than the plain form, so a list of op cases has little else.
#include "core/engine/reference_engine.h"
#include "gpu/engine/gpu_engine.h"
#include "gpu/engine/host_device.h"
#include "tests/support/op_case_builder.h"
#include "tests/support/programs.h"

#include <QTest>
#include <random>

using core::OpKind;
using core::Shape;
using Attributes = core::RecurrentAttributes;
using Activation = Attributes::Activation;

namespace {

std::int64_t gatesOf(OpKind kind)
{
    return kind == OpKind::LSTM ? 4 : kind == OpKind::GRU ? 3 : 1;
}

support::OpCase randomCase(OpKind kind, unsigned seed)
{
    std::mt19937 random(seed);
    const auto coin = [&] { return random() % 2 == 0; };
    const auto oneOf
        = [&](std::initializer_list<std::int64_t> list) { return *(list.begin() + random() % list.size()); };
    const std::int64_t steps = oneOf({ 1, 2, 5 }), batch = oneOf({ 1, 3 }), input = oneOf({ 1, 20 }),
                       hidden = oneOf({ 1, 8, 37, 70 }), gates = gatesOf(kind);
    Attributes attributes;
    attributes.direction = static_cast<Attributes::Direction>(random() % 3);
    attributes.clip = coin() ? 0.0F : 0.75F;
    attributes.coupledGates = kind == OpKind::LSTM && coin();
    attributes.linearBeforeReset = kind == OpKind::GRU && coin();
    attributes.batchFirst = coin();
    const std::int64_t directions = attributes.direction == Attributes::Direction::Bidirectional ? 2 : 1;
    const std::size_t functions = kind == OpKind::LSTM ? 3 : kind == OpKind::GRU ? 2 : 1;
    for (std::size_t i = 0; i < functions * static_cast<std::size_t>(directions); ++i)
        attributes.activations.push_back({ static_cast<Activation::Function>(random() % 11), 0.5F, 0.75F });
    const auto weights = [&](Shape shape) { // sums stay small
        return support::Operand { .shape = std::move(shape),
            .constant = coin(),
            .deviation = 1 / std::sqrt(static_cast<double>(hidden + input)) };
    };
    const auto perhaps = [&](support::Operand operand) { return coin() ? operand : support::absent(); };
    const Shape state
        = attributes.batchFirst ? Shape { batch, directions, hidden } : Shape { directions, batch, hidden };
    std::vector<support::Operand> operands {
        support::input(attributes.batchFirst ? Shape { batch, steps, input } : Shape { steps, batch, input }),
        weights({ directions, gates * hidden, input }), weights({ directions, gates * hidden, hidden }),
        perhaps(weights({ directions, 2 * gates * hidden })),
        perhaps(support::integers({ batch }, steps + 1, core::ElementType::Int32)),
        perhaps(support::input(state))
    };
    if (kind == OpKind::LSTM) {
        operands.push_back(perhaps(support::input(state)));
        operands.push_back(perhaps(weights({ directions, 3 * hidden })));
    }
    return support::opCase(std::string(core::opName(kind)) + " " + std::to_string(seed), kind,
        std::move(operands), attributes, { .outputs = kind == OpKind::LSTM ? 3 : 2 });
}

} // namespace

class TstGpuRecurrent : public QObject {
    Q_OBJECT

private slots:
    void equalsTheReference_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<unsigned>("seed");
        for (const OpKind kind : { OpKind::RNN, OpKind::GRU, OpKind::LSTM })
            for (unsigned seed = 0; seed < 40; ++seed)
                QTest::addRow("%s %u", core::opName(kind).data(), seed) << static_cast<int>(kind) << seed;
    }

    void equalsTheReference()
    {
        QFETCH(int, kind);
        QFETCH(unsigned, seed);
        const support::OpCase opCase = randomCase(static_cast<OpKind>(kind), seed);
        const core::CompileOptions options { .dims = opCase.dims };
        const core::Graph& graph = *opCase.graph;
        const auto expected
            = support::runOnce(*core::ReferenceEngine().compile(opCase.graph, options), graph, opCase.inputs);
        const auto program = m_engine->compile(opCase.graph, options);
        for (int round = 0; round < 2; ++round) { // states do not stay from run to run
            const auto actual = support::runOnce(*program, graph, opCase.inputs);
            for (std::size_t i = 0; i < actual.size(); ++i) {
                const std::string difference
                    = support::differenceOf(actual[i].view(), expected[i].view(), opCase.tolerance);
                QVERIFY2(difference.empty(), difference.c_str());
            }
        }
    }

private:
    const std::unique_ptr<core::Engine> m_engine = gpu::makeEngine(gpu::makeHostDevice);
};

QTEST_GUILESS_MAIN(TstGpuRecurrent)
#include "tst_gpu_recurrent.moc"
