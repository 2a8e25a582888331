// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/record/conformance_cases.h"
#include "core/record/tensor_file.h"
#include "tests/support/cli_files.h"
#include "tests/support/onnx_bytes.h"
#include "tests/support/op_case_builder.h"
#include "tests/support/sentence.h"

#include <QDir>
#include <QTest>
#include <cmath>
#include <limits>

using core::ElementType;
using core::Tensor;

namespace {

Tensor floats(const std::vector<float>& elements)
{
    return Tensor::of<float>(ElementType::Float32, { static_cast<std::int64_t>(elements.size()) }, elements);
}

/// x [batch, 4] and max(x, 0), or something else.
struct Folder : support::CliFiles {
    void model(const QString& file, const std::string& bytes = support::reluFile().bytes()) const
    {
        write(file, bytes);
    }
    void tensor(const QString& file, const std::vector<float>& elements) const
    {
        const auto rows = static_cast<std::int64_t>(elements.size() / 4);
        core::writeTensor(path(file).toStdString(),
            Tensor::of<float>(ElementType::Float32, { rows, 4 }, elements).view(), "x");
    }
    void folder(const QString& name) const { QVERIFY(QDir().mkpath(path(name))); }
    std::string at(const QString& name) const { return path(name).toStdString(); }
};

core::ConformanceResult onlyResult(const std::string& folder)
{
    const auto cases = core::findConformanceCases(folder);
    core::ReferenceEngine engine;
    return cases.size() == 1 ? core::runConformanceCase(engine, cases[0], 1) : core::ConformanceResult {};
}

} // namespace

class TstConformance : public QObject {
    Q_OBJECT

private slots:
    void compares_data();
    void compares();
    void comparesOtherTypes();
    void comparesTheFormOfRandomNumbers();
    void bindsSymbolsToTheData();
    void saysWhatDoesNotFit();
    void findsEveryLayout();
    void runsSeveralSets();
    void makesInputsWhereThereAreNone();
    void asksTheReferenceWhereThereAreNoOutputs();
    void readsTolerances();
    void refusesFolders_data();
    void refusesFolders();
    void keepsGoing_data();
    void keepsGoing();
};

void TstConformance::compares_data()
{
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    constexpr float kInfinite = std::numeric_limits<float>::infinity();
    QTest::addColumn<float>("actual");
    QTest::addColumn<float>("expected");
    QTest::addColumn<QString>("difference");
    QTest::newRow("equal") << 1.5F << 1.5F << "";
    QTest::newRow("relative") << 1000.9F << 1000.0F << "";
    QTest::newRow("beyond relative") << 1001.5F << 1000.0F << "element 0 is 1001.5, expected 1000";
    QTest::newRow("absolute") << 0.9e-5F << 0.0F << "";
    QTest::newRow("beyond absolute") << 0.25F << 0.0F << "element 0 is 0.25, expected 0";
    QTest::newRow("not a number twice") << kNan << kNan << "";
    QTest::newRow("not a number") << kNan << 1.0F << "element 0 is nan, expected 1";
    QTest::newRow("should be none") << 1.0F << kNan << "element 0 is 1, expected nan";
    QTest::newRow("infinities") << kInfinite << kInfinite << "";
    QTest::newRow("other infinity") << -kInfinite << kInfinite << "element 0 is -inf, expected inf";
    QTest::newRow("finite") << 1.0F << kInfinite << "element 0 is 1, expected inf";
}

void TstConformance::compares()
{
    QFETCH(float, actual);
    QFETCH(float, expected);
    QFETCH(QString, difference);
    QCOMPARE(
        QString::fromStdString(core::mismatch(floats({ actual }), floats({ expected }), {})), difference);
}

void TstConformance::comparesOtherTypes()
{
    const auto half
        = [](std::uint16_t bits) { return Tensor::of<std::uint16_t>(ElementType::Float16, { 1 }, { bits }); };
    QCOMPARE(core::mismatch(half(0x3c05), half(0x3c00), {}), std::string()); // 1.0049: within 1e-2
    QCOMPARE(core::mismatch(half(0x3c10), half(0x3c00), {}), std::string("element 0 is 1.01562, expected 1"));
    const auto brain = [](std::uint16_t bits) {
        return Tensor::of<std::uint16_t>(ElementType::BFloat16, { 1 }, { bits });
    };
    QCOMPARE(core::mismatch(brain(0x3f82), brain(0x3f80), {}), std::string()); // 1.0156: within 2e-2
    QCOMPARE(
        core::mismatch(brain(0x3f83), brain(0x3f80), {}), std::string("element 0 is 1.02344, expected 1"));
    const auto whole
        = [](std::int16_t number) { return Tensor::of<std::int16_t>(ElementType::Int16, { 1 }, { number }); };
    QCOMPARE(core::mismatch(whole(101), whole(100), {}), std::string("element 0 is 101, expected 100"));
    QCOMPARE(core::mismatch(floats({ 1 }), whole(1), {}), std::string("float32 [1], expected int16 [1]"));
    QCOMPARE(core::mismatch(floats({ 1, 1 }), floats({ 1 }), {}),
        std::string("float32 [2], expected float32 [1]"));
    QCOMPARE(core::mismatch(floats({}), floats({}), {}), std::string());
}

void TstConformance::comparesTheFormOfRandomNumbers()
{
    const auto made = support::opCase("random", core::OpKind::RandomNormal, {},
        core::RandomNormalAttributes { .shape = core::Shape { 2 } });
    core::ReferenceEngine engine;
    core::DataSet data;
    data.outputs.push_back(floats({ 1e9F, 1e9F }));
    QCOMPARE(core::disagreement(engine, made.graph, data, {}, 1), std::string());
    data.outputs[0] = floats({ 1 });
    QCOMPARE(core::disagreement(engine, made.graph, data, {}, 1),
        std::string("output 0: float32 [2], expected float32 [1]"));
}

void TstConformance::bindsSymbolsToTheData()
{
    core::Graph graph;
    graph.values.push_back({ .name = "x",
        .type = ElementType::Float32,
        .shape = std::vector<core::Dim> { { -1, "batch" }, { 3, "" }, { -1, "length" } } });
    graph.inputs = { 0 };
    graph.batchSymbol = "batch";
    std::vector<Tensor> inputs;
    inputs.emplace_back(ElementType::Float32, core::Shape { 2, 3, 5 });
    const core::DimBindings dims = core::dimsOf(graph, inputs);
    QCOMPARE(dims.batch, 2);
    QCOMPARE(dims.named, (std::map<std::string, std::int64_t> { { "length", 5 } }));
}

void TstConformance::saysWhatDoesNotFit()
{
    core::Graph graph;
    graph.values.push_back(
        { .name = "x", .type = ElementType::Float32, .shape = std::vector<core::Dim> { { 1, "" } } });
    graph.inputs = { 0 };
    const auto sentence = [&](ElementType type, const core::Shape& shape) {
        return support::sentenceOf([&] {
            std::vector<Tensor> inputs;
            inputs.emplace_back(type, shape);
            core::dimsOf(graph, inputs);
        });
    };
    QCOMPARE(support::sentenceOf([&] { core::dimsOf(graph, {}); }),
        std::string("Cannot use the data: it has 0 inputs, the model 1."));
    QCOMPARE(sentence(ElementType::Int8, { 1 }),
        std::string("Cannot use the data: input \"x\" is int8, the model wants float32."));
    QCOMPARE(sentence(ElementType::Float32, { 1, 1 }),
        std::string("Cannot use the data: input \"x\" has 2 dimensions, the model wants 1."));
}

void TstConformance::findsEveryLayout()
{
    const Folder files;
    files.folder("all/test_relu/test_data_set_0");
    files.model("all/test_relu/model.onnx");
    files.tensor("all/test_relu/test_data_set_0/input_0.pb", { -1, 2, -3, 4 });
    files.tensor("all/test_relu/test_data_set_0/output_0.pb", { 0, 2, 0, 4 });
    files.folder("all/beside");
    files.model("all/beside/net.onnx");
    files.tensor("all/beside/input_0.pb", { -1, 2, -3, 4, 5, 6, 7, -8 });
    files.tensor("all/beside/output_0.pb", { 0, 2, 0, 4, 5, 6, 7, 0 });
    files.model("all/light_relu.onnx");
    files.tensor("all/light_relu_input_0.pb", { -1, 2, -3, 4 });
    files.tensor("all/light_relu_output_0.pb", { 0, 2, 0, 4 });
    files.write("all/notes.txt", "no model");
    const auto cases = core::findConformanceCases(files.at("all"));
    QCOMPARE(cases.size(), 3U);
    const char* const names[] = { "light_relu", "net", "test_relu" };
    core::ReferenceEngine engine;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto result = core::runConformanceCase(engine, cases[i], 1);
        QCOMPARE(result.name, std::string(names[i]));
        QCOMPARE(result.type, std::string("Relu"));
        QCOMPARE(result.reason, std::string());
        QCOMPARE(result.status, core::ConformanceStatus::Passed);
        QCOMPARE(cases[i].sets.size(), 1U);
        QCOMPARE(cases[i].sets[0].inputs.size(), 1U);
    }
}

void TstConformance::runsSeveralSets()
{
    const Folder files;
    files.folder("all/test_data_set_0");
    files.folder("all/test_data_set_1");
    files.model("all/model.onnx");
    files.tensor("all/test_data_set_0/input_0.pb", { -1, 2, -3, 4 });
    files.tensor("all/test_data_set_0/output_0.pb", { 0, 2, 0, 4 });
    files.tensor("all/test_data_set_1/input_0.pb", { -1, 2, -3, 4 });
    files.tensor("all/test_data_set_1/output_0.pb", { 0, 2, 0, 5 });
    const auto result = onlyResult(files.at("all"));
    QCOMPARE(result.name, std::string("all"));
    QCOMPARE(result.status, core::ConformanceStatus::Wrong);
    QCOMPARE(result.reason, std::string("Wrong result of data set 1: output 0: element 3 is 4, expected 5."));
}

void TstConformance::makesInputsWhereThereAreNone()
{
    const Folder files;
    files.folder("all");
    files.model("all/light_relu.onnx");
    files.tensor("all/light_relu_output_0.pb", { 0, 0.25, 0.5, 0.75 });
    QCOMPARE(onlyResult(files.at("all")).reason, std::string());
    files.tensor("all/light_relu_output_0.pb", { 0, 0.25, 0.5, 0.5 });
    QCOMPARE(onlyResult(files.at("all")).reason,
        std::string("Wrong result: output 0: element 3 is 0.75, expected 0.5."));
}

void TstConformance::asksTheReferenceWhereThereAreNoOutputs()
{
    const Folder files;
    files.folder("all");
    files.model("all/relu.onnx");
    const auto cases = core::findConformanceCases(files.at("all"));
    const core::Model model = core::readOnnx(cases.at(0).model);
    const core::DataSet data = core::readDataSet(model, cases[0].sets.at(0));
    QCOMPARE(data.inputs.size(), 1U);
    QCOMPARE(data.outputs.size(), 1U);
    for (std::size_t i = 0; i < 4; ++i)
        QCOMPARE(data.outputs[0].as<float>()[i], std::max(0.0F, data.inputs[0].as<float>()[i]));
}

void TstConformance::readsTolerances()
{
    const Folder files;
    files.folder("all");
    files.model("all/model.onnx");
    files.tensor("all/input_0.pb", { 1, 2, 3, 4 });
    files.tensor("all/output_0.pb", { 1, 2, 3, 4.1F });
    files.write("all/tolerance.json", R"({"rtol": 0.1, "atol": 1e-7})");
    const auto cases = core::findConformanceCases(files.at("all"));
    QCOMPARE(cases.at(0).tolerance.relative, 0.1);
    QCOMPARE(cases[0].tolerance.absolute, 1e-5); // a stricter one than ours makes no sense across machines
    QCOMPARE(onlyResult(files.at("all")).status, core::ConformanceStatus::Passed);
}

void TstConformance::refusesFolders_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("tolerance");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("missing") << "none"
                             << ""
                             << "Cannot read cases: @/none: no such file or directory.";
    QTest::newRow("no model") << "empty"
                              << ""
                              << "Cannot read cases: @/empty has no ONNX model.";
    QTest::newRow("no JSON")
        << "all"
        << "0.1 0.1"
        << "Cannot read tolerance: @/all/tolerance.json: it is not JSON, or it is cut off.";
    QTest::newRow("no number") << "all"
                               << R"({"rtol": "wide", "atol": 0})"
                               << "Cannot read tolerance: @/all/tolerance.json: \"rtol\" is not a number.";
    QTest::newRow("one missing") << "all"
                                 << R"({"rtol": 0.1})"
                                 << "Cannot read tolerance: @/all/tolerance.json: \"atol\" is missing.";
}

void TstConformance::refusesFolders()
{
    QFETCH(QString, folder);
    QFETCH(QString, tolerance);
    QFETCH(QString, sentence);
    const Folder files;
    files.folder("empty");
    files.folder("all");
    files.model("all/model.onnx");
    files.write("all/tolerance.json", tolerance.toStdString());
    QCOMPARE(
        QString::fromStdString(support::sentenceOf([&] { core::findConformanceCases(files.at(folder)); })),
        sentence.replace("@", files.CliFiles::folder()));
}

void TstConformance::keepsGoing_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("reason");
    support::OnnxFile unknown = support::reluFile();
    unknown.nodes = { support::nodeProto("Frobnicate", { "x" }, { "y" }, "frob") };
    support::OnnxFile two = support::reluFile();
    two.nodes = { support::nodeProto("Relu", { "x" }, { "z" }), support::nodeProto("Abs", { "z" }, { "y" }) };
    const auto bytes = [](const std::string& text) { return QByteArray::fromStdString(text); };
    const QByteArray four = bytes(support::tensorProto("x", 1, { 1, 4 }, support::rawFloats({ 1, 2, 3, 4 })));
    QTest::newRow("no model") << bytes("Dear reader") << four << "unread"
                              << "Cannot read model: @/all/model.onnx";
    QTest::newRow("unknown operator") << bytes(unknown.bytes()) << four << "Frobnicate"
                                      << "node \"frob\" (Frobnicate): ";
    QTest::newRow("broken tensor") << bytes(support::reluFile().bytes()) << QByteArray("\x0a\x7f") << "Relu"
                                   << "@/all/test_data_set_0/input_0.pb";
    QTest::newRow("tensor of another size")
        << bytes(support::reluFile().bytes())
        << bytes(support::tensorProto("x", 1, { 1, 5 }, support::rawFloats({ 1, 2, 3, 4, 5 }))) << "Relu"
        << "Cannot write input \"x\"";
    QTest::newRow("several operators") << bytes(two.bytes()) << four << "several"
                                       << "Wrong result: ";
}

void TstConformance::keepsGoing()
{
    QFETCH(QByteArray, model);
    QFETCH(QByteArray, input);
    QFETCH(QString, type);
    QFETCH(QString, reason);
    const Folder files;
    files.folder("all/test_data_set_0");
    files.model("all/model.onnx", model.toStdString());
    files.write("all/test_data_set_0/input_0.pb", input.toStdString());
    files.tensor("all/test_data_set_0/output_0.pb", { 4, 3, 2, 1 });
    const auto result = onlyResult(files.at("all"));
    QVERIFY(result.status != core::ConformanceStatus::Passed);
    QCOMPARE(QString::fromStdString(result.type), type);
    reason.replace("@", files.CliFiles::folder());
    QVERIFY2(result.reason.find(reason.toStdString()) != std::string::npos, result.reason.c_str());
}

QTEST_GUILESS_MAIN(TstConformance)
#include "tst_conformance.moc"
