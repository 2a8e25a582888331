// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/caches.h"
#include "tests/support/fake_tree.h"

#include <QTest>

namespace {

void writeCache(const support::FakeTree& tree, int index, const std::string& level, const std::string& type,
    const std::string& size, const std::string& shared)
{
    const std::string folder = "sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    tree.write(folder + "level", level + "\n");
    tree.write(folder + "type", type + "\n");
    tree.write(folder + "size", size + "\n");
    tree.write(folder + "shared_cpu_list", shared + "\n");
}

} // namespace

class TstCaches : public QObject {
    Q_OBJECT

private slots:
    void readsLevels();
    void readsHere();
    void leavesOutWhatItCannotRead_data();
    void leavesOutWhatItCannotRead();
    void addsUpCapacities();
};

void TstCaches::readsLevels()
{
    const support::FakeTree tree;
    writeCache(tree, 0, "3", "Unified", "32M", "0-7,64-71");
    writeCache(tree, 1, "1", "Data", "32K", "0,64");
    writeCache(tree, 2, "1", "Instruction", "32K", "0,64");
    writeCache(tree, 3, "2", "Unified", "1024K", "0,64");
    const auto caches = core::readCaches(tree.root());
    QCOMPARE(caches.size(), 3U);
    QCOMPARE(caches[0].level, 1);
    QCOMPARE(caches[0].bytes, std::size_t { 32 * 1024 });
    QCOMPARE(caches[0].sharedBy, 2);
    QCOMPARE(caches[1].bytes, std::size_t { 1024 * 1024 });
    QCOMPARE(caches[2].bytes, std::size_t { 32 * 1024 * 1024 });
    QCOMPARE(caches[2].sharedBy, 16);
}

void TstCaches::readsHere()
{
    for (const core::CacheLevel& cache : core::readCaches()) {
        QVERIFY(cache.bytes > 0);
        QVERIFY(cache.sharedBy >= 1);
    }
}

void TstCaches::leavesOutWhatItCannotRead_data()
{
    QTest::addColumn<QString>("level");
    QTest::addColumn<QString>("size");
    QTest::newRow("no size") << "1"
                             << "";
    QTest::newRow("no number") << "1"
                               << "K";
    QTest::newRow("another unit") << "1"
                                  << "32G8";
    QTest::newRow("too large") << "1"
                               << "99999999999999999999K";
    QTest::newRow("overflows") << "1"
                               << "18446744073709551615M";
    QTest::newRow("negative") << "1"
                              << "-32K";
    QTest::newRow("no level") << "x"
                              << "32K";
    QTest::newRow("level zero") << "0"
                                << "32K";
    QTest::newRow("level far away") << "99999999999"
                                    << "32K";
}

void TstCaches::leavesOutWhatItCannotRead()
{
    QFETCH(QString, level);
    QFETCH(QString, size);
    const support::FakeTree tree;
    writeCache(tree, 0, level.toStdString(), "Data", size.toStdString(), "0-99999999999,,-,5-2,x");
    QVERIFY(core::readCaches(tree.root()).empty());
}

void TstCaches::addsUpCapacities()
{
    const std::vector<core::CacheLevel> caches { { 1, 32, 2 }, { 2, 1000, 2 }, { 3, 30'000, 16 } };
    // Eight physical cores share a last level; 32 hardware threads are 16 cores and two last levels.
    QCOMPARE(core::cacheCapacity(caches, 1, 1, 32), std::size_t { 32 });
    QCOMPARE(core::cacheCapacity(caches, 1, 4, 32), std::size_t { 128 });
    QCOMPARE(core::cacheCapacity(caches, 1, 32, 32), std::size_t { 512 }); // 16 cores
    QCOMPARE(core::cacheCapacity(caches, 2, 2, 32), std::size_t { 2000 });
    QCOMPARE(core::cacheCapacity(caches, 3, 8, 32), std::size_t { 30'000 });
    QCOMPARE(core::cacheCapacity(caches, 3, 9, 32), std::size_t { 60'000 });
    QCOMPARE(core::cacheCapacity(caches, 4, 1, 32), std::size_t { 0 });
    QCOMPARE(core::cacheCapacity({}, 1, 1, 32), std::size_t { 0 });
    QCOMPARE(core::cacheCapacity(caches, 1, 0, 0), std::size_t { 32 });
}

QTEST_GUILESS_MAIN(TstCaches)
#include "tst_caches.moc"
