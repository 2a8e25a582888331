// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run_file.h"
#include "tests/support/sweeps.h"

#include <QTemporaryDir>

/// Profiles of fake engines, made while a test runs: an invented one never lies among the program's
/// resources.
namespace support {

/// Another machine.
inline core::Machine otherMachine()
{
    core::Machine other = machine();
    other.environment = [] {
        return core::Environment { .host = "station",
            .cpu = "Other CPU",
            .cores = 64,
            .program = "Breakeven 0.1.0, release",
            .warnings = { "CPU frequency governor is powersave, not performance." } };
    };
    return other;
}

/// Batches 1, 2 and 4 of the tiny model on a CPU and a GPU of another machine, on 2026-12-02. Batch 8 was too
/// large for its GPU.
inline core::Run otherRun()
{
    FakeScript onGpu { .deviceTimes = true };
    onGpu.latency = [](std::int64_t batch, std::size_t index) { return steadyLatency(batch, index) / 4; };
    onGpu.outOfMemory = { { 8, "Cannot compile batch 8: it needs 9 GB, 1 GB are free." } };
    FakeEngine cpu, gpu(onGpu, FakeEngine::gpu());
    core::SweepSpec what = spec();
    what.batches = { 1, 2, 4, 8 };
    what.engines = { { .id = "cpu", .threads = { 1, 2 } }, { .id = "gpu", .threads = {} } };
    core::Run run = sweep(what, { &cpu, &gpu }, otherMachine()).run;
    run.header.startedAt = "2026-12-02T12:00:00+01:00";
    run.header.model.sha256 = std::string(64, 'b');
    for (core::Cell& cell : run.cells) {
        if (cell.finished && cell.key.engine == "gpu")
            cell.finished->powerMeanWatts = core::Figure::known(250, "NVML energy counter");
    }
    return run;
}

/// A folder of profiles that is gone with it.
class ProfileFolder {
public:
    std::filesystem::path path() const { return m_folder.path().toStdString(); }
    std::filesystem::path add(const std::string& name, const core::Run& run = otherRun()) const
    {
        return addText(name, core::toJson(run));
    }
    std::filesystem::path addText(const std::string& name, const std::string& text) const
    {
        const std::filesystem::path file = path() / name;
        std::filesystem::create_directories(file.parent_path());
        core::writeFile(file, text, "profile");
        return file;
    }

private:
    QTemporaryDir m_folder;
};

} // namespace support
