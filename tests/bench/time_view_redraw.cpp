// SPDX-License-Identifier: GPL-3.0-or-later
// Prints how long the view over time takes to draw a run of a million samples at 1920 x 1080. Figures, no
// test: QT_QPA_PLATFORM=offscreen build/release/bin/time-view-redraw
#include "tests/support/runs.h"
#include "ui/chart_content.h"

#include <QApplication>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
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
            const core::Nanoseconds latency(
                static_cast<std::int64_t>(50'000 * (cell + 1) * noise(random) * outlier));
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

/// Of this thread: on a busy machine less than what a clock on the wall shows.
double cpuMs()
{
    timespec time {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

/// Medians of both.
void report(const char* what, const std::function<void()>& work)
{
    std::vector<double> wall, cpu;
    for (int k = 0; k < kRepeats; ++k) {
        const auto begin = std::chrono::steady_clock::now();
        const double cpuBegin = cpuMs();
        work();
        cpu.push_back(cpuMs() - cpuBegin);
        wall.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::ranges::sort(wall);
    std::ranges::sort(cpu);
    std::printf("%-24s %6.2f ms (%.2f ms of processor)\n", what, wall[kRepeats / 2], cpu[kRepeats / 2]);
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
    std::printf(
        "%zu samples, %d tracks, %d x %d\n", kSamples, view.shownTracks(), view.width(), view.height());
    report("redraw everything", [&] { view.redraw(); });
    report("refresh and redraw", [&] {
        refresh();
        view.redraw();
    });
    report("columns of all curves", [&] {
        for (const ui::TrackContent& track : view.content().tracks)
            for (const ui::TimeCurve& curve : track.curves)
                ui::decimated(*curve.points, view.range().first, view.range().second, view.width());
    });
    const auto [begin, end] = view.range();
    view.showRange(begin + (end - begin) * 0.4, begin + (end - begin) * 0.401);
    report("redraw, zoomed in", [&] { view.redraw(); });
    view.fit();
    report("move the cursor", [&] {
        view.showCursor((begin + end) / 2);
        view.repaint();
    });
    return 0;
}
