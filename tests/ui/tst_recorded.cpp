// SPDX-License-Identifier: GPL-3.0-or-later
// Recorded profiles in the window: their cards, and their figures beside this machine's.
#include "core/measure/model_summary.h"
#include "core/record/profile_list.h"
#include "tests/support/profiles.h"
#include "tests/ui/window_support.h"
#include "ui/cell_table_model.h"
#include "ui/chart_content.h"
#include "ui/engine_card.h"
#include "ui/engines_panel.h"
#include "ui/estimate.h"
#include "ui/main_window.h"
#include "ui/message_bar.h"
#include "ui/render.h"
#include "ui/roof_data.h"
#include "ui/window_actions.h"

#include <QAction>
#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>

using support::ProfileFolder;

namespace {

/// What otherRun() measured, said to be of zoo:mlp.
core::Run ofMlp()
{
    core::Run run = support::otherRun();
    run.header.model = core::summarise(core::openModel("zoo:mlp"));
    return run;
}

/// A fake CPU, a GPU that is not there, and what a folder of profiles holds.
ui::EngineFactory withProfiles(std::filesystem::path folder)
{
    return [folder = std::move(folder)] {
        ui::EngineList engines = support::fakeEngines()();
        const std::vector folders { folder };
        for (auto& engine : core::recordedEngines(folders))
            engines.push_back(std::move(engine));
        return engines;
    };
}

bool knowsDevices(ui::Session& session)
{
    return QTest::qWaitFor([&] { return session.devicesKnown(); }, support::kPatience);
}

void tick(ui::Session& session, const std::vector<std::string>& ids)
{
    ui::Setup setup = session.setup();
    for (ui::EngineSetup& engine : setup.engines)
        engine.ticked = std::ranges::find(ids, engine.id) != ids.end();
    session.change(setup);
}

QStringList textsOf(const QWidget& widget)
{
    QStringList texts;
    for (const QLabel* label : widget.findChildren<QLabel*>())
        texts << label->text().remove(QChar(0x200b));
    return texts;
}

const core::DeviceInfo& deviceOf(const ui::Session& session, const std::string& id)
{
    return *std::ranges::find(session.devices(), id, &core::DeviceInfo::id);
}

} // namespace

class TstRecorded : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;

private slots:
    void titles_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("title");
        QTest::newRow("name") << "recorded:h200"
                              << "h200 recorded";
        QTest::newRow("device") << "recorded:h200/cpu"
                                << "h200/cpu recorded";
        QTest::newRow("path") << "recorded:/a/b/h200.json"
                              << "h200 recorded";
        QTest::newRow("path and device") << "recorded:/a/b/h200.json/cpu"
                                         << "h200/cpu recorded";
    }
    void titles()
    {
        QFETCH(QString, id);
        QTEST(ui::engineTitle(id.toStdString()), "title");
    }

    void nobodyHasAskedForThemYet()
    {
        const ProfileFolder folder;
        folder.add("h200.json", ofMlp());
        ui::Session session(withProfiles(folder.path()));
        QVERIFY(knowsDevices(session));
        QCOMPARE(session.devices().size(), std::size_t(4));
        QVERIFY(session.setup().engines[0].ticked);
        QVERIFY(!session.setup().engines[2].ticked && !session.setup().engines[3].ticked);
        QCOMPARE(session.setup().engines[3].threads, QStringLiteral("2")); // the most it was taken with
        support::openAndWait(session, QStringLiteral("zoo:mlp"));
        QCOMPARE(session.model()->placements.size(), std::size_t(1)); // they place no node
    }

    void haveThePrecisionsTheyWereTakenIn()
    {
        core::Run run = ofMlp();
        for (core::Cell& cell : run.cells)
            cell.key.precision = cell.key.batch == 1 ? core::Precision::Float16 : core::Precision::BFloat16;
        const ProfileFolder folder;
        folder.add("h200.json", run);
        ui::Session session(withProfiles(folder.path()));
        QVERIFY(knowsDevices(session));
        QVERIFY(session.setup().engines[2].precisions == std::vector { core::Precision::Float16 });
        ui::Setup wrong = session.setup();
        wrong.engines[2].precisions = { core::Precision::Model, core::Precision::BFloat16 };
        QVERIFY(ui::withDevices(wrong, session.devices()).engines[2].precisions
            == std::vector { core::Precision::BFloat16 });
        ui::EngineCard card(session, deviceOf(session, "recorded:h200"));
        QStringList ticks;
        for (const QCheckBox* box : card.findChildren<QCheckBox*>())
            ticks << box->text();
        QCOMPARE(ticks, (QStringList { "h200 recorded", "fp16", "bf16" }));
    }

    void cardsSayWhereTheyComeFrom()
    {
        const ProfileFolder folder;
        folder.add("h200.json", ofMlp());
        folder.addText("torn.json", "{");
        ui::Session session(withProfiles(folder.path()));
        ui::EnginesPanel panel(session);
        QVERIFY(knowsDevices(session));
        const auto cards = panel.findChildren<ui::EngineCard*>();
        QCOMPARE(cards.size(), 5);
        const QStringList gpu = textsOf(*cards[2]);
        QVERIFY(gpu.contains(QStringLiteral("recorded on Fake GPU, 2026-12-02")));
        QVERIFY(gpu.contains(QStringLiteral("Other CPU, 64 cores")));
        QVERIFY(gpu.contains(QStringLiteral("mlp")));
        QCOMPARE(cards[2]->property("device").toString(), QStringLiteral("gpu"));
        QCOMPARE(cards[3]->property("device").toString(), QStringLiteral("cpu"));
        QVERIFY(cards[3]->findChild<QLineEdit*>()); // threads
        QVERIFY(textsOf(*cards[4]).join(QLatin1Char(' ')).contains("it is not JSON, or it is cut off."));
        QVERIFY(!textsOf(*cards[1]).join(QLatin1Char(' ')).contains("Open recorded profile"));
    }

    void anAbsentGpuSaysWhatCanStandIn()
    {
        ui::Session session(support::fakeEngines());
        ui::EnginesPanel panel(session);
        QVERIFY(knowsDevices(session));
        QVERIFY(textsOf(*panel.findChildren<ui::EngineCard*>()[1])
                    .contains(QStringLiteral(
                        "A run of another machine can stand in for it: File > Open recorded profile…")));
    }

    void standsBesideALiveEngine()
    {
        const ProfileFolder folder;
        folder.add("h200.json", ofMlp());
        ui::Session session(withProfiles(folder.path()));
        QVERIFY(knowsDevices(session));
        support::openAndWait(session, QStringLiteral("zoo:mlp"));
        tick(session, { "cpu", "recorded:h200" });
        support::runAndWait(session, QStringLiteral("1,2,64"));
        const core::Run& run = session.run();
        QCOMPARE(run.cells.size(), std::size_t(6));

        const ui::Theme theme = ui::lightTheme();
        const auto series = ui::seriesByBatch(run, ui::Quantity::Latency, theme);
        QCOMPARE(series.size(), std::size_t(2));
        QCOMPARE(series[0].name, QStringLiteral("CPU · 1 thread"));
        QCOMPARE(series[1].name, QStringLiteral("GPU recorded"));
        QCOMPARE(series[1].points.size(), std::size_t(2));
        QCOMPARE(series[1].style.line, theme.gpu);
        QCOMPARE(series[1].style.fill, theme.card); // hollow
        QCOMPARE(series[0].style.fill, theme.cpu);
        const auto legend = ui::legendOf(run, nullptr, theme);
        QCOMPARE(legend[1].name, QStringLiteral("GPU recorded on Fake GPU, 2026-12-02"));
        QCOMPARE(legend[1].shortName, QStringLiteral("GPU recorded"));
        QVERIFY(ui::runMachine(run).contains("recorded on Fake GPU, 2026-12-02"));

        ui::CellTableModel table(session);
        const auto at = [&](int row, int column, int role = Qt::DisplayRole) {
            return table.data(table.index(row, column), role).toString();
        };
        QCOMPARE(at(0, ui::CellTableModel::Engine), QStringLiteral("CPU"));
        QCOMPARE(at(1, ui::CellTableModel::Engine), QStringLiteral("GPU recorded"));
        QCOMPARE(at(1, ui::CellTableModel::Engine, Qt::ToolTipRole),
            QStringLiteral("recorded on Fake GPU, 2026-12-02 (station): not measured here"));
        QCOMPARE(at(1, ui::CellTableModel::Power), QStringLiteral("250"));
        QCOMPARE(at(5, ui::CellTableModel::Median),
            QStringLiteral(
                "Fake GPU, recorded on 2026-12-02, has no cell of this model at batch 64: it has 1, 2, "
                "4, 8."));
    }

    void colleaguesOfOneKindDiffer()
    {
        const ProfileFolder folder;
        folder.add("a100.json", ofMlp());
        folder.add("h200.json", ofMlp());
        ui::Session session(withProfiles(folder.path()));
        QVERIFY(knowsDevices(session));
        support::openAndWait(session, QStringLiteral("zoo:mlp"));
        tick(session, { "cpu", "recorded:a100", "recorded:h200", "recorded:h200/cpu" });
        support::runAndWait(session, QStringLiteral("1,2"));
        const auto series = ui::seriesByBatch(session.run(), ui::Quantity::Latency, ui::darkTheme());
        QCOMPARE(series.size(), std::size_t(4));
        QCOMPARE(series[1].name, QStringLiteral("a100 recorded"));
        QCOMPARE(series[2].name, QStringLiteral("h200 recorded"));
        QCOMPARE(series[3].name, QStringLiteral("CPU recorded · 1 thread"));
        QVERIFY(series[1].style.marker != series[2].style.marker);
        QVERIFY(series[1].style.dash != series[2].style.dash);
        QVERIFY(series[0].style.marker != series[3].style.marker);
        QCOMPARE(series[0].style.line, series[3].style.line);
    }

    void cannotBeTraced()
    {
        const ProfileFolder folder;
        folder.add("h200.json", ofMlp());
        ui::Session session(withProfiles(folder.path()));
        QVERIFY(knowsDevices(session));
        support::openAndWait(session, QStringLiteral("zoo:mlp"));
        tick(session, { "cpu", "recorded:h200" });
        QCOMPARE(session.traceSpecs().size(), std::size_t(1));
        tick(session, { "recorded:h200" });
        QCOMPARE(session.checked().problem, QString());
        QCOMPARE(session.checked().traceProblem,
            QStringLiteral("Cannot trace: recorded engines compute nothing."));
        QSignalSpy said(&session, &ui::Session::message);
        session.trace();
        QCOMPARE(said.value(0).value(0).toString(), session.checked().traceProblem);
    }

    void takeNoTimeAndNoMemory()
    {
        const ProfileFolder folder;
        folder.add("h200.json", ofMlp());
        ui::Session session(withProfiles(folder.path()));
        QVERIFY(knowsDevices(session));
        support::openAndWait(session, QStringLiteral("zoo:mlp"));
        tick(session, { "cpu" });
        const ui::Estimate alone = session.estimated();
        tick(session, { "cpu", "recorded:h200" });
        QCOMPARE(session.estimated().seconds, alone.seconds);
        QCOMPARE(session.estimated().cells, alone.cells * 2);
        tick(session, { "recorded:h200" });
        QCOMPARE(session.estimated().seconds, 0.0);
        QCOMPARE(session.estimated().largestBytes, 0.0);
    }

    void powerNotesAreTheirOwn()
    {
        core::Run other = ofMlp();
        for (core::Cell& cell : other.cells) {
            if (cell.finished)
                cell.finished->powerMeanWatts = core::Figure::missing("No power reading there.");
        }
        const ProfileFolder folder;
        folder.add("h200.json", other);
        core::Machine machine = support::machine();
        ui::Session session(withProfiles(folder.path()), machine);
        QVERIFY(knowsDevices(session));
        support::openAndWait(session, QStringLiteral("zoo:mlp"));
        tick(session, { "cpu", "recorded:h200" });
        support::runAndWait(session, QStringLiteral("1"));
        const auto notes = ui::powerNotes(session.run(), ui::lightTheme());
        QCOMPARE(notes.size(), std::size_t(2));
        QCOMPARE(notes[0].title, QStringLiteral("CPU power unknown"));
        QCOMPARE(notes[1].title, QStringLiteral("GPU power unknown, as recorded"));
        QCOMPARE(notes[1].text, QStringLiteral("No power reading there."));
    }

    /// This machine's peaks are no roof over figures of another.
    void areNotUnderThisRoof()
    {
        const ProfileFolder folder;
        folder.add("h200.json", ofMlp());
        ui::Session session(withProfiles(folder.path()));
        QVERIFY(knowsDevices(session));
        support::openAndWait(session, QStringLiteral("zoo:mlp"));
        tick(session, { "recorded:h200/cpu" });
        support::runAndWait(session, QStringLiteral("1"));
        bool asked = false;
        ui::roofContent(
            session.run(), session.model()->graph.get(),
            [&](const auto&, int) -> std::optional<core::Peaks> {
                asked = true;
                return {};
            },
            ui::lightTheme());
        QVERIFY(!asked);
    }

    void opensAProfileForTheSession()
    {
        const ProfileFolder folder;
        const QString path = QString::fromStdString(folder.add("h200.json", ofMlp()).string());
        const QString torn = QString::fromStdString(folder.addText("torn.json", "{").string());
        ui::Session session(support::fakeEngines());
        QSignalSpy said(&session, &ui::Session::message);
        session.openProfile(path);
        QCOMPARE(said.takeFirst()[0].toString(),
            QStringLiteral("Cannot open %1: still looking for devices.").arg(path));
        QVERIFY(knowsDevices(session));
        session.openProfile(path);
        QVERIFY(QTest::qWaitFor([&] { return session.devices().size() == 4; }, support::kPatience));
        QCOMPARE(session.devices()[2].id, "recorded:" + path.toStdString());
        QVERIFY(session.setup().engines[2].ticked && !session.setup().engines[3].ticked);
        session.openProfile(path);
        QVERIFY(said.wait(support::kPatience));
        QCOMPARE(said.takeFirst()[0].toString(), QStringLiteral("This profile is open already."));
        session.openProfile(torn);
        QVERIFY(said.wait(support::kPatience));
        QCOMPARE(said.takeFirst()[0].toString(),
            QStringLiteral("Cannot read run: %1: it is not JSON, or it is cut off.").arg(torn));
        support::openAndWait(session, QStringLiteral("zoo:mlp"));
        tick(session, { session.devices()[2].id });
        support::runAndWait(session, QStringLiteral("1"));
        QCOMPARE(session.run().cells[0].status, core::CellStatus::Ok);
    }

    void theWindowOffersIt()
    {
        ui::Session session(support::fakeEngines());
        const ui::MainWindow window(session);
        QVERIFY(knowsDevices(session));
        QVERIFY(window.actions().openProfile->isEnabled());
        QCOMPARE(window.actions().openProfile->text(), QStringLiteral("Open recorded &profile…"));
    }
};

QTEST_MAIN(TstRecorded)
#include "tst_recorded.moc"
