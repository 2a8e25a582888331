// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor_proto.h"
#include "core/record/npy.h"
#include "core/record/tensor_file.h"
#include "core/record/zip.h"
#include "tests/support/sentence.h"

#include <QTemporaryDir>
#include <QTest>
#include <cstring>
#include <fstream>

using core::ElementType;
using core::Shape;
using core::Tensor;

namespace {

std::string npy(const std::string& header, const std::string& data, char version = 1)
{
    std::string file = "\x93NUMPY";
    file += { version, '\0', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8) };
    if (version > 1)
        file += { '\0', '\0' };
    return file + header + data;
}

std::string headerOf(const std::string& descr, const std::string& order, const std::string& shape)
{
    return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

std::string floats(const std::vector<float>& values)
{
    return { reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float) };
}

std::vector<float> floatsOf(const Tensor& tensor)
{
    return { tensor.as<float>().begin(), tensor.as<float>().end() };
}

} // namespace

class TstTensorFile : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void writesAndReadsBack_data();
    void writesAndReadsBack();
    void writesNpzAndReadsItBack();
    void readsVersions();
    void readsFortranOrder();
    void readsDeflatedMember();
    void refusesNpy_data();
    void refusesNpy();
    void refusesEveryTruncation();
    void refusesDamagedZip_data();
    void refusesDamagedZip();
    void refusesFiles();
    void refusesToWrite();
    void readsTensorProto();
    void refusesTensorProto();
    void namesFiles();

private:
    std::filesystem::path file(const std::string& name) const
    {
        return m_folder.filePath(name.c_str()).toStdString();
    }
    std::filesystem::path stored(const std::string& name, const std::string& bytes) const
    {
        std::ofstream(file(name), std::ios::binary) << bytes;
        return file(name);
    }

    QTemporaryDir m_folder;
};

void TstTensorFile::writesAndReadsBack_data()
{
    QTest::addColumn<ElementType>("type");
    QTest::addColumn<Shape>("shape");
    QTest::addColumn<QString>("ending");
    const std::vector<ElementType> types { ElementType::Float32, ElementType::Double, ElementType::Float16,
        ElementType::Int8, ElementType::Int16, ElementType::Int32, ElementType::Int64, ElementType::UInt8,
        ElementType::UInt16, ElementType::UInt32, ElementType::UInt64, ElementType::Bool };
    for (const char* ending : { "npy", "pb" })
        for (const ElementType type : types)
            for (const Shape& shape : { Shape {}, Shape { 3 }, Shape { 2, 3, 4 }, Shape { 2, 0 } })
                QTest::addRow(
                    "%s %s %s", ending, core::elementName(type).data(), core::toString(shape).c_str())
                    << type << shape << ending;
    QTest::newRow("pb bfloat16") << ElementType::BFloat16 << Shape { 5 } << "pb";
}

void TstTensorFile::writesAndReadsBack()
{
    QFETCH(ElementType, type);
    QFETCH(Shape, shape);
    QFETCH(QString, ending);
    Tensor tensor(type, shape);
    for (std::size_t i = 0; i < tensor.bytes().size(); ++i)
        tensor.bytes()[i] = static_cast<std::byte>(i * 37 + 1);
    const auto path = file("tensor." + ending.toStdString());
    core::writeTensor(path, tensor.view(), "a/b:0");
    const Tensor read = core::readTensor(path);
    QCOMPARE(read.type(), type);
    QCOMPARE(read.shape(), shape);
    QVERIFY(std::ranges::equal(read.bytes(), std::as_const(tensor).bytes()));
}

void TstTensorFile::writesNpzAndReadsItBack()
{
    const Tensor one = Tensor::of<float>(ElementType::Float32, { 2 }, { 1, 2 });
    const Tensor two = Tensor::of<std::int64_t>(ElementType::Int64, { 1, 3 }, { 7, 8, 9 });
    core::writeNpz(file("two.npz"), { { "one", one.view() }, { "two", two.view() } });
    const auto read = core::readNpz(file("two.npz"));
    QCOMPARE(read.size(), std::size_t { 2 });
    QCOMPARE(floatsOf(read.at("one")), (std::vector<float> { 1, 2 }));
    QCOMPARE(read.at("two").as<std::int64_t>()[2], 9);
    core::writeNpz(file("one.npz"), { { "one", one.view() } });
    QCOMPARE(floatsOf(core::readTensor(file("one.npz"))), (std::vector<float> { 1, 2 }));
    QVERIFY(support::sentenceOf([&] {
        core::readTensor(file("two.npz"));
    }).ends_with("it has 2 members, expected 1."));
}

void TstTensorFile::readsVersions()
{
    for (const char version : { 1, 2, 3 }) {
        const auto path = stored("v.npy", npy(headerOf("<f4", "False", "(2,)"), floats({ 1, 2 }), version));
        QCOMPARE(floatsOf(core::readTensor(path)), (std::vector<float> { 1, 2 }));
    }
    // As NumPy writes a scalar, and with the keys in another order.
    const auto scalar = stored(
        "s.npy", npy("{\"shape\": (), \"fortran_order\": False, \"descr\": \"<f4\"}", floats({ 5 })));
    QCOMPARE(core::readTensor(scalar).shape(), Shape {});
}

void TstTensorFile::readsFortranOrder()
{
    const auto path = stored("f.npy", npy(headerOf("<f4", "True", "(2, 3)"), floats({ 1, 4, 2, 5, 3, 6 })));
    const Tensor tensor = core::readTensor(path);
    QCOMPARE(tensor.shape(), (Shape { 2, 3 }));
    QCOMPARE(floatsOf(tensor), (std::vector<float> { 1, 2, 3, 4, 5, 6 }));
}

namespace {

/// numpy.savez_compressed(x=numpy.zeros((100,), 'f4')), with zip64's marks in the local header as NumPy
/// leaves them.
std::string deflatedArchive()
{
    static constexpr unsigned char kBytes[] = {
#include "deflated_npz.inc"
    };
    return { reinterpret_cast<const char*>(kBytes), sizeof kBytes };
}

} // namespace

void TstTensorFile::readsDeflatedMember()
{
    const auto path = stored("deflated.npz", deflatedArchive());
    QCOMPARE(floatsOf(core::readTensor(path)), std::vector<float>(100, 0.0F));
    std::string damaged = deflatedArchive();
    damaged[90] ^= 0x55;
    const std::string sentence = support::sentenceOf([&] { core::readTensor(stored("bad.npz", damaged)); });
    QVERIFY2(sentence.ends_with("its member \"x.npy\" is damaged."), sentence.c_str());
}

void TstTensorFile::refusesNpy_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const std::string& bytes, const char* reason) {
        QTest::newRow(name) << QByteArray(bytes.data(), static_cast<int>(bytes.size())) << reason;
    };
    const std::string four = floats({ 1, 2, 3, 4 });
    row("empty", "", "it is not a NumPy file.");
    row("something else", "hello", "it is not a NumPy file.");
    row("magic alone", "\x93NUMPY", "it is truncated.");
    row("no length", std::string("\x93NUMPY\x01\x00", 8), "it is truncated.");
    row("header too long", std::string("\x93NUMPY\x01\x00\xff\xff{", 11), "it is truncated.");
    row("version 9", npy(headerOf("<f4", "False", "(4,)"), four, 9),
        "its format version 9 is not supported.");
    row("short data", npy(headerOf("<f4", "False", "(5,)"), four),
        "it holds 16 bytes of data, but shape [5] of float32 takes 20.");
    row("long data", npy(headerOf("<f4", "False", "(3,)"), four),
        "it holds 16 bytes of data, but shape [3] of float32 takes 12.");
    row("huge", npy(headerOf("<f4", "False", "(4294967296, 4294967296, 4294967296)"), four),
        "it has shape [4294967296, 4294967296, 4294967296], which is too large.");
    row("overflowing dimension", npy(headerOf("<f4", "False", "(99999999999999999999,)"), four),
        "its header is not one of NumPy's.");
    row("negative dimension", npy(headerOf("<f4", "False", "(-4,)"), four),
        "its header is not one of NumPy's.");
    row("nine dimensions", npy(headerOf("<f4", "False", "(1,1,1,1,1,1,1,1,4)"), four),
        "it has 9 dimensions, expected at most 8.");
    row("big endian", npy(headerOf(">f4", "False", "(4,)"), four),
        "its elements are big endian, which is not supported.");
    row("objects", npy(headerOf("|O", "False", "(4,)"), four), "its element type \"|O\" is not supported.");
    row("records", npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,), }", four),
        "its header is not one of NumPy's.");
    row("no shape", npy("{'descr': '<f4', 'fortran_order': False, }", four), "its header has no \"shape\".");
    row("no descr", npy("{'shape': (4,), 'fortran_order': False, }", four), "its header has no \"descr\".");
    row("no order", npy("{'shape': (4,), 'descr': '<f4', }", four), "its header has no \"fortran_order\".");
    row("another entry", npy("{'what': '<f4', }", four), "its header has an unknown entry \"what\".");
    row("no boolean", npy(headerOf("<f4", "Maybe", "(4,)"), four), "its header is not one of NumPy's.");
    row("open string", npy("{'descr", four), "its header is not one of NumPy's.");
    row("behind the end", npy(headerOf("<f4", "False", "(4,)") + "x", four),
        "its header is not one of NumPy's.");
}

void TstTensorFile::refusesNpy()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, reason);
    const auto path = stored("bad.npy", bytes.toStdString());
    const std::string sentence = support::sentenceOf([&] { core::readTensor(path); });
    QCOMPARE(
        QString::fromStdString(sentence), QString("Cannot read tensor: %1: %2").arg(path.c_str(), reason));
}

void TstTensorFile::refusesEveryTruncation()
{
    const Tensor tensor = Tensor::of<float>(ElementType::Float32, { 3 }, { 1, 2, 3 });
    const std::string whole[] = { core::toNpy(tensor.view()),
        core::toZip({ { "x.npy", core::toNpy(tensor.view()) } }), core::toTensorProto(tensor.view(), "x") };
    const char* names[] = { "t.npy", "t.npz", "t.pb" };
    for (std::size_t kind = 0; kind < 3; ++kind)
        for (std::size_t length = 0; length < whole[kind].size(); ++length) {
            const auto path = stored(names[kind], whole[kind].substr(0, length));
            QVERIFY2(!support::sentenceOf([&] { core::readTensor(path); }).empty(),
                std::to_string(length).c_str());
        }
}

void TstTensorFile::refusesDamagedZip_data()
{
    QTest::addColumn<int>("position"); // from the end when negative
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("reason");
    // One member "x.npy" of 5 bytes: local header at 0, its data at 35, the directory at 40, the end record
    // at 91.
    const auto row = [](const char* name, int position, const QByteArray& bytes, const char* reason) {
        QTest::newRow(name) << position << bytes << reason;
    };
    row("content", 36, "#", "its member \"x.npy\" is damaged.");
    row("directory", 40, "X", "its directory is damaged.");
    row("encrypted", 48, QByteArray("\x01\x00", 2),
        "its member \"x.npy\" is encrypted, which is not supported.");
    row("method", 50, QByteArray("\x0c\x00", 2),
        "its member \"x.npy\" is packed by method 12, which is not supported.");
    row("size", 64, "\x07", "its member \"x.npy\" cannot have 7 bytes.");
    row("packed size", 60, QByteArray("\x00\xff\xff\x00", 4), "its members overlap.");
    row("zip64 size", 64, "\xff\xff\xff\xff", "its member \"x.npy\" uses zip64, which is not supported.");
    row("offset", 82, "\x05", "its member \"x.npy\" is not where the directory says.");
    row("far offset", 82, "\xff\xff\xff\x7f", "it is truncated.");
    row("zip64 directory", 107, "\xff\xff\xff\xff", "it uses zip64, which is not supported.");
    row("zip64 count", 101, "\xff\xff", "it uses zip64, which is not supported.");
    row("more members", 101, "\x02", "its directory is damaged.");
    row("no end", 91, "X", "it is not a zip archive, or truncated.");
    row("deflated bomb", 50,
        QByteArray("\x08\x00\x00\x00\x21\x00\x00\x00\x00\x00\x05\x00\x00\x00\xff\xff\xff\x0f", 18),
        "its member \"x.npy\" cannot have 268435455 bytes.");
}

void TstTensorFile::refusesDamagedZip()
{
    QFETCH(int, position);
    QFETCH(QByteArray, bytes);
    QFETCH(QString, reason);
    std::string archive = core::toZip({ { "x.npy", "12345" } });
    QCOMPARE(archive.size(), std::size_t { 113 });
    archive.replace(
        static_cast<std::size_t>(position), static_cast<std::size_t>(bytes.size()), bytes.toStdString());
    const auto path = stored("damaged.npz", archive);
    const std::string sentence = support::sentenceOf([&] { core::readNpz(path); });
    QCOMPARE(
        QString::fromStdString(sentence), QString("Cannot read tensor: %1: %2").arg(path.c_str(), reason));
}

void TstTensorFile::refusesFiles()
{
    const auto refuses = [](const std::filesystem::path& path, const std::string& reason) {
        const std::string sentence = support::sentenceOf([&] { core::readTensor(path); });
        return sentence == "Cannot read tensor: " + path.string() + ": " + reason;
    };
    QVERIFY(refuses(file("nowhere.npy"), "no such file or directory."));
    QVERIFY(refuses(file("tensor.txt"), "its name does not end in .npy, .npz or .pb."));
    std::filesystem::create_directory(file("folder.npy"));
    QVERIFY(refuses(file("folder.npy"), "it is not a regular file."));
    QVERIFY(refuses(
        stored("text.npz", core::toZip({ { "readme", "hello" } })), "its member \"readme\" is not a .npy."));
    QVERIFY(refuses(stored("inner.npz", core::toZip({ { "x.npy", "hello" } })),
        "in its member \"x.npy\" it is not a NumPy file."));
    std::string twice = core::toZip({ { "x.npy", "12345" }, { "y.npy", "12345" } });
    twice[twice.rfind("y.npy")] = 'x';
    QVERIFY(refuses(stored("twice.npz", twice), "it has two members \"x.npy\"."));
}

void TstTensorFile::refusesToWrite()
{
    const Tensor half(ElementType::BFloat16, { 2 });
    QCOMPARE(support::sentenceOf([&] { core::writeTensor(file("b.npy"), half.view(), "b"); }),
        "Cannot write tensor: " + file("b.npy").string() + ": NumPy has no type bfloat16.");
    QCOMPARE(support::sentenceOf([&] { core::writeTensor(file("b.txt"), half.view(), "b"); }),
        "Cannot write tensor: " + file("b.txt").string() + ": its name does not end in .npy or .pb.");
    QCOMPARE(support::sentenceOf([&] { core::writeTensor(file("no/b.pb"), half.view(), "b"); }),
        "Cannot write tensor: " + file("no/b.pb").string() + ": no such folder.");
}

void TstTensorFile::readsTensorProto()
{
    // dims 2 (unpacked), data_type float16 in int32_data (packed: 15360, 49152), name "h".
    const std::string bytes("\x08\x02\x10\x0a\x2a\x05\x80\x78\x80\x80\x03\x42\x01h", 14);
    const core::ParsedTensor parsed = core::parseTensorProto(std::as_bytes(std::span(bytes)));
    QCOMPARE(parsed.name, std::string("h"));
    QCOMPARE(parsed.view.type, ElementType::Float16);
    QCOMPARE(parsed.view.shape, Shape { 2 });
    QCOMPARE(parsed.view.as<std::uint16_t>()[0], std::uint16_t { 15360 });
    QCOMPARE(parsed.view.as<std::uint16_t>()[1], std::uint16_t { 49152 });
}

void TstTensorFile::refusesTensorProto()
{
    const auto reason = [&](const std::string& bytes) {
        const auto path = stored("bad.pb", bytes);
        const std::string sentence = support::sentenceOf([&] { core::readTensor(path); });
        const std::string before = "Cannot read tensor: " + path.string() + ": ";
        return QString::fromStdString(
            sentence.starts_with(before) ? sentence.substr(before.size()) : sentence);
    };
    QCOMPARE(reason("\x08\x02\x10\x01\x4a\x03"
                    "abc"),
        "\"\": shape [2] of float32 does not match the 3 bytes stored.");
    QCOMPARE(reason("\x08\x02\x10\x07\x3a\x01\x05"),
        "\"\": shape [2] of int64 does not match the 1 elements stored.");
    QCOMPARE(reason("\x08\x02\x10\x08"), "its element type is not supported.");
    QCOMPARE(reason("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x10\x01"),
        "\"\": shape [-1] has a negative dimension.");
    QCOMPARE(reason("\x08\x02\x10\x01\x70\x01"),
        "\"\": it stores its data in another file, which only weights of a model on disk may.");
    QCOMPARE(reason("\x4a\x7f"), "\"\": its bytes are not a valid ONNX tensor.");
}

void TstTensorFile::namesFiles()
{
    QCOMPARE(core::fileNameOf("encoder/layer:0"), std::string("encoder_layer_0"));
}

QTEST_GUILESS_MAIN(TstTensorFile)
#include "tst_tensor_file.moc"
