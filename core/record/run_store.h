// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// The run library: one SQLite file for all runs on this machine, to which a cell is added as soon as it has
/// ended. Whatever a call has written when it returns stays, even if the program is killed or the power
/// fails right after; several programs may use the file at the same time.
namespace core {

/// What is known of a run without its cells.
struct RunEntry {
    std::string id; // 32 hexadecimal digits
    std::string shortId {}; // its first ones, at least eight, that no other run's id begins with
    std::string name; // as people gave it, "" until then
    std::string model, source, sha256;
    std::string machine, cpu;
    std::string startedAt; // ISO 8601 with zone
    std::string finishedAt; // the same; "": it runs still, or was cut off
    std::vector<std::string> tags; // sorted
    int planned = 0, kept = 0; // cells of the sweep, and those in the library
    bool deleted = false;
};

/// Every condition that is set must hold; letters' case does not matter.
struct RunFilter {
    std::string model; // part of the model's name or source, or the beginning of its SHA-256
    std::string machine; // part of the host's or the CPU's name
    std::string tag; // a whole tag
    std::optional<std::chrono::sys_seconds> from, to; // of the start; `to` is no longer part
    bool deleted = false; // those marked as deleted instead of the others
};

struct RunList {
    std::vector<RunEntry> runs; // newest first
    std::string damage; // one sentence where some could not be read; else empty
};

bool fits(const RunEntry& entry, const RunFilter& filter);

class RunRows;

class RunStore {
public:
    enum class Access { Write, Read }; // Read: a missing file is an error, and nothing is ever written

    /// Throws Error, one sentence: `Cannot open run library: /x/runs.sqlite: it is damaged.`
    explicit RunStore(std::filesystem::path path, Access access = Access::Write);
    ~RunStore();
    RunStore(RunStore&&) noexcept;
    RunStore& operator=(RunStore&&) noexcept;

    const std::filesystem::path& path() const { return m_path; }

    // All below throw Error with one sentence when it cannot be done; the library is then as it was.

    /// A new run without cells; returns its id.
    std::string begin(const RunStarted& header);
    /// These cells of the run as they are now, its readings from `firstReading` on and, where there is one,
    /// its end: in one transaction, on the disk when this returns.
    void keep(const std::string& id, const Run& run, std::span<const int> cells, std::size_t firstReading);
    /// A whole run at once; returns the id it has here.
    std::string import(const Run& run);

    RunList list(const RunFilter& filter = {}) const;
    /// The run whose id begins with `prefix`; the error says where none does, or more than one.
    RunEntry find(const std::string& prefix) const;
    /// As it was kept, also of a run that is not finished. `id` is a whole one, here and below.
    Run read(const std::string& id) const;

    void rename(const std::string& id, const std::string& name);
    void tag(const std::string& id, const std::string& tag);
    void untag(const std::string& id, const std::string& tag);
    void remove(const std::string& id); // only marks it
    void restore(const std::string& id);
    /// Removes marked runs for good; how many.
    int purge();

private:
    std::vector<RunEntry> entries(std::string& damage) const;

    std::filesystem::path m_path;
    std::unique_ptr<RunRows> m_rows;
};

/// $XDG_DATA_HOME/breakeven/runs.sqlite, or that in ~/.local/share; empty where the environment names
/// neither.
std::filesystem::path runLibraryPath();

/// "2026-03-01T12:00:00+01:00" as a time; nullopt for what is no such stamp.
std::optional<std::chrono::sys_seconds> timeOfStamp(std::string_view stamp);

/// The first characters of each id, at least eight, that tell it from all others.
std::vector<std::string> shortIds(const std::vector<std::string>& ids);

} // namespace core
