// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/runnable_spec.h"
#include "core/record/csv.h"
#include "core/record/event_json.h"
#include "core/record/recorded_engine.h"
#include "tests/support/profiles.h"
#include "tests/support/sentence.h"

#include <QTest>

using core::CellStatus;
using support::FakeEngine;

namespace {

core::RecordedEngine recorded(core::Run run = support::otherRun(), const std::string& device = "gpu")
{
    auto profile = std::make_shared<core::Profile>();
    profile->runs = { std::move(run) };
    return { "recorded:h200", device, std::move(profile) };
}

/// Of the model that otherRun() measured: the tiny one has no file, so its summary is made to match.
core::ModelSummary tiny()
{
    return support::otherRun().header.model;
}

core::CellKey key(std::int64_t batch)
{
    return { .engine = "recorded:h200", .batch = batch };
}

std::string reasonOf(const core::RecordedCell& cell)
{
    const auto* failed = std::get_if<core::CellFailed>(&cell.end);
    return failed ? failed->reason : std::string("it is there");
}

/// A run whose model a sweep of the tiny one matches: known by a name of the zoo.
core::Run zooRun()
{
    core::Run run = support::otherRun();
    run.header.model.sha256.clear();
    return run;
}

/// The tiny model, called as one of the zoo.
core::Run sweepWith(std::vector<core::Engine*> engines, core::SweepSpec spec)
{
    core::Model model = support::tinyModel();
    model.source = "zoo:tiny";
    core::Run run;
    core::runSweep(
        spec, model, engines, {},
        [&](const core::SweepEvent& event) { run.apply(core::eventFromJson(core::toJsonLine(event))); },
        support::machine());
    return run;
}

} // namespace

class TstRecordedEngine : public QObject {
    Q_OBJECT

private slots:
    void saysWhatItIs();
    void hasTheSettingsOfItsCells();
    void computesNothing();
    void findsACell();
    void findsWhatFailed();
    void saysWhatIsMissing_data();
    void saysWhatIsMissing();
    void knowsAnotherFileOfThatName();
    void knowsTheZooByName();
    void takesTheLatestOfSeveral();
    void takesOneDeviceOfAFolder();
    void standsBesideALiveEngine();
    void takesNoTime();
    void keepsTheReasonOfItsOwnRule();
    void survivesFilesAndTables();
    void keepsControlCharactersFromTerminals();
};

void TstRecordedEngine::saysWhatItIs()
{
    const core::DeviceInfo info = recorded().device();
    QCOMPARE(info.id, std::string("recorded:h200"));
    QCOMPARE(info.kind, core::DeviceKind::Gpu);
    QCOMPARE(info.name, std::string("Fake GPU"));
    QVERIFY(info.absent.empty());
    QVERIFY(info.recordedOn.has_value());
    QCOMPARE(info.recordedOn->machine, std::string("station"));
    QCOMPARE(info.recordedOn->date, std::string("2026-12-02"));
    QCOMPARE(core::recordedText(info), std::string("Fake GPU, recorded on 2026-12-02"));
    const std::vector<std::pair<std::string, std::string>> facts { { "machine", "Other CPU, 64 cores" },
        { "program", "Breakeven 0.1.0, release" }, { "models", "tiny" } };
    QVERIFY(info.facts == facts);
    QCOMPARE(recorded().cellCount(), std::size_t { 4 });
}

void TstRecordedEngine::hasTheSettingsOfItsCells()
{
    const core::DeviceInfo cpu = recorded(support::otherRun(), "cpu").device();
    QCOMPARE(cpu.maxThreads, 2); // of the machine's 4
    QVERIFY(cpu.precisions == std::vector { core::Precision::Model });
    QVERIFY(cpu.instructionSets.empty());
    QVERIFY(!cpu.plainLoops);
    QCOMPARE(recorded().device().maxThreads, 0);
}

void TstRecordedEngine::computesNothing()
{
    core::RecordedEngine engine = recorded();
    const std::string why
        = "Fake GPU, recorded on 2026-12-02, computes nothing: it has figures of runs alone";
    const auto graph = std::make_shared<const core::Graph>(support::tinyGraph());
    QCOMPARE(engine.refusals(*graph).size(), graph->nodes.size());
    QCOMPARE(engine.refusals(*graph).front().reason, why);
    QCOMPARE(support::sentenceOf([&] { engine.compile(graph, {}); }), "Cannot compile: " + why + ".");
    QVERIFY(!engine.measurePeaks(1, {}).has_value());
}

void TstRecordedEngine::findsACell()
{
    const core::Run run = support::otherRun();
    const core::RecordedCell cell = recorded().find(tiny(), {}, key(2));
    const auto* end = std::get_if<core::CellFinished>(&cell.end);
    QVERIFY(end);
    const auto original = std::ranges::find_if(
        run.cells, [](const core::Cell& each) { return each.key.engine == "gpu" && each.key.batch == 2; });
    QCOMPARE(cell.samples.size(), original->samples.size());
    QVERIFY(cell.samples.front().device == original->samples.front().device);
    QCOMPARE(end->memory.total(), original->finished->memory.total());
    QCOMPARE(*end->powerMeanWatts.value, 250.0);
    QCOMPARE(end->recorded->startedAt, std::string("2026-12-02T12:00:00+01:00"));
    QCOMPARE(end->recorded->preset, run.header.spec.rule.preset);
}

void TstRecordedEngine::findsWhatFailed()
{
    const core::RecordedCell cell = recorded().find(tiny(), {}, key(8));
    QCOMPARE(reasonOf(cell), std::string("Cannot compile batch 8: it needs 9 GB, 1 GB are free."));
    QCOMPARE(std::get<core::CellFailed>(cell.end).kind, core::CellFailure::OutOfMemory);
}

void TstRecordedEngine::saysWhatIsMissing_data()
{
    QTest::addColumn<core::CellKey>("key");
    QTest::addColumn<QString>("end");

    const auto with = [](auto change) {
        core::CellKey changed { .engine = "recorded:h200", .threads = 1, .batch = 2 };
        change(changed);
        return changed;
    };
    QTest::newRow("batch") << with([](auto& k) { k.batch = 64; }) << "at batch 64: it has 1, 2, 4, 8.";
    QTest::newRow("threads") << with([](auto& k) { k.threads = 3; }) << "on 3 threads: it has 1, 2.";
    QTest::newRow("requests") << with([](auto& k) { k.requests = 2; })
                              << "with 2 requests at once: it has 1.";
    QTest::newRow("precision") << with([](auto& k) { k.precision = core::Precision::Float16; })
                               << "in precision fp16: it has model.";
    QTest::newRow("tuning") << with([](auto& k) { k.tuning.fuse = false; })
                            << "with tuning nofusion: it has full.";
}

void TstRecordedEngine::saysWhatIsMissing()
{
    QFETCH(core::CellKey, key);
    QFETCH(QString, end);
    const core::RecordedCell cell = recorded(support::otherRun(), "cpu").find(tiny(), {}, key);
    QCOMPARE(QString::fromStdString(reasonOf(cell)),
        "Fake CPU, 4 cores, recorded on 2026-12-02, has no cell of this model " + end);
    QCOMPARE(std::get<core::CellFailed>(cell.end).kind, core::CellFailure::Refused);
}

void TstRecordedEngine::knowsAnotherFileOfThatName()
{
    core::ModelSummary model = tiny();
    model.sha256 = std::string(64, 'c');
    QCOMPARE(reasonOf(recorded().find(model, {}, key(1))),
        std::string(
            "Fake GPU, recorded on 2026-12-02, has no cell of tiny as it is now, but of another file of "
            "that name: it has tiny."));
    model.name = "resnet50";
    QCOMPARE(reasonOf(recorded().find(model, {}, key(1))),
        std::string("Fake GPU, recorded on 2026-12-02, has no cell of resnet50: it has tiny."));
    QCOMPARE(reasonOf(recorded().find(tiny(), { { "sequence", 384 } }, key(1))),
        std::string(
            "Fake GPU, recorded on 2026-12-02, has no cell of this model with sequence = 384: it has no "
            "dimension set."));
}

void TstRecordedEngine::knowsTheZooByName()
{
    core::Run run = zooRun();
    run.header.model.source = "zoo:tiny";
    core::ModelSummary model = tiny();
    model.sha256 = std::string(64, 'd'); // of a later version's weights
    model.source = "zoo:tiny";
    QCOMPARE(reasonOf(recorded(run).find(model, {}, key(1))), std::string("it is there"));
    model.parameters += 1;
    QVERIFY(reasonOf(recorded(run).find(model, {}, key(1))) != "it is there");
    model.sha256 = run.header.model.sha256; // no digest is equal to no digest
    QVERIFY(reasonOf(recorded(run).find(model, {}, key(1))) != "it is there");
}

void TstRecordedEngine::takesTheLatestOfSeveral()
{
    auto profile = std::make_shared<core::Profile>();
    core::Run late = support::otherRun(), early = late;
    late.header.startedAt = "2027-01-01T00:00:00Z";
    early.header.model.name = "older";
    profile->runs = { late, early };
    const core::RecordedEngine engine("recorded:h200", "gpu", profile);
    QCOMPARE(engine.device().recordedOn->date, std::string("2027-01-01"));
    QVERIFY((engine.models() == std::vector<std::string> { "tiny", "older" }));
    const core::RecordedCell cell = engine.find(tiny(), {}, key(1));
    QCOMPARE(std::get<core::CellFinished>(cell.end).recorded->startedAt, late.header.startedAt);
}

void TstRecordedEngine::takesOneDeviceOfAFolder()
{
    auto profile = std::make_shared<core::Profile>();
    core::Run other = support::otherRun();
    other.header.devices[1].name = "Another GPU";
    profile->runs = { support::otherRun(), other };
    QCOMPARE(core::RecordedEngine("recorded:h200", "gpu", profile).cellCount(), std::size_t { 4 });
    QCOMPARE(core::RecordedEngine("recorded:h200", "cpu", profile).cellCount(), std::size_t { 16 });
}

void TstRecordedEngine::standsBesideALiveEngine()
{
    FakeEngine cpu;
    core::Run other = zooRun();
    other.header.model.source = "zoo:tiny";
    core::RecordedEngine gpu = recorded(other);
    core::SweepSpec spec = support::spec();
    spec.batches = { 1, 8, 16 };
    spec.engines = { { .id = "cpu", .threads = { 1 } }, { .id = "recorded:h200", .threads = { 7 } } };
    const core::Run run = sweepWith({ &cpu, &gpu }, spec);
    QCOMPARE(run.cells.size(), std::size_t { 6 });
    QCOMPARE(run.cells[0].status, CellStatus::Ok);
    QVERIFY(!run.cells[0].finished->recorded);
    QCOMPARE(run.cells[1].status, CellStatus::Ok);
    QCOMPARE(run.cells[1].key.threads, 0); // they mean nothing to it
    QCOMPARE(run.cells[3].status, CellStatus::OutOfMemory);
    QCOMPARE(run.cells[5].status, CellStatus::Refused);
    QVERIFY(run.cells[1].finished->recorded.has_value());
    QCOMPARE(*run.cells[1].finished->powerMeanWatts.value, 250.0);
    QVERIFY(run.cells[1].summary.device.has_value());
    QCOMPARE(run.cells[1].summary.median->count() * 4, run.cells[0].summary.median->count());
    // As if it had run: behind the cell before it, and before the one behind it.
    const core::TimedSample &before = run.cells[0].samples.back(), &first = run.cells[1].samples.front(),
                            &last = run.cells[1].samples.back();
    QVERIFY(first.at >= before.at + before.latency);
    QVERIFY(run.cells[2].samples.front().at >= last.at + last.latency);
    QVERIFY(run.cells[1].finished->at >= last.at + last.latency);
    const std::vector<std::string> warnings {
        "Figures of Fake GPU were recorded on station on 2026-12-02, not measured here.",
        "On station: CPU frequency governor is powersave, not performance."
    };
    QVERIFY(run.header.environment.warnings == warnings);
    QCOMPARE(run.header.environment.facts.front().second,
        std::string("recorded:h200: Fake GPU on station, 2026-12-02"));
}

void TstRecordedEngine::takesNoTime()
{
    core::Run other = zooRun();
    other.header.model.source = "zoo:tiny";
    core::RecordedEngine gpu = recorded(other);
    core::SweepSpec spec = support::spec();
    spec.rule = core::stopRulePreset("standard");
    spec.engines = { { .id = "recorded:h200", .threads = {} } };
    core::Model model = support::tinyModel();
    model.source = "zoo:tiny";
    std::vector<core::Engine*> engines { &gpu };
    int progresses = 0;
    core::runSweep(
        spec, model, engines, {},
        [&](const core::SweepEvent& event) {
            if (const auto* progress = std::get_if<core::CellProgress>(&event)) {
                QCOMPARE(progress->remaining.count(), std::int64_t { 0 });
                ++progresses;
            }
        },
        support::machine());
    QCOMPARE(progresses, 3);
}

/// What a recorded cell was unstable by is its own run's rule, not the one of the run it is shown in.
void TstRecordedEngine::keepsTheReasonOfItsOwnRule()
{
    core::Run other = zooRun();
    other.header.model.source = "zoo:tiny";
    for (core::Cell& cell : other.cells) {
        if (!cell.finished)
            continue;
        cell.finished->stoppedBy = core::StoppedBy::TimeLimit;
        cell.status = CellStatus::Unstable;
        cell.reason = "The median is known to within 7 %; the rule asks for 1 %.";
    }
    core::RecordedEngine gpu = recorded(other);
    core::SweepSpec spec = support::spec();
    spec.engines = { { .id = "recorded:h200", .threads = {} } };
    const core::Run run = sweepWith({ &gpu }, spec);
    QCOMPARE(run.cells[0].status, CellStatus::Unstable);
    QCOMPARE(run.cells[0].reason, std::string("The median is known to within 7 %; the rule asks for 1 %."));
}

void TstRecordedEngine::survivesFilesAndTables()
{
    FakeEngine cpu;
    core::Run other = zooRun();
    other.header.model.source = "zoo:tiny";
    core::RecordedEngine gpu = recorded(other);
    core::SweepSpec spec = support::spec();
    spec.engines = { { .id = "cpu", .threads = { 1 } }, { .id = "recorded:h200", .threads = {} } };
    const core::Run run = sweepWith({ &cpu, &gpu }, spec);
    const core::Run again = core::runFromJson(core::toJson(run));
    QCOMPARE(core::toJson(again), core::toJson(run));
    QVERIFY(again.header.devices[1].recordedOn == run.header.devices[1].recordedOn);
    QVERIFY(!again.header.devices[0].recordedOn);
    QCOMPARE(again.cells[1].finished->recorded->startedAt, std::string("2026-12-02T12:00:00+01:00"));
    const QStringList rows = QString::fromStdString(core::toCsv(again)).split('\n');
    QVERIFY(rows[0].contains(",recorded_on,"));
    QVERIFY(!rows[1].contains("station"));
    QVERIFY(rows[2].contains(",\"station, 2026-12-02\","));
}

void TstRecordedEngine::keepsControlCharactersFromTerminals()
{
    core::Run run = support::otherRun();
    run.header.devices[1].name = "evil\033[2J" + std::string(5000, 'x');
    run.header.environment.host = "a\nb";
    run.header.model.name = "\033]0;title\a";
    const core::DeviceInfo info = recorded(run).device();
    QVERIFY(info.name.starts_with("evil?[2Jxxx"));
    QVERIFY(info.name.size() < 310);
    QCOMPARE(info.recordedOn->machine, std::string("a?b"));
    QVERIFY(info.facts.back().second.find('\033') == std::string::npos);
}

QTEST_GUILESS_MAIN(TstRecordedEngine)
#include "tst_recorded_engine.moc"
