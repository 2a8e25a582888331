// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/model/shape_inference.h"
#include "core/ops/op_table.h"
#include "tests/support/op_cases.h"

#include <QTest>
#include <set>

/// The list that tests every engine is itself sound: each case runs on the reference engine, and none is
/// missing.
class TstOpCases : public QObject {
    Q_OBJECT

private slots:
    void coversEveryOperator();
    void namesAreUnique();
    void runsOnReference_data();
    void runsOnReference();
};

void TstOpCases::coversEveryOperator()
{
    // These need graphs of their own, and tst_subgraphs runs them on every engine.
    std::set<core::OpKind> covered { core::OpKind::If, core::OpKind::Loop, core::OpKind::Scan };
    for (const auto& opCase : support::opCases())
        covered.insert(opCase.graph->nodes[0].kind);
    for (const core::OpRow& row : core::opRows())
        QVERIFY2(covered.contains(row.kind), std::string(row.name).c_str());
}

void TstOpCases::namesAreUnique()
{
    std::set<std::string> names;
    for (const auto& opCase : support::opCases())
        QVERIFY2(names.insert(opCase.name).second, opCase.name.c_str());
}

void TstOpCases::runsOnReference_data()
{
    QTest::addColumn<std::size_t>("index");
    const auto cases = support::opCases();
    for (std::size_t i = 0; i < cases.size(); ++i)
        QTest::newRow(cases[i].name.c_str()) << i;
}

void TstOpCases::runsOnReference()
{
    QFETCH(std::size_t, index);
    static const auto cases = support::opCases();
    const support::OpCase& opCase = cases[index];
    core::ReferenceEngine engine;
    const auto program = engine.compile(opCase.graph, { .dims = opCase.dims });
    for (std::size_t i = 0; i < opCase.inputs.size(); ++i)
        program->write(static_cast<int>(i), opCase.inputs[i].bytes());
    program->run();
    const core::Shapes shapes = core::inferShapes(*opCase.graph, opCase.dims);
    for (std::size_t i = 0; i < opCase.graph->outputs.size(); ++i) {
        const core::ValueId id = opCase.graph->outputs[i];
        const core::Tensor output = program->read(static_cast<int>(i));
        QVERIFY(shapes.isOpen(id) || (output.shape() == shapes.of(id) && output.type() == shapes.typeOf(id)));
        QVERIFY(output.count() > 0);
        if (output.type() == core::ElementType::Float32)
            for (const float element : output.as<float>())
                QVERIFY(std::isfinite(element));
    }
}

QTEST_GUILESS_MAIN(TstOpCases)
#include "tst_op_cases.moc"
