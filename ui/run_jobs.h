// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/stored_run.h"
#include "ui/job_runner.h"
#include "ui/opened_run.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

/// The jobs on the run library, and keeping a sweep in it. All access to its file happens in here, on the
/// worker thread: never while a sweep runs, but for the sweep's own cells as they end.
namespace ui {

/// Where runs are kept, and whether.
struct RunPlace {
    std::filesystem::path path;
    QString off = QStringLiteral("Runs are not kept."); // why not, one sentence; empty: they are
};

/// What a library job brings back.
using TakeRuns = std::function<void(core::RunList)>;

/// No file yet is an empty list.
JobRunner::Job listRunsJob(std::filesystem::path path, TakeRuns take);

/// Makes a change and lists again.
JobRunner::Job changeRunsJob(
    std::filesystem::path path, std::function<void(core::RunStore&)> change, TakeRuns take);

/// Reads the runs with these ids. Those that cannot be read are left out; `problem` says why the first of
/// them cannot. Fails where none can.
JobRunner::Job readRunsJob(std::filesystem::path path, std::vector<RunOrigin> wanted,
    std::function<void(std::vector<OpenedRun> runs, QString problem)> take);

/// Writes a kept run as `sweep --out` would have.
JobRunner::Job exportRunJob(std::filesystem::path path, std::string id, std::string file);

/// Adds a run file; takes what is to be said, and the list.
JobRunner::Job importRunJob(
    std::filesystem::path path, std::string file, std::function<void(core::RunList, QString said)> take);

/// What becomes of a sweep besides its events; both are called on the window's thread.
struct Keeping {
    RunPlace place;
    std::function<void(const QString& id)> kept; // at the end, with all that has ended in the library
    std::function<void(const QString& sentence)> failed; // what could not be kept; the sweep goes on
};

/// Keeps one sweep, on the worker thread beside its events.
class KeptSweep {
public:
    KeptSweep(Keeping keeping, const JobRunner::Post& post);
    void take(const core::SweepEvent& event);
    /// After the last event.
    void end();

private:
    void fail(const std::string& sentence);
    void apply(const core::SweepEvent& event);

    Keeping m_keeping;
    const JobRunner::Post& m_post;
    core::Run m_run; // the library's own fold of the events
    std::vector<core::SweepEvent> m_waiting; // not folded yet: between samples nothing is computed
    std::unique_ptr<core::RunStore> m_store;
    std::unique_ptr<core::StoredRun> m_stored;
    bool m_failed = false;
};

} // namespace ui
