// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/run_store.h"

#include "core/model/utf8.h"
#include "core/record/json_fields.h"
#include "core/record/run_file.h"
#include "core/record/run_rows.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace core {

namespace {

namespace fs = std::filesystem;
using sqlite::Transaction;

constexpr std::size_t kLongestName = 200;

/// Names and tags end up on terminals and in tables.
void checkWord(const std::string& word, const char* what)
{
    if (word.empty() || word.size() > kLongestName)
        throw Error("a {} has 1 to {} bytes", what, kLongestName);
    if (!isUtf8(word) || printable(word) != word)
        throw Error("a {} is plain text in one line", what);
}

void checkFile(const fs::path& path, RunStore::Access access)
{
    if (path.empty())
        throw Error("neither XDG_DATA_HOME nor HOME names a folder");
    std::error_code error;
    const auto status = fs::status(path, error);
    if (fs::exists(status) && !fs::is_regular_file(status))
        throw Error("it is no plain file");
    // SQLite takes a stump of its own header for an empty file, and would fill it.
    if (constexpr std::uintmax_t kSmallest = 512; fs::exists(status)) {
        if (const auto size = fs::file_size(path, error); !error && size > 0 && size < kSmallest)
            throw Error("it is damaged, or no database");
    }
    if (access == RunStore::Access::Read) {
        if (!fs::exists(status))
            throw Error("no such file");
        return;
    }
    if (path.has_parent_path() && !fs::create_directories(path.parent_path(), error) && error)
        throw Error(reasonOf(error.value()));
    if (!fs::exists(status) && ::access(path.parent_path().c_str(), W_OK) != 0)
        throw Error(reasonOf(errno));
}

std::unique_ptr<RunRows> opened(const fs::path& path, RunStore::Access access)
{
    if (access == RunStore::Access::Write)
        return std::make_unique<RunRows>(path, sqlite::Access::Write);
    try {
        return std::make_unique<RunRows>(path, sqlite::Access::Read);
    } catch (const Error&) {
        // Where nobody can write there is no place for SQLite's own files. Without a log nothing is missing.
        if (fs::exists(path.string() + "-wal") || ::access(path.parent_path().c_str(), W_OK) == 0)
            throw;
    }
    return std::make_unique<RunRows>(path, sqlite::Access::Frozen);
}

/// Completes half a sentence: `Cannot open run library: /x: it is read-only.`
template <typename Action> auto sentence(const char* task, const fs::path& path, const Action& action)
{
    try {
        return action();
    } catch (const Error& why) {
        const std::string place = path.empty() ? std::string() : path.string() + ": ";
        throw Error("Cannot {}: {}{}.", task, place, asReason(why.what()));
    }
}

/// One change of one row, as a transaction.
template <typename Change> void change(RunRows& rows, const std::string& id, const Change& apply)
{
    Transaction transaction(rows.database());
    RunRow changed = rows.row(id);
    apply(changed);
    rows.update(changed);
    transaction.commit();
}

} // namespace

RunStore::RunStore(fs::path path, Access access)
    : m_path(std::move(path))
{
    sentence("open run library", m_path, [&] {
        checkFile(m_path, access);
        m_rows = opened(m_path, access);
    });
}

RunStore::~RunStore() = default;
RunStore::RunStore(RunStore&&) noexcept = default;
RunStore& RunStore::operator=(RunStore&&) noexcept = default;

std::string RunStore::begin(const RunStarted& header)
{
    return sentence("keep run", m_path, [&] {
        Transaction transaction(m_rows->database());
        const RunRow row = m_rows->insert(header);
        transaction.commit();
        return row.entry.id;
    });
}

void RunStore::keep(
    const std::string& id, const Run& run, std::span<const int> cells, std::size_t firstReading)
{
    sentence("keep run", m_path, [&] {
        Transaction transaction(m_rows->database());
        RunRow row = m_rows->row(id);
        m_rows->insertParts(row, run, cells, firstReading);
        transaction.commit();
    });
}

std::string RunStore::import(const Run& run)
{
    return sentence("import run", m_path, [&] {
        if (run.cells.size() != run.header.cells.size())
            throw Error("the run has {} cells, its header {}", run.cells.size(), run.header.cells.size());
        std::vector<int> cells(run.cells.size());
        for (std::size_t k = 0; k < cells.size(); ++k)
            cells[k] = static_cast<int>(k);
        Transaction transaction(m_rows->database());
        RunRow row = m_rows->insert(run.header);
        m_rows->insertParts(row, run, cells, 0);
        transaction.commit();
        return row.entry.id;
    });
}

RunList RunStore::list(const RunFilter& filter) const
{
    return sentence("list runs", m_path, [&] {
        RunList list;
        for (RunEntry& entry : entries(list.damage)) {
            if (fits(entry, filter))
                list.runs.push_back(std::move(entry));
        }
        std::reverse(list.runs.begin(), list.runs.end()); // where times are the same: added last comes first
        std::stable_sort(list.runs.begin(), list.runs.end(), [](const RunEntry& one, const RunEntry& other) {
            return timeOfStamp(one.startedAt) > timeOfStamp(other.startedAt);
        });
        return list;
    });
}

std::vector<RunEntry> RunStore::entries(std::string& damage) const
{
    Transaction snapshot(m_rows->database(), Transaction::Kind::Read);
    auto all = m_rows->all();
    std::vector<std::string> ids;
    for (const RunRow& row : all.rows)
        ids.push_back(row.entry.id);
    const auto shortened = shortIds(ids);
    std::vector<RunEntry> entries;
    for (std::size_t k = 0; k < all.rows.size(); ++k) {
        entries.push_back(std::move(all.rows[k].entry));
        entries.back().shortId = shortened[k];
    }
    if (!all.damage.empty())
        damage = fmt::format("Cannot read all of the run library: {}: {}.", m_path.string(), all.damage);
    return entries;
}

RunEntry RunStore::find(const std::string& prefix) const
{
    return sentence("find run", m_path, [&] {
        std::string damage;
        const auto all = entries(damage);
        const auto begins
            = [&](const RunEntry& entry) { return !prefix.empty() && entry.id.starts_with(prefix); };
        const auto found = std::find_if(all.begin(), all.end(), begins);
        if (found == all.end())
            throw Error("{}no id begins with \"{}\"", damage.empty() ? "" : "it is damaged, and ", prefix);
        if (std::find_if(std::next(found), all.end(), begins) != all.end())
            throw Error("more than one id begins with \"{}\"", prefix);
        return *found;
    });
}

Run RunStore::read(const std::string& id) const
{
    return sentence("read run", m_path, [&] {
        Transaction snapshot(m_rows->database(), Transaction::Kind::Read);
        return m_rows->read(m_rows->row(id));
    });
}

void RunStore::rename(const std::string& id, const std::string& name)
{
    sentence("rename run", m_path, [&] {
        checkWord(name, "name");
        change(*m_rows, id, [&](RunRow& row) { row.entry.name = name; });
    });
}

void RunStore::tag(const std::string& id, const std::string& tag)
{
    sentence("tag run", m_path, [&] {
        checkWord(tag, "tag");
        change(*m_rows, id, [&](RunRow& row) {
            auto& tags = row.entry.tags;
            const auto place = std::lower_bound(tags.begin(), tags.end(), tag);
            if (place == tags.end() || *place != tag)
                tags.insert(place, tag);
        });
    });
}

void RunStore::untag(const std::string& id, const std::string& tag)
{
    sentence("untag run", m_path, [&] {
        change(*m_rows, id, [&](RunRow& row) {
            if (std::erase(row.entry.tags, tag) == 0)
                throw Error("the run has no tag \"{}\"", tag);
        });
    });
}

void RunStore::remove(const std::string& id)
{
    sentence(
        "delete run", m_path, [&] { change(*m_rows, id, [](RunRow& row) { row.entry.deleted = true; }); });
}

void RunStore::restore(const std::string& id)
{
    sentence(
        "restore run", m_path, [&] { change(*m_rows, id, [](RunRow& row) { row.entry.deleted = false; }); });
}

int RunStore::purge()
{
    return sentence("purge runs", m_path, [&] {
        Transaction transaction(m_rows->database());
        int removed = 0;
        for (const RunRow& row : m_rows->all().rows) {
            if (!row.entry.deleted)
                continue;
            m_rows->erase(row);
            ++removed;
        }
        transaction.commit();
        return removed;
    });
}

fs::path runLibraryPath()
{
    // The XDG base directory specification: a path that is not absolute is to be ignored.
    if (const char* data = std::getenv("XDG_DATA_HOME"); data && fs::path(data).is_absolute())
        return fs::path(data) / "breakeven/runs.sqlite";
    if (const char* home = std::getenv("HOME"); home && fs::path(home).is_absolute())
        return fs::path(home) / ".local/share/breakeven/runs.sqlite";
    return {};
}

} // namespace core
