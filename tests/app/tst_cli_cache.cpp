// SPDX-License-Identifier: GPL-3.0-or-later
// Packed weights on disk: what `infer` does with them, and `breakeven-cli cache`.
#include "tests/support/cli.h"
#include "tests/support/cli_files.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>
#include <QTest>

using nlohmann::json;
using support::cli;
using support::CliResult;

class TstCliCache : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void packsOnceAndReadsThen();
    void packsAnewForOthers_data();
    void packsAnewForOthers();
    void sameOutputs();
    void damaged();
    void leavesTheDiskAlone();
    void saysWhyItCannotKeep();
    void smallModels();
    void lists();
    void clears();
    void fails();

private:
    QString model() const { return m_files.path("mobilenetv2.onnx"); }
    static QString weightsOf(const CliResult& result)
    {
        const auto at = result.err.indexOf("Weights: ");
        return at < 0 ? QString() : result.err.mid(at, result.err.indexOf('\n', at) - at);
    }
    QString infer(const QStringList& more = {}) const
    {
        const QStringList threads
            = more.contains("--threads") ? QStringList() : QStringList { "--threads", "1" };
        return weightsOf(cli(QStringList { "infer", model() } + threads + more));
    }
    QDir folder() const { return QDir(m_files.path("cache/breakeven/weights")); }

    const support::CliFiles m_files;
};

void TstCliCache::initTestCase()
{
    qputenv("XDG_CACHE_HOME", m_files.path("cache").toUtf8());
    QCOMPARE(cli({ "zoo", "export", "mobilenetv2", model() }).status, 0);
}

void TstCliCache::packsOnceAndReadsThen()
{
    const QString first = infer(), second = infer();
    QVERIFY2(first.endsWith("packed and written to the cache."), qPrintable(first));
    QVERIFY2(second.endsWith("of packed weights from the cache."), qPrintable(second));
    QCOMPARE(folder().entryList(QDir::Files).size(), 1);
}

void TstCliCache::packsAnewForOthers_data()
{
    QTest::addColumn<QStringList>("more");
    QTest::newRow("batch") << QStringList { "--batch", "3" };
    QTest::newRow("threads") << QStringList { "--threads", "2" };
}

void TstCliCache::packsAnewForOthers()
{
    QFETCH(QStringList, more);
    infer();
    const QString other = infer(more);
    QVERIFY2(other.endsWith("packed and written to the cache."), qPrintable(other));
}

/// With weights from the cache, and with other weights in the same file.
void TstCliCache::sameOutputs()
{
    const auto outputs = [&](const QString& file, const char* name, const QStringList& more) {
        const CliResult result
            = cli(QStringList { "infer", file, "--threads", "1", "--output", m_files.path(name) } + more);
        QFile read(m_files.path(name) + "/logits.npy");
        return read.open(QIODevice::ReadOnly) ? read.readAll() : result.err.toUtf8();
    };
    const QString changed = m_files.path("changed.onnx");
    QVERIFY(QFile::copy(model(), changed));
    const QByteArray packed = outputs(changed, "packed", { "--no-cache" });
    QVERIFY(packed.size() > 1000 * 4);
    outputs(changed, "kept", {});
    QCOMPARE(outputs(changed, "read", {}), packed);
    QFile file(changed);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(file.size() / 2));
    const QByteArray middle = file.read(4096);
    QVERIFY(file.seek(file.size() / 2));
    file.write(QByteArray(middle.size(), '\0'));
    file.close();
    const QByteArray other = outputs(changed, "other", {});
    QVERIFY(other != packed);
    QCOMPARE(outputs(changed, "other-packed", { "--no-cache" }), other);
}

void TstCliCache::damaged()
{
    infer();
    for (const QString& name : folder().entryList(QDir::Files)) {
        QFile file(folder().filePath(name));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(file.size() - 1));
        const char last = file.read(1).at(0);
        QVERIFY(file.seek(file.size() - 1));
        file.write(QByteArray(1, static_cast<char>(last ^ 1)));
    }
    const QString after = infer();
    QVERIFY2(
        after.endsWith("packed, the cache's being damaged, and written to the cache."), qPrintable(after));
    QVERIFY(infer().endsWith("from the cache."));
}

void TstCliCache::leavesTheDiskAlone()
{
    cli({ "cache", "--clear" });
    QCOMPARE(infer({ "--no-cache" }), QString());
    QVERIFY(folder().entryList(QDir::Files).isEmpty());
    cli({ "trace", model(), "--threads", "1", "--runs", "1" });
    cli({ "sweep", model(), "--threads", "1", "--seconds", "0.05" });
    QVERIFY(folder().entryList(QDir::Files).isEmpty()); // a figure must not depend on what ran before
}

void TstCliCache::saysWhyItCannotKeep()
{
    qputenv("BREAKEVEN_CACHE_LIMIT", "1000");
    const QString small = infer();
    QVERIFY2(small.contains("of weights packed. Cannot keep packed weights: "), qPrintable(small));
    qputenv("BREAKEVEN_CACHE_LIMIT", "much");
    const CliResult bad = cli({ "infer", model(), "--threads", "1" });
    QCOMPARE(bad.status, 1);
    QVERIFY2(
        bad.err.contains("Cannot limit the cache: BREAKEVEN_CACHE_LIMIT is \"much\""), qPrintable(bad.err));
    qunsetenv("BREAKEVEN_CACHE_LIMIT");
}

void TstCliCache::smallModels()
{
    cli({ "cache", "--clear" });
    QCOMPARE(weightsOf(cli({ "infer", "zoo:mlp" })), QString());
    QVERIFY(folder().entryList(QDir::Files).isEmpty());
}

void TstCliCache::lists()
{
    infer();
    const CliResult result = cli({ "cache" });
    QCOMPARE(result.status, 0);
    QVERIFY2(result.out.contains("MODEL") && result.out.contains("mobilenetv2")
            && result.out.contains(" at most.\n"),
        qPrintable(result.out));
    const json document = json::parse(cli({ "cache", "--json" }).out.toStdString());
    QVERIFY(!document["entries"].empty());
    QCOMPARE(document["entries"][0]["model"].get<std::string>(), "mobilenetv2");
    QVERIFY(document["entries"][0]["bytes"].get<std::size_t>() > 10'000'000);
}

void TstCliCache::clears()
{
    infer();
    const CliResult result = cli({ "cache", "--clear" });
    QVERIFY2(result.out.endsWith(" freed.\n"), qPrintable(result.out));
    QVERIFY(folder().entryList(QDir::Files).isEmpty());
    const json empty = json::parse(cli({ "cache", "--json" }).out.toStdString());
    QVERIFY(empty["entries"].empty());
    QVERIFY(!cli({ "cache" }).out.contains("MODEL"));
}

void TstCliCache::fails()
{
    const QByteArray home = qgetenv("HOME"), cache = qgetenv("XDG_CACHE_HOME");
    qunsetenv("HOME");
    qunsetenv("XDG_CACHE_HOME");
    const CliResult result = cli({ "cache" });
    const QString kept = infer();
    qputenv("HOME", home);
    qputenv("XDG_CACHE_HOME", cache);
    QCOMPARE(result.status, 1);
    QVERIFY2(result.err.contains("Cannot look at the cache: neither XDG_CACHE_HOME nor HOME names a folder."),
        qPrintable(result.err));
    QVERIFY2(kept.contains("Cannot keep packed weights: neither XDG_CACHE_HOME nor HOME names a folder."),
        qPrintable(kept));
}

QTEST_GUILESS_MAIN(TstCliCache)
#include "tst_cli_cache.moc"
