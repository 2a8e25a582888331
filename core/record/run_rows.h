// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run_store.h"
#include "core/record/sqlite.h"

/// The tables of the run library as rows, for RunStore. Callers put transactions around these. Every row
/// carries a digest, and every run the number of its rows, so that what is read is what was written, or
/// refused. Errors are half sentences.
namespace core {

/// A row of the table of runs.
struct RunRow {
    std::int64_t number = 0;
    RunEntry entry;
    std::string finished; // JSON, or ""
    std::int64_t readingParts = 0;
    std::string headerDigest;
};

class RunRows {
public:
    RunRows(const std::filesystem::path& path, sqlite::Access access);

    sqlite::Database& database() { return m_database; }

    struct All {
        std::vector<RunRow> rows; // in the order they were added
        std::string damage; // half a sentence where some cannot be read
    };
    All all() const;
    RunRow row(const std::string& id) const;
    /// Everything of a run.
    Run read(const RunRow& row) const;

    RunRow insert(const RunStarted& header);
    /// Cells, readings from one on, and the end if the run has one. Updates the row, too.
    void insertParts(RunRow& row, const Run& run, std::span<const int> cells, std::size_t firstReading);
    void update(const RunRow& row);
    void erase(const RunRow& row);

private:
    void insertReadings(RunRow& row, std::span<const SensorReading> readings);
    Run header(const RunRow& row) const;
    void readCells(const RunRow& row, Run& run) const;
    void readReadings(const RunRow& row, Run& run) const;
    void eraseParts(std::int64_t number);

    sqlite::Database m_database;
};

} // namespace core
