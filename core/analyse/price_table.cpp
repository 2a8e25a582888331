// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/price_table.h"

#include "core/error.h"
#include "core/record/csv.h"
#include "core/record/run_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

namespace core {

namespace {

using namespace std::chrono;

constexpr std::array<const char*, 8> kColumns { "name", "kind", "price_per_hour", "currency", "basis", "date",
    "source", "notes" };
constexpr std::size_t kNeeded = 6; // of these
constexpr std::size_t kMostBytes = 1 << 20; // prices of more machines than that are no table for people
constexpr std::size_t kMostText = 200;

/// The fields of RFC 4180's lines; quotes may hold commas, line ends and doubled quotes.
std::vector<std::vector<std::string>> rowsOf(std::string_view csv)
{
    std::vector<std::vector<std::string>> rows { { "" } };
    bool quoted = false;
    for (std::size_t i = 0; i < csv.size(); ++i) {
        const char c = csv[i];
        std::string& field = rows.back().back();
        if (quoted && c == '"' && i + 1 < csv.size() && csv[i + 1] == '"') {
            field += '"';
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && c == ',') {
            rows.back().emplace_back();
        } else if (!quoted && c == '\n') {
            rows.push_back({ "" });
        } else if (quoted || c != '\r') {
            field += c;
        }
    }
    if (quoted)
        throw Error("a quote is not closed");
    return rows;
}

std::string plain(std::string text)
{
    std::erase_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    while (!text.empty() && text.back() == ' ')
        text.pop_back();
    text.erase(0, text.find_first_not_of(' ') == text.npos ? text.size() : text.find_first_not_of(' '));
    if (text.size() > kMostText)
        throw Error("a text of {} characters, expected at most {}", text.size(), kMostText);
    return text;
}

double priceOf(const std::string& text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc {} || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
        throw Error("\"{}\" is not a price", text);
    return value;
}

year_month_day dateOf(const std::string& text)
{
    int year = 0;
    unsigned month = 0, day = 1;
    const char* const last = text.data() + text.size();
    const auto number = [&](const char* from, auto& value, std::size_t digits) -> const char* {
        const auto [end, error] = std::from_chars(from, last, value);
        return error == std::errc {} && end == from + digits ? end : nullptr;
    };
    const char* at = number(text.data(), year, 4);
    at = at && at < last && *at == '-' ? number(at + 1, month, 2) : nullptr;
    if (at && at < last)
        at = *at == '-' ? number(at + 1, day, 2) : nullptr;
    const year_month_day date { std::chrono::year(year), std::chrono::month(month), std::chrono::day(day) };
    if (!at || at != last || !date.ok())
        throw Error("\"{}\" is not a date as 2026-06-01", text);
    return date;
}

DeviceKind kindOf(const std::string& text)
{
    if (text == "cpu")
        return DeviceKind::Cpu;
    if (text == "gpu")
        return DeviceKind::Gpu;
    throw Error("\"{}\" is neither cpu nor gpu", text);
}

Price priceOf(const std::map<std::string, std::string>& fields)
{
    const auto text = [&](const char* column) {
        const auto found = fields.find(column);
        return found == fields.end() ? std::string() : plain(found->second);
    };
    Price price { .name = text("name"),
        .kind = kindOf(text("kind")),
        .perHour = priceOf(text("price_per_hour")),
        .currency = text("currency"),
        .basis = text("basis"),
        .date = dateOf(text("date")),
        .source = text("source"),
        .notes = text("notes") };
    if (price.name.empty() || price.currency.empty() || price.basis.empty())
        throw Error("name, currency or basis is empty");
    return price;
}

std::vector<Price> parsed(std::string_view csv)
{
    if (csv.size() > kMostBytes)
        throw Error("it has {} bytes, expected at most {}", csv.size(), kMostBytes);
    const auto rows = rowsOf(csv.starts_with("\xef\xbb\xbf") ? csv.substr(3) : csv);
    std::vector<std::string> header;
    for (const std::string& column : rows.front())
        header.push_back(plain(column));
    for (std::size_t column = 0; column < kNeeded; ++column) {
        if (std::ranges::find(header, kColumns[column]) == header.end())
            throw Error("there is no column \"{}\"", kColumns[column]);
    }
    std::vector<Price> prices;
    for (std::size_t line = 1; line < rows.size(); ++line) {
        if (rows[line].size() == 1 && plain(rows[line][0]).empty())
            continue;
        try {
            if (rows[line].size() != header.size())
                throw Error("{} fields, expected {}", rows[line].size(), header.size());
            std::map<std::string, std::string> fields;
            for (std::size_t column = 0; column < header.size(); ++column)
                fields[header[column]] = rows[line][column];
            prices.push_back(priceOf(fields));
        } catch (const Error& why) {
            throw Error("line {}: {}", line + 1, why.what());
        }
    }
    if (prices.empty())
        throw Error("there is no price in it");
    return prices;
}

} // namespace

bool isStale(const Price& price, sys_days today)
{
    return today - sys_days(price.date) > kStaleAfter;
}

std::vector<Price> pricesFromCsv(std::string_view csv)
{
    try {
        return parsed(csv);
    } catch (const Error& why) {
        throw Error("Cannot read prices: {}.", why.what());
    }
}

std::vector<Price> readPrices(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf()))
        throw Error("Cannot read prices: {}: {}.", path.string(),
            file ? std::string("it is empty or a folder") : reasonOf(errno));
    try {
        return parsed(text.view());
    } catch (const Error& why) {
        throw Error("Cannot read prices: {}: {}.", path.string(), why.what());
    }
}

std::string toCsv(const std::vector<Price>& prices)
{
    std::string csv = "name,kind,price_per_hour,currency,basis,date,source,notes\n";
    for (const Price& price : prices)
        csv += fmt::format("{},{},{},{},{},{:04}-{:02}-{:02},{},{}\n", csvField(price.name),
            price.kind == DeviceKind::Cpu ? "cpu" : "gpu", price.perHour, csvField(price.currency),
            csvField(price.basis), static_cast<int>(price.date.year()),
            static_cast<unsigned>(price.date.month()), static_cast<unsigned>(price.date.day()),
            csvField(price.source), csvField(price.notes));
    return csv;
}

const std::vector<Price>& examplePrices()
{
    const auto aws
        = [](const char* name, DeviceKind kind, double perHour, year_month date, const char* source) {
              return Price { .name = name,
                  .kind = kind,
                  .perHour = perHour,
                  .currency = "USD",
                  .basis = "on demand",
                  .date = date / 1,
                  .source = source,
                  .notes = "example" };
          };
    const year_month june { year(2026), month(6) };
    const char* list = "list price, us-east-1";
    const char* documentation = "example price of the vendor's documentation";
    static const std::vector<Price> prices {
        aws("g4dn.xlarge (T4)", DeviceKind::Gpu, 0.526, june, list),
        aws("g5.xlarge (A10G)", DeviceKind::Gpu, 1.006, june, list),
        aws("c5.2xlarge", DeviceKind::Cpu, 0.34, june, documentation),
        aws("c5.4xlarge", DeviceKind::Cpu, 0.68, june, documentation),
        aws("c5.12xlarge", DeviceKind::Cpu, 2.04, june, documentation),
        aws("c5.24xlarge", DeviceKind::Cpu, 4.08, june, documentation),
        aws("m7g.large", DeviceKind::Cpu, 0.0816, june, documentation),
    };
    return prices;
}

std::vector<Price> pricesOf(const std::vector<Price>& prices, DeviceKind kind)
{
    std::vector<Price> found;
    std::ranges::copy_if(prices, std::back_inserter(found), [&](const Price& p) { return p.kind == kind; });
    std::ranges::stable_sort(found, {}, &Price::perHour);
    return found;
}

} // namespace core
