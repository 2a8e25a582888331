// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/runs.h"

#include "tests/support/fake_engine.h"

namespace support {

using namespace std::chrono_literals;
using core::Figure;
using core::Nanoseconds;

core::RunStarted exampleStart()
{
    core::RunStarted start;
    start.spec = { .model = "zoo:tiny-cnn",
        .engines
        = { { "cpu", { 2 }, { core::Precision::Model } }, { "gpu", {}, { core::Precision::Float16 } } },
        .batches = { 1, 8 },
        .dims = { { "sequence", 128 } },
        .rule = core::stopRulePreset("standard"),
        .seed = 18'446'744'073'709'551'615U,
        .inputs = { "x=x.npy", "set" },
        .checkOutputs = true };
    start.model = { .name = "tiny \"cnn\", v2",
        .source = "zoo:tiny-cnn",
        .sha256 = std::string(64, 'a'),
        .fileBytes = 12'345,
        .parameters = 6'000'000'000,
        .flopPerItem = 4'100'000'000,
        .opset = 17,
        .nodes = 12,
        .inputs = { "input: float32 [batch, 3, 32, 32]" },
        .outputs = { "output: float32 [batch, 10]" } };
    start.environment = { .host = "station",
        .os = "Debian GNU/Linux 12",
        .kernel = "Linux 6.1.0",
        .cpu = "Example CPU",
        .cores = 2,
        .memoryBytes = 24'000'000'000,
        .program = "Breakeven 0.1.0, release, GCC 12.2",
        .facts = { { "frequency governor", "powersave" } },
        .warnings = { "CPU frequency governor is powersave, not performance." } };
    start.devices = { FakeEngine::cpu(), FakeEngine::absentGpu() };
    start.devices[0].memoryBytes = 24'000'000'000;
    start.devices[0].facts = { { "cache", "32 MB" } };
    start.cells = core::cells(start.spec);
    start.startedAt = "2026-03-01T12:00:00+01:00";
    start.cpuPower = { {}, "RAPL package-0, powercap", {} };
    start.gpuPower
        = Figure::missing("No GPU power reading: libnvidia-ml.so.1 cannot be loaded (no NVIDIA driver?).");
    start.sensors = {
        { .what = "CPU power", .source = "RAPL package-0, powercap", .rights = "root", .updatePeriod = 1ms },
        { .what = "CPU clock", .rights = "none", .unavailable = "No CPU clock: a test." }
    };
    return start;
}

std::vector<core::TimedSample> exampleSamples(std::size_t count, Nanoseconds latency, Nanoseconds at)
{
    std::vector<core::TimedSample> samples;
    for (std::size_t k = 0; k < count; ++k) {
        const Nanoseconds time = latency + Nanoseconds(static_cast<std::int64_t>(k % 7) * 1001);
        samples.push_back({ .at = at, .latency = time, .device = {} });
        at += time + 120ns;
    }
    return samples;
}

std::vector<core::SweepEvent> exampleEvents()
{
    std::vector<core::TimedSample> onDevice = exampleSamples(460, 3ms, 2s);
    for (core::TimedSample& sample : onDevice)
        sample.device = { .enqueue = 40us, .copyIn = 300us, .compute = 2ms, .copyOut = 90us };
    const core::CellFinished first { .cell = 0,
        .at = 1s,
        .compile = 5ms,
        .measured = 800ms,
        .memory = { 1000, 2000, 3000 },
        .peakResidentBytes = Figure::known(5e7, "VmHWM of /proc/self/status"),
        .disturbedPercent = 0.1,
        .powerMeanWatts = Figure::known(42.125, "RAPL package-0, powercap"),
        .energyPerInferenceJoules = Figure::known(0.0421, "RAPL package-0, powercap"),
        .outputMaxAbsDiff = Figure::known(1.1920929e-07, "reference engine"),
        .hiccupPercent = 0.1,
        .othersPercent = Figure::missing("The loop was shorter than 0.2 s."),
        .library = "scripted times, AVX2",
        .idleWatts = Figure::known(30, "RAPL package-0, powercap"),
        .marginalEnergyPerInferenceJoules = Figure::known(0.0121, "RAPL package-0, powercap"),
        .energyLowJoules = Figure::known(0.0411, "RAPL package-0, powercap"),
        .energyHighJoules = Figure::known(0.0431, "RAPL package-0, powercap"),
        .systemPowerMeanWatts = Figure::known(90, "whole machine, external meter m.csv"),
        .systemEnergyPerInferenceJoules = Figure::missing("not read"),
        .sensorSeconds = 0.00125 };
    core::CellFinished second {
        .cell = 1, .at = 4s, .measured = 1500ms, .disturbedPercent = 3.75, .hiccupPercent = 3.75
    };
    second.gpu = {
        .smClockMhz = { { 1830, 1980 } }, .temperatureC = { { 41, 55 } }, .clockEvents = 0x24, .readings = 30
    };
    second.peakResidentBytes = second.powerMeanWatts = second.energyPerInferenceJoules
        = second.outputMaxAbsDiff = second.othersPercent = Figure::missing("not read");
    return {
        exampleStart(),
        core::CellStarted { 0, 10ms },
        core::CellProgress { 0, core::CellPhase::WarmingUp, 90s },
        core::CellProgress { 0, core::CellPhase::Measuring, 80s },
        core::SamplesTaken { 0, exampleSamples(40, 1ms, 20ms) },
        core::SensorReading {
            50ms, Figure::known(40.5, "RAPL package-0, powercap"), Figure::missing("none"), 1'000'000 },
        core::SamplesTaken { 0, exampleSamples(60, 1ms, 70ms) },
        first,
        core::CellStarted { 1, 2s },
        core::SamplesTaken { 1, onDevice },
        core::SensorReading { 2500ms, Figure::missing("none"), Figure::missing("none"), 1'000'000,
            core::GpuReading { .smClockMhz = 1980,
                .memoryUsedBytes = 4e9,
                .clockEvents = 0x24,
                .powerInstantWatts = 512.5,
                .powerAverageWatts = 480 },
            88.5, core::CpuReading { 2600, 800, 3500, 61.5 }, 2.25 },
        second,
        core::CellStarted { 2, 5s },
        core::CellFailed { 2, 5s, core::CellFailure::Refused, "node \"a\" (Resize): cubic, \"no\"." },
        core::CellStarted { 3, 6s },
        core::CellFailed { 3, 6s, core::CellFailure::OutOfMemory,
            "Cannot compile batch 8: needs 31.2 GB, 8.0 GB are free." },
        core::RunFinished { 7s, false, "2026-03-01T12:00:07+01:00" },
    };
}

core::Run exampleRun()
{
    core::Run run;
    for (const core::SweepEvent& event : exampleEvents())
        run.apply(event);
    return run;
}

std::string mutated(std::string text, std::mt19937& random)
{
    constexpr std::string_view kBytes = "{}[]\",:0123456789.-eE\\untrueflasx\x01\xff\x80";
    const auto place = [&] { return random() % std::max<std::size_t>(1, text.size()); };
    for (auto changes = 1 + random() % 4; changes > 0 && !text.empty(); --changes) {
        switch (random() % 5) {
        case 0:
        case 1:
            text[place()] = kBytes[random() % kBytes.size()];
            break;
        case 2:
            text.erase(place(), 1 + random() % 20);
            break;
        case 3:
            text.insert(place(), text.substr(place(), random() % 40));
            break;
        default:
            text.resize(place());
        }
    }
    return text;
}

} // namespace support
