// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/sqlite.h"

#include "core/error.h"
#include "core/record/run_file.h"

#include <sqlite3.h>

#include <cerrno>

namespace core::sqlite {

namespace {

/// Nothing that belongs into the library is larger; what claims to be is damage.
constexpr int kLargestValue = 512 << 20;

std::string reasonFor(sqlite3* database, int code)
{
    const int system = database ? sqlite3_system_errno(database) : 0;
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program holds it locked";
    case SQLITE_FULL:
        return reasonOf(ENOSPC);
    case SQLITE_READONLY:
        return "it is read-only";
    case SQLITE_IOERR:
        return reasonOf(system ? system : EIO);
    case SQLITE_CANTOPEN:
        return system ? reasonOf(system) : "it cannot be opened";
    case SQLITE_NOTADB:
        return "it is damaged, or no database";
    case SQLITE_CORRUPT:
        return "it is damaged";
    case SQLITE_NOMEM:
        return "out of memory";
    default:
        return fmt::format("SQLite says \"{}\"", sqlite3_errstr(code));
    }
}

[[noreturn]] void fail(sqlite3* database, int code)
{
    throw Error(reasonFor(database, code));
}

int flagsOf(Access access)
{
    constexpr int kAlways = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    switch (access) {
    case Access::Write:
        return kAlways | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Access::Read:
        return kAlways | SQLITE_OPEN_READONLY;
    case Access::Frozen:
        break;
    }
    return kAlways | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
}

std::string uriOf(const std::filesystem::path& path)
{
    std::string uri = "file:";
    for (const char c : path.string())
        uri += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02x}", static_cast<int>(c))
                                                : std::string(1, c);
    return uri + "?immutable=1";
}

struct Bind {
    sqlite3_stmt* statement;
    int at;

    int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, at, number); }
    int operator()(std::string_view text) const
    {
        return sqlite3_bind_text64(
            statement, at, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    int operator()(const Blob& blob) const
    {
        return sqlite3_bind_blob64(
            statement, at, blob.bytes.empty() ? "" : blob.bytes.data(), blob.bytes.size(), SQLITE_TRANSIENT);
    }
};

} // namespace

void Rows::Finalize::operator()(sqlite3_stmt* statement) const
{
    sqlite3_finalize(statement);
}

Rows::Rows(sqlite3* database, const char* sql, const std::vector<Value>& values)
    : m_database(database)
{
    sqlite3_stmt* statement = nullptr;
    if (const int code = sqlite3_prepare_v2(database, sql, -1, &statement, nullptr); code != SQLITE_OK)
        fail(database, code);
    m_statement.reset(statement);
    for (std::size_t k = 0; k < values.size(); ++k) {
        if (const int code = std::visit(Bind { statement, static_cast<int>(k) + 1 }, values[k]))
            fail(database, code);
    }
}

bool Rows::step()
{
    const int code = sqlite3_step(m_statement.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        fail(m_database, sqlite3_extended_errcode(m_database));
    return code == SQLITE_ROW;
}

void Rows::check(int column, int type) const
{
    if (sqlite3_column_type(m_statement.get(), column) != type)
        throw Error(reasonFor(nullptr, SQLITE_CORRUPT));
}

std::int64_t Rows::integer(int column) const
{
    check(column, SQLITE_INTEGER);
    return sqlite3_column_int64(m_statement.get(), column);
}

std::string_view Rows::text(int column) const
{
    check(column, SQLITE_TEXT);
    const auto* text = sqlite3_column_text(m_statement.get(), column);
    if (!text)
        fail(m_database, SQLITE_NOMEM);
    return { reinterpret_cast<const char*>(text),
        static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column)) };
}

std::string_view Rows::blob(int column) const
{
    check(column, SQLITE_BLOB);
    const void* bytes = sqlite3_column_blob(m_statement.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column));
    if (!bytes && size > 0)
        fail(m_database, SQLITE_NOMEM);
    return { static_cast<const char*>(bytes), bytes ? size : 0 };
}

void Database::Close::operator()(sqlite3* database) const
{
    sqlite3_close_v2(database);
}

Database::Database(const std::filesystem::path& path, Access access, int busyMilliseconds)
    : Database(access == Access::Frozen ? uriOf(path) : path.string(), flagsOf(access), busyMilliseconds)
{
}

Database Database::inMemory()
{
    return { std::string(":memory:"), flagsOf(Access::Write), 0 };
}

Database::Database(const std::string& name, int flags, int busyMilliseconds)
{
    sqlite3* database = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &database, flags, nullptr);
    m_database.reset(database); // also where it failed
    if (code != SQLITE_OK)
        fail(database, code);
    sqlite3_busy_timeout(database, busyMilliseconds);
    // The file may be hostile: its schema runs nothing, and nothing may be larger than we write.
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, kLargestValue);
    run("PRAGMA mmap_size=0"); // a failing disk is then an error, and no signal
    run("PRAGMA cell_size_check=ON");
}

void Database::run(const char* sql, const std::vector<Value>& values)
{
    Rows rows = query(sql, values);
    while (rows.step()) { }
}

Rows Database::query(const char* sql, const std::vector<Value>& values) const
{
    return { m_database.get(), sql, values };
}

std::int64_t Database::number(const char* sql) const
{
    Rows rows = query(sql);
    if (!rows.step())
        throw Error(reasonFor(nullptr, SQLITE_CORRUPT));
    return rows.integer(0);
}

std::int64_t Database::lastRow() const
{
    return sqlite3_last_insert_rowid(m_database.get());
}

Transaction::Transaction(Database& database, Kind kind)
    : m_database(&database)
{
    database.run(kind == Kind::Write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction()
{
    if (!m_database)
        return;
    try {
        m_database->run("ROLLBACK");
    } catch (const Error&) { // SQLite has rolled back already, as it does on a full disk
    }
}

void Transaction::commit()
{
    m_database->run("COMMIT");
    m_database = nullptr;
}

} // namespace core::sqlite
