// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/model.h"
#include "core/model/writer.h"
#include "core/model/zoo.h"
#include "core/model/zoo/graph_builder.h"
#include "core/ops/op_table.h"
#include "tests/support/op_cases.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <cstring>

using core::OpKind;

namespace {

core::Model parse(std::string bytes)
{
    const auto owner = std::make_shared<const std::string>(std::move(bytes));
    return core::parseOnnx(std::as_bytes(std::span(owner->data(), owner->size())), owner, "written");
}

template <typename Work> QString sentenceOf(Work work)
{
    try {
        work();
    } catch (const core::Error& error) {
        return QString::fromStdString(error.what());
    }
    return {};
}

/// Everything a node says, ids replaced by names, attributes by their bytes in a file.
QString describe(const core::Graph& graph, const core::Node& node)
{
    QString text = QString::fromStdString(node.name + " " + node.type);
    for (const auto* ids : { &node.inputs, &node.outputs })
        for (const core::ValueId id : *ids)
            text
                += ' ' + (id == core::kNoValue ? QString("-") : QString::fromStdString(graph.value(id).name));
    return text;
}

void compareConstants(const core::Graph& written, const core::Graph& read)
{
    for (std::size_t i = 0; i < written.nodes.size(); ++i)
        for (std::size_t k = 0; k < written.nodes[i].inputs.size(); ++k) {
            const auto& before = written.value(written.nodes[i].inputs[k]).constant;
            const auto& after = read.value(read.nodes[i].inputs[k]).constant;
            QCOMPARE(after.has_value(), before.has_value());
            if (!before)
                continue;
            QCOMPARE(after->type, before->type);
            QCOMPARE(after->shape, before->shape);
            QCOMPARE(after->bytes.size(), before->bytes.size());
            QVERIFY(std::memcmp(after->bytes.data(), before->bytes.data(), before->bytes.size()) == 0);
        }
}

/// x [batch, 4] -> the node -> y.
core::Graph oneNode(OpKind kind, core::Attributes attributes, std::size_t inputs = 1)
{
    core::zoo::GraphBuilder builder("one", 1);
    const auto x = builder.input("x", core::ElementType::Float32, { "batch", 4 });
    const auto y = builder.node(kind, "node", std::vector<core::ValueId>(inputs, x), std::move(attributes));
    builder.output(y, "y", core::ElementType::Float32, { "batch", 4 });
    return builder.finish();
}

} // namespace

/// toOnnx and writeOnnx: what is written is what is read, and failures leave nothing behind.
class TstWriter : public QObject {
    Q_OBJECT

private slots:
    void roundTrip_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : { "tiny-cnn", "tiny-transformer", "mlp", "mobilenetv2" })
            QTest::newRow(name) << name;
    }

    void roundTrip()
    {
        QFETCH(QString, name);
        const core::Graph written = core::makeZooGraph(name.toStdString());
        const core::Model model = parse(core::toOnnx(written));
        const core::Graph& read = *model.graph;
        QCOMPARE(read.name, written.name);
        QCOMPARE(read.batchSymbol, written.batchSymbol);
        QCOMPARE(read.nodes.size(), written.nodes.size());
        for (std::size_t i = 0; i < written.nodes.size(); ++i)
            QCOMPARE(describe(read, read.nodes[i]), describe(written, written.nodes[i]));
        compareConstants(written, read);
        // Attributes survive: writing what was read gives the same bytes again, but for the order of the
        // weights.
        QCOMPARE(core::toOnnx(read).size(), core::toOnnx(written).size());
        QCOMPARE(core::toOnnx(*parse(core::toOnnx(read)).graph), core::toOnnx(read));
    }

    void declaresInputsAndOutputs()
    {
        const core::Model model = parse(core::toOnnx(core::makeZooGraph("tiny-transformer")));
        const core::Value& ids = model.graph->value(model.graph->inputs[0]);
        QCOMPARE(ids.name, std::string("input_ids"));
        QCOMPARE(ids.type, core::ElementType::Int64);
        QCOMPARE(ids.shape->at(0).symbol, std::string("batch"));
        QCOMPARE(ids.shape->at(1).value, std::int64_t { 16 });
        QCOMPARE(model.graph->value(model.graph->outputs[1]).name, std::string("logits"));
        QCOMPARE(model.opset, 17);
        QCOMPARE(model.irVersion, 8);
    }

    void keepsScalarsAndUnknownDimensions()
    {
        core::Graph graph = oneNode(OpKind::Relu, core::NoAttributes {});
        graph.values[0].shape = std::vector<core::Dim> {};
        graph.values[1].shape = std::vector<core::Dim> { {}, { .value = 4 }, {} };
        const core::Model model = parse(core::toOnnx(graph));
        QVERIFY(model.graph->value(model.graph->inputs[0]).shape->empty());
        const auto& shape = *model.graph->value(model.graph->outputs[0]).shape;
        QCOMPARE(shape.size(), std::size_t { 3 });
        QVERIFY(!shape[0].fixed() && shape[1].fixed() && !shape[2].fixed());
        graph.values[1].shape.reset();
        const core::Model undeclared = parse(core::toOnnx(graph));
        QVERIFY(!undeclared.graph->value(undeclared.graph->outputs[0]).shape);
    }

    void weightsAreAligned()
    {
        const core::Model model = core::openZoo("tiny-cnn"); // a map, which starts on a page
        for (const core::Node& node : model.graph->nodes)
            for (const core::ValueId id : node.inputs)
                if (const auto& weight = model.graph->value(id).constant)
                    QCOMPARE(
                        reinterpret_cast<std::uintptr_t>(weight->bytes.data()) % 64, std::uintptr_t { 0 });
    }

    void attributesKeepTheirValues()
    {
        const core::PoolAttributes pool { .autoPad = core::AutoPad::SameLower,
            .kernel = { 2, 3 },
            .strides = { 1, 2 },
            .ceilMode = true,
            .countIncludePad = true };
        const core::Model average = parse(core::toOnnx(oneNode(OpKind::AveragePool, pool)));
        const auto& read = std::get<core::PoolAttributes>(average.graph->nodes[0].attributes);
        QCOMPARE(read.autoPad, pool.autoPad);
        QCOMPARE(read.kernel, pool.kernel);
        QCOMPARE(read.strides, pool.strides);
        QVERIFY(read.ceilMode && read.countIncludePad && read.pads.empty());

        const core::Model selu = parse(
            core::toOnnx(oneNode(OpKind::Selu, core::ActivationAttributes { .alpha = 2, .beta = 3 })));
        QCOMPARE(std::get<core::ActivationAttributes>(selu.graph->nodes[0].attributes).beta, 3.0F);

        const core::Model clip = parse(
            core::toOnnx(oneNode(OpKind::Clip, core::ActivationAttributes { .alpha = -1, .beta = 1 }), 10));
        QCOMPARE(std::get<core::ActivationAttributes>(clip.graph->nodes[0].attributes).alpha, -1.0F);

        const core::AxesAttributes axes { .axes = std::vector<std::int64_t> { 0, -1 }, .keepDims = false };
        const core::Model reduce = parse(core::toOnnx(oneNode(OpKind::ReduceMax, axes)));
        const auto& axesRead = std::get<core::AxesAttributes>(reduce.graph->nodes[0].attributes);
        QCOMPARE(*axesRead.axes, *axes.axes);
        QVERIFY(!axesRead.keepDims);
    }

    void attributesOfImagesAndIntegersComeBack()
    {
        using Resize = core::ResizeAttributes;
        const Resize resize { .mode = Resize::Mode::Cubic,
            .coordinates = Resize::Coordinates::AlignCorners,
            .rounding = Resize::Rounding::Ceil,
            .policy = Resize::Policy::NotLarger,
            .cubicA = -0.5F,
            .antialias = true,
            .axes = { 2, 3 } };
        const auto read = [](OpKind kind, const core::Attributes& attributes, int opset) {
            return parse(core::toOnnx(oneNode(kind, attributes, 2), opset)).graph->nodes[0].attributes;
        };
        const auto resized = std::get<Resize>(read(OpKind::Resize, resize, 18));
        QCOMPARE(resized.mode, resize.mode);
        QCOMPARE(resized.coordinates, resize.coordinates);
        QCOMPARE(resized.rounding, resize.rounding);
        QCOMPARE(resized.policy, resize.policy);
        QCOMPARE(resized.cubicA, resize.cubicA);
        QVERIFY(resized.antialias);
        QCOMPARE(resized.axes, resize.axes);

        const core::QuantiseAttributes blocks {
            .axis = 0, .blockSize = 32, .output = core::ElementType::Int8
        };
        const auto quantised = std::get<core::QuantiseAttributes>(read(OpKind::QuantizeLinear, blocks, 21));
        QCOMPARE(quantised.axis, 0);
        QCOMPARE(quantised.blockSize, 32);
        QCOMPARE(quantised.output, core::ElementType::Int8);

        const core::ConvTransposeAttributes transpose { .conv = { .strides = { 2, 2 }, .group = 3 },
            .outputPadding = { 1, 0 } };
        const auto turned
            = std::get<core::ConvTransposeAttributes>(read(OpKind::ConvTranspose, transpose, 13));
        QCOMPARE(turned.conv.strides, transpose.conv.strides);
        QCOMPARE(turned.conv.group, 3);
        QCOMPARE(turned.outputPadding, transpose.outputPadding);
    }

    void refusesWhatOnnxCannotSay_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("opset");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("fusion") << static_cast<int>(OpKind::FusedAttention) << 17
                                << "node \"node\" (FusedAttention) is a fusion, and ONNX has no word for it.";
        QTest::newRow("unknown") << static_cast<int>(OpKind::Unknown) << 17
                                 << "node \"node\" is of an operator Breakeven does not know, Unknown.";
        QTest::newRow("read only") << static_cast<int>(OpKind::GridSample) << 17
                                   << "node \"node\" (GridSample) has attributes that are only read.";
        QTest::newRow("blocks too early") << static_cast<int>(OpKind::QuantizeLinear) << 19
                                          << "node \"node\" (QuantizeLinear) has no form in opset 19.";
        QTest::newRow("too new") << static_cast<int>(OpKind::Gelu) << 17
                                 << "node \"node\" (Gelu) has no form in opset 17.";
        QTest::newRow("moved") << static_cast<int>(OpKind::ReduceMean) << 18
                               << "node \"node\" (ReduceMean) has no form in opset 18.";
    }

    void describedAttributesKeepTheirValues()
    {
        int compared = 0;
        for (const support::OpCase& opCase : support::opCases()) {
            const core::Node& node = opCase.graph->nodes[0];
            std::visit(
                [&]<typename T>(const T& written) {
                    if constexpr (core::HasFields<T>) {
                        const int opset = std::max(node.version, core::opRow(node.kind)->since);
                        const core::Model model = parse(core::toOnnx(*opCase.graph, opset));
                        const T read = std::get<T>(model.graph->nodes[0].attributes);
                        core::forEachField<T>([&](const auto& field) {
                            ++compared;
                            QVERIFY2(read.*field.member == written.*field.member,
                                (opCase.name + ": " + field.name).c_str());
                        });
                    }
                },
                node.attributes);
        }
        QVERIFY(compared > 0);
    }

    void refusesWhatOnnxCannotSay()
    {
        QFETCH(int, kind);
        QFETCH(int, opset);
        QFETCH(QString, sentence);
        core::Attributes attributes;
        if (static_cast<OpKind>(kind) == OpKind::ReduceMean)
            attributes = core::AxesAttributes { .axes = std::vector<std::int64_t> { 1 } };
        if (static_cast<OpKind>(kind) == OpKind::GridSample)
            attributes = core::GridSampleAttributes {};
        if (static_cast<OpKind>(kind) == OpKind::QuantizeLinear)
            attributes = core::QuantiseAttributes { .blockSize = 32 };
        const core::Graph graph = oneNode(static_cast<OpKind>(kind), attributes);
        QCOMPARE(sentenceOf([&] { core::toOnnx(graph, opset); }), "Cannot write model: " + sentence);
    }

    void refusesEpilogues()
    {
        core::Graph graph = oneNode(OpKind::Relu, core::NoAttributes {});
        graph.nodes[0].epilogue.push_back({ .kind = core::PostOp::Kind::Relu });
        QCOMPARE(sentenceOf([&] { core::toOnnx(graph); }),
            QString("Cannot write model: node \"node\" (Relu) is a fusion, and ONNX has no word for it."));
    }

    void refusesFilesBeyondTwoGigabytes()
    {
        // Address space that is never touched stands for the weights.
        const std::size_t size = 3ULL << 30U;
        void* memory = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        QVERIFY(memory != MAP_FAILED);
        core::Graph graph = oneNode(OpKind::Add, core::NoAttributes {}, 2);
        const core::TensorView view { core::ElementType::UInt8, { static_cast<std::int64_t>(size) },
            { static_cast<const std::byte*>(memory), size } };
        graph.values.push_back({ .name = "w", .type = view.type, .constant = view });
        graph.nodes[0].inputs[1] = static_cast<core::ValueId>(graph.values.size() - 1);
        QCOMPARE(sentenceOf([&] { core::toOnnx(graph); }),
            QString("Cannot write model: it takes 3.0 GiB, and one ONNX file holds at most 2 GiB."));
        munmap(memory, size);
    }

    void writesAFileThatIsRead()
    {
        QTemporaryDir folder;
        const std::string path = folder.filePath("model.onnx").toStdString();
        const core::Graph graph = core::makeZooGraph("tiny-cnn");
        core::writeOnnx(graph, path);
        core::writeOnnx(graph, path); // over the first
        const core::Model model = core::openModel(path);
        QCOMPARE(model.name, std::string("model.onnx"));
        QCOMPARE(model.fileBytes, core::toOnnx(graph).size());
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList { "model.onnx" });
    }

    void failuresLeaveNoFile()
    {
        QTemporaryDir folder;
        const core::Graph graph = core::makeZooGraph("tiny-cnn");
        const auto sentence = [&](const QString& path) {
            return sentenceOf([&] { core::writeOnnx(graph, path.toStdString()); });
        };
        const QString nowhere = folder.filePath("missing/model.onnx");
        QCOMPARE(sentence(nowhere), "Cannot write model: " + nowhere + ": no such file or directory.");
        QVERIFY(QDir(folder.path()).mkdir("taken"));
        const QString taken = folder.filePath("taken");
        QCOMPARE(sentence(taken), "Cannot write model: " + taken + ": is a directory.");

        // A full disk: no file of this process may grow beyond 10,000 bytes.
        rlimit before {};
        getrlimit(RLIMIT_FSIZE, &before);
        const rlimit tight { 10000, before.rlim_max };
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &tight);
        const QString full = folder.filePath("full.onnx");
        const QString said = sentence(full);
        const QString zooSaid = sentenceOf([] { core::openZoo("tiny-cnn"); });
        setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, handler);
        QCOMPARE(said, "Cannot write model: " + full + ": file too large.");
        QCOMPARE(zooSaid, QString("Cannot make model: no memory for its file: file too large."));
        QVERIFY(QDir(folder.path()).entryList(QDir::Files).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TstWriter)
#include "tst_writer.moc"
