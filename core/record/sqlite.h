// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

/// The few calls of SQLite that the run library makes. Failures are Error with half a sentence for people
/// ("no space left on device", "another program holds it locked") that the caller completes. One thread at a
/// time.
namespace core::sqlite {

struct Blob {
    std::string_view bytes;
};

/// What takes the place of a ? in a statement.
using Value = std::variant<std::int64_t, std::string_view, Blob>;

/// The rows of a query. Its views hold until the next step. A column of another type than asked for is
/// damage.
class Rows {
public:
    Rows(sqlite3* database, const char* sql, const std::vector<Value>& values);

    /// To the next row; false: there is none.
    bool step();
    std::int64_t integer(int column) const;
    std::string_view text(int column) const;
    std::string_view blob(int column) const;

private:
    void check(int column, int type) const;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    sqlite3* m_database;
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
};

enum class Access { Write, Read, Frozen }; // Frozen: nobody writes, not even to files beside it

class Database {
public:
    /// Makes the file where access is Write and there is none. `busy` is how long to wait for others.
    Database(const std::filesystem::path& path, Access access, int busyMilliseconds);
    static Database inMemory();

    void run(const char* sql, const std::vector<Value>& values = {});
    Rows query(const char* sql, const std::vector<Value>& values = {}) const;
    std::int64_t number(const char* sql) const; // of the first column of the first row
    std::int64_t lastRow() const;

private:
    Database(const std::string& name, int flags, int busyMilliseconds);
    struct Close {
        void operator()(sqlite3* database) const;
    };
    std::unique_ptr<sqlite3, Close> m_database;
};

/// All that is run in its life happens as one, or not at all where commit() was not reached.
class Transaction {
public:
    enum class Kind { Write, Read }; // Read: one state of the file, whatever others write meanwhile

    explicit Transaction(Database& database, Kind kind = Kind::Write);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database* m_database;
};

} // namespace core::sqlite
