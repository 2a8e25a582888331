// SPDX-License-Identifier: GPL-3.0-or-later
// Roofs by closed formulas.
#include "core/measure/model_summary.h"
#include "core/measure/roofline.h"
#include "core/model/passes.h"
#include "tests/support/fake_engine.h"

#include <QTest>

using core::Limit;
using core::NodeCost;
using core::Precision;

namespace {

/// 100 GFLOP/s in fp32, 400 in int8, bf16 unknown; 1000, 100 and 10 GB/s.
core::Peaks peaks()
{
    const auto rate = [](double best) { return core::PeakRate { best, best, 0 }; };
    core::Peaks peaks { .threads = 1 };
    peaks.compute = { { Precision::Float32, "FMA", rate(100e9), {} },
        { Precision::BFloat16, {}, {}, "the CPU has none" }, { Precision::Int8, "dot", rate(400e9), {} } };
    peaks.bandwidth
        = { { "L1", 32'000, 16'000, rate(1000e9), {} }, { "L2", 1'000'000, 500'000, rate(100e9), {} },
              { "L3", 0, 0, {}, "there is none" }, { "memory", 0, 64'000'000, rate(10e9), {} } };
    peaks.bandwidth[2].capacity = 30'000'000;
    return peaks;
}

NodeCost cost(std::int64_t flop, std::int64_t bytes, bool integers = false)
{
    return {
        .flop = flop, .weightBytes = bytes / 4, .activationBytes = bytes - bytes / 4, .integers = integers
    };
}

bool near(double a, double b)
{
    return std::abs(a - b) <= 1e-12 * std::max(std::abs(a), std::abs(b));
}

} // namespace

class TstRoofline : public QObject {
    Q_OBJECT

private slots:
    void attainableIsTheLesser();
    void choosesLevels_data();
    void choosesLevels();
    void limitsNodes();
    void countsIntegersAgainstTheirPeak();
    void sumsNodes();
    void sharesAreNotClipped();
    void unknownStaysUnknown();
    void placesPoints();
    void saysWhyThereIsNoPoint();
    void marksProductsOfIntegers();
};

void TstRoofline::attainableIsTheLesser()
{
    QCOMPARE(core::attainable(100e9, 10e9, 1), 10e9);
    QCOMPARE(core::attainable(100e9, 10e9, 10), 100e9); // the ridge
    QCOMPARE(core::attainable(100e9, 10e9, 1000), 100e9);
    QCOMPARE(core::attainable(100e9, 10e9, 0), 0.0);
}

void TstRoofline::choosesLevels_data()
{
    QTest::addColumn<double>("bytes");
    QTest::addColumn<QString>("level");
    QTest::newRow("nothing") << 0.0 << "L1";
    QTest::newRow("all of L1") << 32'000.0 << "L1";
    QTest::newRow("a byte more") << 32'001.0 << "L2";
    QTest::newRow("a level without a rate is skipped") << 2e6 << "memory";
    QTest::newRow("anything") << 1e15 << "memory";
}

void TstRoofline::choosesLevels()
{
    QFETCH(double, bytes);
    QFETCH(QString, level);
    const core::Peaks all = peaks();
    QCOMPARE(QString::fromStdString(core::levelFor(all, bytes)->level), level);
    QVERIFY(!core::levelFor(core::Peaks {}, bytes));
}

void TstRoofline::limitsNodes()
{
    const core::TimeLimit compute = core::limitOf(cost(100'000'000, 20'000), Precision::Model, peaks());
    QVERIFY(near(compute.seconds, 1e-3)); // 100 MFLOP at 100 GFLOP/s
    QVERIFY(near(compute.memorySeconds, 20e3 / 1000e9));
    QVERIFY(compute.by() == Limit::Compute);
    const core::TimeLimit memory = core::limitOf(cost(1000, 20'000'000), Precision::Float32, peaks());
    QVERIFY(near(memory.seconds, 2e-3)); // 20 MB at 10 GB/s
    QVERIFY(memory.by() == Limit::Memory);
    QCOMPARE(QString::fromUtf8(core::limitName(memory.by()).data()), QString("memory"));
    // The same as the classical roof.
    const double roof = core::attainable(100e9, 10e9, 1000 / 20e6);
    QVERIFY(near(memory.seconds, 1000 / roof));
}

void TstRoofline::countsIntegersAgainstTheirPeak()
{
    QVERIFY(core::arithmeticOf(cost(1, 1, true), Precision::Model) == Precision::Int8);
    QVERIFY(core::arithmeticOf(cost(1, 1), Precision::Int8) == Precision::Float32);
    QVERIFY(core::arithmeticOf(cost(1, 1), Precision::BFloat16) == Precision::BFloat16);
    const core::TimeLimit limit = core::limitOf(cost(400'000'000, 1000, true), Precision::Model, peaks());
    QVERIFY(near(limit.seconds, 1e-3));
}

void TstRoofline::sumsNodes()
{
    const std::vector<NodeCost> costs { cost(100'000'000, 20'000), cost(1000, 20'000'000), cost(0, 0) };
    const core::TimeLimit limit = core::limitOf(costs, Precision::Model, peaks());
    QVERIFY(near(limit.seconds, 3e-3));
    QVERIFY(near(limit.computeSeconds, 1e-3));
    QVERIFY(near(limit.memorySeconds, 2e-3));
    QVERIFY(limit.by() == Limit::Memory);
}

void TstRoofline::sharesAreNotClipped()
{
    const core::TimeLimit limit = core::limitOf(cost(100'000'000, 1000), Precision::Model, peaks());
    QVERIFY(near(core::share(limit, 2e-3).value(), 0.5));
    QVERIFY(near(core::share(limit, 0.5e-3).value(), 2)); // Winograd
    QVERIFY(!core::share(limit, 0));
}

void TstRoofline::unknownStaysUnknown()
{
    NodeCost unknown;
    unknown.known = false;
    const core::TimeLimit noCost = core::limitOf(unknown, Precision::Model, peaks());
    QVERIFY(QString::fromStdString(noCost.unknown).contains("shapes depend on data"));
    QVERIFY(!core::share(noCost, 1e-3));
    const core::TimeLimit noPeak = core::limitOf(cost(10, 10), Precision::BFloat16, peaks());
    QCOMPARE(
        QString::fromStdString(noPeak.unknown), QString("the peak of bf16 is unknown: the CPU has none"));
    QCOMPARE(QString::fromStdString(core::limitOf(cost(10, 10), Precision::Float16, peaks()).unknown),
        QString("the peak of fp16 was not measured"));
    core::Peaks cachesOnly = peaks();
    cachesOnly.bandwidth.back().rate.reset();
    cachesOnly.bandwidth.back().unknown = "no room";
    QCOMPARE(QString::fromStdString(core::limitOf(cost(10, 2'000'000), Precision::Model, cachesOnly).unknown),
        QString("the bandwidth of memory is unknown: no room"));
    const std::vector<NodeCost> costs { cost(10, 10), unknown };
    QVERIFY(QString::fromStdString(core::limitOf(costs, Precision::Model, peaks()).unknown)
                .startsWith("of one node at least its arithmetic is unknown"));
    // Movement needs no peak of arithmetic.
    QVERIFY(core::limitOf(cost(0, 10), Precision::BFloat16, peaks()).unknown.empty());
}

void TstRoofline::placesPoints()
{
    const std::vector<NodeCost> costs { cost(100'000'000, 20'000), cost(400'000'000, 30'000, true) };
    const core::RoofPoint point = core::roofPoint(costs, Precision::Model, peaks(), 4e-3);
    QVERIFY(point.unknown.empty());
    QVERIFY(point.precision == Precision::Int8); // four fifths of the arithmetic
    QVERIFY(near(point.intensity, 500e6 / 50e3));
    QVERIFY(near(point.attained, 500e6 / 4e-3));
    QVERIFY(near(point.roof, 500e6 / 2e-3));
    QVERIFY(near(point.share, 0.5));
    QVERIFY(near(point.share, point.attained / point.roof));
    QVERIFY(point.by == Limit::Compute);
}

void TstRoofline::saysWhyThereIsNoPoint()
{
    QVERIFY(!core::roofPoint({}, Precision::Model, peaks(), 1).unknown.empty());
    const std::vector<NodeCost> costs { cost(10, 10) };
    QVERIFY(!core::roofPoint(costs, Precision::Model, peaks(), 0).unknown.empty());
    QVERIFY(!core::roofPoint(costs, Precision::BFloat16, peaks(), 1).unknown.empty());
}

void TstRoofline::marksProductsOfIntegers()
{
    core::Graph graph = support::tinyGraph();
    const core::Shapes shapes = core::inferShapes(graph, { .batch = 2, .named = {} });
    QVERIFY(!core::costOf(graph, graph.nodes[0], shapes).integers);
    graph.nodes[0].quantised = { { .input = 0, .as = {} } };
    QVERIFY(core::costOf(graph, graph.nodes[0], shapes).integers);
}

QTEST_GUILESS_MAIN(TstRoofline)
#include "tst_roofline.moc"
