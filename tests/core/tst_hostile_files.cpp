// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "core/model/model.h"
#include "core/model/passes.h"
#include "core/model/shape_inference.h"
#include "tests/support/hostile_files.h"

#include <QDir>
#include <QTest>
#include <fstream>
#include <iterator>

namespace {

core::DimBindings bindings(const core::Graph& graph, std::int64_t batch)
{
    core::DimBindings bindings { .batch = batch };
    for (const std::string& symbol : core::dynamicDims(graph))
        bindings.named[symbol] = 4;
    return bindings;
}

/// From the bytes to a compiled program; the first sentence that stops it, empty when nothing does.
std::string sentenceOf(std::span<const std::byte> bytes)
try {
    const core::Model model = core::parseOnnx(bytes, nullptr, "hostile.onnx");
    const auto better = core::optimise(*model.graph);
    for (const auto& graph : { model.graph, better })
        for (const std::int64_t batch : { 1, 3 })
            core::inferShapes(*graph, bindings(*graph, batch));
    for (const auto& graph : { model.graph, better })
        core::ReferenceEngine().compile(graph, { .dims = bindings(*graph, 1) });
    return {};
} catch (const core::Error& error) {
    return error.what();
}

/// The most memory this process has ever had, in MiB; 0 when the kernel does not say.
long mostMemory()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:"))
            return std::stol(line.substr(6)) / 1024;
    return 0;
}

} // namespace

/// Files that want to crash the program, or to have all memory and all time: each gets its sentence, or costs
/// little. What fuzzing found lies in tests/fuzz/corpus and is repeated here.
class TstHostileFiles : public QObject {
    Q_OBJECT

private slots:
    void sentences_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("sentence");
        for (const support::HostileFile& file : support::hostileFiles())
            QTest::newRow(file.name.c_str())
                << QByteArray::fromStdString(file.bytes) << QString::fromStdString(file.sentence);
    }

    void sentences()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, sentence);
        QCOMPARE(QString::fromStdString(sentenceOf(std::as_bytes(std::span(bytes.data(), bytes.size())))),
            sentence);
    }

    void findings_data()
    {
        QTest::addColumn<QString>("path");
        const QDir corpus(QString(BREAKEVEN_SOURCE_DIR) + "/tests/fuzz/corpus");
        QTest::newRow("a file that is none") << BREAKEVEN_SOURCE_DIR "/README.md";
        for (const QString& name : corpus.entryList(QDir::Files))
            QTest::newRow(qPrintable(name)) << corpus.filePath(name);
    }

    /// Whatever the sentence: what counts is that there is an end.
    void findings()
    {
        QFETCH(QString, path);
        std::ifstream file(path.toStdString(), std::ios::binary);
        const std::string bytes { std::istreambuf_iterator<char>(file), {} };
        QVERIFY(!bytes.empty());
        sentenceOf(std::as_bytes(std::span(bytes.data(), bytes.size())));
    }

    /// Files of 64 KB may not take 512 MB; the largest here have 1 MB and make what they list.
    void memoryStaysSmall()
    {
#ifdef BREAKEVEN_SANITIZED
        QSKIP("Sanitizers take memory of their own.");
#endif
        QVERIFY2(mostMemory() < 512, qPrintable(QString::number(mostMemory()) + " MiB"));
    }
};

QTEST_GUILESS_MAIN(TstHostileFiles)
#include "tst_hostile_files.moc"
