// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/call.h"
#include "core/error.h"
#include "core/schedule/arrivals.h"

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>

namespace core {

namespace {

constexpr std::size_t kMostBytes = std::size_t { 1 } << 30;
constexpr double kMostTraceSeconds = 4e9; // since 1970, say

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

/// What a sentence quotes of a field that may be a megabyte of anything.
std::string_view quoted(std::string_view field)
{
    return field.substr(0, 40);
}

int wholeOf(std::string_view field, int low, int high, const char* what)
{
    const auto value = numberFromText(field);
    if (!value || *value < low || *value > high || *value != std::floor(*value))
        throw Error("\"{}\" is not {} from {} to {}", quoted(field), what, low, high);
    return static_cast<int>(*value);
}

struct Line {
    double seconds = 0;
    int items = 1, priority = 0;
};

Line lineOf(std::string_view text)
{
    std::array<std::string_view, 3> fields;
    std::size_t count = 0;
    for (std::string_view rest = text;; ++count) {
        const std::size_t comma = rest.find(',');
        if (count == fields.size())
            throw Error("it has over 3 fields, expected time,items or time,items,priority");
        fields[count] = trimmed(rest.substr(0, comma));
        if (comma == rest.npos)
            break;
        rest = rest.substr(comma + 1);
    }
    if (count == 0)
        throw Error("it has 1 field, expected time,items or time,items,priority");
    const auto seconds = numberFromText(fields[0]);
    if (!seconds || *seconds < 0 || *seconds > kMostTraceSeconds)
        throw Error("\"{}\" is not a time in seconds", quoted(fields[0]));
    return { *seconds, wholeOf(fields[1], 1, kMostItems, "a number of items"),
        count == 2 ? wholeOf(fields[2], 0, kPriorities - 1, "a priority") : 0 };
}

std::vector<Request> requestsOf(std::string_view csv)
{
    std::vector<Request> requests;
    double first = 0, last = 0;
    for (std::size_t number = 1; !csv.empty(); ++number) {
        const std::size_t end = csv.find('\n');
        const std::string_view text = trimmed(csv.substr(0, end));
        csv = end == csv.npos ? std::string_view() : csv.substr(end + 1);
        if (text.empty() || (number == 1 && text.starts_with("time,items")))
            continue;
        try {
            const Line line = lineOf(text);
            if (requests.empty())
                first = line.seconds;
            else if (line.seconds < last)
                throw Error("{} s is before the {} s of the line above", line.seconds, last);
            if (requests.size() == kMostArrivals)
                throw Error("there are over {} requests", kMostArrivals);
            last = line.seconds;
            requests.push_back({ .at = Nanoseconds(std::llround((line.seconds - first) * 1e9)),
                .items = line.items,
                .priority = line.priority });
        } catch (const Error& error) {
            throw Error("line {}: {}", number, error.what());
        }
    }
    if (requests.empty())
        throw Error("it has no request");
    return requests;
}

std::string contents(const std::filesystem::path& path)
{
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed))
        throw Error("it is a folder");
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw Error("{}", std::strerror(errno));
    std::string text;
    std::array<char, 65536> block;
    while (file.read(block.data(), block.size()) || file.gcount() > 0) {
        text.append(block.data(), static_cast<std::size_t>(file.gcount()));
        if (text.size() > kMostBytes)
            throw Error("it is over 1 GB");
    }
    if (file.bad())
        throw Error("it cannot be read to its end");
    return text;
}

} // namespace

std::vector<Request> traceFromCsv(std::string_view csv)
{
    try {
        return requestsOf(csv);
    } catch (const Error& error) {
        throw Error("Cannot read trace: {}.", error.what());
    }
}

std::vector<Request> readTrace(const std::filesystem::path& path)
{
    try {
        return requestsOf(contents(path));
    } catch (const Error& error) {
        throw Error("Cannot read trace: {}: {}.", path.string(), error.what());
    }
}

} // namespace core
