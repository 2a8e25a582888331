// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/call.h"

#include "core/error.h"

#include <array>
#include <charconv>
#include <cmath>

namespace core {

namespace {

struct Unit {
    std::string_view name;
    double seconds;
};
constexpr std::array<Unit, 6> kUnits { { { "ns", 1e-9 }, { "us", 1e-6 }, { "ms", 1e-3 }, { "s", 1 },
    { "min", 60 }, { "h", 3600 } } };
constexpr double kMostSeconds = 8e9; // what nanoseconds in 64 bits hold, less a margin

bool isWord(std::string_view text)
{
    return !text.empty() && text.find_first_of("()=, \t\"") == text.npos;
}

} // namespace

std::optional<double> numberFromText(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc {} || end != text.data() + text.size() || !std::isfinite(value))
        return {};
    return value;
}

std::optional<Nanoseconds> timeFromText(std::string_view text)
{
    const std::size_t digits = text.find_last_of("0123456789.");
    if (digits == text.npos)
        return {};
    const auto value = numberFromText(text.substr(0, digits + 1));
    for (const Unit& unit : kUnits) {
        if (!value || text.substr(digits + 1) != unit.name)
            continue;
        const double seconds = *value * unit.seconds;
        if (seconds < 0 || seconds > kMostSeconds)
            return {};
        return Nanoseconds(std::llround(seconds * 1e9));
    }
    return {};
}

Call::Call(std::string_view text, const char* what)
    : m_text(text)
    , m_what(what)
{
    const std::size_t open = text.find('(');
    m_name = std::string(text.substr(0, open));
    if (!isWord(m_name))
        refuse("it does not begin with a word");
    if (open == text.npos)
        return;
    if (text.back() != ')')
        refuse("it has no closing bracket");
    std::string_view rest = text.substr(open + 1, text.size() - open - 2);
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        const std::string_view part = rest.substr(0, comma);
        const std::size_t equals = part.find('=');
        if (equals == part.npos || !isWord(part.substr(0, equals)) || !isWord(part.substr(equals + 1)))
            refuse(fmt::format("\"{}\" is not NAME=VALUE", part));
        if (!m_parameters.emplace(part.substr(0, equals), part.substr(equals + 1)).second)
            refuse(fmt::format("{} is there twice", part.substr(0, equals)));
        rest = comma == rest.npos ? std::string_view() : rest.substr(comma + 1);
    }
}

namespace {

std::string textOf(const std::string& name, const std::map<std::string, std::string>& parameters)
{
    std::string text = name;
    for (const auto& [parameter, value] : parameters)
        text += fmt::format("{}{}={}", text.size() == name.size() ? "(" : ",", parameter, value);
    return parameters.empty() ? text : text + ")";
}

} // namespace

std::string Call::with(const char* parameter, const std::string& value) const
{
    auto parameters = m_parameters;
    parameters[parameter] = value;
    return textOf(m_name, parameters);
}

std::string Call::without(const char* parameter) const
{
    auto parameters = m_parameters;
    parameters.erase(parameter);
    return textOf(m_name, parameters);
}

void Call::refuse(const std::string& why) const
{
    throw Error("Cannot read {}: \"{}\": {}.", m_what, m_text, why);
}

std::optional<std::string> Call::take(const char* parameter)
{
    const auto found = m_parameters.extract(parameter);
    return found.empty() ? std::nullopt : std::optional(found.mapped());
}

double Call::number(const char* parameter, double fallback, double low, double high)
{
    const auto text = take(parameter);
    if (!text)
        return fallback;
    const auto value = numberFromText(*text);
    if (!value || *value < low || *value > high)
        refuse(fmt::format("{} is a number from {} to {}, not \"{}\"", parameter, low, high, *text));
    return *value;
}

int Call::whole(const char* parameter, int fallback, int low, int high)
{
    const auto text = take(parameter);
    if (!text)
        return fallback;
    const auto value = numberFromText(*text);
    if (!value || *value < low || *value > high || *value != std::floor(*value))
        refuse(fmt::format("{} is a whole number from {} to {}, not \"{}\"", parameter, low, high, *text));
    return static_cast<int>(*value);
}

Nanoseconds Call::time(const char* parameter, Nanoseconds fallback)
{
    const auto text = take(parameter);
    if (!text)
        return fallback;
    const auto value = timeFromText(*text);
    if (!value)
        refuse(fmt::format("{} is a time with its unit, as 5ms, not \"{}\"", parameter, *text));
    return *value;
}

std::string Call::word(const char* parameter, const char* fallback)
{
    return take(parameter).value_or(fallback);
}

void Call::finish() const
{
    if (!m_parameters.empty())
        refuse(fmt::format("{} has no parameter {}", m_name, m_parameters.begin()->first));
}

} // namespace core
