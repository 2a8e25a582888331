// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/run_store.h"

#include <algorithm>
#include <charconv>

namespace core {

namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), lower);
    return text;
}

bool contains(const std::string& text, const std::string& part)
{
    return lowered(text).find(lowered(part)) != std::string::npos;
}

/// Takes `digits` digits off the front of text; -1 where there are none.
int taken(std::string_view& text, std::size_t digits)
{
    int number = 0;
    const char* end = text.data() + std::min(digits, text.size());
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != text.data() + digits || number < 0)
        return -1;
    text.remove_prefix(digits);
    return number;
}

bool skipped(std::string_view& text, char sign)
{
    const bool there = text.starts_with(sign);
    text.remove_prefix(there ? 1 : 0);
    return there;
}

/// "Z" or "+01:00" as seconds east of Greenwich.
std::optional<std::chrono::seconds> zoneOf(std::string_view text)
{
    if (text == "Z")
        return std::chrono::seconds(0);
    const bool east = text.starts_with('+');
    if (!skipped(text, '+') && !skipped(text, '-'))
        return {};
    const int hours = taken(text, 2);
    const bool colon = skipped(text, ':');
    const int minutes = taken(text, 2);
    if (hours < 0 || !colon || minutes < 0 || !text.empty())
        return {};
    const std::chrono::seconds offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    return east ? offset : -offset;
}

} // namespace

bool fits(const RunEntry& entry, const RunFilter& filter)
{
    if (entry.deleted != filter.deleted)
        return false;
    if (!contains(entry.model, filter.model) && !contains(entry.source, filter.model)
        && !entry.sha256.starts_with(lowered(filter.model)))
        return false;
    if (!contains(entry.machine, filter.machine) && !contains(entry.cpu, filter.machine))
        return false;
    if (!filter.tag.empty()
        && std::none_of(entry.tags.begin(), entry.tags.end(),
            [&](const std::string& tag) { return lowered(tag) == lowered(filter.tag); }))
        return false;
    if (!filter.from && !filter.to)
        return true;
    const auto started = timeOfStamp(entry.startedAt);
    return started && (!filter.from || *started >= *filter.from) && (!filter.to || *started < *filter.to);
}

std::optional<std::chrono::sys_seconds> timeOfStamp(std::string_view stamp)
{
    int part[6] {};
    constexpr std::string_view kBehind = "--T::";
    for (std::size_t k = 0; k < 6; ++k) {
        part[k] = taken(stamp, k == 0 ? 4 : 2);
        if (part[k] < 0 || (k < 5 && !skipped(stamp, kBehind[k])))
            return {};
    }
    const std::chrono::year_month_day day(std::chrono::year(part[0]),
        std::chrono::month(static_cast<unsigned>(part[1])), std::chrono::day(static_cast<unsigned>(part[2])));
    const auto zone = zoneOf(stamp);
    if (!zone || !day.ok())
        return {};
    return std::chrono::sys_days(day) + std::chrono::hours(part[3]) + std::chrono::minutes(part[4])
        + std::chrono::seconds(part[5]) - *zone;
}

std::vector<std::string> shortIds(const std::vector<std::string>& ids)
{
    constexpr std::size_t kFewest = 8;
    std::vector<std::string> sorted = ids;
    std::sort(sorted.begin(), sorted.end());
    const auto common = [](const std::string& one, const std::string& other) {
        const std::size_t length = std::min(one.size(), other.size());
        return static_cast<std::size_t>(
            std::mismatch(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(length), other.begin()).first
            - one.begin());
    };
    std::vector<std::string> shortened;
    for (const std::string& id : ids) {
        const auto place = std::lower_bound(sorted.begin(), sorted.end(), id);
        std::size_t digits = kFewest;
        if (place != sorted.begin())
            digits = std::max(digits, common(id, *std::prev(place)) + 1);
        if (std::next(place) != sorted.end())
            digits = std::max(digits, common(id, *std::next(place)) + 1);
        shortened.push_back(id.substr(0, digits));
    }
    return shortened;
}

} // namespace core
