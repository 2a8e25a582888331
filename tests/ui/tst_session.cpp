// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/record/run_file.h"
#include "core/record/tensor_file.h"
#include "tests/ui/window_support.h"

#include <QFile>
#include <QTemporaryDir>

using namespace std::chrono_literals;

class TstSession : public QObject {
    Q_OBJECT

private slots:
    void actionsFollowTheState_data()
    {
        QTest::addColumn<ui::State>("state");
        QTest::addColumn<bool>("open");
        QTest::addColumn<bool>("run");
        QTest::addColumn<bool>("stop");
        QTest::addColumn<bool>("exportRun");
        QTest::newRow("empty") << ui::State::Empty << true << true << false << true;
        QTest::newRow("loading") << ui::State::Loading << false << false << false << false;
        QTest::newRow("ready") << ui::State::Ready << true << true << false << true;
        QTest::newRow("running") << ui::State::Running << false << false << true << false;
        QTest::newRow("tracing") << ui::State::Tracing << false << false << true << false;
        QTest::newRow("quantising") << ui::State::Quantising << false << false << true << false;
    }
    void actionsFollowTheState()
    {
        QFETCH(ui::State, state);
        const ui::EnabledActions actions = ui::enabledActions(state, true);
        QTEST(actions.open, "open");
        QTEST(actions.run, "run");
        QTEST(actions.trace, "run");
        QTEST(actions.stop, "stop");
        QTEST(actions.exportRun, "exportRun");
        QVERIFY(!ui::enabledActions(state, false).exportRun);
        QVERIFY(!ui::enabledActions(state, false).baseline);
    }

    void devicesAreFoundAndTicked()
    {
        ui::Session session(support::fakeEngines());
        QVERIFY(!session.devicesKnown());
        QVERIFY(QTest::qWaitFor([&] { return session.devicesKnown(); }));
        QCOMPARE(session.devices().size(), std::size_t(2));
        QVERIFY(session.setup().engines[0].ticked);
        QVERIFY2(!session.setup().engines[1].ticked, "an absent device cannot be ticked");
    }

    void loadsAModelThroughLoadingToReady()
    {
        ui::Session session(support::fakeEngines());
        QCOMPARE(session.state(), ui::State::Empty);
        session.openModel(QStringLiteral("zoo:tiny-cnn"));
        QCOMPARE(session.state(), ui::State::Loading);
        QVERIFY(support::reaches(session, ui::State::Ready));
        QVERIFY(session.model());
        QCOMPARE(session.model()->model.name, std::string("tiny-cnn"));
        QVERIFY(session.model()->parameters > 0);
        QVERIFY(session.model()->cost.flopPerItem > 0);
        QCOMPARE(session.model()->placements.size(), std::size_t(1)); // of the devices that are there
        QVERIFY(session.estimated().seconds > 0);
        QVERIFY(session.estimated().largestBytes > 0);
    }

    void runsASweep()
    {
        ui::Session session(support::fakeEngines());
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        QSignalSpy replaced(&session, &ui::Session::runReplaced);
        support::runAndWait(session, QStringLiteral("1,2,4"));
        QCOMPARE(session.state(), ui::State::Ready);
        QCOMPARE(replaced.size(), 1);
        QCOMPARE(session.run().cells.size(), std::size_t(3));
        for (const core::Cell& cell : session.run().cells) {
            QVERIFY(cell.summary.median.has_value());
            QCOMPARE(*cell.summary.median, core::Nanoseconds(1000us * cell.key.batch));
        }
        QVERIFY(session.run().finished.has_value());
        QCOMPARE(session.progress().finished, 3);
        QVERIFY(session.estimated().measured);
    }

    void takesInputsFromAFolder()
    {
        ui::Session session(support::fakeEngines());
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        QTemporaryDir folder;
        QSignalSpy said(&session, &ui::Session::message);
        session.useInputs(folder.path());
        QVERIFY(QTest::qWaitFor([&] { return !said.isEmpty(); }));
        QCOMPARE(said[0][0].toString(),
            QStringLiteral("Cannot use these inputs: %1 has no input_0.pb and no file of an input's name.")
                .arg(folder.path()));
        QVERIFY(session.setup().inputs.empty());

        const core::Graph& graph = *session.model()->model.graph;
        core::Shape shape;
        for (const core::Dim& dim : *graph.value(graph.inputs[0]).shape)
            shape.push_back(dim.fixed() ? dim.value : 2);
        core::writeTensor(folder.filePath("input_0.pb").toStdString(),
            core::Tensor::zeros(core::ElementType::Float32, shape).view(), "x");
        session.useInputs(folder.path());
        QVERIFY(QTest::qWaitFor([&] { return !session.setup().inputs.empty(); }));
        support::runAndWait(session, QStringLiteral("1,3"));
        QCOMPARE(session.run().header.spec.inputs, std::vector { folder.path().toStdString() });
        QCOMPARE(session.traceSpecs().at(0).inputs, std::vector { folder.path().toStdString() });
        for (const core::Cell& cell : session.run().cells)
            QVERIFY2(cell.finished, cell.reason.c_str());

        support::openAndWait(session, QStringLiteral("zoo:mlp"));
        QVERIFY2(session.setup().inputs.empty(), "they were another model's");
    }

    void aFailedCellIsARowAndTheSweepGoesOn()
    {
        support::FakeScript script;
        script.outOfMemory[2] = "Cannot compile batch 2: needs 31.2 GB, 8.0 GB are free.";
        script.runErrors[4] = { 5, "Cannot run batch 4: the device went away." };
        ui::Session session(support::fakeEngines(script));
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(session, QStringLiteral("1,2,4,8"));
        const auto& cells = session.run().cells;
        QCOMPARE(cells[1].status, core::CellStatus::OutOfMemory);
        QCOMPARE(cells[2].status, core::CellStatus::Failed);
        QVERIFY(cells[3].summary.median.has_value());
    }

    void pauseHoldsTheSweep()
    {
        support::FakeScript script;
        script.sleep = 1ms;
        ui::Session session(support::fakeEngines(script));
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        QVERIFY(QTest::qWaitFor([&] { return session.devicesKnown(); }));
        session.pause(); // nothing runs: nothing happens
        QVERIFY(!session.isPaused());
        QSignalSpy samples(&session, &ui::Session::samplesTaken);
        session.start();
        QVERIFY(QTest::qWaitFor([&] { return !samples.isEmpty(); }));
        QSignalSpy changed(&session, &ui::Session::pauseChanged);
        session.pause();
        QCOMPARE(changed.size(), 1);
        QVERIFY(QTest::qWaitFor([&] { return session.progress().phase == core::CellPhase::Paused; }));
        QCOMPARE(session.state(), ui::State::Running);
        const auto held = samples.size();
        QTest::qWait(200);
        QCOMPARE(samples.size(), held);
        session.resume();
        QVERIFY(QTest::qWaitFor([&] { return samples.size() > held; }));
        session.pause();
        session.stop(); // ends a pause, too
        QVERIFY(support::reaches(session, ui::State::Ready));
        QVERIFY(!session.isPaused());
    }

    void goesOnWithWhatIsLeft()
    {
        support::FakeScript script;
        script.beforeRun = [](std::int64_t batch, std::size_t) {
            if (batch == 4)
                std::this_thread::sleep_for(20ms);
        };
        ui::Session session(support::fakeEngines(script));
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        QVERIFY(QTest::qWaitFor([&] { return session.devicesKnown(); }));
        ui::Setup setup = session.setup();
        setup.batches = QStringLiteral("1,4,8");
        session.change(setup);
        session.goOn(); // there is nothing yet
        QCOMPARE(session.state(), ui::State::Ready);
        session.start();
        QVERIFY(QTest::qWaitFor([&] { return session.progress().cell == 1; }));
        session.stop();
        QVERIFY(support::reaches(session, ui::State::Ready));
        QCOMPARE(session.cellsLeft(), 2);
        const core::Run first = session.run();
        QSignalSpy finished(&session, &ui::Session::runFinished);
        session.goOn();
        QVERIFY(QTest::qWaitFor([&] { return !finished.isEmpty(); }, support::kPatience));
        QCOMPARE(session.cellsLeft(), 0);
        QCOMPARE(session.run().cells[0].samples.size(), first.cells[0].samples.size());
        QCOMPARE(session.run().cells[0].finished->recorded->startedAt, first.header.startedAt);
        QVERIFY(!session.run().cells[2].finished->recorded);
        QSignalSpy said(&session, &ui::Session::message);
        session.goOn();
        QVERIFY(QTest::qWaitFor([&] { return !said.isEmpty(); }));
        QCOMPARE(said[0][0].toString(),
            QStringLiteral("Cannot continue the sweep: all 3 cells of it are measured."));
        QVERIFY(support::reaches(session, ui::State::Ready));
    }

    void stopKeepsWhatWasMeasured()
    {
        support::FakeScript script;
        script.sleep = 2ms;
        ui::Session session(support::fakeEngines(script));
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        ui::Setup setup = session.setup();
        setup.batches = QStringLiteral("1-512x2");
        session.change(setup);
        session.start();
        QCOMPARE(session.state(), ui::State::Running);
        QVERIFY(QTest::qWaitFor([&] { return session.progress().finished >= 1; }, support::kPatience));
        session.stop();
        QVERIFY(support::reaches(session, ui::State::Ready));
        QVERIFY(session.run().finished->stoppedByUser);
        QVERIFY(session.run().cells.front().summary.median.has_value());
        QCOMPARE(session.run().cells.back().status, core::CellStatus::Cancelled);
    }

    void whatCannotStartSaysWhy_data()
    {
        QTest::addColumn<QString>("batches");
        QTest::addColumn<bool>("ticked");
        QTest::addColumn<QString>("threads");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("no engine") << "1" << false << "1"
                                   << "Cannot start the sweep: no engine is ticked.";
        QTest::newRow("batch 0") << "0" << true << "1"
                                 << "Cannot read batch list: \"0\" is not a whole number of at least 1.";
        QTest::newRow("too many threads") << "1" << true << "5"
                                          << "Cannot use 5 threads: CPU has 4.";
        QTest::newRow("threads of letters")
            << "1" << true << "two"
            << "Cannot read threads of CPU: \"two\" is not a list such as 1,2.";
    }
    void whatCannotStartSaysWhy()
    {
        QFETCH(QString, batches);
        QFETCH(bool, ticked);
        QFETCH(QString, threads);
        ui::Session session(support::fakeEngines());
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        ui::Setup setup = session.setup();
        setup.batches = batches;
        setup.engines[0].ticked = ticked;
        setup.engines[0].threads = threads;
        session.change(setup);
        QSignalSpy message(&session, &ui::Session::message);
        session.start();
        QCOMPARE(session.state(), ui::State::Ready);
        QCOMPARE(message.size(), 1);
        QTEST(message.first().first().toString(), "sentence");
    }

    void withoutAModelItSaysWhatToDo()
    {
        ui::Session session(support::fakeEngines());
        QVERIFY(QTest::qWaitFor([&] { return session.devicesKnown(); }));
        QSignalSpy message(&session, &ui::Session::message);
        session.start();
        QCOMPARE(session.state(), ui::State::Empty);
        QVERIFY(message.first().first().toString().startsWith(QStringLiteral("Open a model first")));
    }

    void openingIsRefusedWhileRunning()
    {
        support::FakeScript script;
        script.sleep = 2ms;
        ui::Session session(support::fakeEngines(script));
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        session.start();
        QSignalSpy message(&session, &ui::Session::message);
        session.openModel(QStringLiteral("zoo:mlp"));
        session.openRun(QStringLiteral("old.json"));
        QCOMPARE(message.size(), 2);
        QCOMPARE(
            message[0].first().toString(), QStringLiteral("Cannot open zoo:mlp now: stop the sweep first."));
        QCOMPARE(session.state(), ui::State::Running);
        session.stop();
        QVERIFY(support::reaches(session, ui::State::Ready));
    }

    void aBrokenFactorySaysSo()
    {
        ui::Session session(
            []() -> ui::EngineList { throw core::Error("Cannot look for devices: a test said so."); });
        QSignalSpy message(&session, &ui::Session::message);
        QVERIFY(QTest::qWaitFor([&] { return session.devicesKnown(); }));
        QCOMPARE(
            message.first().first().toString(), QStringLiteral("Cannot look for devices: a test said so."));
    }

    void aSavedRunComesBack()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("run.json"));
        ui::Session session(support::fakeEngines());
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(session, QStringLiteral("1,2"));
        QSignalSpy saved(&session, &ui::Session::saved);
        session.writeJson(path);
        QVERIFY(QTest::qWaitFor([&] { return !saved.isEmpty(); }));
        QCOMPARE(session.runFile(), path);

        ui::Session other(support::fakeEngines());
        QSignalSpy replaced(&other, &ui::Session::runReplaced);
        other.open(path);
        QVERIFY(QTest::qWaitFor([&] { return !replaced.isEmpty(); }));
        QCOMPARE(core::toJson(other.run()), core::toJson(session.run()));
        QVERIFY(support::reaches(other, ui::State::Empty)); // a run is no model
    }

    void baselineIsACopyThatStays()
    {
        ui::Session session(support::fakeEngines());
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        session.pinBaseline();
        QVERIFY2(!session.baseline(), "there is no run to pin yet");
        support::runAndWait(session, QStringLiteral("1,2"));
        session.pinBaseline();
        support::runAndWait(session, QStringLiteral("4"));
        QCOMPARE(session.baseline()->cells.size(), std::size_t(2));
        QCOMPARE(session.run().cells.size(), std::size_t(1));
        session.unpinBaseline();
        QVERIFY(!session.baseline());
    }
};

QTEST_MAIN(TstSession)
#include "tst_session.moc"
