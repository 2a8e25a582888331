// SPDX-License-Identifier: GPL-3.0-or-later
// Swings and flips against closed formulas, and against decisions made anew with the assumption changed.
#include "core/analyse/decision.h"
#include "core/analyse/tornado_chart.h"

#include <QTest>
#include <cmath>

using core::DecisionSettings;
using core::Figure;
using core::Swing;

namespace {

core::Cell cell(const char* engine, double ms, double spread = 0)
{
    core::Cell made { .key = { .engine = engine, .batch = 1 }, .status = core::CellStatus::Ok };
    for (int i = 0; i < 500; ++i)
        made.samples.push_back({ .latency = core::Nanoseconds(static_cast<std::int64_t>(
                                     1e6 * ms * (1 + spread * ((i * 7919) % 101 - 50) / 50.0))) });
    made.finished = core::CellFinished { .energyPerInferenceJoules = Figure::known(0.05, "RAPL"),
        .idleWatts = Figure::known(20, "RAPL") };
    made.refreshSummary();
    return made;
}

/// cpu: 1000 a second; gpu: 4000.
core::Run run()
{
    core::Run run;
    run.header.devices
        = { { .id = "cpu", .name = "CPU" }, { .id = "gpu", .kind = core::DeviceKind::Gpu, .name = "GPU" } };
    run.cells = { cell("cpu", 1), cell("gpu", 0.25) };
    return run;
}

core::Pricing rented(double perHour)
{
    return core::rentedFor(perHour, core::DeviceKind::Cpu, "USD");
}

DecisionSettings costs(double cpu, double gpu)
{
    DecisionSettings settings { .objective = core::Objective::Cost };
    settings.prices = { { "cpu", rented(cpu) }, { "gpu", rented(gpu) } };
    return settings;
}

const Swing* named(const core::Decision& decision, const char* name)
{
    const auto found = std::ranges::find(decision.swings, name, &Swing::name);
    return found == decision.swings.end() ? nullptr : &*found;
}

bool near(double value, double expected, double tolerance = 1e-6)
{
    return std::abs(value - expected) <= tolerance * std::max(1e-3, std::abs(expected));
}

std::string bestEngine(const core::Run& of, const DecisionSettings& settings)
{
    const core::Decision decision = core::decide(of, settings);
    return decision.best ? of.cells[decision.candidates[*decision.best].cell].key.engine : "";
}

} // namespace

class TstSensitivity : public QObject {
    Q_OBJECT

private slots:
    /// Without a rate a price moves the cost in proportion, and flips where both cost the same an inference.
    void prices()
    {
        const core::Run of = run();
        const core::Decision decision = core::decide(of, costs(0.3, 0.8)); // 0.2 of gpu against 0.3 of cpu
        const double loss = *decision.candidates[*decision.best].loss;
        const Swing* gpu = named(decision, "price of gpu");
        QVERIFY(gpu);
        QVERIFY(near(*gpu->low.loss, 0.8 * loss) && near(*gpu->high.loss, 1.2 * loss));
        QVERIFY(near(*gpu->high.second, *decision.candidates[*decision.runnerUp].loss));
        QVERIFY(!gpu->below && gpu->above);
        QVERIFY(near(gpu->above->change, 0.5)); // 1.2 an hour
        QCOMPARE(of.cells[gpu->above->cell].key.engine, "cpu");
        QVERIFY(!gpu->high.other); // not at 20 %
        const Swing* cpu = named(decision, "price of cpu");
        QVERIFY(cpu && near(cpu->below->change, -1.0 / 3));
        QCOMPARE(cpu->width(), 0.0); // it is not the one that was recommended
        QVERIFY(std::ranges::is_sorted(decision.swings, std::greater {}, &Swing::width));
        QVERIFY(std::ranges::find(decision.wouldChange,
                    "With the price of gpu 50 % higher (1.2 USD an hour), cpu at batch 1 is cheaper.")
            != decision.wouldChange.end());
    }

    /// Each flip is one: a decision made anew a little before it and a little behind it says so.
    void flipsAreTrue()
    {
        const core::Run of = run();
        DecisionSettings settings = costs(0.3, 0.8);
        settings.prices["gpu"]
            = core::ownedFromText("owned(price=20000,years=4,idle=50W,busy=300W,other=0.1,salvage=0.1)",
                core::DeviceKind::Gpu, "USD");
        settings.rate = 2500;
        const core::Decision decision = core::decide(of, settings);
        const std::string best = bestEngine(of, settings);
        int flips = 0;
        const auto setter = [](const std::string& name, DecisionSettings& moved) -> double* {
            core::Pricing& gpu = moved.prices["gpu"];
            return name == "price of gpu"           ? &gpu.owned->price
                : name == "life of gpu"             ? &gpu.owned->years
                : name == "salvage of gpu"          ? &gpu.owned->salvage
                : name == "other cost of gpu"       ? &gpu.owned->otherPerHour
                : name == "price of cpu"            ? &moved.prices["cpu"].price.perHour
                : name == "rate"                    ? &*moved.rate
                : name == "share of a machine used" ? &moved.most
                : name == "PUE"                     ? &moved.pue
                : name == "tariff"                  ? &moved.perKwh
                                                    : nullptr;
        };
        for (const Swing& swing : decision.swings) {
            for (const auto* flip : { &swing.below, &swing.above }) {
                if (!*flip)
                    continue;
                const double change = (*flip)->change;
                for (const double off : { -1e-6, 1e-6 }) {
                    DecisionSettings moved = settings;
                    double* value = setter(swing.name, moved);
                    if (!value)
                        continue;
                    *value *= 1 + change + off;
                    const bool behind = (change > 0) == (off > 0);
                    QCOMPARE(bestEngine(of, moved) != best, behind);
                    ++flips;
                }
            }
        }
        QVERIFY2(flips >= 6, qPrintable(QString::number(flips)));
        // What is at the ends is what a decision made anew says, too.
        for (const Swing& swing : decision.swings) {
            DecisionSettings low = settings;
            if (double* value = setter(swing.name, low)) {
                *value = std::max(swing.name == "PUE" ? 1.0 : 0.0, *value * 0.8);
                const core::Decision again = core::decide(of, low);
                for (const core::Candidate& candidate : again.candidates)
                    if (candidate.cell == decision.candidates[*decision.best].cell)
                        QVERIFY(near(*candidate.loss, *swing.low.loss));
            }
        }
    }

    void measuredWithinItsInterval()
    {
        core::Run of = run();
        of.cells = { cell("cpu", 1.0, 0.3), cell("gpu", 1.001, 0.3) };
        const core::Decision decision = core::decide(of, { .objective = core::Objective::Latency });
        const Swing* cpu = named(decision, "latency of cpu");
        QVERIFY(cpu && cpu->measured);
        const auto& summary = of.cells[0].summary;
        QVERIFY(near(*cpu->high.loss, std::chrono::duration<double>(summary.interval->high).count()));
        QVERIFY(near(*cpu->low.loss, std::chrono::duration<double>(summary.interval->low).count()));
        QVERIFY(cpu->above && cpu->high.other);
        QVERIFY(std::ranges::find(decision.wouldChange,
                    "Within the 95 % interval of the latency of cpu, gpu at batch 1 is faster.")
            != decision.wouldChange.end());
        // Of apart ones none flips.
        QVERIFY(!named(core::decide(run(), { .objective = core::Objective::Latency }), "latency of cpu"));
    }

    /// A target of cost holds while assumptions are moved.
    void targetOfCost()
    {
        const core::Run of = run();
        DecisionSettings settings = costs(0.3, 0.8);
        settings.objective = core::Objective::Latency;
        core::addTarget(settings.targets, "cost=0.06");
        const core::Decision decision = core::decide(of, settings); // gpu: 0.0556; cpu: 0.0833
        QCOMPARE(bestEngine(of, settings), "gpu");
        const Swing* gpu = named(decision, "price of gpu");
        QVERIFY(gpu && !gpu->high.loss); // at 20 % more it misses the target
        const Swing* cpu = named(decision, "price of cpu");
        QVERIFY(!cpu);
    }

    void nothingToSay()
    {
        QVERIFY(core::decide({}, {}).swings.empty());
        QVERIFY(core::drawingOf(core::TornadoChart {}).shapes.empty());
    }

    void chart()
    {
        const core::Decision decision = core::decide(run(), costs(0.3, 0.8));
        const core::Drawing drawing = core::drawingOf(core::TornadoChart { .swings = decision.swings,
            .loss = *decision.candidates[*decision.best].loss,
            .title = "t",
            .width = 600 });
        int boxes = 0;
        bool note = false;
        for (const core::DrawnShape& shape : drawing.shapes) {
            boxes += shape.kind == core::DrawnShape::Kind::Box;
            note = note || shape.text == "flips +50 %";
            for (const auto& [x, y] : shape.points)
                QVERIFY(x >= 0 && x <= drawing.width && y >= 0 && y <= drawing.height);
        }
        QCOMPARE(boxes, 2); // of one bar: that of gpu's price
        QVERIFY(note);
    }
};

QTEST_GUILESS_MAIN(TstSensitivity)
#include "tst_sensitivity.moc"
