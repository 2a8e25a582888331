// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/run_schema.h"

#include "core/error.h"

#include <array>

namespace core {

namespace {

using sqlite::Access;
using sqlite::Database;

/// One step a version. Digests are over the rest of their row: SQLite itself has no checksums. There is no
/// index, which could disagree with its table: a library has thousands of runs, not millions.
constexpr std::array<std::array<const char*, 4>, kLibraryVersion> kSteps { {
    { R"(CREATE TABLE library (only INTEGER PRIMARY KEY CHECK (only = 1), runs INTEGER NOT NULL))",
        R"(CREATE TABLE runs (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, model TEXT NOT NULL, source TEXT NOT NULL,
    sha256 TEXT NOT NULL, machine TEXT NOT NULL, cpu TEXT NOT NULL, started TEXT NOT NULL,
    finished TEXT NOT NULL, tags TEXT NOT NULL, planned INTEGER NOT NULL, kept INTEGER NOT NULL,
    reading_parts INTEGER NOT NULL, deleted INTEGER NOT NULL, header_digest TEXT NOT NULL, digest TEXT NOT NULL,
    header TEXT NOT NULL))",
        R"(CREATE TABLE cells (
    run INTEGER NOT NULL, cell INTEGER NOT NULL, digest TEXT NOT NULL, fields TEXT NOT NULL,
    samples BLOB NOT NULL, PRIMARY KEY (run, cell)) WITHOUT ROWID)",
        R"(CREATE TABLE readings (
    run INTEGER NOT NULL, part INTEGER NOT NULL, digest TEXT NOT NULL, length INTEGER NOT NULL,
    deflated BLOB NOT NULL, PRIMARY KEY (run, part)) WITHOUT ROWID)" },
} };

constexpr const char* kTables = "SELECT COUNT(*) FROM sqlite_schema";

void migrate(Database& database, int from)
{
    for (std::size_t step = static_cast<std::size_t>(from); step < kSteps.size(); ++step)
        for (const char* sql : kSteps[step])
            database.run(sql);
    if (from == 0)
        database.run("INSERT INTO library VALUES (1, 0)");
    database.run(fmt::format("PRAGMA application_id={}", kLibraryMark).c_str());
    database.run(fmt::format("PRAGMA user_version={}", kLibraryVersion).c_str());
}

/// 0: it is empty.
int versionOf(const Database& database)
{
    const auto version = database.number("PRAGMA user_version");
    const auto mark = database.number("PRAGMA application_id");
    if (version == 0 && mark == 0 && database.number(kTables) == 0)
        return 0;
    if (mark != kLibraryMark || version < 1)
        throw Error("it is another program's file, or damaged");
    if (version > kLibraryVersion)
        throw Error("it has version {}, this program knows version {}; a newer Breakeven wrote it", version,
            kLibraryVersion);
    return static_cast<int>(version);
}

std::string schemaOf(const Database& database)
{
    std::string all;
    auto rows = database.query("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name");
    while (rows.step())
        all.append(rows.text(0)).append(": ").append(rows.text(1)).append("\n");
    return all;
}

/// What the steps make of an empty file.
std::string freshSchema()
{
    Database fresh = Database::inMemory();
    migrate(fresh, 0);
    return schemaOf(fresh);
}

} // namespace

void prepareSchema(Database& database, Access access)
{
    if (versionOf(database) < kLibraryVersion) {
        if (access != Access::Write)
            throw Error("it is empty, or an older version's and read-only");
        sqlite::Transaction transaction(database);
        // Another program may have done it since.
        if (const int version = versionOf(database); version < kLibraryVersion)
            migrate(database, version);
        transaction.commit();
    }
    if (schemaOf(database) != freshSchema())
        throw Error("its tables are damaged, or not Breakeven's");
}

} // namespace core
