// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/run_rows.h"

#include "core/model/digest.h"
#include "core/record/cell_json.h"
#include "core/record/packed.h"
#include "core/record/run_schema.h"

#include <algorithm>
#include <random>

namespace core {

namespace {

using sqlite::Blob;
using sqlite::Rows;

/// How long another program's transaction is waited for; theirs take milliseconds.
constexpr int kBusyMilliseconds = 2000;
/// About 10 MB of JSON before it is deflated, and a bound for what is believed when it is read.
constexpr std::size_t kReadingsAPart = 50'000;
constexpr std::int64_t kLongestPart = 256 << 20;
constexpr int kMostCells = 1'000'000;

[[noreturn]] void damaged()
{
    throw Error("it is damaged");
}

/// Fields with their lengths in front, so that no two rows look alike.
class DigestOf {
public:
    DigestOf& add(std::string_view text)
    {
        m_bytes += fmt::format("{}:", text.size());
        m_bytes += text;
        return *this;
    }
    DigestOf& add(std::int64_t number) { return add(std::to_string(number)); }
    std::string text() const { return quickDigest(std::as_bytes(std::span(m_bytes))); }

private:
    std::string m_bytes;
};

std::string tagsText(const RunEntry& entry)
{
    return dumped(Json(entry.tags));
}

std::string digestOf(const RunRow& row)
{
    const RunEntry& entry = row.entry;
    DigestOf digest;
    for (const std::string& text : { entry.id, entry.name, entry.model, entry.source, entry.sha256,
             entry.machine, entry.cpu, entry.startedAt, row.finished, tagsText(entry), row.headerDigest })
        digest.add(text);
    for (const std::int64_t figure : { row.number, std::int64_t { entry.planned },
             std::int64_t { entry.kept }, row.readingParts, std::int64_t { entry.deleted } })
        digest.add(figure);
    return digest.text();
}

constexpr const char* kRowsOfRuns
    = "SELECT number, id, name, model, source, sha256, machine, cpu, started, finished, tags, planned, kept, "
      "reading_parts, deleted, header_digest, digest FROM runs ORDER BY number";

std::vector<std::string> tagsOf(std::string_view text)
{
    // Json::parse() takes any value: wrapped into an object our checks apply.
    return textsOf(parsedObject(fmt::format("{{\"tags\":{}}}", text)), "tags");
}

RunRow rowOf(const Rows& rows)
{
    RunRow row { .number = rows.integer(0) };
    int column = 1;
    for (std::string RunEntry::*field : { &RunEntry::id, &RunEntry::name, &RunEntry::model, &RunEntry::source,
             &RunEntry::sha256, &RunEntry::machine, &RunEntry::cpu, &RunEntry::startedAt })
        row.entry.*field = rows.text(column++);
    row.finished = rows.text(9);
    row.entry.tags = tagsOf(rows.text(10));
    const std::int64_t planned = rows.integer(11), kept = rows.integer(12);
    row.readingParts = rows.integer(13);
    row.entry.deleted = rows.integer(14) != 0;
    row.headerDigest = rows.text(15);
    if (planned < 0 || planned > kMostCells || kept < 0 || kept > planned || row.readingParts < 0)
        damaged();
    row.entry.planned = static_cast<int>(planned);
    row.entry.kept = static_cast<int>(kept);
    if (digestOf(row) != rows.text(16))
        damaged();
    if (!row.finished.empty())
        row.entry.finishedAt = runFinishedOf(parsedObject(row.finished)).finishedAt;
    return row;
}

std::string newId()
{
    std::random_device random; // the kernel's generator
    std::string id;
    for (int k = 0; k < 4; ++k)
        id += fmt::format("{:08x}", static_cast<std::uint32_t>(random()));
    return id;
}

std::string digestOfCell(
    std::string_view id, std::int64_t cell, std::string_view fields, std::string_view samples)
{
    return DigestOf().add(id).add(cell).add(fields).add(samples).text();
}

std::string digestOfPart(std::string_view id, std::int64_t part, std::int64_t length, std::string_view bytes)
{
    return DigestOf().add(id).add(part).add(length).add(bytes).text();
}

std::string digestOfHeader(std::string_view header)
{
    return DigestOf().add(header).text();
}

/// A file where nobody can write has no place for SQLite's own files beside it.
sqlite::Database opened(const std::filesystem::path& path, sqlite::Access access)
{
    sqlite::Database database(path, access, kBusyMilliseconds);
    if (access == sqlite::Access::Write) {
        database.run("PRAGMA journal_mode=WAL");
        database.run("PRAGMA synchronous=FULL"); // what a commit acknowledged outlives the power's failing
    }
    prepareSchema(database, access);
    return database;
}

} // namespace

RunRows::RunRows(const std::filesystem::path& path, sqlite::Access access)
    : m_database(opened(path, access))
{
}

RunRows::All RunRows::all() const
{
    All found;
    try {
        const std::int64_t wanted = m_database.number("SELECT runs FROM library");
        auto rows = m_database.query(kRowsOfRuns);
        std::int64_t count = 0;
        for (; rows.step(); ++count) {
            try {
                found.rows.push_back(rowOf(rows));
            } catch (const Error& why) {
                found.damage = why.what(); // the others are none the worse
            }
        }
        if (count != wanted)
            damaged();
    } catch (const Error& why) {
        found.damage = why.what();
    }
    return found;
}

RunRow RunRows::row(const std::string& id) const
{
    auto rows = m_database.query(kRowsOfRuns);
    while (rows.step()) {
        if (rows.text(1) == id)
            return rowOf(rows);
    }
    throw Error("there is no run {}", id);
}

void RunRows::update(const RunRow& row)
{
    m_database.run("UPDATE runs SET name=?, finished=?, tags=?, kept=?, reading_parts=?, deleted=?, digest=? "
                   "WHERE number=?",
        { row.entry.name, row.finished, tagsText(row.entry), std::int64_t { row.entry.kept },
            row.readingParts, std::int64_t { row.entry.deleted }, digestOf(row), row.number });
}

RunRow RunRows::insert(const RunStarted& header)
{
    const std::string text = dumped(core::toJson(header));
    // What is shown is what a reader of the header would see: bytes that are not UTF-8 are replaced.
    const RunStarted kept = startedOf(parsedObject(text));
    RunRow row { .number = m_database.number("SELECT coalesce(max(number), 0) + 1 FROM runs") };
    row.entry = { .id = newId(),
        .name = {},
        .model = kept.model.name,
        .source = kept.model.source,
        .sha256 = kept.model.sha256,
        .machine = kept.environment.host,
        .cpu = kept.environment.cpu,
        .startedAt = kept.startedAt,
        .planned = static_cast<int>(kept.cells.size()) };
    row.headerDigest = digestOfHeader(text);
    const RunEntry& entry = row.entry;
    m_database.run("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        { row.number, entry.id, entry.name, entry.model, entry.source, entry.sha256, entry.machine, entry.cpu,
            entry.startedAt, row.finished, tagsText(row.entry), std::int64_t { entry.planned },
            std::int64_t { 0 }, std::int64_t { 0 }, std::int64_t { 0 }, row.headerDigest, digestOf(row),
            text });
    m_database.run("UPDATE library SET runs = runs + 1");
    eraseParts(row.number); // of a run that was lost with its number
    return row;
}

void RunRows::insertReadings(RunRow& row, std::span<const SensorReading> readings)
{
    while (!readings.empty()) {
        const auto some = readings.first(std::min(readings.size(), kReadingsAPart));
        readings = readings.subspan(some.size());
        Json list = Json::array();
        for (const SensorReading& reading : some)
            list.push_back(core::toJson(reading));
        const std::string text = dumped(Json { { "readings", std::move(list) } });
        const std::string bytes = deflated(text);
        const auto length = static_cast<std::int64_t>(text.size());
        const std::int64_t part = row.readingParts++;
        m_database.run("INSERT INTO readings VALUES (?, ?, ?, ?, ?)",
            { row.number, part, digestOfPart(row.entry.id, part, length, bytes), length, Blob { bytes } });
    }
}

void RunRows::insertParts(RunRow& row, const Run& run, std::span<const int> cells, std::size_t firstReading)
{
    for (const int index : cells) {
        const Cell& cell = run.cells.at(static_cast<std::size_t>(index));
        const std::string fields = dumped(fieldsOf(cell)), samples = packSamples(cell.samples);
        m_database.run("INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?)",
            { row.number, std::int64_t { index }, digestOfCell(row.entry.id, index, fields, samples), fields,
                Blob { samples } });
    }
    auto count = m_database.query("SELECT count(*) FROM cells WHERE run=?", { row.number });
    count.step();
    row.entry.kept = static_cast<int>(count.integer(0));
    insertReadings(row, std::span(run.readings).subspan(std::min(firstReading, run.readings.size())));
    if (run.finished)
        row.finished = dumped(core::toJson(*run.finished));
    update(row);
}

Run RunRows::read(const RunRow& row) const
{
    Run run = header(row);
    readCells(row, run);
    readReadings(row, run);
    if (!row.finished.empty())
        run.finished = runFinishedOf(parsedObject(row.finished));
    return run;
}

Run RunRows::header(const RunRow& row) const
{
    auto rows = m_database.query("SELECT header FROM runs WHERE number=?", { row.number });
    if (!rows.step() || digestOfHeader(rows.text(0)) != row.headerDigest)
        damaged();
    Run run;
    run.apply(startedOf(parsedObject(rows.text(0))));
    if (run.cells.size() != static_cast<std::size_t>(row.entry.planned))
        damaged();
    return run;
}

void RunRows::readCells(const RunRow& row, Run& run) const
{
    auto rows
        = m_database.query("SELECT cell, digest, fields, samples FROM cells WHERE run=?", { row.number });
    int kept = 0;
    for (; rows.step(); ++kept) {
        const std::int64_t index = rows.integer(0);
        if (index < 0 || index >= row.entry.planned
            || digestOfCell(row.entry.id, index, rows.text(2), rows.blob(3)) != rows.text(1))
            damaged();
        run.cells[static_cast<std::size_t>(index)]
            = cellOf(parsedObject(rows.text(2)), unpackSamples(rows.blob(3)));
    }
    if (kept != row.entry.kept)
        damaged();
}

void RunRows::readReadings(const RunRow& row, Run& run) const
{
    auto rows = m_database.query(
        "SELECT part, digest, length, deflated FROM readings WHERE run=? ORDER BY part", { row.number });
    std::int64_t parts = 0;
    for (; rows.step(); ++parts) {
        const std::int64_t length = rows.integer(2);
        if (rows.integer(0) != parts || length < 0 || length > kLongestPart
            || digestOfPart(row.entry.id, parts, length, rows.blob(3)) != rows.text(1))
            damaged();
        const std::string text = inflated(rows.blob(3), static_cast<std::size_t>(length));
        const Json document = parsedObject(text);
        for (const Json& reading : arrayOf(document, "readings"))
            run.readings.push_back(readingOf(reading));
    }
    if (parts != row.readingParts)
        damaged();
}

void RunRows::erase(const RunRow& row)
{
    eraseParts(row.number);
    m_database.run("DELETE FROM runs WHERE number=?", { row.number });
    m_database.run("UPDATE library SET runs = runs - 1");
}

void RunRows::eraseParts(std::int64_t number)
{
    m_database.run("DELETE FROM cells WHERE run=?", { number });
    m_database.run("DELETE FROM readings WHERE run=?", { number });
}

} // namespace core
