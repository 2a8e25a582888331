// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/memory_plan.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <algorithm>
#include <random>

/// planMemory: nothing alive at the same time overlaps, and no space is wasted that the simple cases can
/// save.
class TstMemoryPlan : public QObject {
    Q_OBJECT

private slots:
    void emptyPlanNeedsNothing() { QCOMPARE(core::planMemory({}).bytes, std::size_t { 0 }); }

    void refusesSumsThatNoAddressHolds()
    {
        constexpr std::size_t kLarge = std::size_t { 1 } << 60;
        const std::string sentence
            = "Cannot plan memory: more than 4611686018427387903 bytes are needed at once.";
        QCOMPARE(support::sentenceOf([] { core::planMemory({ { std::size_t(-1), 0, 1 } }); }), sentence);
        const std::vector<core::Lifetime> sixteen(16, { kLarge, 0, 1 }); // 2^64 bytes: 0, if it wrapped round
        QCOMPARE(support::sentenceOf([&] { core::planMemory(sixteen); }), sentence);
        QCOMPARE(core::planMemory({ { kLarge, 0, 1 }, { kLarge, 2, 3 } }).bytes, kLarge);
    }

    void buffersOfDifferentTimesShareMemory()
    {
        const auto plan = core::planMemory({ { 1000, 0, 1 }, { 1000, 2, 3 } });
        QCOMPARE(plan.offsets[0], plan.offsets[1]);
        QCOMPARE(plan.bytes, std::size_t { 1024 });
    }

    void buffersThatTouchAtAStepDoNot()
    {
        const auto plan = core::planMemory({ { 64, 0, 1 }, { 64, 1, 2 } });
        QVERIFY(plan.offsets[0] != plan.offsets[1]);
        QCOMPARE(plan.bytes, std::size_t { 128 });
    }

    void fillsTheLowestGap()
    {
        // Big at 0, small beside it; when the big one is gone, its place is used before the arena grows.
        const auto plan = core::planMemory({ { 4096, 0, 1 }, { 128, 0, 5 }, { 2048, 2, 3 }, { 1024, 2, 3 } });
        QCOMPARE(plan.bytes, std::size_t { 4096 + 128 });
    }

    void randomPlansNeverOverlap()
    {
        std::mt19937 random(7);
        for (int round = 0; round < 300; ++round) {
            std::vector<core::Lifetime> buffers;
            const int count = 1 + static_cast<int>(random() % 60);
            std::size_t atOnce = 0;
            for (int i = 0; i < count; ++i) {
                const int first = static_cast<int>(random() % 40);
                buffers.push_back({ random() % 5000, first, first + static_cast<int>(random() % 12) });
            }
            const auto plan = core::planMemory(buffers);
            for (int step = 0; step < 60; ++step) {
                std::size_t alive = 0;
                for (const auto& buffer : buffers)
                    alive += buffer.first <= step && step <= buffer.last ? buffer.bytes : 0;
                atOnce = std::max(atOnce, alive);
            }
            QVERIFY(plan.bytes >= atOnce);
            for (std::size_t a = 0; a < buffers.size(); ++a) {
                QCOMPARE(plan.offsets[a] % 64, std::size_t { 0 });
                QVERIFY(plan.offsets[a] + buffers[a].bytes <= plan.bytes);
                for (std::size_t b = 0; b < a; ++b) {
                    const bool together
                        = buffers[a].first <= buffers[b].last && buffers[b].first <= buffers[a].last;
                    const bool apart = plan.offsets[a] + buffers[a].bytes <= plan.offsets[b]
                        || plan.offsets[b] + buffers[b].bytes <= plan.offsets[a];
                    QVERIFY(!together || apart);
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TstMemoryPlan)
#include "tst_memory_plan.moc"
