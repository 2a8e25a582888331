// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/external_meter.h"
#include "core/sensors/watt_integral.h"

#include <charconv>
#include <cmath>

namespace core {

namespace {

using std::chrono::nanoseconds;

/// Seconds since 1970 up to the year 2262, where 64-bit nanoseconds end.
constexpr double kLatest = 9.2e9;

/// Reads a text from its beginning; every step says whether what was asked for was there.
class Cursor {
public:
    explicit Cursor(std::string_view text)
        : m_text(text)
    {
    }
    bool atEnd() const { return m_text.empty(); }
    bool take(std::string_view anyOf)
    {
        if (m_text.empty() || anyOf.find(m_text.front()) == anyOf.npos)
            return false;
        m_text.remove_prefix(1);
        return true;
    }
    /// Exactly that many digits.
    bool digits(std::size_t count, int& value)
    {
        if (m_text.size() < count || m_text.substr(0, count).find_first_not_of("0123456789") != m_text.npos)
            return false;
        std::from_chars(m_text.data(), m_text.data() + count, value);
        m_text.remove_prefix(count);
        return true;
    }
    /// ".123456", cut at nanoseconds.
    nanoseconds fraction()
    {
        if (!take(".,"))
            return {};
        std::int64_t value = 0, unit = 1'000'000'000;
        while (!m_text.empty() && m_text.front() >= '0' && m_text.front() <= '9') {
            if (unit > 1) {
                value = value * 10 + (m_text.front() - '0');
                unit /= 10;
            }
            m_text.remove_prefix(1);
        }
        return nanoseconds(value * unit);
    }

private:
    std::string_view m_text;
};

/// "2026-03-01T12:00:00.25+01:00", with a blank for the T, without a zone (then UTC).
std::optional<nanoseconds> isoTime(std::string_view text)
{
    Cursor at(text);
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    if (!(at.digits(4, year) && at.take("-") && at.digits(2, month) && at.take("-") && at.digits(2, day)
            && at.take("Tt ") && at.digits(2, hour) && at.take(":") && at.digits(2, minute) && at.take(":")
            && at.digits(2, second)))
        return {};
    const std::chrono::year_month_day date { std::chrono::year(year),
        std::chrono::month(static_cast<unsigned>(month)), std::chrono::day(static_cast<unsigned>(day)) };
    if (!date.ok() || year < 1970 || year > 2261 || hour > 23 || minute > 59
        || second > 60) // 60: leap second
        return {};
    nanoseconds time = std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour)
        + std::chrono::minutes(minute) + std::chrono::seconds(second) + at.fraction();
    if (at.take("Zz") || at.atEnd())
        return at.atEnd() ? std::optional(time) : std::nullopt;
    const bool east = at.take("+");
    int hours = 0, minutes = 0;
    if (!east && !at.take("-"))
        return {};
    if (!at.digits(2, hours) || (at.take(":"), !at.digits(2, minutes)) || !at.atEnd() || hours > 14
        || minutes > 59)
        return {};
    const nanoseconds zone = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    return east ? time - zone : time + zone;
}

std::optional<double> number(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view kBlanks = " \t\r\"";
    const auto first = text.find_first_not_of(kBlanks), last = text.find_last_not_of(kBlanks);
    return first == text.npos ? std::string_view() : text.substr(first, last - first + 1);
}

} // namespace

std::optional<MeterLine> meterLine(std::string_view line)
{
    const auto comma = line.find_first_of(",;\t");
    if (comma == line.npos)
        return {};
    const auto watts = number(trimmed(line.substr(comma + 1)));
    if (!watts || !plausibleWatts(*watts))
        return {};
    const std::string_view when = trimmed(line.substr(0, comma));
    if (const auto seconds = number(when)) {
        if (*seconds < 0 || *seconds > kLatest)
            return {};
        return MeterLine { nanoseconds(std::llround(*seconds * 1e9)), *watts };
    }
    const auto time = isoTime(when);
    return time ? std::optional(MeterLine { *time, *watts }) : std::nullopt;
}

} // namespace core
