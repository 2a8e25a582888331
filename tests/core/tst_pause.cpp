// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/pause.h"
#include "core/record/continued_run.h"
#include "tests/support/sentence.h"
#include "tests/support/sweeps.h"

#include <QTest>
#include <thread>

using core::CellStatus;
using support::FakeEngine;
using namespace std::chrono_literals;

namespace {

/// A sweep of the tiny model whose pause, asked for during the first cell, ends after 300 ms.
struct PausedSweep {
    core::PauseGate gate;
    core::Run run;
    std::chrono::steady_clock::time_point pausedAt {}, wentOnAt {};
    std::thread other;

    core::SweepControl control(std::stop_token stop = {})
    {
        core::SweepControl control(std::move(stop));
        control.pause = &gate;
        return control;
    }

    void take(const core::SweepEvent& event)
    {
        run.apply(event);
        if (std::get_if<core::SamplesTaken>(&event) && pausedAt.time_since_epoch().count() == 0) {
            gate.pause();
            pausedAt = std::chrono::steady_clock::now();
            other = std::thread([this] {
                std::this_thread::sleep_for(300ms);
                gate.resume();
            });
        } else if (std::get_if<core::SamplesTaken>(&event) && wentOnAt.time_since_epoch().count() == 0) {
            wentOnAt = std::chrono::steady_clock::now();
        }
    }

    ~PausedSweep()
    {
        if (other.joinable())
            other.join();
    }
};

core::Run half()
{
    std::stop_source stop;
    FakeEngine cpu;
    core::Run run;
    core::runSweep(
        support::spec(), support::tinyModel(), std::vector<core::Engine*> { &cpu }, stop.get_token(),
        [&](const core::SweepEvent& event) {
            run.apply(event);
            const auto* started = std::get_if<core::CellStarted>(&event);
            if (started && started->cell == 2)
                stop.request_stop();
        },
        support::machine());
    return run;
}

} // namespace

/// Sweeps that wait, and sweeps that go on later.
class TstPause : public QObject {
    Q_OBJECT

private slots:
    void pausedBetweenTwoRuns()
    {
        PausedSweep sweep;
        FakeEngine cpu;
        core::runSweep(
            support::spec(), support::tinyModel(), std::vector<core::Engine*> { &cpu }, sweep.control(),
            [&](const core::SweepEvent& event) { sweep.take(event); }, support::machine());
        QVERIFY(sweep.wentOnAt - sweep.pausedAt >= 290ms);
        for (const core::Cell& cell : sweep.run.cells)
            QVERIFY2(
                cell.finished && cell.finished->stoppedBy == core::StoppedBy::Converged, cell.reason.c_str());
        // The pause is neither measured nor lost time.
        const core::CellFinished& end = *sweep.run.cells[0].finished;
        QVERIFY2(end.hiccupPercent < 2, qPrintable(QString::number(end.hiccupPercent)));
        QVERIFY(end.measured < 5100ms);
        bool paused = false;
        const auto& samples = sweep.run.cells[0].samples;
        for (std::size_t i = 1; i < samples.size(); ++i)
            paused = paused || samples[i].at - samples[i - 1].at > 250ms; // in the view over time it is a gap
        QVERIFY(paused);
    }

    void energyOfAPauseIsNotTheCells()
    {
        // A counter that runs with the wall clock at 1000 W.
        class Meter final : public core::PowerMeter {
        public:
            core::Figure joules() override
            {
                const std::chrono::duration<double> since = std::chrono::steady_clock::now() - m_begin;
                return core::Figure::known(1000 * since.count(), source());
            }
            std::string source() const override { return "wall clock"; }

        private:
            std::chrono::steady_clock::time_point m_begin = std::chrono::steady_clock::now();
        };
        core::Machine machine = support::machine();
        machine.cpuMeter = [] { return core::PowerMeterOr { std::make_unique<Meter>(), {} }; };
        PausedSweep sweep;
        FakeEngine cpu({ .sleep = 1ms });
        core::SweepSpec spec = support::spec();
        spec.batches = { 1 };
        core::runSweep(
            spec, support::tinyModel(), std::vector<core::Engine*> { &cpu }, sweep.control(),
            [&](const core::SweepEvent& event) { sweep.take(event); }, machine);
        const core::Figure& watts = sweep.run.cells[0].finished->powerMeanWatts;
        QVERIFY2(watts.value, watts.unknown.c_str());
        QVERIFY2(*watts.value < 1250, qPrintable(QString::number(*watts.value))); // and not 1600
        QCOMPARE(sweep.run.cells[0].finished->othersPercent.unknown,
            "The loop was paused, and /proc/stat counts the pause, too.");
    }

    void pausedBeforeTheFirstCell()
    {
        PausedSweep sweep;
        sweep.gate.pause();
        FakeEngine cpu;
        bool said = false;
        std::thread other;
        core::runSweep(
            support::spec(), support::tinyModel(), std::vector<core::Engine*> { &cpu }, sweep.control(),
            [&](const core::SweepEvent& event) {
                sweep.run.apply(event);
                const auto* progress = std::get_if<core::CellProgress>(&event);
                if (progress && progress->phase == core::CellPhase::Paused && !said) {
                    said = true;
                    QVERIFY(sweep.run.cells[0].status == CellStatus::Waiting);
                    other = std::thread([&] { sweep.gate.resume(); });
                }
            },
            support::machine());
        other.join();
        QVERIFY(said);
        QVERIFY(sweep.run.cells[0].status == CellStatus::Ok);
    }

    void stopEndsAPause()
    {
        PausedSweep sweep;
        sweep.gate.pause();
        std::stop_source stop;
        FakeEngine cpu;
        std::jthread other([&] {
            std::this_thread::sleep_for(50ms);
            stop.request_stop();
        });
        core::runSweep(
            support::spec(), support::tinyModel(), std::vector<core::Engine*> { &cpu },
            sweep.control(stop.get_token()), [&](const core::SweepEvent& event) { sweep.run.apply(event); },
            support::machine());
        QVERIFY(sweep.run.finished && sweep.run.finished->stoppedByUser);
        QVERIFY(sweep.run.cells[0].status == CellStatus::Cancelled);
    }

    void goesOnWithWhatIsLeft()
    {
        const auto first = std::make_shared<const core::Run>(half());
        QCOMPARE(core::cellsLeft(*first), 1);
        FakeEngine cpu;
        core::SweepControl control;
        control.earlier = core::earlierCells(first);
        core::Run second;
        core::runSweep(
            first->header.spec, support::tinyModel(), std::vector<core::Engine*> { &cpu }, control,
            [&](const core::SweepEvent& event) { second.apply(event); }, support::machine());
        QCOMPARE(cpu.compiled().size(), std::size_t { 1 });
        QCOMPARE(cpu.compiled()[0].dims.batch, 4);
        QCOMPARE(core::cellsLeft(second), 0);
        for (std::size_t cell : { 0, 1 }) {
            QCOMPARE(second.cells[cell].summary.median, first->cells[cell].summary.median);
            QCOMPARE(second.cells[cell].samples.size(), first->cells[cell].samples.size());
            QCOMPARE(second.cells[cell].finished->recorded->startedAt, first->header.startedAt);
        }
        QVERIFY(!second.cells[2].finished->recorded);
        QCOMPARE(second.header.environment.warnings.back(),
            "2 of 3 cells were measured before, in a run that began at " + first->header.startedAt + ".");
        QCOMPARE(support::sentenceOf([&] { core::checkContinues(second, second.header.model); }),
            "Cannot continue the sweep: all 3 cells of it are measured.");
    }

    void blocksAreCarriedOver()
    {
        core::SweepSpec spec = support::spec();
        spec.rule = core::stopRulePreset("rigorous");
        spec.rule.blockTime = std::chrono::duration<double>(0.2);
        spec.rule.coolDown = {};
        FakeEngine cpu;
        const auto first = std::make_shared<const core::Run>(support::sweep(spec, { &cpu }).run);
        core::SweepControl control;
        control.earlier = core::earlierCells(first);
        core::Run second;
        core::runSweep(
            spec, support::tinyModel(), std::vector<core::Engine*> { &cpu }, control,
            [&](const core::SweepEvent& event) { second.apply(event); }, support::machine());
        QCOMPARE(second.cells[1].blocks, first->cells[1].blocks);
        QVERIFY(second.cells[1].blocks.size() >= 5);
        QCOMPARE(second.cells[1].summary.interval->low, first->cells[1].summary.interval->low);
    }

    void anotherModel()
    {
        const core::Run run = half();
        core::ModelSummary other = run.header.model;
        other.sha256 = "00";
        QCOMPARE(support::sentenceOf([&] { core::checkContinues(run, other); }),
            "Cannot continue the sweep: tiny has changed since.");
    }
};

QTEST_GUILESS_MAIN(TstPause)
#include "tst_pause.moc"
