// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/blocks.h"
#include "core/measure/student_t.h"
#include "core/measure/turns.h"
#include "core/record/run.h"
#include "tests/support/sweeps.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <random>

using core::CellFinished;
using core::CellStatus;
using core::Figure;
using core::Nanoseconds;
using core::StoppedBy;
using core::TimedSample;
using support::FakeEngine;
using namespace std::chrono_literals;

namespace {

/// Short blocks and no rest between them: fake programs get neither tired nor warm.
core::StopRule rule()
{
    core::StopRule rigorous = core::stopRulePreset("rigorous");
    rigorous.blockTime = std::chrono::duration<double>(0.5);
    rigorous.coolDown = std::chrono::duration<double>(0);
    return rigorous;
}

core::SweepSpec twoEngines()
{
    core::SweepSpec spec = support::spec();
    spec.engines = { { "cpu" }, { "gpu" } };
    spec.batches = { 1, 8 };
    spec.rule = rule();
    spec.seed = 2; // by which each engine comes first once
    return spec;
}

/// The cells in the order in which their blocks began.
std::vector<std::pair<int, int>> blocksOf(const std::vector<core::SweepEvent>& events)
{
    std::vector<std::pair<int, int>> order;
    for (const core::SweepEvent& event : events) {
        const auto* taken = std::get_if<core::SamplesTaken>(&event);
        if (taken && (order.empty() || order.back() != std::pair(taken->cell, taken->block)))
            order.emplace_back(taken->cell, taken->block);
    }
    return order;
}

CellFinished block(Nanoseconds measured, double watts, double joules, double hiccups)
{
    return { .compile = 2s,
        .measured = measured,
        .peakResidentBytes = Figure::known(watts, "peak"),
        .disturbedPercent = hiccups,
        .powerMeanWatts = Figure::known(watts, "meter"),
        .energyPerInferenceJoules = Figure::known(joules, "meter"),
        .outputMaxAbsDiff = Figure::known(1e-6, "reference"),
        .hiccupPercent = hiccups };
}

} // namespace

class TstBlocks : public QObject {
    Q_OBJECT

private slots:
    /// Tables of Student's distribution (Abramowitz and Stegun, table 26.10).
    void student_data()
    {
        QTest::addColumn<int>("degrees");
        QTest::addColumn<double>("quantile");
        for (const auto& [degrees, quantile] : std::vector<std::pair<int, double>> { { 1, 12.706 },
                 { 2, 4.303 }, { 3, 3.182 }, { 4, 2.776 }, { 5, 2.571 }, { 6, 2.447 }, { 8, 2.306 },
                 { 10, 2.228 }, { 20, 2.086 }, { 30, 2.042 }, { 120, 1.980 }, { 1'000'000, 1.960 } })
            QTest::addRow("%d", degrees) << degrees << quantile;
    }
    void student()
    {
        QFETCH(int, degrees);
        QFETCH(double, quantile);
        QVERIFY2(std::abs(core::studentT975(degrees) - quantile) < 1.1e-3,
            qPrintable(QString::number(core::studentT975(degrees))));
    }

    void mediansOfBlocks()
    {
        std::vector<TimedSample> samples;
        for (const int latency : { 3, 1, 2, 10, 30, 20, 5 })
            samples.push_back({ .latency = Nanoseconds(latency) });
        const std::vector<std::size_t> starts { 0, 3, 6 };
        QCOMPARE(core::blockMedians(samples, starts), (std::vector { 2ns, 20ns, 5ns }));
        QVERIFY(!core::blockInterval(5ns, samples, starts)); // three are too few
        QVERIFY(core::blockMedians({}, {}).empty());
    }

    /// Blocks that each have a level of their own: their samples alone would give an interval far too narrow.
    void coverage()
    {
        std::mt19937_64 random(7);
        std::normal_distribution<double> level(1e6, 5e3), noise(0, 2e3);
        int covered = 0, coveredBySamples = 0;
        constexpr int kTrials = 2000;
        for (int trial = 0; trial < kTrials; ++trial) {
            std::vector<TimedSample> samples;
            std::vector<Nanoseconds> latencies;
            std::vector<std::size_t> starts;
            for (int b = 0; b < 8; ++b) {
                starts.push_back(samples.size());
                const double here = level(random);
                for (int i = 0; i < 40; ++i) {
                    latencies.emplace_back(std::llround(here + noise(random)));
                    samples.push_back({ .latency = latencies.back() });
                }
            }
            std::sort(latencies.begin(), latencies.end());
            const auto interval = core::blockInterval(core::median(latencies), samples, starts);
            covered += interval->low <= 1ms && 1ms <= interval->high;
            const auto ofSamples = core::medianInterval(latencies);
            coveredBySamples += ofSamples->low <= 1ms && 1ms <= ofSamples->high;
        }
        QVERIFY2(
            covered >= 0.92 * kTrials && covered <= 0.98 * kTrials, qPrintable(QString::number(covered)));
        QVERIFY2(coveredBySamples < 0.6 * kTrials, qPrintable(QString::number(coveredBySamples)));
    }

    void mergedEnds()
    {
        const std::vector<CellFinished> blocks { block(1s, 100, 2, 0), block(3s, 200, 4, 4) };
        const CellFinished merged = core::mergeBlocks(blocks, std::vector<std::size_t> { 10, 30 });
        QCOMPARE(merged.measured, Nanoseconds(4s));
        QCOMPARE(merged.compile, Nanoseconds(2s));
        QCOMPARE(*merged.powerMeanWatts.value, 175.0); // over time
        QCOMPARE(*merged.energyPerInferenceJoules.value, 3.5); // over inferences
        QCOMPARE(*merged.peakResidentBytes.value, 200.0);
        QCOMPARE(merged.hiccupPercent, 3.0);
        QCOMPARE(merged.disturbedPercent, 3.0);
    }

    void unknownStaysUnknown()
    {
        std::vector<CellFinished> blocks { block(1s, 100, 2, 0), block(1s, 100, 2, 0) };
        blocks[1].powerMeanWatts = Figure::missing("The sensor vanished.");
        blocks[0].othersPercent = Figure::missing("Too short.");
        const CellFinished merged = core::mergeBlocks(blocks, std::vector<std::size_t> { 1, 1 });
        QCOMPARE(merged.powerMeanWatts.unknown, "The sensor vanished.");
        QCOMPARE(merged.othersPercent.unknown, "Too short.");
        QVERIFY(merged.energyPerInferenceJoules);
    }

    void eachOnceARound()
    {
        core::Turns turns(rule(), 1);
        for (int cell = 0; cell < 4; ++cell)
            turns.add(cell);
        std::vector<std::vector<int>> rounds;
        for (int round = 0; round < 50; ++round) {
            std::vector<int> order;
            for (int turn = 0; turn < 4; ++turn)
                order.push_back(*turns.next());
            rounds.push_back(order);
            std::sort(order.begin(), order.end());
            QCOMPARE(order, (std::vector { 0, 1, 2, 3 }));
        }
        std::sort(rounds.begin(), rounds.end());
        const auto different = std::unique(rounds.begin(), rounds.end()) - rounds.begin();
        QVERIFY2(different > 12, qPrintable(QString::number(different))); // of 24
        turns.next();
        for (int cell = 0; cell < 4; ++cell)
            turns.drop(cell);
        QVERIFY(!turns.next());
    }

    void verdicts()
    {
        const core::StopRule ours = rule();
        std::vector<TimedSample> samples(100, { .latency = 1ms });
        const std::vector<std::size_t> starts { 0, 20, 40, 60, 80 };
        std::vector<CellFinished> ends(4, block(1s, 1, 1, 0));
        QVERIFY(!core::verdict(ours, samples, std::span(starts).first(4), ends));
        ends.push_back(block(1s, 1, 1, 0));
        QCOMPARE(*core::verdict(ours, samples, starts, ends), StoppedBy::Converged);
        for (std::size_t i = 80; i < 100; ++i)
            samples[i].latency = 2ms;
        QVERIFY(!core::verdict(ours, samples, starts, ends)); // one block is another: it goes on
        ends.back().measured = 600s;
        QCOMPARE(*core::verdict(ours, samples, starts, ends), StoppedBy::TimeLimit);
        QCOMPARE(*core::verdict(ours, std::span(samples).first(5), starts, ends), StoppedBy::TooFewSamples);
    }

    void cellsOfABatchTakeTurns()
    {
        FakeEngine cpu, gpu({}, FakeEngine::gpu());
        const support::SweepResult result = support::sweep(twoEngines(), { &cpu, &gpu });
        QCOMPARE(result.run.cells.size(), std::size_t { 4 });
        for (const core::Cell& cell : result.run.cells) {
            QVERIFY2(cell.status == CellStatus::Ok, cell.reason.c_str());
            QCOMPARE(cell.blocks.size(), std::size_t { 5 });
            QVERIFY(cell.summary.interval);
            // Five blocks of half a second each, less what the reports take.
            QVERIFY(cell.finished->measured >= 2400ms);
            QVERIFY2(cell.samples.size() * static_cast<std::size_t>(cell.key.batch) >= 2000,
                qPrintable(QString::number(cell.samples.size())));
        }
        const auto order = blocksOf(result.events);
        QCOMPARE(order.size(), std::size_t { 20 });
        bool cpuFirst = false, gpuFirst = false;
        for (std::size_t round = 0; round < 5; ++round) { // of the first batch
            QVERIFY(order[2 * round].first < 2 && order[2 * round + 1].first < 2);
            QVERIFY(order[2 * round].first != order[2 * round + 1].first);
            QCOMPARE(order[2 * round].second, static_cast<int>(round));
            (order[2 * round].first == 0 ? cpuFirst : gpuFirst) = true;
        }
        QVERIFY(cpuFirst && gpuFirst);
    }

    /// What differs from block to block widens the interval that the cell shows.
    void intervalSeesBlocks()
    {
        FakeEngine cpu({ .latency = [runs = std::make_shared<int>(0)](std::int64_t, std::size_t) {
            return std::chrono::nanoseconds((*runs)++ / 600 % 2 == 0 ? 1'000'000 : 1'050'000);
        } });
        core::SweepSpec spec = twoEngines();
        spec.engines = { { "cpu" } };
        spec.batches = { 1 };
        spec.rule.maxTime = std::chrono::duration<double>(3);
        const core::Run run = support::sweep(spec, { &cpu }).run;
        const core::Cell& cell = run.cells[0];
        QVERIFY(cell.status == CellStatus::Unstable);
        QVERIFY2(cell.reason.find("blocks the median is known to within") != cell.reason.npos,
            cell.reason.c_str());
        QVERIFY(*cell.summary.relativeHalfWidth() > 0.005);
    }

    void aCellThatFailsLeavesItsTurns()
    {
        FakeEngine cpu({ .runErrors = { { 8, { 1000, "Cannot run: the device is lost." } } } });
        FakeEngine gpu({}, FakeEngine::gpu());
        const core::Run run = support::sweep(twoEngines(), { &cpu, &gpu }).run;
        QVERIFY(run.cells[0].status == CellStatus::Ok);
        QVERIFY(run.cells[2].status == CellStatus::Ok || run.cells[2].status == CellStatus::Failed);
        QVERIFY(run.cells[3].status == CellStatus::Ok);
        FakeEngine early({ .runErrors = { { 8, { 70, "Cannot run: the device is lost." } } } });
        const core::Run second = support::sweep(twoEngines(), { &early, &gpu }).run;
        QVERIFY(second.cells[2].status == CellStatus::Failed);
        QCOMPARE(second.cells[2].reason, "Cannot run: the device is lost.");
        QVERIFY(second.cells[3].status == CellStatus::Ok);
    }

    void stopKeepsTheBlocksThatAreOver()
    {
        std::stop_source stop;
        int blocks = 0;
        FakeEngine cpu, gpu({}, FakeEngine::gpu());
        const core::Model model = support::tinyModel();
        core::Run run;
        core::runSweep(
            twoEngines(), model, std::vector<core::Engine*> { &cpu, &gpu }, stop.get_token(),
            [&](const core::SweepEvent& event) {
                run.apply(event);
                if (const auto* progress = std::get_if<core::CellProgress>(&event))
                    blocks += progress->phase == core::CellPhase::CoolingDown;
                if (blocks == 4)
                    stop.request_stop();
            },
            support::machine());
        for (int cell : { 0, 1 }) {
            QVERIFY(run.cells[cell].status == CellStatus::Cancelled);
            QVERIFY(run.cells[cell].finished->stoppedBy == StoppedBy::User);
            QVERIFY(!run.cells[cell].samples.empty());
        }
        QVERIFY(run.cells[2].status == CellStatus::Cancelled);
        QVERIFY(!run.cells[2].finished);
    }
};

QTEST_GUILESS_MAIN(TstBlocks)
#include "tst_blocks.moc"
