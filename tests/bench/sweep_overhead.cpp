// SPDX-License-Identifier: GPL-3.0-or-later
// What a sweep in the window adds to an inference of about 1 ms: sensors, run library and live charts all on,
// against the bare loop on the same engine, by turns.
//   sweep-overhead [THREADS [ROUNDS [MODEL [BATCH]]]]
// Not a test: figures depend on the machine.
#include "core/analyse/ratio.h"
#include "core/engine/inputs.h"
#include "core/measure/measure.h"
#include "core/measure/reference_outputs.h"
#include "core/model/passes.h"
#include "core/model/shape_inference.h"
#include "cpu/cpu_engine.h"
#include "tests/ui/window_support.h"
#include "ui/charts_page.h"
#include "ui/main_window.h"
#include "ui/window_actions.h"

#include <QAction>
#include <QApplication>
#include <algorithm>
#include <cstdio>
#include <random>
#include <thread>

namespace {

struct Task {
    int threads;
    int rounds;
    std::string model;
    std::int64_t batch;
};

core::StopRule rule()
{
    return core::stopRulePreset("quick");
}

double medianMs(std::vector<core::TimedSample> samples)
{
    std::vector<core::Nanoseconds> latencies;
    for (const core::TimedSample& sample : samples)
        latencies.push_back(sample.latency);
    std::sort(latencies.begin(), latencies.end());
    return static_cast<double>(core::median(latencies).count()) / 1e6;
}

/// No window to repaint, nobody to tell.
double bare(core::Engine& engine, const core::Model& model, const Task& task)
{
    double median = 0;
    std::thread([&] {
        const auto graph = core::optimise(*model.graph, {});
        const core::DimBindings dims { task.batch, {} };
        const auto program = engine.compile(graph, { .dims = dims, .threads = task.threads });
        core::writeInputs(*program, core::synthesiseInputs(*graph, core::inferShapes(*graph, dims), 1));
        median = medianMs(core::measure(*program, rule(), {}, {}).samples);
    }).join();
    return median;
}

double inTheWindow(ui::Session& session)
{
    QSignalSpy finished(&session, &ui::Session::runFinished);
    session.start();
    if (!QTest::qWaitFor([&] { return !finished.isEmpty(); }, support::kPatience))
        qFatal("The sweep did not end.");
    return medianMs(session.run().cells.at(0).samples);
}

void compare(const Task& task)
{
    const QTemporaryDir folder;
    core::Machine machine; // with all its sensors
    ui::Session session(
        [] {
            ui::EngineList engines;
            engines.push_back(cpu::makeEngine());
            return engines;
        },
        machine, { .path = folder.filePath("runs.sqlite").toStdString(), .off = {} });
    ui::MainWindow window(session);
    window.resize(1920, 1080);
    window.show();
    window.actions().overTime->trigger();
    support::openAndWait(session, QString::fromStdString(task.model));
    if (!QTest::qWaitFor([&] { return session.devicesKnown(); }))
        qFatal("No device was found.");
    ui::Setup setup = session.setup();
    setup.batches = QString::number(task.batch);
    setup.engines.at(0).threads = QString::number(task.threads);
    session.change(setup);
    const auto engine = cpu::makeEngine();
    const core::Model model = core::openModel(task.model);
    std::mt19937 random(1);
    std::vector<std::vector<double>> ratios;
    std::vector<double> latencies;
    for (int round = 0; round < task.rounds; ++round) {
        double without = 0, with = 0;
        const bool windowFirst = random() % 2;
        if (windowFirst)
            with = inTheWindow(session);
        without = bare(*engine, model, task);
        if (!windowFirst)
            with = inTheWindow(session);
        ratios.push_back({ with / without });
        latencies.push_back(without);
    }
    std::sort(latencies.begin(), latencies.end());
    const auto ratio = core::ratioOverGroups(ratios);
    std::printf(
        "%s, batch %ld, %d threads, bare median %.4f ms: in the window %.4f [%.4f, %.4f] times as long, "
        "over %d rounds\n",
        task.model.c_str(), static_cast<long>(task.batch), task.threads, latencies[latencies.size() / 2],
        ratio->value, ratio->low, ratio->high, task.rounds);
}

} // namespace

int main(int count, char** arguments)
{
    QApplication app(count, arguments);
    const support::OwnSettings settings;
    compare({ .threads = count > 1 ? std::atoi(arguments[1]) : 1,
        .rounds = std::max(5, count > 2 ? std::atoi(arguments[2]) : 15),
        .model = count > 3 ? arguments[3] : "zoo:tiny-cnn",
        .batch = count > 4 ? std::atol(arguments[4]) : 16 });
}
