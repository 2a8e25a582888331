// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/model/file_handle.h"
#include "core/model/model.h"
#include "tests/support/onnx_bytes.h"
#include "tests/support/sentence.h"

#include <fcntl.h>
#include <unistd.h>

#include <QCryptographicHash>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cstring>
#include <fstream>

using namespace support;

namespace {

using Place = std::vector<std::pair<std::string, std::string>>;

/// x [batch, 4] + w -> y, with the weight elsewhere.
OnnxFile fileWithWeight(const std::vector<std::int64_t>& dims, const Place& place)
{
    OnnxFile file = reluFile();
    file.nodes = { nodeProto("Add", { "x", "w" }, { "y" }) };
    file.initializers = { externalTensor("w", 1, dims, place) };
    return file;
}

const core::TensorView& weightOf(const core::Model& model)
{
    return *model.graph->value(model.graph->nodes[0].inputs[1]).constant;
}

float firstOf(const core::TensorView& view)
{
    float first = 0;
    std::memcpy(&first, view.bytes.data(), sizeof first); // may lie unaligned
    return first;
}

int mapsOf(const std::string& path)
{
    std::ifstream maps("/proc/self/maps");
    int count = 0;
    for (std::string line; std::getline(maps, line);)
        count += line.ends_with(path);
    return count;
}

} // namespace

/// Weights in files beside the model: found, mapped once, never copied, and refused with a reason.
class TstExternalData : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_folder = m_dir->path().toStdString();
    }

    void readsWeights_data()
    {
        QTest::addColumn<QString>("offset");
        QTest::addColumn<QString>("length");
        QTest::newRow("whole file") << ""
                                    << "";
        QTest::newRow("length") << ""
                                << "16";
        QTest::newRow("offset") << "4"
                                << "";
        QTest::newRow("both") << "4"
                              << "16";
    }

    void readsWeights()
    {
        QFETCH(QString, offset);
        QFETCH(QString, length);
        store("w.bin", rawFloats({ 1, 2, 3, 4, 5 }));
        Place place { { "location", "w.bin" } };
        if (!offset.isEmpty())
            place.emplace_back("offset", offset.toStdString());
        if (!length.isEmpty())
            place.emplace_back("length", length.toStdString());
        const core::Model model = open(fileWithWeight({ 4 }, place));
        const auto elements = weightOf(model).as<float>();
        QCOMPARE(elements.size(), std::size_t { 4 });
        QCOMPARE(elements[0], offset.isEmpty() ? 1.0F : 2.0F);
        QCOMPARE(elements[3], offset.isEmpty() ? 4.0F : 5.0F);
    }

    void runs()
    {
        std::filesystem::create_directory(m_folder / "weights");
        store("weights/w.bin", rawFloats({ 1, 2, 3, 4 }));
        auto graph = open(fileWithWeight({ 4 }, { { "location", "weights/w.bin" } })).graph;
        const auto program = core::ReferenceEngine().compile(graph, {});
        graph.reset(); // the program keeps the map
        const std::vector<float> x { 10, 20, 30, 40 };
        program->write(0, std::as_bytes(std::span(x)));
        program->run();
        const core::Tensor y = program->read(0);
        QVERIFY(std::ranges::equal(y.as<float>(), std::vector<float> { 11, 22, 33, 44 }));
    }

    void mapsAFileOnce()
    {
        store("w.bin", std::string(200'000, '\1'));
        OnnxFile file = reluFile();
        file.nodes = { nodeProto("Constant", {}, { "c" })
                + tensorAttribute("value",
                    externalTensor("", 1, { 20'000 }, { { "location", "w.bin" }, { "offset", "80000" } })),
            nodeProto("Sum", { "w", "v", "c" }, { "y" }) };
        file.initializers = { externalTensor("w", 1, { 20'000 }, { { "location", "w.bin" } }),
            externalTensor("v", 1, { 20'000 }, { { "location", "./w.bin" }, { "offset", "40001" } }) };
        const core::Model model = open(file);
        QCOMPARE(mapsOf((m_folder / "w.bin").string()), 1);
        QCOMPARE(model.externalFiles.size(), std::size_t { 1 });
        const auto bytesOf = [&](std::size_t input) {
            return model.graph->value(model.graph->nodes[0].inputs[input]).constant->bytes.data();
        };
        const std::byte* begin = model.externalFiles[0].bytes.data();
        QCOMPARE(bytesOf(0), begin);
        QCOMPARE(bytesOf(1), begin + 40'001); // large and unaligned: a view all the same
        QCOMPARE(bytesOf(2), begin + 80'000);
        QCOMPARE(model.fileBytes, model.bytes.size() + 200'000);
    }

    void copiesSmallUnalignedOnes()
    {
        store("w.bin", "?" + rawFloats({ 1, 2, 3, 4 }));
        const core::Model model = open(fileWithWeight({ 4 }, { { "location", "w.bin" }, { "offset", "1" } }));
        QCOMPARE(reinterpret_cast<std::uintptr_t>(weightOf(model).bytes.data()) % alignof(float),
            std::uintptr_t { 0 });
        QCOMPARE(weightOf(model).as<float>()[3], 4.0F);
    }

    void takesFilesBeyondTwoGiB()
    {
        constexpr off_t kEnd = off_t { 5 } << 30;
        const std::string path = (m_folder / "w.bin").string();
        const core::FileHandle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        const std::string end = rawFloats({ 1, 2, 3, 4 });
        QCOMPARE(pwrite(file.get(), end.data(), end.size(), kEnd), ssize_t { 16 }); // the rest is a hole
        OnnxFile model = fileWithWeight({ 4 }, { { "location", "w.bin" }, { "offset", "5368709120" } });
        model.nodes.push_back(nodeProto("Relu", { "all" }, { "z" }));
        model.initializers.push_back(
            externalTensor("all", 1, { 5, 1 << 28 }, { { "location", "w.bin" } })); // 5 GiB
        const core::Model opened = open(model);
        QCOMPARE(weightOf(opened).as<float>()[1], 2.0F);
        const auto all = opened.graph->value(opened.graph->nodes[1].inputs[0]).constant->bytes;
        QCOMPARE(all.size(), static_cast<std::size_t>(kEnd));
        QVERIFY(opened.fileBytes > static_cast<std::size_t>(kEnd));
        std::filesystem::remove(path);
    }

    void hashesAllFiles()
    {
        store("b.bin", rawFloats({ 1, 2, 3, 4 }));
        store("a.bin", rawFloats({ 5, 6, 7, 8 }));
        OnnxFile file = fileWithWeight({ 4 }, { { "location", "b.bin" } });
        file.nodes.push_back(nodeProto("Relu", { "v" }, { "z" }));
        file.initializers.push_back(externalTensor("v", 1, { 4 }, { { "location", "a.bin" } }));
        const std::string all = file.bytes() + rawFloats({ 5, 6, 7, 8, 1, 2, 3, 4 });
        QCOMPARE(QByteArray::fromStdString(core::sha256Of(open(file))),
            QCryptographicHash::hash(QByteArray::fromStdString(all), QCryptographicHash::Sha256).toHex());
    }

    void checksTheChecksum()
    {
        const std::string bytes = rawFloats({ 1, 2, 3, 4 });
        store("w.bin", bytes);
        const QByteArray sha1
            = QCryptographicHash::hash(QByteArray::fromStdString(bytes), QCryptographicHash::Sha1).toHex();
        const core::Model model = open(
            fileWithWeight({ 4 }, { { "location", "w.bin" }, { "checksum", sha1.toUpper().toStdString() } }));
        QCOMPARE(firstOf(weightOf(model)), 1.0F);
        QCOMPARE(refusal(fileWithWeight({ 4 }, { { "location", "w.bin" }, { "checksum", "abc" } })),
            "its data file \"w.bin\" has SHA-1 " + QString(sha1) + ", expected abc.");
    }

    void refuses_data()
    {
        QTest::addColumn<std::string>("offset");
        QTest::addColumn<std::string>("length");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, const char* offset, const char* length, const char* sentence) {
            QTest::newRow(name) << std::string(offset) << std::string(length) << QString(sentence);
        };
        row("words", "four", "16", "its data has offset \"four\", expected a number of bytes.");
        row("negative", "-4", "16", "its data has offset \"-4\", expected a number of bytes.");
        row("blank", "4 ", "16", "its data has offset \"4 \", expected a number of bytes.");
        row("hexadecimal", "0", "0x10", "its data has length \"0x10\", expected a number of bytes.");
        row("65 bits", "18446744073709551616", "16",
            "its data has offset \"18446744073709551616\", expected a number of bytes.");
        row("other length", "0", "12", "its data has a length of 12 bytes, and its shape takes 16.");
        row("all of memory", "0", "18446744073709551615",
            "its data has a length of 18446744073709551615 bytes, and its shape takes 16.");
        row("beyond the end", "8", "16",
            "its data of 16 bytes at offset 8 reaches beyond the 20 bytes of \"w.bin\".");
        row("sum overflows", "18446744073709551615", "16",
            "its data of 16 bytes at offset 18446744073709551615 reaches beyond the 20 bytes of \"w.bin\".");
    }

    void refuses()
    {
        QFETCH(std::string, offset);
        QFETCH(std::string, length);
        QFETCH(QString, sentence);
        store("w.bin", rawFloats({ 1, 2, 3, 4, 5 }));
        const Place place { { "location", "w.bin" }, { "offset", offset }, { "length", length } };
        QCOMPARE(refusal(fileWithWeight({ 4 }, place)), sentence);
    }

    void refusesFiles()
    {
        store("empty.bin", "");
        std::filesystem::create_symlink("empty.bin", m_folder / "link.bin");
        const auto from = [&](const Place& place) { return refusal(fileWithWeight({ 4 }, place)); };
        QCOMPARE(from({}), QString("its data file \"\" has no name."));
        QCOMPARE(from({ { "location", "../w.bin" } }),
            QString("its data file \"../w.bin\" has \"..\" in its path, expected a path inside the model's "
                    "folder."));
        QCOMPARE(from({ { "location", "/dev/zero" } }),
            QString("its data file \"/dev/zero\" has an absolute path, expected one inside the model's "
                    "folder."));
        QCOMPARE(from({ { "location", "link.bin" } }),
            QString("its data file \"link.bin\" is a symbolic link, which may lead out of the model's "
                    "folder."));
        QCOMPARE(from({ { "location", "none.bin" } }),
            QString("its data file \"none.bin\" cannot be opened: no such file or directory."));
        QCOMPARE(from({ { "location", "empty.bin" } }), QString("its data file \"empty.bin\" is empty."));
        QCOMPARE(refusal(fileWithWeight({ std::int64_t { 1 } << 61, 2 }, { { "location", "empty.bin" } })),
            QString("shape [2305843009213693952, 2] of float32 is too large."));
    }

    void refusesManyFiles()
    {
        OnnxFile file = fileWithWeight({ 1 }, { { "location", "0" } });
        file.nodes = { nodeProto("Relu", { "x" }, { "y" }) };
        file.initializers.clear();
        for (int i = 0; i < 16'385; ++i) {
            const std::string name = std::to_string(i);
            store(name, rawFloats({ 1 }));
            file.initializers.push_back(externalTensor("w" + name, 1, { 1 }, { { "location", name } }));
        }
        store("model.onnx", file.bytes());
        QCOMPARE(sentenceOf([&] { core::readOnnx(m_folder / "model.onnx"); }),
            std::string(
                "Cannot read tensor \"w16384\": its data file \"16384\" is one of more than 16384 such "
                "files."));
    }

    void memoryHasNoFolder()
    {
        const std::string bytes = fileWithWeight({ 4 }, { { "location", "w.bin" } }).bytes();
        const auto parse = [&] {
            core::parseOnnx(std::as_bytes(std::span(bytes.data(), bytes.size())), nullptr, "memory");
        };
        QCOMPARE(sentenceOf(parse),
            std::string(
                "Cannot read tensor \"w\": it stores its data in another file, which only weights of a "
                "model on disk may."));
    }

    void onlyWeightsMayLieOutside()
    {
        store("w.bin", rawFloats({ 1 }));
        OnnxFile file = reluFile();
        file.nodes = { nodeProto("ConstantOfShape", { "x" }, { "y" })
            + tensorAttribute("value", externalTensor("v", 1, { 1 }, { { "location", "w.bin" } })) };
        QCOMPARE(refusal(file, "v"),
            QString("it stores its data in another file, which only weights of a model on disk may."));
    }

private:
    void store(const std::string& name, const std::string& bytes) const
    {
        std::ofstream(m_folder / name, std::ios::binary) << bytes;
    }

    core::Model open(const OnnxFile& file) const
    {
        store("model.onnx", file.bytes());
        return core::readOnnx(m_folder / "model.onnx");
    }

    /// Why the model is refused, without the words that every such sentence begins with.
    QString refusal(const OnnxFile& file, const std::string& tensor = "w") const
    {
        const std::string sentence = sentenceOf([&] { open(file); });
        const std::string before = "Cannot read tensor \"" + tensor + "\": ";
        return QString::fromStdString(
            sentence.starts_with(before) ? sentence.substr(before.size()) : sentence);
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::filesystem::path m_folder;
};

QTEST_GUILESS_MAIN(TstExternalData)
#include "tst_external_data.moc"
