// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "core/model/model.h"
#include "core/model/passes.h"
#include "cpu/cpu_engine.h"
#include "tests/support/onnx_bytes.h"
#include "tests/support/sentence.h"

#include <fmt/format.h>

#include <QTest>

using namespace support;
using core::ElementType;

namespace {

constexpr int kFloat = 1, kInt64 = 7, kBool = 9;

std::string graphAttribute(const std::string& name, const OnnxFile& body)
{
    return bytesField(5, bytesField(1, name) + bytesField(6, body.graph()) + varintField(20, 5));
}

OnnxFile body(
    std::vector<std::string> nodes, std::vector<std::string> inputs, std::vector<std::string> outputs)
{
    return { .nodes = std::move(nodes), .inputs = std::move(inputs), .outputs = std::move(outputs) };
}

std::string floats(const std::string& name, const std::vector<std::string>& dims = {})
{
    return valueInfo(name, kFloat, dims);
}

/// y = condition ? x + x : Concat(x, x), and z, the negative of what the branch captures.
OnnxFile branches()
{
    OnnxFile file;
    file.inputs = { valueInfo("condition", kBool, {}), floats("x", { "3" }) };
    file.outputs = { floats("y", { "" }) };
    const std::string node = nodeProto("If", { "condition" }, { "y" }, "choose")
        + graphAttribute(
            "then_branch", body({ nodeProto("Add", { "x", "x" }, { "t" }) }, {}, { floats("t") }))
        + graphAttribute("else_branch",
            body({ nodeProto("Concat", { "x", "n" }, { "e" }) + integerAttribute("axis", 0) }, {},
                { floats("e") }));
    file.nodes = { nodeProto("Neg", { "x" }, { "n" }), node };
    return file;
}

/// Grows `x` by itself, `trips` times or while the sum of iterations is below 3.
OnnxFile growing()
{
    OnnxFile file;
    file.inputs = { valueInfo("trips", kInt64, {}), floats("x", { "1" }) };
    file.outputs = { floats("y", { "" }), floats("lengths", { "" }) };
    const OnnxFile loop
        = body({ nodeProto("Identity", { "going" }, { "on" }),
                   nodeProto("Concat", { "v", "x" }, { "grown" }) + integerAttribute("axis", 0),
                   nodeProto("Size", { "v" }, { "size" }) },
            { valueInfo("i", kInt64, {}), valueInfo("going", kBool, {}), floats("v", { "" }) },
            { valueInfo("on", kBool, {}), floats("grown", { "" }), valueInfo("size", kInt64, {}) });
    file.nodes = { nodeProto("Loop", { "trips", "", "x" }, { "y", "lengths" }, "grow")
        + graphAttribute("body", loop) };
    return file;
}

std::unique_ptr<core::Engine> engine(bool reference)
{
    return reference ? std::make_unique<core::ReferenceEngine>() : cpu::makeEngine();
}

std::unique_ptr<core::Program> compiled(const core::Model& model, bool reference, std::int64_t batch = 1)
{
    return engine(reference)->compile(reference ? model.graph : core::optimise(*model.graph),
        { .dims = { .batch = batch, .named = {} }, .threads = 1 });
}

template <typename T> void write(core::Program& program, int input, const std::vector<T>& values)
{
    program.write(input, std::as_bytes(std::span(values)));
}

std::vector<float> readFloats(core::Program& program, int output)
{
    const core::Tensor tensor = program.read(output);
    return { tensor.as<float>().begin(), tensor.as<float>().end() };
}

/// A FunctionProto of domain "own": `name`(x) = Scale(Relu(x)), where Scale is LeakyRelu by attribute.
std::string function(const std::string& name, const std::vector<std::string>& nodes)
{
    std::string bytes = bytesField(1, name) + bytesField(10, "own") + bytesField(4, "a") + bytesField(5, "b");
    for (const std::string& node : nodes)
        bytes += bytesField(7, node);
    bytes += bytesField(9, bytesField(1, "") + varintField(2, 17));
    bytes += bytesField(9, bytesField(1, "own") + varintField(2, 1));
    return bytesField(25, bytes);
}

std::string inOwn(const std::string& node)
{
    return node + bytesField(7, "own");
}

} // namespace

/// Graphs inside graphs and functions of the file: read as the standard says, run alike by both engines,
/// refused with one sentence.
class TstSubgraphs : public QObject {
    Q_OBJECT

private slots:
    void engines_data()
    {
        QTest::addColumn<bool>("reference");
        QTest::newRow("reference") << true;
        QTest::newRow("cpu") << false;
    }

    void takesTheBranchOfTheRun_data() { engines_data(); }
    void takesTheBranchOfTheRun()
    {
        QFETCH(bool, reference);
        const auto program = compiled(parse(branches().bytes()), reference);
        write<float>(*program, 1, { 1, 2, 3 });
        for (int round = 0; round < 2; ++round) {
            write<std::uint8_t>(*program, 0, { 1 });
            program->run();
            QCOMPARE(readFloats(*program, 0), (std::vector<float> { 2, 4, 6 }));
            write<std::uint8_t>(*program, 0, { 0 });
            core::Trace trace;
            program->run(&trace);
            QVERIFY(!trace.steps.empty());
            QCOMPARE(readFloats(*program, 0), (std::vector<float> { 1, 2, 3, -1, -2, -3 }));
        }
    }

    void memoryCountsTheBodiesThatRan()
    {
        const auto program = compiled(parse(branches().bytes()), false);
        const std::size_t before = program->memory().total();
        write<float>(*program, 1, { 1, 2, 3 });
        write<std::uint8_t>(*program, 0, { 1 });
        program->run();
        const std::size_t one = program->memory().total();
        QVERIFY(one > before);
        program->run();
        QCOMPARE(program->memory().total(), one);
        write<std::uint8_t>(*program, 0, { 0 });
        program->run();
        QVERIFY(program->memory().total() > one);
    }

    void growsFromIterationToIteration_data() { engines_data(); }
    void growsFromIterationToIteration()
    {
        QFETCH(bool, reference);
        const auto program = compiled(parse(growing().bytes()), reference);
        write<float>(*program, 1, { 7 });
        for (const std::int64_t trips : { 2, 0, 12 }) { // 12: more shapes than are compiled for
            write<std::int64_t>(*program, 0, { trips });
            program->run();
            QCOMPARE(readFloats(*program, 0), std::vector<float>(static_cast<std::size_t>(trips) + 1, 7));
            const core::Tensor lengths = program->read(1);
            QCOMPARE(lengths.count(), trips);
            for (std::int64_t i = 0; i < trips; ++i)
                QCOMPARE(lengths.as<std::int64_t>()[static_cast<std::size_t>(i)], i + 1);
        }
    }

    void aDecidedBranchIsPartOfTheGraph()
    {
        OnnxFile file = branches();
        file.inputs.erase(file.inputs.begin());
        file.initializers = { tensorProto("condition", kBool, {}, std::string(1, '\1')) };
        const core::Model model = parse(file.bytes());
        const auto program = cpu::makeEngine()->compile(
            core::optimise(*model.graph), { .dims = { .batch = 3, .named = {} } });
        write<float>(*program, 0, { 1, 2, 3 });
        core::Trace trace;
        program->run(&trace);
        QCOMPARE(readFloats(*program, 0), (std::vector<float> { 2, 4, 6 }));
        for (const core::Trace::Step& step : trace.steps)
            QVERIFY(step.type != "If");
    }

    void callsFunctions_data() { engines_data(); }
    void callsFunctions()
    {
        QFETCH(bool, reference);
        // outer(a; slope) = inner(-a); inner(a; slope) = LeakyRelu(a) with the slope of the call, 0.5 by
        // default.
        const std::string slope
            = bytesField(5, bytesField(1, "alpha") + bytesField(21, "slope") + varintField(20, 1));
        const std::string pass
            = bytesField(5, bytesField(1, "slope") + bytesField(21, "slope") + varintField(20, 1));
        const std::string halfByDefault = bytesField(
            11, bytesField(1, "slope") + std::string("\x15") + rawFloats({ 0.5F }) + varintField(20, 1));
        std::string inner = function("inner", { nodeProto("LeakyRelu", { "a" }, { "b" }) + slope });
        inner = bytesField(25, inner.substr(inner.find("inner") - 2) + halfByDefault);
        const std::string outer = function("outer",
            { nodeProto("Neg", { "a" }, { "minus" }),
                inOwn(nodeProto("inner", { "minus" }, { "b" }) + pass) });
        const std::string quarter = bytesField(
            5, bytesField(1, "slope") + std::string("\x15") + rawFloats({ 0.25F }) + varintField(20, 1));
        OnnxFile file;
        file.otherOpsets = { { "own", 1 } };
        file.inputs = { floats("x", { "2" }) };
        file.outputs = { floats("y", { "2" }), floats("z", { "2" }) };
        file.nodes = { inOwn(nodeProto("outer", { "x" }, { "y" }, "first")),
            inOwn(nodeProto("outer", { "x" }, { "z" }, "second") + quarter) };
        const auto program = compiled(parse(file.bytes() + inner + outer), reference, 2);
        write<float>(*program, 0, { -3, 4 });
        program->run();
        QCOMPARE(readFloats(*program, 0), (std::vector<float> { 3, -2 }));
        QCOMPARE(readFloats(*program, 1), (std::vector<float> { 3, -1 }));
    }

    void refuses_data();
    void refuses();

    void saysWhatABodyDidWrong()
    {
        OnnxFile file = branches();
        file.inputs[0] = valueInfo("condition", kBool, { "2" });
        const auto program = compiled(parse(file.bytes()), true, 2);
        write<std::uint8_t>(*program, 0, { 1, 0 });
        write<float>(*program, 1, { 1, 2, 3 });
        QCOMPARE(sentenceOf([&] { program->run(); }),
            std::string("Cannot run: node \"choose\" (If) has a condition of shape [2], expected a scalar."));
    }
};

void TstSubgraphs::refuses_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char* name, const std::string& bytes, const char* sentence) {
        QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()))
                            << QString("Cannot read model: ") + sentence;
    };
    OnnxFile file = branches();
    file.nodes[1] = nodeProto("If", { "condition" }, { "y" }, "choose");
    row("no body", file.bytes(), "node \"choose\" (If) has no graph \"then_branch\".");

    file = branches();
    file.nodes[1] = nodeProto("If", { "condition" }, { "y" }, "choose")
        + graphAttribute(
            "then_branch", body({ nodeProto("Neg", { "nobody" }, { "t" }) }, {}, { floats("t") }));
    row("reads nothing", file.bytes(), "node \"node\" (Neg) reads \"nobody\", which nothing produces.");

    const OnnxFile leaf = body({ nodeProto("Neg", { "x" }, { "y" }) }, {}, { floats("y") });
    OnnxFile deep = leaf;
    for (int level = 0; level < 20; ++level)
        deep = body({ nodeProto("If", { "condition" }, { "y" }, "deep") + graphAttribute("then_branch", deep)
                        + graphAttribute("else_branch", leaf) },
            {}, { floats("y") });
    file = branches();
    file.nodes = deep.nodes;
    row("too deep", file.bytes(), "node \"deep\" (If) lies more than 16 graphs deep.");

    file = {};
    file.otherOpsets = { { "own", 1 } };
    file.inputs = { floats("x", { "2" }) };
    file.outputs = { floats("y", { "2" }) };
    file.nodes = { inOwn(nodeProto("again", { "x" }, { "y" })) };
    const std::string again = function("again", { inOwn(nodeProto("again", { "a" }, { "b" })) });
    row("calls itself", file.bytes() + again, "function \"again\" calls functions more than 16 deep.");
    row("defined twice", file.bytes() + again + again, "test.onnx defines function \"again\" twice.");

    // Twelve levels of four calls each would be 16 million nodes.
    std::string tower = function("level0", { nodeProto("Neg", { "a" }, { "b" }) });
    for (int level = 1; level <= 12; ++level) {
        const std::string below = fmt::format("level{}", level - 1);
        std::vector<std::string> calls;
        const char* values[] = { "a", "p", "q", "r", "b" };
        for (int i = 0; i < 4; ++i)
            calls.push_back(inOwn(nodeProto(below, { values[i] }, { values[i + 1] })));
        tower += function(fmt::format("level{}", level), calls);
    }
    file.nodes = { inOwn(nodeProto("level12", { "x" }, { "y" })) };
    row("too many nodes", file.bytes() + tower,
        "test.onnx becomes too large once its functions and inner graphs are written out.");
}

void TstSubgraphs::refuses()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, sentence);
    QCOMPARE(QString::fromStdString(sentenceOf([&] { parse(bytes.toStdString()); })), sentence);
}

QTEST_GUILESS_MAIN(TstSubgraphs)
#include "tst_subgraphs.moc"
