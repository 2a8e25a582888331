// SPDX-License-Identifier: GPL-3.0-or-later
// The batch lists of sweep_spec.h: text to numbers and back.
#include "core/error.h"
#include "core/measure/sweep_spec.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace core {

namespace {

constexpr std::int64_t kLargestBatch = 1'000'000'000;
constexpr std::size_t kMostBatches
    = 1000; // a list longer than this is a slip of the finger, and would never end

[[noreturn]] void fail(std::string_view word, std::string_view why)
{
    throw Error("Cannot read batch list: \"{}\" {}.", word, why);
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    return first == text.npos ? std::string_view()
                              : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::int64_t number(std::string_view text)
{
    const std::string_view word = trimmed(text);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error == std::errc::result_out_of_range || value > kLargestBatch)
        fail(word, "is more than 1000000000");
    if (error != std::errc() || end != word.data() + word.size() || value < 1)
        fail(word, "is not a whole number of at least 1");
    return value;
}

void insert(std::set<std::int64_t>& batches, std::int64_t batch)
{
    batches.insert(batch);
    if (batches.size() > kMostBatches)
        throw Error("Cannot read batch list: it has more than {} batch sizes.", kMostBatches);
}

/// "4-64x2", "8-32+8", "1-4" or "7".
void parseItem(std::string_view item, std::set<std::int64_t>& batches)
{
    const auto dash = item.find('-');
    if (dash == item.npos || dash == 0) // "-3" is a bad number, not a range
        return insert(batches, number(item));
    const std::string_view rest = item.substr(dash + 1);
    const auto sign = rest.find_first_of("xX*+");
    const std::int64_t first = number(item.substr(0, dash));
    const std::int64_t last = number(rest.substr(0, sign));
    const std::int64_t step = sign == rest.npos ? 1 : number(rest.substr(sign + 1));
    const bool multiply = sign != rest.npos && rest[sign] != '+';
    if (last < first)
        fail(item, "ends before it begins");
    if (multiply && step < 2)
        fail(item, "never ends: the factor must be at least 2");
    for (std::int64_t batch = first; batch <= last; batch = multiply ? batch * step : batch + step)
        insert(batches, batch);
}

/// The text of batches[first..last], all one range.
std::string rangeText(
    const std::vector<std::int64_t>& batches, std::size_t first, std::size_t last, bool multiply)
{
    const std::int64_t a = batches[first], next = batches[first + 1], b = batches[last];
    if (multiply)
        return fmt::format("{}-{}x{}", a, b, next / a);
    return next == a + 1 ? fmt::format("{}-{}", a, b) : fmt::format("{}-{}+{}", a, b, next - a);
}

/// Index of the last batch that continues the range begun by batches[first] and the one after it.
std::size_t rangeEnd(const std::vector<std::int64_t>& batches, std::size_t first, bool multiply)
{
    const std::int64_t a = batches[first], b = batches[first + 1];
    if (multiply && b % a != 0)
        return first;
    std::size_t last = first + 1;
    while (last + 1 < batches.size()
        && (multiply ? batches[last] * (b / a) == batches[last + 1]
                     : batches[last] + (b - a) == batches[last + 1]))
        ++last;
    return last;
}

} // namespace

std::vector<std::int64_t> parseBatches(std::string_view text)
{
    std::string plain(text);
    for (auto at = plain.find("\u00d7"); at != plain.npos; at = plain.find("\u00d7"))
        plain.replace(at, std::string_view("\u00d7").size(), "x");
    if (trimmed(plain).empty())
        throw Error("Cannot read batch list: it is empty.");
    std::set<std::int64_t> batches;
    std::string_view rest = plain;
    while (true) {
        const auto comma = rest.find(',');
        parseItem(trimmed(rest.substr(0, comma)), batches);
        if (comma == rest.npos)
            break;
        rest.remove_prefix(comma + 1);
    }
    return { batches.begin(), batches.end() };
}

std::string formatBatches(const std::vector<std::int64_t>& batches)
{
    // best[k]: the shortest text of batches[k..]; ties go to the plain list, which people read fastest.
    std::vector<std::string> best(batches.size() + 1);
    for (std::size_t first = batches.size(); first-- > 0;) {
        const auto consider = [&](const std::string& head, std::size_t next) {
            const std::string text = best[next].empty() ? head : head + "," + best[next];
            if (best[first].empty() || text.size() < best[first].size())
                best[first] = text;
        };
        consider(std::to_string(batches[first]), first + 1);
        if (first + 1 == batches.size())
            continue;
        for (const bool multiply : { false, true }) {
            // Shorter pieces of a range never win over the whole, except by one element at its end.
            const std::size_t end = rangeEnd(batches, first, multiply);
            for (std::size_t last = end; last > first && last + 2 > end; --last)
                consider(rangeText(batches, first, last, multiply), last + 1);
        }
    }
    return best.front();
}

} // namespace core
