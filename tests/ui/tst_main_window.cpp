// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/window_support.h"
#include "ui/cell_table.h"
#include "ui/cell_table_model.h"
#include "ui/charts_page.h"
#include "ui/main_window.h"
#include "ui/message_bar.h"
#include "ui/settings.h"
#include "ui/window_actions.h"

#include <QAction>
#include <QDropEvent>
#include <QFile>
#include <QImageReader>
#include <QLabel>
#include <QMimeData>
#include <QTableView>

/// The window from end to end, with an engine that takes no time.
class TstMainWindow : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;
    QTemporaryDir m_folder;

    QString write(const char* name, const QByteArray& bytes) const
    {
        const QString path = m_folder.filePath(QLatin1String(name));
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? path : QString();
    }

    static QByteArray read(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private slots:
    void stopRulesStandBesideARunningCell()
    {
        support::FakeScript script;
        script.sleep = std::chrono::milliseconds(2);
        ui::Session session(support::fakeEngines(script));
        ui::MainWindow window(session);
        window.resize(1280, 800);
        window.show();
        auto* strip = window.findChild<QWidget*>(QStringLiteral("criteria"));
        QVERIFY(strip && !strip->isVisible());
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        QTest::keyClick(&window, Qt::Key_F5);
        const auto words = [&] {
            QStringList texts;
            for (const QLabel* label : strip->findChildren<QLabel*>())
                if (label->isVisible())
                    texts << label->text();
            return texts.join('|');
        };
        QVERIFY(QTest::qWaitFor([&] { return words().contains("median ±"); }, support::kPatience));
        QVERIFY2(
            words().contains("of 2 %|… windows: 0 of 3|… p99: "), qPrintable(words())); // its own rule first
        session.pause();
        auto* pause = window.actions().pause;
        QCOMPARE(pause->iconText(), QStringLiteral("Resume"));
        pause->trigger();
        QVERIFY(!session.isPaused());
        session.stop();
        QVERIFY(support::reaches(session, ui::State::Ready));
        QVERIFY(!strip->isVisible());
        QVERIFY(window.actions().goOn->isEnabled());
    }

    void runsAndShowsASweep()
    {
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        window.show();
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        QTest::keyClick(&window, Qt::Key_F5);
        QVERIFY(support::reaches(session, ui::State::Running));
        QVERIFY(support::reaches(session, ui::State::Ready));
        auto* table = window.findChild<ui::CellTable*>()->findChild<QTableView*>();
        QCOMPARE(table->model()->rowCount(), 5); // 1, 2, 4, 8, 16
        const auto text
            = [&](int row, int column) { return table->model()->index(row, column).data().toString(); };
        QCOMPARE(text(1, ui::CellTableModel::Batch), QStringLiteral("2"));
        QCOMPARE(text(1, ui::CellTableModel::Median), QStringLiteral("2.000"));
        QVERIFY(text(1, ui::CellTableModel::Status).contains(QStringLiteral("ok")));
        const ui::ChartContent& latency = window.charts().chart(ui::Quantity::Latency).content();
        QCOMPARE(latency.series.size(), std::size_t(1));
        QCOMPARE(latency.series.front().points.size(), std::size_t(5));
        QCOMPARE(latency.series.front().points[1].y, 0.002);
        QVERIFY(window.charts().chart(ui::Quantity::Throughput).curveCount() == 1);
        QVERIFY(window.charts().chart(ui::Quantity::Memory).curveCount() == 1);
        window.charts().setXAxis(ui::XAxis::Time);
        QVERIFY(window.charts().chart(ui::Quantity::Latency).curveCount() == 1);
        QVERIFY(window.messages().message().isEmpty());
    }

    void exportsTableRunAndPicture()
    {
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(session, QStringLiteral("1,2"));
        QSignalSpy saved(&session, &ui::Session::saved);
        window.saveCsv(m_folder.filePath(QStringLiteral("run.csv")));
        window.saveJson(m_folder.filePath(QStringLiteral("run.json")));
        window.savePng(m_folder.filePath(QStringLiteral("charts.png")));
        QVERIFY(QTest::qWaitFor([&] { return saved.size() == 3; }, support::kPatience));
        const QByteArray csv = read(m_folder.filePath(QStringLiteral("run.csv")));
        QCOMPARE(csv.count('\n'), 3);
        QVERIFY(csv.startsWith("model,engine,"));
        QVERIFY(read(m_folder.filePath(QStringLiteral("run.json"))).contains("tiny-cnn"));
        QImageReader picture(m_folder.filePath(QStringLiteral("charts.png")));
        QCOMPARE(picture.size(), QSize(2400, 1600));
        QVERIFY(window.messages().message().isEmpty());
    }

    void anUnwritableFolderIsOneSentence()
    {
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(session, QStringLiteral("1"));
        QSignalSpy message(&session, &ui::Session::message);
        window.saveCsv(m_folder.filePath(QStringLiteral("no/such/folder/run.csv")));
        window.savePng(m_folder.filePath(QStringLiteral("no/such/folder/run.png")));
        QVERIFY(QTest::qWaitFor([&] { return message.size() == 2; }, support::kPatience));
        QVERIFY(message[0].first().toString().startsWith(QStringLiteral("Cannot write CSV: ")));
        QVERIFY(message[1].first().toString().startsWith(QStringLiteral("Cannot write picture: ")));
        QCOMPARE(window.messages().message(), message[1].first().toString());
        QVERIFY2(session.hasResults(), "nothing is lost");
    }

    void aBadFileIsOneSentenceAndTheOldModelStays_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("missing") << QByteArray();
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("text") << QByteArray("this is not a model at all, only words");
        QTest::newRow("lies about a length") << QByteArray("\x08\x08\x3a\xff\xff\xff\xff\x07", 8);
    }
    void aBadFileIsOneSentenceAndTheOldModelStays()
    {
        QFETCH(QByteArray, bytes);
        const QString path
            = bytes.isNull() ? m_folder.filePath(QStringLiteral("missing.onnx")) : write("bad.onnx", bytes);
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        support::openAndWait(session, path);
        QVERIFY2(window.messages().message().startsWith(QStringLiteral("Cannot ")),
            qPrintable(window.messages().message()));
        QVERIFY(window.messages().message().endsWith(QLatin1Char('.')));
        QCOMPARE(session.model()->model.name, std::string("tiny-cnn"));
        QCOMPARE(session.state(), ui::State::Ready);
        support::runAndWait(session, QStringLiteral("1"));
        QVERIFY2(window.messages().message().isEmpty(), "a new attempt clears the old sentence");
    }

    void aBadRunIsOneSentence()
    {
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        QSignalSpy message(&session, &ui::Session::message);
        session.open(write("bad.json", "{\"schema\": 99"));
        QVERIFY(QTest::qWaitFor([&] { return !message.isEmpty(); }, support::kPatience));
        QVERIFY(window.messages().message().startsWith(QStringLiteral("Cannot read run")));
        QVERIFY(support::reaches(session, ui::State::Empty));
    }

    void aDroppedFileIsOpened()
    {
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        QMimeData data;
        data.setUrls({ QUrl::fromLocalFile(m_folder.filePath(QStringLiteral("missing.onnx"))) });
        QDragEnterEvent enter(QPoint(20, 20), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(20, 20), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &drop);
        QCOMPARE(session.state(), ui::State::Loading);
        QVERIFY(support::reaches(session, ui::State::Empty));
        QVERIFY(window.messages().message().contains(QStringLiteral("missing.onnx")));
    }

    void failedCellsShowTheirReason()
    {
        support::FakeScript script;
        script.outOfMemory[2] = "Cannot compile batch 2: needs 31.2 GB, 8.0 GB are free.";
        ui::Session session(support::fakeEngines(script));
        ui::MainWindow window(session);
        window.show();
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(session, QStringLiteral("1,2,4"));
        auto* table = window.findChild<ui::CellTable*>()->findChild<QTableView*>();
        const QModelIndex reason = table->model()->index(1, ui::CellTableModel::Median);
        QTRY_COMPARE(reason.data().toString(),
            QStringLiteral("Cannot compile batch 2: needs 31.2 GB, 8.0 GB are free."));
        QTRY_VERIFY(table->columnSpan(1, ui::CellTableModel::Median) > 1);
        QCOMPARE(table->columnSpan(0, ui::CellTableModel::Median), 1);
    }

    void refusalsAreSaidBeforeAnyoneRuns()
    {
        support::FakeScript script;
        script.refusals = { { 0, "resize_3", "Resize", "cubic interpolation is not implemented" } };
        ui::Session session(support::fakeEngines(script));
        ui::MainWindow window(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        QStringList texts;
        for (const QLabel* label : window.findChildren<QLabel*>())
            texts << label->text().remove(QChar(0x200b));
        QVERIFY(texts.contains(
            QStringLiteral("CPU cannot run resize_3 (Resize): cubic interpolation is not implemented")));
        const std::size_t nodes = session.model()->graph->nodes.size();
        QVERIFY(texts.contains(QStringLiteral("CPU %1 of %2").arg(nodes - 1).arg(nodes)));
        support::runAndWait(session, QStringLiteral("1"));
        QCOMPARE(session.run().cells.front().status, core::CellStatus::Refused);
    }

    void aBaselineIsDrawnAndCompared()
    {
        auto slower = std::make_shared<std::atomic<int>>(1);
        support::FakeScript script;
        script.latency = [slower](std::int64_t batch, std::size_t run) {
            return support::steadyLatency(batch, run) * slower->load();
        };
        ui::Session session(support::fakeEngines(script));
        ui::MainWindow window(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(session, QStringLiteral("1,2"));
        window.actions().baseline->trigger();
        auto* table = window.findChild<ui::CellTable*>()->findChild<QTableView*>();
        const auto verdict = [&](int row) {
            return table->model()->index(row, ui::CellTableModel::Verdict).data().toString();
        };
        QVERIFY(!table->isColumnHidden(ui::CellTableModel::Verdict));
        QVERIFY(QTest::qWaitFor([&] { return !verdict(0).isEmpty(); }, support::kPatience));
        QCOMPARE(verdict(0), QStringLiteral("= SAME"));
        *slower = 2;
        support::runAndWait(session, QStringLiteral("1,2"));
        QCOMPARE(verdict(0), QStringLiteral("▼ SLOWER"));
        QCOMPARE(window.charts().chart(ui::Quantity::Latency).content().baseline.size(), std::size_t(1));
        window.actions().baseline->trigger();
        QVERIFY(table->isColumnHidden(ui::CellTableModel::Verdict));
        QVERIFY(table->isColumnHidden(ui::CellTableModel::Ratio));
        QVERIFY(window.charts().chart(ui::Quantity::Latency).content().baseline.empty());
    }

    void copiesTheTableAsCsv()
    {
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(session, QStringLiteral("1,2,4"));
        auto* table = window.findChild<ui::CellTable*>();
        QCOMPARE(table->selectedCsv().count(QLatin1Char('\n')), 4);
        window.findChild<ui::CellTable*>()->findChild<QTableView*>()->selectRow(1);
        QCOMPARE(table->selectedCsv().count(QLatin1Char('\n')), 2);
    }

    void remembersSettingsAndRecentFiles()
    {
        {
            ui::Session session(support::fakeEngines());
            ui::MainWindow window(session);
            support::openAndWait(session, QStringLiteral("zoo:mlp"));
            support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
            ui::Setup setup = session.setup();
            setup.batches = QStringLiteral("3,5");
            setup.preset = "standard";
            setup.engines[0].threads = QStringLiteral("1,2");
            setup.engines[0].tunings = { {}, core::tuningFromName("avx2+nofusion") };
            session.change(setup);
            window.show();
            window.close();
        }
        const ui::Setup setup = ui::loadSetup();
        QCOMPARE(setup.batches, QStringLiteral("3,5"));
        QCOMPARE(setup.preset, std::string("standard"));
        QCOMPARE(setup.engines[0].threads, QStringLiteral("1,2"));
        QVERIFY(setup.engines[0].tunings
            == (std::vector { core::Tuning {}, core::tuningFromName("avx2+nofusion") }));
        QCOMPARE(ui::recentFiles().mid(0, 2),
            QStringList({ QStringLiteral("zoo:tiny-cnn"), QStringLiteral("zoo:mlp") }));
        QVERIFY(!ui::loadGeometry().isEmpty());
        QSettings().clear();
    }
};

QTEST_MAIN(TstMainWindow)
#include "tst_main_window.moc"
