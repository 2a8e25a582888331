// SPDX-License-Identifier: GPL-3.0-or-later
// The dock of kept runs, from end to end: every action, every sentence.
#include "core/record/run_file.h"
#include "core/record/sqlite.h"
#include "tests/ui/runs_bench.h"
#include "ui/charts_page.h"
#include "ui/message_bar.h"
#include "ui/window_actions.h"

#include <QFile>
#include <QPushButton>
#include <QTabBar>

using Bench = support::RunsBench;
using ui::RunListModel;

class TstRunsDock : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;
    std::unique_ptr<QTemporaryDir> m_folder;

    std::filesystem::path path(const char* name = "runs.sqlite") const
    {
        return m_folder->filePath(QLatin1String(name)).toStdString();
    }

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void anEmptyLibrarySaysWhatWillBeThere()
    {
        Bench bench(path());
        QVERIFY(bench.panel.emptyText().startsWith(QStringLiteral("No run is kept yet. ")));
        QVERIFY2(!std::filesystem::exists(path()), "looking at a library makes none");
        QVERIFY(bench.window.messages().message().isEmpty());
        QVERIFY(!bench.panel.open->isEnabled());
        QVERIFY(!bench.panel.remove->isEnabled());
    }

    void anUnkeptSessionSaysWhy()
    {
        ui::Session session(support::fakeEngines(), {},
            { .path = path(), .off = QStringLiteral("Runs are not kept: a test.") });
        ui::MainWindow window(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(session, QStringLiteral("1"));
        QCOMPARE(window.runs().emptyText(), QStringLiteral("Runs are not kept: a test."));
        QVERIFY(!window.runs().importRun->isEnabled());
        QVERIFY(!std::filesystem::exists(path()));
        session.library().importRun(QStringLiteral("x.json"));
        QCOMPARE(window.messages().message(), QStringLiteral("Runs are not kept: a test."));
    }

    void aSweepIsKeptAndListed()
    {
        Bench bench(path());
        support::openAndWait(bench.session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(bench.session, QStringLiteral("1,2,4"));
        QVERIFY(bench.waitFor([&] { return bench.model.rowCount() == 1; }));
        QCOMPARE(bench.text(0, RunListModel::Name), QStringLiteral("tiny-cnn"));
        QCOMPARE(bench.text(0, RunListModel::Cells), QStringLiteral("3"));
        QCOMPARE(bench.text(0, RunListModel::Charts), QStringLiteral("shown"));
        QCOMPARE(bench.panel.remark(), QStringLiteral("1 run"));
        const core::RunStore store(path(), core::RunStore::Access::Read);
        QCOMPARE(core::toJson(store.read(store.list().runs.at(0).id)), core::toJson(bench.session.run()));
    }

    void theLibraryIsLeftAloneDuringASweep()
    {
        support::fill(path(), { "a" });
        Bench bench(path(), Bench::slow());
        bench.prepareLongSweep();
        bench.session.start();
        QCOMPARE(bench.panel.remark(), QStringLiteral("The library waits while something is measured."));
        QVERIFY(!bench.panel.table().isEnabled());
        QVERIFY(!bench.panel.remove->isEnabled());
        const QString refusal
            = QStringLiteral("Cannot use the run library now: it waits while something is measured.");
        bench.session.library().remove({ bench.model.id(0) });
        QCOMPARE(bench.window.messages().message(), refusal);
        bench.session.openKept({ bench.model.id(0) });
        QCOMPARE(bench.window.messages().message(),
            QStringLiteral("Cannot open a · %1 now: stop the sweep first.")
                .arg(bench.text(0, RunListModel::Started)));
        QVERIFY(bench.waitFor([&] { return bench.session.progress().finished >= 1; }));
        bench.session.stop();
        QVERIFY(support::reaches(bench.session, ui::State::Ready));
        QVERIFY(bench.waitFor([&] { return bench.model.rowCount() == 2; }));
        QVERIFY(bench.panel.table().isEnabled());
    }

    void opensARun()
    {
        const auto ids = support::fill(path(), { "first", "second" });
        Bench bench(path());
        QCOMPARE(bench.text(0, RunListModel::Name), QStringLiteral("second"));
        bench.panel.table().selectRow(1);
        QSignalSpy replaced(&bench.session, &ui::Session::runReplaced);
        bench.press(Qt::Key_Return);
        QVERIFY(bench.waitFor([&] { return !replaced.isEmpty(); }));
        QCOMPARE(bench.session.run().header.model.name, std::string("first"));
        QCOMPARE(bench.session.origin().id.toStdString(), ids[0]);
        QCOMPARE(bench.text(1, RunListModel::Charts), QStringLiteral("shown"));
        QVERIFY(bench.session.overlays().empty());
        QVERIFY(!bench.session.run().cells.at(0).samples.empty());
    }

    void opensSeveralAsOverlays()
    {
        support::fill(path(), { "a", "b", "c" });
        Bench bench(path());
        bench.panel.table().selectAll();
        QCOMPARE(bench.panel.open->text(), QStringLiteral("Open as overlays"));
        bench.panel.open->trigger();
        QVERIFY(bench.waitFor([&] { return bench.session.overlays().size() == 2; }));
        QCOMPARE(bench.session.run().header.model.name, std::string("c"));
        QCOMPARE(bench.session.overlays()[1].run.header.model.name, std::string("a"));
        QCOMPARE(bench.text(2, RunListModel::Charts), QStringLiteral("overlay"));
        QVERIFY(bench.window.actions().clearOverlays->isEnabled());
        bench.window.actions().clearOverlays->trigger();
        QVERIFY(bench.session.overlays().empty());
        QVERIFY(!bench.window.actions().clearOverlays->isEnabled());
        QCOMPARE(bench.text(2, RunListModel::Charts), QString());
    }

    void atMostSixOverlays()
    {
        support::fill(path(), { "a", "b", "c", "d", "e", "f", "g", "h", "i" });
        Bench bench(path());
        bench.panel.table().selectAll();
        bench.panel.open->trigger();
        QVERIFY(bench.waitFor([&] { return !bench.session.overlays().empty(); }));
        QCOMPARE(bench.session.overlays().size(), std::size_t(6));
        QCOMPARE(bench.window.messages().message(),
            QStringLiteral(
                "Drawing the first 7 of 9 runs: a chart stays readable with 6 behind the one shown."));
    }

    void renames()
    {
        support::fill(path(), { "a", "b" });
        Bench bench(path());
        bench.panel.table().selectRow(0);
        bench.type(bench.panel.rename, QStringLiteral("before the update"));
        QVERIFY(bench.waitFor([&] { return bench.text(0, RunListModel::Name) != QStringLiteral("b"); }));
        QCOMPARE(bench.text(0, RunListModel::Name), QStringLiteral("before the update · b"));
        QCOMPARE(bench.panel.selectedIds(), QStringList { bench.model.id(0) });
        QSignalSpy said(&bench.session, &ui::Session::message);
        bench.type(bench.panel.rename, QString(300, 'x'));
        QVERIFY(bench.waitFor([&] { return !said.isEmpty(); }));
        QCOMPARE(said[0][0].toString(),
            QStringLiteral("Cannot rename run: %1: a name has 1 to 200 bytes.")
                .arg(QString::fromStdString(path().string())));
        QCOMPARE(bench.text(0, RunListModel::Name), QStringLiteral("before the update · b"));
    }

    void tagsAndUntagsAllThatAreSelected()
    {
        const auto ids = support::fill(path(), { "a", "b", "c" });
        core::RunStore(path()).tag(ids[1], "old");
        Bench bench(path());
        bench.panel.table().selectAll();
        bench.type(bench.panel.retag, QStringLiteral("nightly, \"a,b\""));
        QVERIFY(bench.waitFor(
            [&] { return bench.text(2, RunListModel::Tags).contains(QStringLiteral("nightly")); }));
        QCOMPARE(bench.text(0, RunListModel::Tags), QStringLiteral("\"a,b\", nightly"));
        QCOMPARE(bench.text(1, RunListModel::Tags), QStringLiteral("\"a,b\", nightly, old"));
        bench.panel.table().selectRow(1);
        bench.type(bench.panel.retag, QString());
        QVERIFY(bench.waitFor([&] { return bench.text(1, RunListModel::Tags).isEmpty(); }));
        QCOMPARE(bench.text(0, RunListModel::Tags), QStringLiteral("\"a,b\", nightly"));
        bench.panel.filter().setText(QStringLiteral("tag:nightly"));
        QCOMPARE(bench.model.rowCount(), 2);
        QCOMPARE(bench.panel.remark(), QStringLiteral("2 of 3 runs"));
    }

    void deletesAndUndoes()
    {
        support::fill(path(), { "a", "b", "c" });
        Bench bench(path());
        bench.panel.table().selectRow(0);
        bench.press(Qt::Key_Delete);
        QVERIFY(bench.waitFor([&] { return !bench.window.messages().message().isEmpty(); }));
        QCOMPARE(bench.model.rowCount(), 2);
        QCOMPARE(bench.panel.selectedIds(), QStringList { bench.model.id(0) }); // the next one
        QVERIFY(bench.window.messages().message().startsWith(QStringLiteral("Deleted “c · 2026-03-")));
        QPushButton& undo = bench.window.messages().offered();
        QVERIFY(undo.isVisible());
        QVERIFY(undo.toolTip().contains(QStringLiteral("breakeven-cli runs restore ")));
        undo.click();
        QVERIFY(bench.waitFor([&] { return bench.model.rowCount() == 3; }));
        QVERIFY(bench.window.messages().message().isEmpty());
        QVERIFY(bench.waitFor([&] { return !bench.panel.undo->isEnabled(); }));

        bench.panel.table().selectAll();
        bench.panel.remove->trigger();
        QVERIFY(bench.waitFor([&] { return !bench.window.messages().message().isEmpty(); }));
        QCOMPARE(bench.model.rowCount(), 0);
        QCOMPARE(bench.window.messages().message(), QStringLiteral("Deleted 3 runs."));
        QVERIFY(bench.panel.undo->isEnabled());
        bench.panel.undo->trigger();
        QVERIFY(bench.waitFor([&] { return bench.model.rowCount() == 3; }));
    }

    void exportsAndImports()
    {
        const auto ids = support::fill(path(), { "a" });
        Bench bench(path());
        const QString file = m_folder->filePath(QStringLiteral("run.json"));
        QSignalSpy saved(&bench.session, &ui::Session::saved);
        bench.session.library().exportRun(bench.model.id(0), file);
        QVERIFY(bench.waitFor([&] { return !saved.isEmpty(); }));
        QCOMPARE(core::toJson(core::readRun(file.toStdString())),
            core::toJson(core::RunStore(path(), core::RunStore::Access::Read).read(ids[0])));
        bench.session.library().importRun(file);
        QVERIFY(bench.waitFor([&] { return !bench.window.messages().message().isEmpty(); }));
        QCOMPARE(bench.window.messages().message(), QStringLiteral("This run is in the library already."));
        core::writeRun(support::runOf("b", "2026-04-01T12:00:00Z"), file.toStdString());
        bench.session.library().importRun(file);
        QVERIFY(bench.waitFor([&] { return bench.model.rowCount() == 2; }));
        QSignalSpy said(&bench.session, &ui::Session::message);
        bench.session.library().exportRun(
            bench.model.id(0), m_folder->filePath(QStringLiteral("no/such/x.json")));
        QVERIFY(bench.waitFor([&] { return !said.isEmpty(); }));
        QVERIFY(said[0][0].toString().startsWith(QStringLiteral("Cannot write run: ")));
    }

    void pinsABaseline()
    {
        support::fill(path(), { "a", "b" });
        Bench bench(path());
        bench.panel.table().selectRow(1);
        bench.panel.pin->trigger();
        QVERIFY(bench.waitFor([&] { return bench.session.baseline() != nullptr; }));
        QCOMPARE(bench.session.baseline()->header.model.name, std::string("a"));
        QCOMPARE(bench.text(1, RunListModel::Charts), QStringLiteral("baseline"));
        QVERIFY(bench.window.actions().baseline->isChecked());
    }

    void tooltipsNameTheCommand()
    {
        support::fill(path(), { "a" });
        Bench bench(path());
        bench.panel.table().selectRow(0);
        const QString id = bench.text(0, RunListModel::Id);
        const std::pair<QAction*, const char*> expected[]
            = { { bench.panel.open, "breakeven-cli runs show %1" },
                  { bench.panel.rename, "breakeven-cli runs rename %1 \"NAME\"" },
                  { bench.panel.retag, "breakeven-cli runs tag %1 TAG" },
                  { bench.panel.exportRun, "breakeven-cli runs export %1 run.json" },
                  { bench.panel.importRun, "breakeven-cli runs import run.json" },
                  { bench.panel.remove, "breakeven-cli runs delete %1" },
                  { bench.panel.undo, "breakeven-cli runs restore ID" },
                  { bench.panel.pin, "breakeven-cli compare %1 " } };
        for (const auto& [action, command] : expected) {
            QString wanted = QString::fromUtf8(command);
            if (wanted.contains(QStringLiteral("%1")))
                wanted = wanted.arg(id);
            QVERIFY2(action->toolTip().contains(wanted), qPrintable(action->toolTip()));
            QVERIFY2(!action->shortcut().isEmpty(), qPrintable(action->text()));
        }
    }

    void theFilterIsLedByTheKeyboard()
    {
        support::fill(path(), { "resnet50", "bert" });
        Bench bench(path());
        bench.window.actions().findRun->trigger();
        QTest::keyClicks(&bench.panel.filter(), QStringLiteral("res"));
        QCOMPARE(bench.model.rowCount(), 1);
        QTest::keyClick(&bench.panel.filter(), Qt::Key_Down);
        QCOMPARE(bench.panel.selectedIds(), QStringList { bench.model.id(0) });
        bench.panel.filter().setText(QStringLiteral("after:soon"));
        QCOMPARE(bench.panel.problem(),
            QStringLiteral("Cannot read after:soon: a day is written 2026-11-01, a month 2026-11."));
        bench.panel.filter().setText(QStringLiteral("nothing like it"));
        QVERIFY(bench.panel.emptyText().startsWith(QStringLiteral("No run fits these words.")));
        QTest::keyClick(&bench.panel.filter(), Qt::Key_Escape);
        QCOMPARE(bench.model.rowCount(), 2);
    }
};

QTEST_MAIN(TstRunsDock)
#include "tst_runs_dock.moc"
