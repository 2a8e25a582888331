// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/profile_list.h"
#include "core/record/recorded_engine.h"
#include "tests/support/profiles.h"
#include "tests/support/runs.h"
#include "tests/support/sentence.h"

#include <sys/stat.h>

#include <QTest>

using support::ProfileFolder;
using support::sentenceOf;

namespace fs = std::filesystem;

namespace {

QStringList idsIn(std::vector<fs::path> folders)
{
    QStringList ids;
    for (const auto& engine : core::recordedEngines(folders))
        ids << QString::fromStdString(engine->device().id);
    return ids;
}

std::string opening(const std::string& id, const ProfileFolder& folder)
{
    const std::vector folders { folder.path() };
    return sentenceOf([&] { core::openRecorded(id, folders); });
}

/// Of the run's file, one text replaced by another.
std::string changed(const std::string& from, const std::string& to)
{
    std::string text = core::toJson(support::otherRun());
    const auto at = text.find(from);
    if (at == text.npos)
        qFatal("nothing to change");
    return text.replace(at, from.size(), to);
}

} // namespace

class TstProfileList : public QObject {
    Q_OBJECT

private slots:
    void listsEveryDevice();
    void isEmptyWhereNothingIs();
    void opensByName();
    void opensByPath();
    void opensAFolderOfRuns();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();
    void saysWhatANameLacks();
    void showsWhatCannotBeUsed();
    void theFirstOfTwoNamesakesCounts();
    void looksAtSoManyFiles();
    void refusesHugeFiles();
    void refusesWhatWasRecordedItself();
    void survivesHostileFiles();
    void followsXdg();
};

void TstProfileList::listsEveryDevice()
{
    const ProfileFolder folder;
    folder.add("h200.json");
    folder.addText("README.md", "no profile");
    folder.addText(".hidden.json", "{}");
    QCOMPARE(idsIn({ folder.path() }), (QStringList { "recorded:h200", "recorded:h200/cpu" }));
}

void TstProfileList::isEmptyWhereNothingIs()
{
    const ProfileFolder folder;
    QCOMPARE(idsIn({ folder.path(), folder.path() / "none" }), QStringList());
    QCOMPARE(idsIn({}), QStringList());
}

void TstProfileList::opensByName()
{
    const ProfileFolder folder;
    folder.add("h200.json");
    const std::vector folders { folder.path() };
    const auto gpu = core::openRecorded("recorded:h200", folders)->device();
    QCOMPARE(gpu.id, std::string("recorded:h200"));
    QCOMPARE(gpu.kind, core::DeviceKind::Gpu);
    const auto cpu = core::openRecorded("recorded:h200/cpu", folders)->device();
    QCOMPARE(cpu.id, std::string("recorded:h200/cpu"));
    QCOMPARE(cpu.name, std::string("Fake CPU, 4 cores"));
    QCOMPARE(core::openRecorded("recorded:h200/gpu", folders)->device().kind, core::DeviceKind::Gpu);
    core::Run onCpu = support::otherRun();
    std::erase_if(onCpu.cells, [](const core::Cell& cell) { return cell.key.engine == "gpu"; });
    folder.add("station.json", onCpu);
    QCOMPARE(core::openRecorded("recorded:station", folders)->device().kind, core::DeviceKind::Cpu);
}

void TstProfileList::opensByPath()
{
    const ProfileFolder folder;
    const std::string path = folder.add("h200.json").string();
    const std::string id = "recorded:" + path;
    QCOMPARE(core::openRecorded(id, {})->device().id, id);
    QCOMPARE(core::openRecorded(id + "/cpu", {})->device().kind, core::DeviceKind::Cpu);
    const auto engines = core::recordedEnginesOf(path);
    QCOMPARE(engines.size(), std::size_t { 2 });
    QCOMPARE(engines[0]->device().id, id);
    QCOMPARE(engines[1]->device().id, id + "/cpu");
}

void TstProfileList::opensAFolderOfRuns()
{
    const ProfileFolder folder;
    core::Run other = support::otherRun();
    other.header.model.name = "other";
    folder.add("report/a.json");
    folder.add("report/b.json", other);
    folder.addText("report/report.json", "{}"); // as gpu-check leaves it
    QCOMPARE(idsIn({ folder.path() }), (QStringList { "recorded:report", "recorded:report/cpu" }));
    const std::vector folders { folder.path() };
    const auto engine = core::openRecorded("recorded:report", folders);
    QVERIFY((dynamic_cast<core::RecordedEngine&>(*engine).models()
        == std::vector<std::string> { "tiny", "other" }));
    const std::string path = (folder.path() / "report").string();
    QCOMPARE(core::openRecorded("recorded:" + path, {})->device().kind, core::DeviceKind::Gpu);
    QCOMPARE(core::openRecorded("recorded:" + path + "/cpu", {})->device().kind, core::DeviceKind::Cpu);
}

void TstProfileList::saysWhatIsWrong_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("why"); // %: the path

    QTest::newRow("no JSON") << std::string("nothing")
                             << std::string("Cannot read run: %: it is not JSON, or it is cut off.");
    QTest::newRow("empty") << std::string()
                           << std::string("Cannot read run: %: it is not JSON, or it is cut off.");
    QTest::newRow("other JSON") << std::string("{}")
                                << std::string("Cannot read run: %: it is not a run of Breakeven.");
    QTest::newRow("too new") << changed("\"version\":1", "\"version\":7")
                             << std::string(
                                    "Cannot read run: %: it has version 7, this program reads version 1.");
    QTest::newRow("cut off") << core::toJson(support::otherRun()).substr(0, 4000)
                             << std::string("Cannot read run: %: it is not JSON, or it is cut off.");
    core::Run waiting = support::otherRun();
    for (core::Cell& cell : waiting.cells)
        cell.status = core::CellStatus::Cancelled;
    QTest::newRow("no cell") << core::toJson(waiting)
                             << std::string("Cannot use run as a profile: %: it has no measured cell.");
    core::Run impossible = support::otherRun();
    impossible.cells[0].samples[1].latency = core::Nanoseconds::max();
    QTest::newRow("impossible times") << core::toJson(
        impossible) << std::string("Cannot use run as a profile: %: times of cpu at batch 1 cannot be.");
    impossible = support::otherRun();
    impossible.cells[2].samples[1].device->compute = core::Nanoseconds(-1);
    QTest::newRow("impossible device times") << core::toJson(
        impossible) << std::string("Cannot use run as a profile: %: times of gpu at batch 1 cannot be.");
}

void TstProfileList::saysWhatIsWrong()
{
    QFETCH(std::string, text);
    QFETCH(std::string, why);
    const ProfileFolder folder;
    const std::string path = folder.addText("bad.json", text).string();
    why.replace(why.find('%'), 1, path);
    QCOMPARE(opening("recorded:bad", folder), why);
    QCOMPARE(opening("recorded:" + path, folder), why);
    const std::vector folders { folder.path() };
    const auto listed = core::recordedEngines(folders); // it stops nothing
    QCOMPARE(listed.size(), std::size_t { 1 });
    QCOMPARE(listed[0]->device().id, std::string("recorded:bad"));
    QCOMPARE(listed[0]->device().absent, why);
}

void TstProfileList::saysWhatANameLacks()
{
    const ProfileFolder folder;
    QCOMPARE(opening("recorded:h100", folder),
        fmt::format("Cannot find profile \"h100\": there is none in {}; or give the path of a run file.",
            folder.path().string()));
    QCOMPARE(sentenceOf([] { core::openRecorded("recorded:h100", {}); }),
        std::string(
            "Cannot find profile \"h100\": there is no folder to look in; or give the path of a run file."));
    const std::string path = folder.add("h200.json").string();
    QCOMPARE(opening("recorded:h100", folder),
        std::string("Cannot find profile \"h100\": there are h200; or give the path of a run file."));
    QCOMPARE(opening("recorded:", folder),
        std::string("Cannot find profile \"\": there are h200; or give the path of a run file."));
    QCOMPARE(opening("recorded:/none/run.json", folder),
        std::string("Cannot find profile \"/none/run.json\": no such file."));
    QCOMPARE(opening("recorded:h200/npu", folder),
        fmt::format("Cannot find \"npu\" in profile {}: it has gpu, cpu.", path));
    fs::create_directory(folder.path() / "empty");
    QCOMPARE(opening("recorded:empty", folder),
        fmt::format("Cannot use folder as a profile: {}: no run file (*.json) is in it.",
            (folder.path() / "empty").string()));
    folder.addText("half/x.json", "{}");
    QCOMPARE(opening("recorded:half", folder),
        fmt::format(
            "Cannot use folder as a profile: {0}: Cannot read run: {0}/x.json: it is not a run of Breakeven.",
            (folder.path() / "half").string()));
}

void TstProfileList::showsWhatCannotBeUsed()
{
    const ProfileFolder folder;
    const std::string path = folder.add("a,b.json").string();
    const std::vector folders { folder.path() };
    const auto listed = core::recordedEngines(folders);
    QCOMPARE(listed.size(), std::size_t { 1 });
    QCOMPARE(listed[0]->device().absent,
        fmt::format("Cannot use profile {}: its name is no word for --engine.", path));
    const std::string pipe = (folder.path() / "pipe.json").string();
    QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
    QCOMPARE(opening("recorded:pipe", folder), fmt::format("Cannot read run: {}: is not a file.", pipe));
}

void TstProfileList::theFirstOfTwoNamesakesCounts()
{
    const ProfileFolder own, shipped;
    const std::string first = own.add("h200.json").string();
    const std::string second = shipped.addText("h200.json", "{}").string();
    const std::vector folders { own.path(), shipped.path() };
    const auto listed = core::recordedEngines(folders);
    QCOMPARE(listed.size(), std::size_t { 3 });
    QVERIFY(listed[0]->device().absent.empty());
    QCOMPARE(listed[2]->device().absent,
        fmt::format("Cannot use profile {}: the name is taken by {}.", second, first));
    QVERIFY(core::openRecorded("recorded:h200", folders)->device().absent.empty());
}

void TstProfileList::looksAtSoManyFiles()
{
    const ProfileFolder folder;
    for (std::size_t i = 0; i < core::kMostProfileFiles + 9; ++i)
        folder.addText(fmt::format("p{:03}.json", i), "{}");
    const std::vector folders { folder.path() };
    const auto listed = core::recordedEngines(folders);
    QCOMPARE(listed.size(), core::kMostProfileFiles + 1);
    QCOMPARE(listed.back()->device().absent,
        fmt::format("Cannot use profile {}: it holds more than 64 profiles; the others are left out.",
            folder.path().string()));
    QCOMPARE(sentenceOf([&] { core::openProfile(folder.path()); }),
        fmt::format(
            "Cannot use folder as a profile: {}: it has more than 64 files.", folder.path().string()));
}

void TstProfileList::refusesHugeFiles()
{
    const ProfileFolder folder;
    const fs::path path = folder.addText("huge.json", "{");
    fs::resize_file(path, 70'000'000);
    QCOMPARE(opening("recorded:huge", folder),
        fmt::format(
            "Cannot read run: {}: it has 70.0 MB, of a profile at most 64.0 MB are read.", path.string()));
    for (const char* name : { "a.json", "b.json", "c.json", "d.json" })
        fs::resize_file(folder.addText(name, "{"), 63'000'000);
    fs::resize_file(path, 10'000'000);
    const std::vector folders { folder.path() };
    QCOMPARE(core::recordedEngines(folders).back()->device().absent,
        fmt::format(
            "Cannot use profile {}: all profiles together have more than 256.0 MB; its path still opens it.",
            path.string()));
}

void TstProfileList::refusesWhatWasRecordedItself()
{
    core::Run run = support::otherRun();
    for (core::DeviceInfo& device : run.header.devices)
        device.recordedOn = core::RecordedOn { "elsewhere", "2020-01-01" };
    const ProfileFolder folder;
    const std::string path = folder.add("copy.json", run).string();
    QCOMPARE(opening("recorded:copy", folder),
        fmt::format("Cannot use run as a profile: {}: it has no measured cell.", path));
    run.header.devices[0].recordedOn.reset();
    folder.add("half.json", run);
    QCOMPARE(idsIn({ folder.path() }), (QStringList { "recorded:copy", "recorded:half" }));
}

void TstProfileList::survivesHostileFiles()
{
    std::mt19937 random(7);
    const std::string good = core::toJson(support::exampleRun());
    const ProfileFolder folder;
    const std::vector folders { folder.path() };
    for (int i = 0; i < 300; ++i) {
        folder.addText("x.json", support::mutated(good, random));
        for (const auto& engine : core::recordedEngines(folders)) {
            if (auto* recorded = dynamic_cast<core::RecordedEngine*>(engine.get()))
                recorded->find({ .name = "x" }, {}, {});
        }
    }
}

void TstProfileList::followsXdg()
{
    const QByteArray data = qgetenv("XDG_DATA_HOME"), home = qgetenv("HOME");
    qputenv("XDG_DATA_HOME", "/data");
    QCOMPARE(core::userProfileFolder(), fs::path("/data/breakeven/profiles"));
    qputenv("XDG_DATA_HOME", "relative");
    qputenv("HOME", "/home/me");
    QCOMPARE(core::userProfileFolder(), fs::path("/home/me/.local/share/breakeven/profiles"));
    qunsetenv("HOME");
    qunsetenv("XDG_DATA_HOME");
    QVERIFY(core::userProfileFolder().empty());
    qputenv("HOME", home);
    if (!data.isNull())
        qputenv("XDG_DATA_HOME", data);
}

QTEST_GUILESS_MAIN(TstProfileList)
#include "tst_profile_list.moc"
