// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated run at its moments: against the run's own accounts, and columns of pixels against their sums.
#include "tests/support/sanitized.h"
#include "ui/format.h"
#include "ui/lab_moment.h"

#include <QTest>
#include <cmath>
#include <random>

using namespace std::chrono_literals;
using core::Nanoseconds;

namespace {

/// Two CPUs behind one line under bursts, with deadlines that some miss.
ui::Watched watchedRun(std::string_view policy = "cpu-only(max=3)")
{
    ui::Watched watched;
    watched.devices = {
        { .name = "cpu", .servers = 2, .most = 4, .time = core::ServiceTime::affine(0.001, 0.004) },
        { .name = "gpu", .accelerator = true, .most = 8, .time = core::ServiceTime::affine(0.0005, 0.006) }
    };
    watched.slo = 15ms;
    watched.requests = core::arrivals(core::arrivalsFromText("gamma(cv=3)"), 600, 2000, 3);
    core::RecordedRun run = core::simulateRecorded(
        watched.requests, watched.devices, policy, { .slo = watched.slo, .watch = {} });
    watched.result = std::move(run.result);
    watched.record = std::move(run.record);
    for (std::size_t i = 0; i < watched.requests.size(); ++i)
        if (watched.result.latencies[i] >= 0ns)
            watched.byAnswer.push_back(static_cast<std::uint32_t>(i));
    std::ranges::sort(watched.byAnswer, {},
        [&](std::uint32_t i) { return watched.requests[i].at + watched.result.latencies[i]; });
    return watched;
}

} // namespace

class TstLabMoment : public QObject {
    Q_OBJECT

private slots:
    void columnsAddUp()
    {
        std::mt19937 random(1);
        std::vector<ui::Step> steps;
        double at = 0;
        for (int i = 0; i < 500; ++i) {
            at += std::exponential_distribution(10.0)(random);
            steps.push_back({ at, static_cast<double>(random() % 9) });
        }
        const auto value = [&](double when) {
            double last = 0;
            for (const ui::Step& step : steps)
                if (step.at <= when)
                    last = step.value;
            return last;
        };
        for (const auto& [begin, end, count] :
            { std::tuple(0.0, at, 60), std::tuple(3.3, 3.9, 7), std::tuple(at, at + 5, 4) }) {
            const auto columns = ui::stepColumns(steps, begin, end, count);
            QCOMPARE(columns.size(), static_cast<std::size_t>(count));
            const double width = (end - begin) / count;
            for (int i = 0; i < count; ++i) {
                constexpr int kParts = 4000;
                double sum = 0, largest = 0;
                for (int part = 0; part < kParts; ++part) {
                    const double now = value(begin + (i + (part + 0.5) / kParts) * width);
                    sum += now;
                    largest = std::max(largest, now);
                }
                const ui::StepColumn& column = columns[static_cast<std::size_t>(i)];
                QVERIFY2(std::abs(column.mean - sum / kParts) < 0.02, qPrintable(QString::number(i)));
                QVERIFY(column.largest >= largest); // a step may be shorter than a part
            }
            if (support::kSanitized)
                break;
        }
        QVERIFY(ui::stepColumns(steps, 1, 1, 3).size() == 3 && ui::stepColumns(steps, 0, 1, 0).empty());
        QCOMPARE(ui::stepColumns({}, 0, 1, 1)[0].mean, 0.0);
    }

    void theQueueIsTheSimulators()
    {
        for (const char* policy : { "cpu-only(max=3)", "round-robin", "eft-deadline" }) {
            const ui::Watched watched = watchedRun(policy);
            const auto steps = ui::waitingOverTime(watched);
            QCOMPARE(steps.back().value, 0.0);
            const core::QueueOverTime& queue = watched.result.queue;
            const auto count = static_cast<int>(queue.stretches.size());
            const auto columns = ui::stepColumns(steps, 0, ui::seconds(queue.width) * count, count);
            for (int i = 0; i + 1 < count; ++i) { // the last stretch ends with the run
                const auto& stretch = queue.stretches[static_cast<std::size_t>(i)];
                QVERIFY(std::abs(columns[static_cast<std::size_t>(i)].mean - stretch.mean) < 1e-3);
            }
        }
    }

    void momentsAddUp()
    {
        for (const char* policy : { "cpu-only(max=3)", "eft-deadline" }) {
            const ui::Watched watched = watchedRun(policy);
            for (Nanoseconds at {}; at <= watched.result.duration + 20ms; at += 7ms) {
                const ui::Moment moment = ui::momentAt(watched, at);
                std::size_t running = 0, arrived = 0, answered = 0;
                for (const ui::Busy& device : moment.devices)
                    for (const core::RecordedBatch& batch : device.running)
                        running += batch.requests;
                for (std::size_t i = 0; i < watched.requests.size(); ++i) {
                    arrived += watched.requests[i].at <= at;
                    const Nanoseconds latency = watched.result.latencies[i];
                    answered += latency >= 0ns && watched.requests[i].at + latency <= at;
                }
                QCOMPARE(moment.arrived, arrived);
                QCOMPARE(moment.answered, answered);
                QCOMPARE(moment.waiting + running + answered + moment.dropped, arrived);
                QVERIFY(moment.devices[0].running.size() <= 2);
                QCOMPARE(moment.lastAnswers, std::min<std::size_t>(100, answered));
                QCOMPARE(moment.median.has_value(), answered > 0);
            }
        }
    }

    void theLastAnswers()
    {
        ui::Watched watched;
        watched.devices = { { .name = "cpu", .most = 1, .time = core::ServiceTime::deterministic(0.001) } };
        for (int i = 0; i < 150; ++i) {
            watched.requests.push_back({ .at = i * 10ms });
            watched.result.latencies.push_back((i + 1) * 10us);
            watched.byAnswer.push_back(static_cast<std::uint32_t>(i));
        }
        const ui::Moment none = ui::momentAt(watched, 9us);
        QVERIFY(none.lastAnswers == 0 && !none.median && !none.largest);
        const ui::Moment all = ui::momentAt(watched, 2s); // the latencies of 51 to 150
        QCOMPARE(all.median, std::optional<Nanoseconds>(1000us));
        QCOMPARE(all.largest, std::optional<Nanoseconds>(1500us));
    }

    void whatIsNotRecorded()
    {
        ui::Watched watched = watchedRun();
        watched.record.cut = 100ms;
        std::erase_if(
            watched.record.batches, [](const core::RecordedBatch& batch) { return batch.started >= 100ms; });
        QVERIFY(ui::momentAt(watched, 99ms).recorded);
        const ui::Moment after = ui::momentAt(watched, 100ms);
        QVERIFY(!after.recorded && after.answered > 0);
        QVERIFY(ui::waitingOverTime(watched).back().at < 0.1);
    }
};

QTEST_APPLESS_MAIN(TstLabMoment)
#include "tst_lab_moment.moc"
