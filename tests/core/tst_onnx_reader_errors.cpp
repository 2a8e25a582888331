// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/limits.h"
#include "core/model/passes.h"
#include "core/model/writer.h"
#include "core/model/zoo.h"
#include "tests/support/onnx_bytes.h"
#include "tests/support/sentence.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <random>

using namespace support;

namespace {

QString refusalOf(const std::function<void()>& action)
{
    return QString::fromStdString(sentenceOf(action));
}

OnnxFile withNode(const std::string& node)
{
    OnnxFile file = reluFile();
    file.nodes = { node };
    return file;
}

} // namespace

/// readOnnx and parseOnnx: one sentence for each way in which a file can be wrong.
class TstOnnxReaderErrors : public QObject {
    Q_OBJECT

private slots:
    void sentences_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, const std::string& bytes, const QString& sentence) {
            QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()))
                                << "Cannot read model: " + sentence;
        };
        const QString notOnnx = "test.onnx is truncated or not an ONNX file.";
        const std::string good = reluFile().bytes();
        row("no bytes", "", notOnnx);
        row("text", "Hello, this is a text and not a model.\n", notOnnx);
        row("truncated", good.substr(0, good.size() - 3), notOnnx);
        row("no graph", varintField(1, 8), notOnnx);
        row("lying length", varintField(1, 8) + "\x3a\xff\xff\xff\xff\x0f", notOnnx);
        row("wrong wire type", varintField(1, 8) + varintField(7, 3), notOnnx);
        fileRows(row);
        valueRows(row);
        nodeRows(row);
    }

    void sentences()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, sentence);
        QCOMPARE(refusalOf([&] { parse(bytes.toStdString()); }), sentence);
    }

    void budgets_data()
    {
        QTest::addColumn<uint>("field");
        QTest::addColumn<QString>("what");
        QTest::newRow("nodes") << 1U << "nodes";
        QTest::newRow("initialisers") << 5U << "initialisers";
        QTest::newRow("inputs") << 11U << "inputs";
        QTest::newRow("outputs") << 12U << "outputs";
        QTest::newRow("value descriptions") << 13U << "value descriptions";
    }

    void budgets()
    {
        QFETCH(uint, field);
        QFETCH(QString, what);
        const std::string empty = bytesField(field, "");
        OnnxFile file = reluFile();
        const std::size_t most = what == "nodes" ? core::limits::kNodes : core::limits::kValues;
        for (std::size_t i = 0; i <= most; ++i)
            file.moreGraph += empty;
        QCOMPARE(refusalOf([&] { parse(file.bytes()); }),
            QString("Cannot read model: test.onnx has more than %1 %2.").arg(most).arg(what));
    }

    void filesThatCannotBeMapped()
    {
        QTemporaryDir folder;
        const auto sentence
            = [](const QString& path) { return refusalOf([&] { core::openModel(path.toStdString()); }); };
        const QString missing = folder.filePath("missing.onnx");
        QCOMPARE(sentence(missing), "Cannot read model: " + missing + ": no such file or directory.");
        QCOMPARE(sentence(folder.path()), "Cannot read model: " + folder.path() + " is a directory.");
        QCOMPARE(sentence("/dev/null"), QString("Cannot read model: /dev/null is not a regular file."));
        QFile empty(folder.filePath("empty.onnx"));
        QVERIFY(empty.open(QIODevice::WriteOnly));
        QCOMPARE(sentence(empty.fileName()), "Cannot read model: " + empty.fileName() + " is empty.");
        empty.write("not a model");
        empty.close();
        QCOMPARE(sentence(empty.fileName()),
            "Cannot read model: " + empty.fileName() + " is truncated or not an ONNX file.");
    }

    void filesWithoutPermission()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath("secret.onnx"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("x");
        file.setPermissions({});
        file.close();
        if (QFile(file.fileName()).open(QIODevice::ReadOnly))
            QSKIP("This user may read every file.");
        QCOMPARE(refusalOf([&] { core::openModel(file.fileName().toStdString()); }),
            "Cannot read model: " + file.fileName() + ": permission denied.");
    }

    void truncatedFilesThrow()
    {
        const std::string good = core::toOnnx(core::makeZooGraph("tiny-cnn"));
        for (std::size_t size = 0; size < good.size(); size += 97)
            QVERIFY(!refusalOf([&] { parse(good.substr(0, size)); }).isEmpty());
    }

    void flippedBytesNeverCrash_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("tiny-cnn") << "tiny-cnn";
        QTest::newRow("tiny-transformer") << "tiny-transformer";
    }

    /// Files that still load go through the passes too.
    void flippedBytesNeverCrash()
    {
        QFETCH(QString, name);
        const std::string good = core::toOnnx(core::makeZooGraph(name.toStdString()));
        std::mt19937 random(1);
        int loaded = 0;
        for (int round = 0; round < 2000; ++round) {
            std::string bad = good;
            // Nodes come first; the weights behind them may be anything.
            for (int flips = 1 + static_cast<int>(random() % 3); flips > 0; --flips)
                bad[random() % (round % 2 ? 8000 : bad.size())] ^= static_cast<char>(1U << random() % 8U);
            loaded += refusalOf([&] { core::optimise(*parse(bad).graph); }).isEmpty();
        }
        QVERIFY(loaded > 0 && loaded < 2000);
    }

private:
    template <typename Row> void fileRows(Row row)
    {
        OnnxFile file = reluFile();
        file.irVersion = 1ULL << 31U;
        row("IR version", file.bytes(), "test.onnx has IR version 2147483648, which no ONNX release has.");
        file = reluFile();
        file.opset = 1ULL << 31U;
        row("opset", file.bytes(), "test.onnx has opset 2147483648, which no ONNX release has.");
        file.opset = 0;
        row("no opset", file.bytes(), "test.onnx names no opset of the standard operators.");
        file.opset = 6;
        row("old opset", file.bytes(), "test.onnx has opset 6, and only 7 and later are supported.");
        file = reluFile();
        file.outputs.clear();
        row("no outputs", file.bytes(), "test.onnx has no outputs.");
        file = reluFile();
        file.moreGraph = bytesField(15, "");
        row("sparse", file.bytes(), "test.onnx has sparse initialisers, which are not supported.");
        file = reluFile();
        file.nodes = { nodeProto("Relu", { "b" }, { "a" }), nodeProto("Relu", { "a" }, { "b" }),
            nodeProto("Add", { "x", "a" }, { "y" }) };
        row("cycle", file.bytes(), "the nodes of test.onnx form a cycle.");
        row("not UTF-8", withNode(nodeProto("Relu", { "x" }, { "y" }, "\xff\xfe")).bytes(),
            "it has a text that is not UTF-8.");
    }

    template <typename Row> void valueRows(Row row)
    {
        const auto withInput = [](const std::string& value) {
            OnnxFile file = reluFile();
            file.inputs = { value };
            return file.bytes();
        };
        row("input without name", withInput(valueInfo("", 1, { "4" })),
            "test.onnx has an input without a name.");
        row("input without type", withInput(bytesField(1, "x")), "input \"x\" has no element type.");
        row("unsupported type", withInput(valueInfo("x", 17, { "4" })),
            "input \"x\" has element type 17, which is not supported.");
        row("sequence", withInput(bytesField(1, "x") + bytesField(2, bytesField(4, ""))),
            "input \"x\" is a sequence; only tensors are supported.");
        row("map", withInput(bytesField(1, "x") + bytesField(2, bytesField(5, ""))),
            "input \"x\" is a map; only tensors are supported.");
        row("many dimensions", withInput(valueInfo("x", 1, std::vector<std::string>(17, "1"))),
            "a value has more than 16 dimensions.");

        OnnxFile file = reluFile();
        file.outputs = { valueInfo("z", 1, { "4" }) };
        row("output from nowhere", file.bytes(), "output \"z\" is produced by no node.");
        const auto withInitializer = [](const std::string& tensor) {
            OnnxFile other = reluFile();
            other.initializers = { tensor };
            return other.bytes();
        };
        row("initialiser without name", withInitializer(tensorProto("", 1, { 1 }, rawFloats({ 1 }))),
            "test.onnx has an initialiser without a name.");
        row("unsupported weights", withInitializer(tensorProto("w", 17, { 1 }, "a")),
            "tensor \"w\" has an element type that is not supported.");
        file = reluFile();
        file.initializers
            = { tensorProto("w", 1, { 1 }, rawFloats({ 1 })), tensorProto("w", 1, { 1 }, rawFloats({ 1 })) };
        row("twice", file.bytes(), "value \"w\" is defined twice.");
        file = reluFile();
        file.inputs.push_back(file.inputs[0]);
        row("input twice", file.bytes(), "value \"x\" is defined twice.");
    }

    template <typename Row> void nodeRows(Row row)
    {
        const auto rowFor = [&](const char* name, const std::string& node, const QString& sentence) {
            row(name, withNode(node).bytes(), sentence);
        };
        rowFor("no operator", nodeProto("", { "x" }, { "y" }), "node \"node\" has no operator.");
        rowFor("unknown input", nodeProto("Relu", { "q" }, { "y" }),
            "node \"node\" (Relu) reads \"q\", which nothing produces.");
        rowFor("too many inputs", nodeProto("Conv", { "x", "x", "x", "x" }, { "y" }, "conv_7"),
            "node \"conv_7\" (Conv) has 4 inputs, expected 2 or 3.");
        rowFor("too few inputs", nodeProto("Where", { "x" }, { "y" }),
            "node \"node\" (Where) has 1 input, expected 3.");
        rowFor("no inputs", nodeProto("Concat", {}, { "y" }),
            "node \"node\" (Concat) has 0 inputs, expected at least 1.");
        rowFor("matmul with bias", nodeProto("MatMul", { "x", "x", "x" }, { "y" }),
            "node \"node\" (MatMul) has 3 inputs, expected 2.");
        rowFor("needed input left out", nodeProto("Where", { "x", "", "x" }, { "y" }),
            "node \"node\" (Where) leaves out input 2, which it needs.");
        rowFor(
            "no outputs of a node", nodeProto("Relu", { "x" }, {}), "node \"node\" (Relu) has no outputs.");
        rowFor("too many outputs", nodeProto("Relu", { "x" }, { "y", "z" }),
            "node \"node\" (Relu) has 2 outputs, expected 1.");
        rowFor("bad attribute", nodeProto("Conv", { "x", "x" }, { "y" }) + textAttribute("auto_pad", "FOO"),
            "node \"node\" (Conv) has auto_pad \"FOO\", expected NOTSET, SAME_UPPER, SAME_LOWER or VALID.");
    }
};

QTEST_GUILESS_MAIN(TstOnnxReaderErrors)
#include "tst_onnx_reader_errors.moc"
