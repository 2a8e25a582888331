// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/run_file.h"
#include "tests/support/runs.h"
#include "tests/support/sentence.h"

#include <QDir>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to)
{
    const auto at = text.find(from);
    return at == text.npos ? std::string("nothing to replace") : text.replace(at, from.size(), to);
}

} // namespace

class TstRunFile : public QObject {
    Q_OBJECT

private slots:
    void roundTripIsIdentical();
    void everyFieldSurvives();
    void tuningsSurvive();
    void blocksAndAgreementSurvive();
    void oldRunsAreFullyTuned();
    void runInProgress();
    void refuse_data();
    void refuse();
    void truncatedAnywhere();
    void hostileTextNeverCrashes();
    void fileRoundTrip();
    void readErrors();
    void writeErrors();
    void failureLeavesTheOldFile();
    void writableIsKnownBefore();

private:
    std::string path(const char* name) const { return (m_folder.path() + "/" + name).toStdString(); }
    QTemporaryDir m_folder;
};

void TstRunFile::roundTripIsIdentical()
{
    const std::string text = core::toJson(support::exampleRun());
    QCOMPARE(core::toJson(core::runFromJson(text)), text);
}

void TstRunFile::everyFieldSurvives()
{
    const core::Run run = support::exampleRun();
    const core::Run read = core::runFromJson(core::toJson(run));
    QCOMPARE(read.header.spec.seed, run.header.spec.seed);
    QCOMPARE(read.header.spec.dims.at("sequence"), 128);
    QVERIFY(read.header.spec.engines[1].threads.empty());
    QCOMPARE(read.header.model.name, run.header.model.name);
    QCOMPARE(read.header.environment.warnings, run.header.environment.warnings);
    QCOMPARE(read.header.devices[1].absent, run.header.devices[1].absent);
    QCOMPARE(read.header.gpuPower.unknown, run.header.gpuPower.unknown);
    QCOMPARE(read.cells.size(), run.cells.size());
    QVERIFY(read.cells[1].status == core::CellStatus::Disturbed);
    QCOMPARE(read.cells[1].samples.size(), std::size_t { 460 });
    for (std::size_t i = 0; i < run.cells.size(); ++i)
        for (std::size_t k = 0; k < run.cells[i].samples.size(); ++k)
            QVERIFY(read.cells[i].samples[k].device == run.cells[i].samples[k].device);
    QCOMPARE(*read.cells[1].summary.p99, *run.cells[1].summary.p99);
    QCOMPARE(*read.cells[0].finished->outputMaxAbsDiff.value, 1.1920929e-07);
    QCOMPARE(read.cells[3].reason, run.cells[3].reason);
    QCOMPARE(read.readings[0].residentBytes, std::size_t { 1'000'000 });
    QCOMPARE(read.finished->finishedAt, run.finished->finishedAt);
}

void TstRunFile::tuningsSurvive()
{
    core::Run run = support::exampleRun();
    const core::Tuning tuning = core::tuningFromName("avx2+nofusion");
    run.cells[0].key.tuning = tuning;
    run.header.spec.engines[0].tunings = { {}, tuning };
    run.header.devices[0].limit = core::InstructionSet::Avx2;
    run.header.devices[0].tunesKernels = run.header.spec.tuneKernels = true;
    run.header.devices[1].recordsWork = run.header.devices[1].ownMemory = true;
    run.header.devices[1].streams = 8;
    const core::Run read = core::runFromJson(core::toJson(run));
    QVERIFY(read.cells[0].key == run.cells[0].key);
    QVERIFY(read.cells[1].key.tuning == core::Tuning {});
    QVERIFY(read.header.spec.engines[0].tunings == run.header.spec.engines[0].tunings);
    QVERIFY(read.header.devices[0].instructionSets == run.header.devices[0].instructionSets);
    QVERIFY(read.header.devices[0].limit == core::InstructionSet::Avx2);
    QVERIFY(read.header.devices[0].plainLoops && !read.header.devices[1].plainLoops);
    QVERIFY(read.header.devices[0].tunesKernels && !read.header.devices[1].tunesKernels);
    QVERIFY(read.header.spec.tuneKernels);
    QVERIFY(read.header.devices[1].recordsWork && !read.header.devices[0].recordsWork);
    QVERIFY(read.header.devices[1].ownMemory && !read.header.devices[0].ownMemory);
    QCOMPARE(read.header.devices[1].streams, 8);
    QCOMPARE(read.cells[0].finished->library, "scripted times, AVX2");
}

void TstRunFile::blocksAndAgreementSurvive()
{
    core::Run run = support::exampleRun();
    run.header.spec.rule = core::stopRulePreset("rigorous");
    run.cells[1].blocks = { 0, 100, 200, 300, 400 };
    run.cells[0].finished->agreement
        = core::Difference { .maxAbs = 1e-7, .maxRel = 2e-7, .cosine = 0.999, .top1 = 0.75 };
    run.cells[1].finished->agreement = core::Difference { .maxAbs = std::numeric_limits<double>::infinity() };
    const std::string text = core::toJson(run);
    const core::Run read = core::runFromJson(text);
    QCOMPARE(read.header.spec.rule.blocks, std::size_t { 5 });
    QCOMPARE(read.header.spec.rule.blockTime.count(), 5.0);
    QCOMPARE(read.header.spec.rule.coolDown.count(), 1.0);
    QCOMPARE(read.cells[1].blocks, run.cells[1].blocks);
    QVERIFY(read.cells[0].blocks.empty());
    QVERIFY(read.cells[0].finished->agreement == run.cells[0].finished->agreement);
    QVERIFY(read.cells[1].finished->agreement == run.cells[1].finished->agreement);
    const auto with = [&](const char* starts) {
        QString changed = QString::fromStdString(text);
        changed.replace("[0,100,200,300,400]", starts);
        return support::sentenceOf([&] { core::runFromJson(changed.toStdString()); });
    };
    for (const char* wrong : { "[1,2]", "[0,100,100]", "[0,460]", "[0,200,100]" })
        QCOMPARE(with(wrong), "Cannot read run: \"block_starts\" do not rise from 0 to the last sample.");
    QCOMPARE(with("[0,-1]"), "Cannot read run: \"block_starts\" is not a whole number that fits.");
}

void TstRunFile::oldRunsAreFullyTuned()
{
    QString text = QString::fromStdString(core::toJson(support::exampleRun()));
    for (const char* member :
        { R"(,"tuning":"full")", R"(,"tunings":\["full"\])", R"(,"library":"scripted times, AVX2")",
            R"(,"library":"")", R"(,"instruction_sets":\[[^]]*\],"limit":"all","plain_loops":(true|false))",
            R"(,"tunes_kernels":(true|false))", R"(,"tune_kernels":(true|false))" }) {
        const auto before = text.size();
        text.remove(QRegularExpression(member));
        QVERIFY2(text.size() < before, member);
    }
    const core::Run read = core::runFromJson(text.toStdString());
    QCOMPARE(read.cells.size(), std::size_t { 4 });
    for (const core::Cell& cell : read.cells)
        QVERIFY(cell.key.tuning == core::Tuning {});
    QVERIFY(read.header.spec.engines[0].tunings == std::vector { core::Tuning {} });
    QVERIFY(read.header.devices[0].instructionSets.empty());
    QVERIFY(read.cells[0].finished->library.empty());
}

void TstRunFile::runInProgress()
{
    core::Run run;
    run.apply(support::exampleStart());
    run.apply(core::CellStarted { 0, {} });
    const core::Run read = core::runFromJson(core::toJson(run));
    QVERIFY(!read.finished);
    QVERIFY(read.cells[0].status == core::CellStatus::Running);
    QVERIFY(!read.cells[0].finished);
}

void TstRunFile::refuse_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("why");
    const std::string good = core::toJson(support::exampleRun());
    const auto row = [](const char* name, const std::string& text, const char* why) {
        QTest::newRow(name) << QString::fromStdString(text) << why;
    };
    row("empty", "", "it is not JSON, or it is cut off");
    row("truncated", good.substr(0, good.size() / 2), "it is not JSON, or it is cut off");
    row("a list", "[]", "it is not a JSON object");
    row("no schema", "{}", "it is not a run of Breakeven");
    row("another schema", replaced(good, "breakeven-run", "breakeven-fun"), "it is not a run of Breakeven");
    row("a later version", replaced(good, "\"version\":1", "\"version\":2"),
        "it has version 2, this program reads version 1");
    row("version as text", replaced(good, "\"version\":1", "\"version\":\"1\""),
        "\"version\" is not a whole number that fits");
    row("no cells", replaced(good, "\"readings\"", "\"headings\""), "\"readings\" is missing");
    row("status", replaced(good, "\"status\":\"ok\"", "\"status\":\"fine\""), "\"fine\" is not a status");
    row("no requests", replaced(good, "\"requests\":1", "\"requests\":0"),
        "\"requests\" is not between 1 and 100000");
    row("tuning", replaced(good, "\"tuning\":\"full\"", "\"tuning\":\"best\""),
        "Cannot use tuning \"best\": it is full, or words of nofusion, plain, rules, nograph, notransfers "
        "and "
        "one of baseline, avx2, avx512, vnni, bf16 and amx, joined by +");
    row("limit", replaced(good, "\"limit\":\"all\"", "\"limit\":\"none\""),
        "Cannot use instruction set \"none\": known are baseline, avx2, avx512, vnni, bf16 and amx");
    row("batch as text", replaced(good, "\"batch\":1", "\"batch\":\"1\""),
        "\"batch\" is not a whole number that fits");
    row("negative size", replaced(good, "\"file_bytes\":12345", "\"file_bytes\":-1"),
        "\"file_bytes\" is not a whole number that fits");
    row("kind of device", replaced(good, "\"kind\":\"cpu\"", "\"kind\":\"tpu\""),
        "\"tpu\" is not a kind of device");
    row("facts", replaced(good, "[\"cache\",\"32 MB\"]", "[\"cache\"]"),
        "\"facts\" holds something that is not a pair of texts");
    row("warnings", replaced(good, "\"warnings\":[\"CPU", "\"warnings\":[3,\"CPU"),
        "\"warnings\" holds something that is not a text");
    row("dims", replaced(good, "{\"sequence\":128}", "[]"), "\"dims\" is not an object");
    row("a rule's number", replaced(good, "\"max_time_s\":30.0", "\"max_time_s\":\"x\""),
        "\"max_time_s\" is not a number");
    row("stop reason", replaced(good, "\"stopped_by\":\"converged\"", "\"stopped_by\":\"boredom\""),
        "Cannot read stop reason: \"boredom\" is none of converged, time-limit, too-few-samples, user");
}

void TstRunFile::refuse()
{
    QFETCH(QString, text);
    QFETCH(QString, why);
    const std::string sentence = support::sentenceOf([&] { core::runFromJson(text.toStdString()); });
    QCOMPARE(QString::fromStdString(sentence), "Cannot read run: " + why + ".");
}

void TstRunFile::truncatedAnywhere()
{
    const std::string good = core::toJson(support::exampleRun());
    for (std::size_t size = 0; size + 2 < good.size(); size += 97) {
        const std::string sentence = support::sentenceOf([&] { core::runFromJson(good.substr(0, size)); });
        QCOMPARE(sentence, "Cannot read run: it is not JSON, or it is cut off.");
    }
}

void TstRunFile::hostileTextNeverCrashes()
{
    core::Run run = support::exampleRun();
    for (core::Cell& cell : run.cells)
        cell.samples.resize(std::min<std::size_t>(cell.samples.size(), 5));
    const std::string good = core::toJson(run);
    std::mt19937 random(9);
    for (int round = 0; round < 2000; ++round) {
        const std::string text = support::mutated(good, random);
        support::sentenceOf([&] { QVERIFY(!core::toJson(core::runFromJson(text)).empty()); });
    }
}

void TstRunFile::fileRoundTrip()
{
    const core::Run run = support::exampleRun();
    core::writeRun(run, path("run.json"));
    core::writeRun(run, path("run.json")); // over an old one
    QCOMPARE(core::toJson(core::readRun(path("run.json"))), core::toJson(run));
    QCOMPARE(
        QDir(m_folder.path()).entryList(QDir::Files), QStringList { "run.json" }); // no temporary file stays
    QVERIFY(QFile::permissions(m_folder.path() + "/run.json") & QFile::ReadOwner);
}

void TstRunFile::readErrors()
{
    const auto sentence
        = [](const std::string& name) { return support::sentenceOf([&] { core::readRun(name); }); };
    QCOMPARE(sentence(path("none.json")),
        "Cannot read run: " + path("none.json") + ": no such file or directory.");
    QCOMPARE(sentence(path("")), "Cannot read run: " + path("") + ": is a folder.");
    std::ofstream(path("note.txt")) << "hello";
    QCOMPARE(sentence(path("note.txt")),
        "Cannot read run: " + path("note.txt") + ": it is not JSON, or it is cut off.");
}

void TstRunFile::writeErrors()
{
    const auto sentence = [](const std::string& name) {
        return support::sentenceOf([&] { core::writeFile(name, "x", "run"); });
    };
    QCOMPARE(sentence(path("no/run.json")), "Cannot write run: " + path("no/run.json") + ": no such folder.");
    QCOMPARE(sentence(m_folder.path().toStdString()),
        "Cannot write run: " + m_folder.path().toStdString() + ": is a folder.");
    // /proc takes no new file from anybody, root included.
    QVERIFY(sentence("/proc/run.json").starts_with("Cannot write run: /proc/run.json: "));
    QVERIFY(sentence("/dev/full").starts_with("Cannot write run: /dev/full: no space left on device"));
}

void TstRunFile::failureLeavesTheOldFile()
{
    core::writeFile(path("old.txt"), "old", "text");
    const std::string longName(300, 'n');
    QVERIFY(!support::sentenceOf([&] { core::writeFile(path(longName.c_str()), "new", "text"); }).empty());
    std::string text;
    std::ifstream(path("old.txt")) >> text;
    QCOMPARE(text, "old");
}

void TstRunFile::writableIsKnownBefore()
{
    QCOMPARE(support::sentenceOf([&] { core::checkWritable(path("new.json"), "run"); }), "");
    QVERIFY(!QFile::exists(m_folder.path() + "/new.json"));
    QCOMPARE(support::sentenceOf([&] { core::checkWritable(path("no/new.json"), "run"); }),
        "Cannot write run: " + path("no/new.json") + ": no such folder.");
    QVERIFY(!support::sentenceOf([&] { core::checkWritable("/proc/new.json", "run"); }).empty());
    QCOMPARE(support::sentenceOf([&] { core::checkWritable("/dev/null", "run"); }), "");
}

QTEST_GUILESS_MAIN(TstRunFile)
#include "tst_run_file.moc"
