// SPDX-License-Identifier: GPL-3.0-or-later
// The dock of kept runs on libraries that are damaged, locked, hostile or not there.
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

class TstRunsDockFailures : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;
    std::unique_ptr<QTemporaryDir> m_folder;

    std::filesystem::path path(const char* name = "runs.sqlite") const
    {
        return m_folder->filePath(QLatin1String(name)).toStdString();
    }

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void whatIsNoLibraryIsOneSentence()
    {
        QFile file(QString::fromStdString(path().string()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(5000, 'x'));
        file.close();
        Bench bench(path());
        QVERIFY2(bench.panel.emptyText().startsWith(QStringLiteral("Cannot open run library: ")),
            qPrintable(bench.panel.emptyText()));
        support::openAndWait(bench.session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(bench.session, QStringLiteral("1,2"));
        QVERIFY2(bench.window.messages().message().startsWith(QStringLiteral("Cannot open run library: ")),
            qPrintable(bench.window.messages().message()));
        QVERIFY(
            bench.window.messages().message().endsWith(QStringLiteral(". The sweep goes on without it.")));
        QVERIFY(bench.session.run().cells.at(1).summary.median.has_value());
        QVERIFY(bench.session.origin().id.isEmpty());
    }

    void aDamagedRowHidesNoOther()
    {
        const auto ids = support::fill(path(), { "a", "b", "c" });
        {
            core::sqlite::Database database(path(), core::sqlite::Access::Write, 1000);
            database.run("UPDATE runs SET model='x' WHERE id=?", { ids[1] });
        }
        Bench bench(path());
        QCOMPARE(bench.model.rowCount(), 2);
        QVERIFY2(bench.panel.problem().startsWith(QStringLiteral("Cannot read all of the run library: ")),
            qPrintable(bench.panel.problem()));
        bench.panel.table().selectRow(0);
        bench.panel.open->trigger();
        QVERIFY(bench.waitFor([&] { return bench.session.hasResults(); }));
    }

    void aDamagedRunIsLeftOutOfTheOverlays()
    {
        const auto ids = support::fill(path(), { "a", "b", "c" });
        Bench bench(path());
        {
            core::sqlite::Database database(path(), core::sqlite::Access::Write, 1000);
            database.run(
                "UPDATE cells SET samples=x'00' WHERE run=(SELECT number FROM runs WHERE id=?)", { ids[1] });
        }
        bench.panel.table().selectAll();
        bench.panel.open->trigger();
        QVERIFY(bench.waitFor([&] { return bench.session.overlays().size() == 1; }));
        QCOMPARE(bench.session.overlays()[0].origin.id.toStdString(), ids[0]);
        QVERIFY2(bench.window.messages().message().startsWith(QStringLiteral("Cannot read run: ")),
            qPrintable(bench.window.messages().message()));
        bench.session.openKept({ QString::fromStdString(ids[1]) });
        QVERIFY(support::reaches(bench.session, ui::State::Empty));
        QCOMPARE(bench.session.run().header.model.name, std::string("c"));
    }

    void aLockedLibraryIsOneSentence()
    {
        support::fill(path(), { "a" });
        Bench bench(path());
        core::sqlite::Database other(path(), core::sqlite::Access::Write, 1000);
        const core::sqlite::Transaction held(other);
        bench.panel.table().selectRow(0);
        QSignalSpy said(&bench.session, &ui::Session::message);
        bench.panel.remove->trigger();
        QVERIFY(bench.waitFor([&] { return !said.isEmpty(); }));
        QCOMPARE(said[0][0].toString(),
            QStringLiteral("Cannot delete run: %1: another program holds it locked.")
                .arg(QString::fromStdString(path().string())));
        QVERIFY(bench.window.messages().offered().isHidden());
        QCOMPARE(bench.model.rowCount(), 1);
    }

    void aSweepThatCannotBeKeptGoesOn()
    {
        Bench bench("/proc/breakeven/runs.sqlite"); // where nobody may make a folder, not even root
        QVERIFY(bench.panel.emptyText().startsWith(QStringLiteral("No run is kept yet.")));
        support::openAndWait(bench.session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(bench.session, QStringLiteral("1,2"));
        const QString said = bench.window.messages().message();
        QVERIFY2(said.startsWith(QStringLiteral("Cannot open run library: /proc/breakeven/runs.sqlite: ")),
            qPrintable(said));
        QVERIFY2(said.endsWith(QStringLiteral(". The sweep goes on without it.")), qPrintable(said));
        QVERIFY(bench.session.run().cells.at(1).summary.median.has_value());
    }

    void theLastTryKeepsWhatALockHeldBack()
    {
        support::fill(path(), { "a" });
        Bench bench(path(), Bench::slow());
        bench.prepareLongSweep();
        QSignalSpy said(&bench.session, &ui::Session::message);
        {
            core::sqlite::Database other(path(), core::sqlite::Access::Write, 1000);
            const core::sqlite::Transaction held(other);
            bench.session.start();
            QVERIFY(bench.waitFor([&] { return !said.isEmpty(); }));
        }
        QCOMPARE(said[0][0].toString(),
            QStringLiteral(
                "Cannot keep run: %1: another program holds it locked. The sweep goes on without it.")
                .arg(QString::fromStdString(path().string())));
        QVERIFY(bench.waitFor([&] { return bench.session.progress().finished >= 2; }));
        bench.session.stop();
        QVERIFY(support::reaches(bench.session, ui::State::Ready));
        QVERIFY(bench.waitFor([&] { return bench.model.rowCount() == 2; }));
        QCOMPARE(bench.window.messages().message(),
            QStringLiteral("The run is in the library after all: the last try could write it."));
        const core::RunStore store(path(), core::RunStore::Access::Read);
        QCOMPARE(core::toJson(store.read(bench.session.origin().id.toStdString())),
            core::toJson(bench.session.run()));
    }

    void hostileNamesAreListed()
    {
        const std::string longName(5000, 'm');
        support::fill(path(), { longName, "a\nb", "\u202egnp", "<img src=x>", "" });
        Bench bench(path());
        QCOMPARE(bench.model.rowCount(), 5);
        for (int row = 0; row < 5; ++row) {
            for (int column = 0; column < RunListModel::ColumnCount; ++column)
                QVERIFY(!bench.text(row, column).contains(QLatin1Char('\n')));
            QVERIFY(bench.model.index(row, 0).data(Qt::ToolTipRole).toString().size() < 1500);
        }
        QCOMPARE(bench.text(1, RunListModel::Name), QStringLiteral("<img src=x>"));
        QCOMPARE(bench.text(2, RunListModel::Name), QStringLiteral("?gnp"));
        bench.panel.table().selectAll();
        bench.panel.open->trigger();
        QVERIFY(bench.waitFor([&] { return bench.session.overlays().size() == 4; }));
        QVERIFY2(bench.window.width() < 2000, "a long name does not widen the window");
    }
};

QTEST_MAIN(TstRunsDockFailures)
#include "tst_runs_dock_failures.moc"
