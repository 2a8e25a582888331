// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/blob_cache.h"
#include "tests/support/sentence.h"

#include <sys/wait.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <thread>

using core::BlobCache;

namespace {

std::vector<std::byte> blobOf(std::size_t bytes, unsigned seed)
{
    std::vector<std::byte> blob(bytes);
    for (std::byte& each : blob)
        each = static_cast<std::byte>((seed = seed * 1664525 + 1013904223) >> 24);
    return blob;
}

constexpr std::size_t kBytes = (5 << 19) + 3; // two chunks and a half

} // namespace

class TstBlobCache : public QObject {
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void readsWhatWasWritten();
    void emptyBlob();
    void damaged_data();
    void damaged();
    void anotherKeyUnderTheName();
    void whatIsNoPlainFile();
    void makesRoom();
    void tooLarge();
    void cannotWrite();
    void lists();
    void clears();
    void writersAndReadersAtOnce();
    void limitOfTheEnvironment();

private:
    BlobCache cache(std::size_t limit = core::kBlobCacheLimit) const
    {
        return BlobCache(m_folder->filePath("made/of").toStdString(), limit);
    }
    QString fileOf(const char* key) const { return m_folder->filePath("made/of/blob-") + key; }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TstBlobCache::readsWhatWasWritten()
{
    const auto blob = blobOf(kBytes, 1);
    std::vector<std::byte> read(kBytes);
    QVERIFY(cache().read("one", read) == BlobCache::Found::Nothing);
    cache().write("one", "a network", blob);
    QVERIFY(cache().read("one", read) == BlobCache::Found::Blob);
    QVERIFY(read == blob);
    QVERIFY(cache().read("two", read) == BlobCache::Found::Nothing);
    const auto other = blobOf(kBytes, 2);
    cache().write("one", "a network", other);
    QVERIFY(cache().read("one", read) == BlobCache::Found::Blob);
    QVERIFY(read == other);
    QVERIFY(QFile::permissions(fileOf("one"))
        == (QFile::ReadOwner | QFile::WriteOwner | QFile::ReadUser | QFile::WriteUser));
    QVERIFY(BlobCache({}).read("one", read) == BlobCache::Found::Nothing);
}

void TstBlobCache::emptyBlob()
{
    cache().write("none", "", {});
    QVERIFY(cache().read("none", {}) == BlobCache::Found::Blob);
}

void TstBlobCache::damaged_data()
{
    QTest::addColumn<qint64>("at");
    QTest::addColumn<int>("size");
    QTest::newRow("magic") << qint64 { 0 } << 0;
    QTest::newRow("number of bytes") << qint64 { 12 } << 0;
    QTest::newRow("key") << qint64 { 26 } << 0;
    QTest::newRow("checksum of a chunk") << qint64 { 265 } << 0;
    QTest::newRow("first byte") << qint64 { 4096 } << 0;
    QTest::newRow("last byte") << qint64 { 4096 + static_cast<qint64>(kBytes) - 1 } << 0;
    QTest::newRow("cut off") << qint64 { -1 } << 4096 + (1 << 20);
    QTest::newRow("cut off in the header") << qint64 { -1 } << 100;
    QTest::newRow("empty") << qint64 { -1 } << 0;
    QTest::newRow("longer") << qint64 { -1 } << 4096 + static_cast<int>(kBytes) + 1;
}

void TstBlobCache::damaged()
{
    QFETCH(qint64, at);
    QFETCH(int, size);
    cache().write("one", "", blobOf(kBytes, 1));
    QFile file(fileOf("one"));
    QVERIFY(file.open(QIODevice::ReadWrite));
    if (at < 0) {
        QVERIFY(file.resize(size));
    } else {
        QVERIFY(file.seek(at));
        const char was = file.read(1).at(0);
        QVERIFY(file.seek(at));
        file.write(QByteArray(1, static_cast<char>(was ^ 0x10)));
    }
    file.close();
    std::vector<std::byte> read(kBytes);
    QVERIFY(cache().read("one", read) == BlobCache::Found::Damaged);
    QVERIFY(!QFile::exists(fileOf("one")));
    QVERIFY(cache().read("one", read) == BlobCache::Found::Nothing);
}

void TstBlobCache::anotherKeyUnderTheName()
{
    cache().write("one", "", blobOf(kBytes, 1));
    QVERIFY(QFile::rename(fileOf("one"), fileOf("two")));
    std::vector<std::byte> read(kBytes), small(kBytes - 1);
    QVERIFY(cache().read("two", read) == BlobCache::Found::Damaged);
    cache().write("one", "", blobOf(kBytes, 1));
    QVERIFY(cache().read("one", small) == BlobCache::Found::Damaged);
}

void TstBlobCache::whatIsNoPlainFile()
{
    cache().write("one", "", blobOf(kBytes, 1));
    QVERIFY(QFile::link(fileOf("one"), fileOf("link")));
    QVERIFY(QDir().mkpath(fileOf("folder")));
    std::vector<std::byte> read(kBytes);
    QVERIFY(cache().read("link", read) == BlobCache::Found::Nothing);
    QVERIFY(cache().read("folder", read) == BlobCache::Found::Nothing);
    QCOMPARE(cache().entries().size(), std::size_t { 1 });
    QVERIFY(cache().clear() > kBytes);
    QVERIFY(QDir(fileOf("folder")).exists());
}

void TstBlobCache::makesRoom()
{
    std::vector<std::byte> read(kBytes);
    const BlobCache small = cache(3 * kBytes);
    small.write("old", "", blobOf(kBytes, 1));
    QTest::qWait(20); // file systems count in milliseconds
    small.write("new", "", blobOf(kBytes, 2));
    QTest::qWait(20);
    QVERIFY(small.read("old", read) == BlobCache::Found::Blob); // used now
    QTest::qWait(20);
    small.write("third", "", blobOf(kBytes, 3));
    QVERIFY(small.read("new", read) == BlobCache::Found::Nothing);
    QVERIFY(small.read("old", read) == BlobCache::Found::Blob);
    QVERIFY(small.read("third", read) == BlobCache::Found::Blob);
}

void TstBlobCache::tooLarge()
{
    cache().write("one", "", blobOf(100, 1));
    const std::string sentence
        = support::sentenceOf([&] { cache(kBytes).write("two", "", blobOf(kBytes, 1)); });
    QVERIFY2(sentence.starts_with("Cannot keep packed weights: ")
            && sentence.ends_with(" more than the cache may hold, 2621443."),
        sentence.c_str());
    QCOMPARE(cache().entries().size(), std::size_t { 1 }); // nothing had to go for it
}

void TstBlobCache::cannotWrite()
{
    QCOMPARE(support::sentenceOf([] { BlobCache({}).write("one", "", {}); }),
        "Cannot keep packed weights: neither XDG_CACHE_HOME nor HOME names a folder.");
    QCOMPARE(support::sentenceOf([] { BlobCache("/proc/none").write("one", "", {}); }),
        "Cannot keep packed weights: /proc/none: no such file or directory.");
}

void TstBlobCache::lists()
{
    QVERIFY(cache().entries().empty());
    cache().write("one", "first", blobOf(kBytes, 1));
    QTest::qWait(20);
    cache().write("two", std::string(500, 'n'), blobOf(9, 2));
    QFile other(fileOf("torn"));
    QVERIFY(other.open(QIODevice::WriteOnly));
    other.write("what a writer left");
    other.close();
    const auto entries = cache().entries();
    QCOMPARE(entries.size(), std::size_t { 2 });
    QCOMPARE(entries[0].key, "two");
    QCOMPARE(entries[0].note, std::string(159, 'n'));
    QCOMPARE(entries[1].note, "first");
    QCOMPARE(entries[1].bytes, kBytes + 4096);
}

void TstBlobCache::clears()
{
    cache().write("one", "", blobOf(kBytes, 1));
    QFile other(m_folder->filePath("made/of/notes.txt"));
    QVERIFY(other.open(QIODevice::WriteOnly));
    QCOMPARE(cache().clear(), kBytes + 4096);
    QVERIFY(cache().entries().empty());
    QVERIFY(other.exists()); // none of ours
    QCOMPARE(cache().clear(), std::size_t { 0 });
}

void TstBlobCache::writersAndReadersAtOnce()
{
    const auto first = blobOf(kBytes, 1), second = blobOf(kBytes, 2);
    const auto writeOften = [&](const std::vector<std::byte>& blob) {
        for (int i = 0; i < 40; ++i)
            cache().write("one", "", blob);
    };
    cache().write("one", "", first);
    const pid_t child = fork();
    if (child == 0) {
        writeOften(second);
        _exit(0);
    }
    QVERIFY(child > 0);
    std::thread writer([&] { writeOften(first); });
    bool whole = true;
    for (int i = 0; i < 60; ++i) {
        std::vector<std::byte> read(kBytes);
        whole = whole && cache().read("one", read) == BlobCache::Found::Blob
            && (read == first || read == second);
    }
    writer.join();
    int status = 1;
    waitpid(child, &status, 0);
    QCOMPARE(status, 0);
    QVERIFY(whole);
    QCOMPARE(QDir(m_folder->filePath("made/of")).entryList(QDir::Files).size(), 1);
}

void TstBlobCache::limitOfTheEnvironment()
{
    qunsetenv("BREAKEVEN_CACHE_LIMIT");
    QCOMPARE(core::blobCacheLimit(), core::kBlobCacheLimit);
    qputenv("BREAKEVEN_CACHE_LIMIT", "1000");
    QCOMPARE(core::blobCacheLimit(), std::size_t { 1000 });
    for (const char* bad : { "", "1 GB", "-1", "99999999999999999999999" }) {
        qputenv("BREAKEVEN_CACHE_LIMIT", bad);
        QCOMPARE(support::sentenceOf([] { core::blobCacheLimit(); }),
            std::string("Cannot limit the cache: BREAKEVEN_CACHE_LIMIT is \"") + bad
                + "\", expected a number of bytes.");
    }
    qunsetenv("BREAKEVEN_CACHE_LIMIT");
}

QTEST_GUILESS_MAIN(TstBlobCache)
#include "tst_blob_cache.moc"
