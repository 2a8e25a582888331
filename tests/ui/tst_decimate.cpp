// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/decimate.h"

#include <QtTest>
#include <cmath>
#include <random>

namespace {

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

/// The same by looking at all points for each column.
std::map<int, std::pair<double, double>> byBruteForce(
    const std::vector<ui::TimePoint>& points, double begin, double end, int columns)
{
    std::map<int, std::pair<double, double>> extremes;
    for (int column = 0; column < columns; ++column) {
        for (const ui::TimePoint& point : points) {
            if (std::isnan(point.y) || point.x < begin || point.x > end)
                continue;
            if (std::floor((point.x - begin) * (columns / (end - begin))) != column)
                continue;
            const auto [it, fresh] = extremes.try_emplace(column, point.y, point.y);
            it->second.first = std::min(it->second.first, point.y);
            it->second.second = std::max(it->second.second, point.y);
        }
    }
    return extremes;
}

} // namespace

class TstDecimate : public QObject {
    Q_OBJECT

private slots:
    void extremesOfEachColumn_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("columns");
        QTest::addColumn<double>("begin");
        QTest::addColumn<double>("end");
        QTest::newRow("all, many to a pixel") << 5000 << 100 << 0.0 << 1.0;
        QTest::newRow("all, few to a pixel") << 50 << 400 << 0.0 << 1.0;
        QTest::newRow("a part") << 5000 << 97 << 0.3 << 0.45;
        QTest::newRow("wider than the curve") << 300 << 200 << -1.0 << 3.0;
        QTest::newRow("a single column") << 300 << 1 << 0.2 << 0.7;
        QTest::newRow("between two points") << 2 << 100 << 0.4 << 0.6;
    }
    void extremesOfEachColumn()
    {
        QFETCH(int, count);
        QFETCH(int, columns);
        QFETCH(double, begin);
        QFETCH(double, end);
        std::mt19937 random(7);
        std::uniform_real_distribution<double> anywhere(0, 1);
        std::normal_distribution<double> value(10, 3);
        for (int trial = 0; trial < 20; ++trial) {
            std::vector<ui::TimePoint> points;
            for (int k = 0; k < count; ++k)
                points.push_back(
                    { anywhere(random), random() % 17 == 0 && count > 2 ? kGap : value(random) });
            std::ranges::sort(points, {}, &ui::TimePoint::x);
            const auto expected = byBruteForce(points, begin, end, columns);
            std::map<int, std::pair<double, double>> found;
            for (const ui::ColumnRange& range : ui::decimated(points, begin, end, columns)) {
                const double column = std::floor(range.x);
                if (column < 0 || column >= columns)
                    continue; // the neighbours outside
                QVERIFY2(
                    found.try_emplace(int(column), range.low, range.high).second, "a column comes twice");
                QVERIFY(range.low <= range.first && range.first <= range.high);
                QVERIFY(range.low <= range.last && range.last <= range.high);
            }
            QVERIFY(found == expected);
        }
    }

    void gapsAreKept()
    {
        const std::vector<ui::TimePoint> points { { 0, 1 }, { 10, 2 }, { 12 }, { 20, 3 }, { 30, 4 } };
        const auto ranges = ui::decimated(points, 0, 40, 40);
        QCOMPARE(ranges.size(), std::size_t(4));
        QVERIFY(!ranges[0].joins && ranges[1].joins && !ranges[2].joins && ranges[3].joins);
        QCOMPARE(ranges[1].x, 10.0); // a lone point is where it is
    }

    void linesRunToTheEdge()
    {
        const std::vector<ui::TimePoint> points { { 0, 1 }, { 1, 5 }, { 9, 5 }, { 11, 6 } };
        const auto ranges = ui::decimated(points, 4, 6, 10);
        QCOMPARE(ranges.size(), std::size_t(2)); // one on each side
        QCOMPARE(ranges[0].x, -15.0);
        QCOMPARE(ranges[1].x, 25.0);
        QVERIFY(ranges[1].joins);
    }

    void nothing()
    {
        const std::vector<ui::TimePoint> points { { 0, 1 } };
        QVERIFY(ui::decimated({}, 0, 1, 10).empty());
        QVERIFY(ui::decimated(points, 0, 1, 0).empty());
        QVERIFY(ui::decimated(points, 1, 1, 10).empty());
        QVERIFY(ui::decimated(points, kGap, 1, 10).empty());
        QVERIFY(ui::decimated(std::vector<ui::TimePoint> { { 0 }, { 1 } }, 0, 1, 10).empty());
    }

    void aMillionIsDrawnByItsPixels()
    {
        std::vector<ui::TimePoint> points(1'000'000);
        for (std::size_t k = 0; k < points.size(); ++k)
            points[k] = { static_cast<double>(k), k == 777'777 ? 50.0 : 1.0 };
        const auto ranges = ui::decimated(points, 0, 1e6, 1000);
        QVERIFY(ranges.size() <= 1002);
        const auto highest = std::ranges::max_element(ranges, {}, &ui::ColumnRange::high);
        QCOMPARE(highest->high, 50.0); // no outlier is lost
        QCOMPARE(std::floor(highest->x), 777.0);
    }
};

QTEST_GUILESS_MAIN(TstDecimate)
#include "tst_decimate.moc"
