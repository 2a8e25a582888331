// SPDX-License-Identifier: GPL-3.0-or-later
// Prints how long the view over time takes to draw a run of a million samples at 1920 x 1080. Figures, no test:
// QT_QPA_PLATFORM=offscreen build/release/bin/time-view-redraw
#include "tests/support/runs.h"
#include "ui/chart_content.h"

#include <QApplication>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kSamples = 1'000'000;
constexpr int kCells = 4, kRepeats = 41;

/// Cells of 250,000 samples each, noisy, with outliers; all sensors, 20 readings a second.
core::Run millionSamples()
{
    core::Run run;
    core::RunStarted start = support::exampleStart();
    start.cells.resize(kCells);
    run.apply(start);
    std::mt19937 random(1);
    std::lognormal_distribution<double> noise(0, 0.05);
    core::Nanoseconds at = 1s;
    for (int cell = 0; cell < kCells; ++cell) {
        core::SamplesTaken taken { cell, {} };
        for (std::size_t k = 0; k < kSamples / kCells; ++k) {
            const double outlier = random() % 10'000 == 0 ? 8 : 1;
            const core::Nanoseconds latency(static_cast<std::int64_t>(50'000 * (cell + 1) * noise(random) * outlier));
            taken.samples.push_back({ .at = at, .latency = latency, .device = {} });
            at += latency + 200ns;
        }
        run.apply(taken);
        run.apply(core::CellFinished { .cell = cell, .at = at });
        at += 2s;
    }
    for (core::Nanoseconds time {}; time < at; time += 50ms) {
        core::SensorReading reading { .at = time,
            .cpuWatts = core::Figure::known(60 + static_cast<double>(random() % 20), "meter"),
            .gpuWatts = core::Figure::known(200 + static_cast<double>(random() % 50), "meter"),
            .residentBytes = 400'000'000 + random() % 1'000'000 };
        reading.gpu = core::GpuReading { .smClockMhz = 1980, .temperatureC = 50.0 + random() % 3 };
        reading.systemWatts = 400.0 + random() % 30;
        reading.cpu = { 3000.0 + random() % 500, 800, 3500, 60.0 + random() % 5 };
        reading.lostPercent = random() % 4;
        run.apply(reading);
    }
    return run;
}

double medianMs(const std::function<void()>& work)
{
    std::vector<double> times;
    for (int k = 0; k < kRepeats; ++k) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::ranges::sort(times);
    return times[kRepeats / 2];
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    const core::Run run = millionSamples();
    const ui::Theme theme = ui::lightTheme();
    ui::applyTheme(application, theme);
    ui::TimeCurves curves;
    curves.update(run);
    ui::TimeView view;
    view.resize(1920, 1080);
    view.show();
    view.setTheme(theme);
    const auto refresh = [&] {
        curves.update(run);
        view.setContent(ui::timeViewContent(run, curves, theme), std::nullopt);
    };
    refresh();
    QCoreApplication::processEvents();
    std::printf("%zu samples, %d tracks, %d x %d\n", kSamples, view.shownTracks(), view.width(), view.height());
    std::printf("redraw everything      %.2f ms\n", medianMs([&] { view.redraw(); }));
    std::printf("refresh and redraw     %.2f ms\n", medianMs([&] {
        refresh();
        view.redraw();
    }));
    const auto [begin, end] = view.range();
    view.showRange(begin + (end - begin) * 0.4, begin + (end - begin) * 0.401);
    std::printf("zoomed in 1000 times   %.2f ms\n", medianMs([&] { view.redraw(); }));
    view.fit();
    std::printf("move the cursor        %.2f ms\n", medianMs([&] {
        view.showCursor((begin + end) / 2);
        view.repaint();
    }));
    return 0;
}
