// SPDX-License-Identifier: GPL-3.0-or-later
// The run library: what it keeps comes back, and is found again.
#include "core/record/json_fields.h"
#include "core/record/run_file.h"
#include "core/record/stored_run.h"
#include "tests/support/long_run.h"
#include "tests/support/sentence.h"

#include <QTemporaryDir>
#include <QTest>

using core::Run;
using core::RunEntry;
using core::RunStore;
using support::finishCell;
using support::longRun;
using support::sentenceOf;

class TstRunStore : public QObject {
    Q_OBJECT

private slots:
    void roundTripIsIdentical();
    void keptAsItHappens();
    void cutOffRun();
    void manyReadings();
    void filters();
    void namesAndTags();
    void deletedAndBack();
    void prefixes();
    void stamps();

private:
    std::string path(const char* name = "runs.sqlite") const
    {
        return (m_folder->path() + "/" + name).toStdString();
    }
    std::unique_ptr<QTemporaryDir> m_folder;
private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
};

void TstRunStore::roundTripIsIdentical()
{
    const Run run = support::exampleRun();
    RunStore store(path());
    const std::string id = store.import(run);
    QCOMPARE(core::toJson(store.read(id)), core::toJson(run));
    QCOMPARE(core::toJson(RunStore(path(), RunStore::Access::Read).read(id)), core::toJson(run));
}

void TstRunStore::keptAsItHappens()
{
    RunStore store(path());
    Run run;
    core::StoredRun stored(store, run, [](const std::string& sentence) { QFAIL(sentence.c_str()); });
    int ended = 0;
    for (const core::SweepEvent& event : support::exampleEvents()) {
        run.apply(event);
        stored(event);
        ended += std::holds_alternative<core::CellFinished>(event)
            || std::holds_alternative<core::CellFailed>(event);
        QCOMPARE(store.list().runs.at(0).kept, ended);
    }
    QVERIFY(stored.complete());
    QCOMPARE(core::toJson(store.read(stored.id())), core::toJson(support::exampleRun()));
    QCOMPARE(store.list().runs[0].finishedAt, "2026-03-01T12:00:07+01:00");
}

void TstRunStore::cutOffRun()
{
    RunStore store(path());
    Run run = longRun();
    const std::string id = store.begin(run.header);
    finishCell(run, 3);
    store.keep(id, run, std::vector { 3 }, 0);
    QCOMPARE(core::toJson(store.read(id)), core::toJson(run));
    QVERIFY(store.list().runs[0].finishedAt.empty());
}

void TstRunStore::manyReadings()
{
    Run run = support::exampleRun();
    run.readings.resize(120'000, run.readings[1]);
    RunStore store(path());
    QCOMPARE(core::toJson(store.read(store.import(run))), core::toJson(run));
}

void TstRunStore::filters()
{
    RunStore store(path());
    Run run = support::exampleRun();
    const std::string first = store.import(run);
    run.header.model.name = "resnet50";
    run.header.model.sha256 = std::string(64, 'b');
    run.header.environment.host = "server";
    run.header.startedAt = "2026-04-01T00:00:00Z";
    const std::string second = store.import(run);
    store.tag(second, "Nightly");
    const auto found = [&](const core::RunFilter& filter) {
        std::string ids;
        for (const RunEntry& entry : store.list(filter).runs)
            ids += entry.id == first ? "1" : "2";
        return ids;
    };
    QCOMPARE(found({}), "21"); // newest first
    QCOMPARE(found({ .model = "ResNet" }), "2");
    QCOMPARE(found({ .model = "aaaa" }), "1");
    QCOMPARE(found({ .model = "tiny-cnn" }), "21"); // the source
    QCOMPARE(found({ .machine = "STATION" }), "1");
    QCOMPARE(found({ .machine = "example cpu" }), "21");
    QCOMPARE(found({ .tag = "nightly" }), "2");
    QCOMPARE(found({ .tag = "night" }), "");
    QCOMPARE(found({ .from = core::timeOfStamp("2026-03-01T12:00:00+01:00") }), "21");
    QCOMPARE(found({ .from = core::timeOfStamp("2026-03-01T11:00:01Z") }), "2");
    QCOMPARE(found({ .to = core::timeOfStamp("2026-04-01T00:00:00Z") }), "1");
    store.remove(first);
    QCOMPARE(found({}), "2");
    QCOMPARE(found({ .deleted = true }), "1");
}

void TstRunStore::namesAndTags()
{
    RunStore store(path());
    const std::string id = store.import(support::exampleRun());
    store.rename(id, "vor dem Umbau ä");
    store.tag(id, "b");
    store.tag(id, "a");
    store.tag(id, "b");
    const RunEntry entry = store.find(id);
    QCOMPARE(entry.name, "vor dem Umbau ä");
    QCOMPARE(entry.tags, (std::vector<std::string> { "a", "b" }));
    store.untag(id, "a");
    QCOMPARE(store.find(id).tags, (std::vector<std::string> { "b" }));
    const std::string place = path();
    QCOMPARE(sentenceOf([&] { store.untag(id, "c"); }),
        "Cannot untag run: " + place + ": the run has no tag \"c\".");
    QCOMPARE(sentenceOf([&] { store.rename(id, ""); }),
        "Cannot rename run: " + place + ": a name has 1 to 200 bytes.");
    QCOMPARE(sentenceOf([&] { store.tag(id, "a\nb"); }),
        "Cannot tag run: " + place + ": a tag is plain text in one line.");
    QCOMPARE(
        sentenceOf([&] { store.rename("0", "x"); }), "Cannot rename run: " + place + ": there is no run 0.");
}

void TstRunStore::deletedAndBack()
{
    RunStore store(path());
    const Run run = support::exampleRun();
    const std::string kept = store.import(run), removed = store.import(run);
    store.remove(removed);
    store.restore(removed);
    QCOMPARE(core::toJson(store.read(removed)), core::toJson(run));
    store.remove(removed);
    QCOMPARE(store.purge(), 1);
    QCOMPARE(store.purge(), 0);
    QVERIFY(!sentenceOf([&] { store.read(removed); }).empty());
    QCOMPARE(core::toJson(store.read(kept)), core::toJson(run));
    QCOMPARE(core::toJson(store.read(store.import(run))), core::toJson(run));
    QCOMPARE(store.list().damage, "");
}

void TstRunStore::prefixes()
{
    RunStore store(path());
    const std::string id = store.import(support::exampleRun());
    QCOMPARE(store.find(id.substr(0, 4)).id, id);
    QCOMPARE(store.find(id).shortId, id.substr(0, 8));
    QCOMPARE(
        sentenceOf([&] { store.find("zz"); }), "Cannot find run: " + path() + ": no id begins with \"zz\".");
    QVERIFY(!sentenceOf([&] { store.find(""); }).empty());
    for (int k = 0; k < 16; ++k) // seventeen ids have sixteen first letters at most
        store.import(support::exampleRun());
    int several = 0;
    for (const char* digit :
        { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f" })
        several += sentenceOf([&] { store.find(digit); }).find("more than one id") != std::string::npos;
    QVERIFY(several > 0);
    QCOMPARE(core::shortIds({ "aaaaaaaaaa1", "aaaaaaaaaa2", "b" }),
        (std::vector<std::string> { "aaaaaaaaaa1", "aaaaaaaaaa2", "b" }));
}

void TstRunStore::stamps()
{
    QVERIFY(core::timeOfStamp("1970-01-01T01:00:10+01:00")->time_since_epoch() == std::chrono::seconds(10));
    QVERIFY(core::timeOfStamp("1969-12-31T23:00:10-01:00")->time_since_epoch() == std::chrono::seconds(10));
    for (const char* bad : { "", "2026", "2026-02-30T00:00:00Z", "2026-03-01T00:00:00",
             "2026-03-01T00:00:00+1", "2026-03-01T00:00:00Zx", "-026-03-01T00:00:00Z" })
        QVERIFY2(!core::timeOfStamp(bad), bad);
}

QTEST_GUILESS_MAIN(TstRunStore)
#include "tst_run_store.moc"
