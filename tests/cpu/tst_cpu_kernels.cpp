// SPDX-License-Identifier: GPL-3.0-or-later
// Kernels by measurement: what is remembered, that any choice computes the same, and tuning itself.
#include "core/engine/inputs.h"
#include "core/engine/kernel_tuning.h"
#include "core/measure/compare.h"
#include "core/measure/reference_outputs.h"
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "core/record/peaks_file.h"
#include "cpu/cpu_engine.h"
#include "cpu/isa.h"
#include "cpu/kernel_book.h"
#include "tests/support/sentence.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

using cpu::ImageLayout;
using cpu::KernelChoice;
using cpu::KernelChoices;
using cpu::KernelFamily;

namespace {

const core::DimBindings kBatch { .batch = 2, .named = {} };
constexpr const char* kWord = "kernels by measurement";

/// A model as the engine sees it, and the key that its program has.
struct Case {
    std::shared_ptr<const core::Graph> file, graph;
    std::vector<core::Tensor> inputs;
    std::string key;

    explicit Case(const std::string& name)
        : file(core::openZoo(name).graph)
        , graph(core::optimise(*file))
        , inputs(core::synthesiseInputs(*file, core::inferShapes(*file, kBatch), 1))
        , key(keyWith(1))
    {
    }

    std::string keyWith(int threads) const
    {
        return cpu::programKey(*graph, core::inferShapes(*graph, kBatch), { .team = { .threads = threads } });
    }
};

double largestError(const Case& model, const std::unique_ptr<core::Program>& program)
{
    core::writeInputs(*program, model.inputs);
    program->run();
    const auto expected = core::referenceOutputs(model.file, kBatch, model.inputs);
    const auto actual = core::readOutputs(*program, *model.graph);
    double most = 0;
    for (std::size_t i = 0; i < actual.size(); ++i)
        most = std::max(most, core::compare(actual[i].view(), expected[i].view()).maxRel);
    return most;
}

KernelChoices mixed(std::size_t nodes)
{
    KernelChoices choices;
    for (std::size_t i = 0; i < nodes; ++i)
        choices.push_back({ static_cast<KernelFamily>(i % 3), static_cast<ImageLayout>(i / 3 % 2) });
    return choices;
}

} // namespace

class TstCpuKernels : public QObject {
    Q_OBJECT

private slots:
    void init();
    void remembers();
    void damaged_data();
    void damaged();
    void cannotRemember();
    void keysTellProgramsApart();
    void anyChoiceComputesTheSame_data();
    void anyChoiceComputesTheSame();
    void choicesReachTheKernels();
    void rulesIgnoreWhatWasMeasured();
    void tunes();
    void tunesWithoutAFolder();
    void stops();
    void hasNoChoiceWhereShapesDependOnData();

private:
    std::filesystem::path folder() const { return core::cacheFolder(); }
    QString fileOf(const std::string& key) const
    {
        return QString::fromStdString((folder() / ("kernels-" + key + ".txt")).string());
    }

    std::unique_ptr<QTemporaryDir> m_cache;
};

void TstCpuKernels::init()
{
    m_cache = std::make_unique<QTemporaryDir>();
    qputenv("XDG_CACHE_HOME", m_cache->path().toUtf8());
}

void TstCpuKernels::remembers()
{
    const KernelChoices choices = mixed(11);
    QVERIFY(!cpu::rememberedChoices("one", 11, folder()));
    cpu::rememberChoices("one", choices, folder());
    QVERIFY(cpu::rememberedChoices("one", 11, folder()) == choices);
    QVERIFY(!cpu::rememberedChoices("two", 11, folder()));
    QVERIFY(!cpu::rememberedChoices("one", 10, folder()));
    QVERIFY(!cpu::rememberedChoices("one", 12, folder()));
}

void TstCpuKernels::damaged_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("another letter") << QByteArray("rox\n");
    QTest::newRow("no end") << QByteArray("rol");
    QTest::newRow("too long") << QByteArray("rolr\n");
    QTest::newRow("zeros") << QByteArray("\0\0\0\n", 4);
}

void TstCpuKernels::damaged()
{
    QFETCH(QByteArray, text);
    cpu::rememberChoices("one", mixed(3), folder());
    QFile file(fileOf("one"));
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(text);
    file.close();
    QVERIFY(!cpu::rememberedChoices("one", 3, folder()));
}

void TstCpuKernels::cannotRemember()
{
    QCOMPARE(support::sentenceOf([] { cpu::rememberChoices("one", mixed(3), {}); }),
        "Cannot keep the choice of kernels: neither XDG_CACHE_HOME nor HOME names a folder.");
    QVERIFY(support::sentenceOf([] {
        cpu::rememberChoices("one", mixed(3), "/proc/none");
    }).starts_with("Cannot write choice of kernels: "));
}

void TstCpuKernels::keysTellProgramsApart()
{
    const Case cnn("tiny-cnn"), transformer("tiny-transformer");
    QVERIFY(cnn.key != transformer.key);
    QVERIFY(cnn.key != cnn.keyWith(2));
    QCOMPARE(cnn.key, Case("tiny-cnn").key);
    const core::Shapes other = core::inferShapes(*cnn.graph, { .batch = 3, .named = {} });
    QVERIFY(cnn.key != cpu::programKey(*cnn.graph, other, {}));
}

void TstCpuKernels::anyChoiceComputesTheSame_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<int>("family");
    QTest::addColumn<int>("layout");
    for (const char* model : { "tiny-cnn", "tiny-transformer" })
        for (const int family : { 0, 1, 2, 3 })
            for (const int layout : { 0, 1 })
                QTest::addRow("%s %d %d", model, family, layout) << model << family << layout;
}

void TstCpuKernels::anyChoiceComputesTheSame()
{
    QFETCH(QString, model);
    QFETCH(int, family);
    QFETCH(int, layout);
    const Case one(model.toStdString());
    const std::size_t nodes = one.graph->nodes.size();
    const KernelChoice choice { static_cast<KernelFamily>(family % 3), static_cast<ImageLayout>(layout) };
    cpu::rememberChoices(one.key, family == 3 ? mixed(nodes) : KernelChoices(nodes, choice), folder());
    const auto program = cpu::makeEngine()->compile(one.graph, { .dims = kBatch });
    QCOMPARE(program->choice(), kWord);
    QVERIFY(largestError(one, program) < 1e-4);
}

void TstCpuKernels::choicesReachTheKernels()
{
    const Case cnn("tiny-cnn");
    const auto kernels = [&] {
        core::Trace trace;
        cpu::makeEngine()->compile(cnn.graph, { .dims = kBatch })->run(&trace);
        QStringList names;
        for (const core::Trace::Step& step : trace.steps)
            if (step.type == "Conv")
                names << QString::fromStdString(step.kernel);
        return names.join(' ');
    };
    const std::size_t nodes = cnn.graph->nodes.size();
    cpu::rememberChoices(cnn.key, KernelChoices(nodes, { KernelFamily::Library, {} }), folder());
    QVERIFY2(!kernels().contains("own:"), qPrintable(kernels()));
    cpu::rememberChoices(cnn.key, KernelChoices(nodes, { KernelFamily::Own, {} }), folder());
    if (!cpu::runs(core::InstructionSet::Avx2))
        QSKIP("tiles need AVX2");
    QVERIFY2(kernels().contains("own:winograd"), qPrintable(kernels()));
}

void TstCpuKernels::rulesIgnoreWhatWasMeasured()
{
    const Case cnn("tiny-cnn");
    cpu::rememberChoices(cnn.key, mixed(cnn.graph->nodes.size()), folder());
    const auto engine = cpu::makeEngine();
    QCOMPARE(engine->compile(cnn.graph, { .dims = kBatch, .tuning = { .rules = true } })->choice(), "");
    QCOMPARE(engine->compile(cnn.graph, { .dims = kBatch, .tuning = { .plain = true } })->choice(), "");
    QCOMPARE(engine->compile(cnn.graph, { .dims = kBatch })->choice(), kWord);
    QCOMPARE(engine->compile(cnn.graph, { .dims = { .batch = 3, .named = {} } })->choice(), "");
}

void TstCpuKernels::tunes()
{
    const Case cnn("tiny-cnn");
    const auto engine = cpu::makeEngine();
    QVERIFY(engine->device().tunesKernels);
    QCOMPARE(engine->compile(cnn.graph, { .dims = kBatch })->choice(), "");
    const core::KernelTuning tuning = engine->tuneKernels(cnn.graph, { .dims = kBatch }, {}).value();
    QVERIFY(tuning.programs >= 4);
    QCOMPARE(tuning.notWritten, "");
    if (tuning.kept)
        QVERIFY(tuning.low > 1 && tuning.low <= tuning.ratio && tuning.ratio <= tuning.high
            && tuning.rounds >= 6);
    else
        QVERIFY(tuning.swaps.empty() && tuning.ratio == 1);
    const auto program = engine->compile(cnn.graph, { .dims = kBatch });
    QCOMPARE(program->choice(), kWord);
    QVERIFY(largestError(cnn, program) < 1e-4);
}

void TstCpuKernels::tunesWithoutAFolder()
{
    qputenv("XDG_CACHE_HOME", "/proc/none");
    const core::KernelTuning tuning
        = cpu::makeEngine()
              ->tuneKernels(core::optimise(*core::openZoo("mlp").graph), { .dims = kBatch }, {})
              .value();
    QVERIFY2(tuning.notWritten.starts_with("Cannot write choice of kernels: "), tuning.notWritten.c_str());
}

void TstCpuKernels::stops()
{
    const Case cnn("tiny-cnn");
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(support::sentenceOf(
                 [&] { cpu::makeEngine()->tuneKernels(cnn.graph, { .dims = kBatch }, stop.get_token()); }),
        "Cannot tune the kernels: it was stopped before its end.");
    QVERIFY(!QFile::exists(fileOf(cnn.key)));
}

void TstCpuKernels::hasNoChoiceWhereShapesDependOnData()
{
    core::Graph graph;
    graph.values = { { .name = "x",
                         .type = core::ElementType::Float32,
                         .shape = std::vector<core::Dim> { { .value = 4, .symbol = {} } },
                         .constant = {} },
        { .name = "y", .type = core::ElementType::Int64, .shape = {}, .constant = {} } };
    graph.nodes.push_back({ .name = "where",
        .kind = core::OpKind::NonZero,
        .type = "NonZero",
        .version = 13,
        .inputs = { 0 },
        .outputs = { 1 } });
    graph.inputs = { 0 };
    graph.outputs = { 1 };
    const core::CompileOptions options { .dims = { .batch = 4, .named = {} } };
    QVERIFY(
        !cpu::makeEngine()->tuneKernels(std::make_shared<const core::Graph>(std::move(graph)), options, {}));
}

QTEST_GUILESS_MAIN(TstCpuKernels)
#include "tst_cpu_kernels.moc"
