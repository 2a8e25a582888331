// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "core/ops/for_range.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"

#include <QTest>
#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

namespace {

/// Seven parts at most, each on a thread of its own, the last one first.
void onThreads(std::int64_t count, std::int64_t grain, const core::ops::RangeBody& body)
{
    const std::int64_t parts = std::clamp<std::int64_t>(count / std::max<std::int64_t>(grain, 1), 1, 7);
    std::vector<std::jthread> threads;
    for (std::int64_t part = parts; part-- > 0;)
        threads.emplace_back([=, &body] { body(count * part / parts, count * (part + 1) / parts); });
}

/// Parts of the smallest size, in reverse order: a loop whose iterations lean on each other shows it.
void inReverse(std::int64_t count, std::int64_t grain, const core::ops::RangeBody& body)
{
    for (std::int64_t end = count; end > 0; end -= std::min(end, grain))
        body(std::max<std::int64_t>(end - grain, 0), end);
}

} // namespace

class TstForRange : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_cases = support::opCases(); }

    void runsInOrderWithoutARunner()
    {
        std::vector<std::int64_t> seen;
        core::ops::forEach(100'000, 1'000, [&](std::int64_t i) { seen.push_back(i); });
        QCOMPARE(seen.size(), 100'000U);
        QVERIFY(std::is_sorted(seen.begin(), seen.end()));
    }

    void runsEachIterationOnce()
    {
        std::vector<std::atomic<int>> seen(100'001);
        std::atomic<int> parts = 0;
        const core::ops::RangeScope scope(onThreads);
        core::ops::forRange(std::ssize(seen), 1'000, [&](std::int64_t begin, std::int64_t end) {
            ++parts;
            for (std::int64_t i = begin; i < end; ++i)
                ++seen[static_cast<std::size_t>(i)];
        });
        QCOMPARE(parts.load(), 7);
        QVERIFY(std::all_of(seen.begin(), seen.end(), [](const auto& times) { return times == 1; }));
    }

    void keepsShortLoopsTogether()
    {
        const core::ops::RangeScope scope(onThreads);
        int parts = 0;
        core::ops::forRange(2 * core::ops::kWorkOfAPart - 1, 1, [&](std::int64_t, std::int64_t) { ++parts; });
        QCOMPARE(parts, 1);
        core::ops::forRange(0, 1, [&](std::int64_t begin, std::int64_t end) { QCOMPARE(begin, end); });
    }

    void runsInnerLoopsWhereTheyAre()
    {
        const core::ops::RangeScope scope(onThreads);
        std::atomic<bool> moved = false;
        core::ops::forEach(7, core::ops::kWorkOfAPart, [&](std::int64_t) {
            const auto thread = std::this_thread::get_id();
            core::ops::forEach(7, core::ops::kWorkOfAPart,
                [&](std::int64_t) { moved = moved || std::this_thread::get_id() != thread; });
        });
        QVERIFY(!moved);
    }

    void throwsWhatAPartThrew()
    {
        const core::ops::RangeScope scope(onThreads);
        std::string sentence;
        try {
            core::ops::forEach(7, core::ops::kWorkOfAPart, [](std::int64_t i) {
                if (i == 5)
                    throw core::Error("divides by zero.");
            });
        } catch (const core::Error& error) {
            sentence = error.what();
        }
        QCOMPARE(sentence, std::string("divides by zero."));
        std::atomic<int> after = 0; // and the runner is there again
        core::ops::forRange(7, core::ops::kWorkOfAPart, [&](std::int64_t, std::int64_t) { ++after; });
        QCOMPARE(after.load(), 7);
    }

    /// Whatever the order and the parts, an operator computes the same bytes.
    void leavesEveryOperatorAsItWas_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_cases.size(); ++i)
            QTest::addRow("%s", m_cases[i].name.c_str()) << static_cast<int>(i);
    }

    void leavesEveryOperatorAsItWas()
    {
        QFETCH(int, index);
        const support::OpCase& opCase = m_cases[static_cast<std::size_t>(index)];
        const auto program = core::ReferenceEngine().compile(opCase.graph, { .dims = opCase.dims });
        const auto expected = support::runOnce(*program, *opCase.graph, opCase.inputs);
        const core::ops::RangeScope scope(inReverse, 1);
        const auto actual = support::runOnce(*program, *opCase.graph, opCase.inputs);
        QCOMPARE(actual.size(), expected.size());
        for (std::size_t i = 0; i < actual.size(); ++i)
            QVERIFY(std::ranges::equal(actual[i].bytes(), expected[i].bytes()));
    }

private:
    std::vector<support::OpCase> m_cases;
};

QTEST_GUILESS_MAIN(TstForRange)
#include "tst_for_range.moc"
