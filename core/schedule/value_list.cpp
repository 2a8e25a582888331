// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/value_list.h"

#include "core/call.h"
#include "core/error.h"

#include <set>

namespace core {

namespace {

/// The end of a range is one of its values, however its steps are rounded.
constexpr double kRounding = 1 + 1e-9;

[[noreturn]] void refuse(std::string_view text, const char* why)
{
    throw Error("Cannot read values: \"{}\" {}.", text, why);
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    return first == text.npos ? std::string_view()
                              : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

double number(std::string_view text)
{
    const std::string_view word = trimmed(text);
    const auto value = numberFromText(word);
    if (!value || *value <= 0)
        refuse(word, "is no number over 0");
    return *value;
}

void insert(std::set<double>& values, double value)
{
    values.insert(value);
    if (values.size() > kMostValues)
        throw Error("Cannot read values: there are more than {}.", kMostValues);
}

/// The dash of a range; those of exponents and signs are none.
std::size_t dashOf(std::string_view item)
{
    std::size_t at = item.find('-', 1);
    while (at != item.npos && (item[at - 1] == 'e' || item[at - 1] == 'E'))
        at = item.find('-', at + 1);
    return at;
}

/// "50-500+50", "1-64x2", "1-4" or "7".
void parseItem(std::string_view item, std::set<double>& values)
{
    const std::size_t dash = item.empty() ? item.npos : dashOf(item);
    if (dash == item.npos)
        return insert(values, number(item));
    const std::string_view rest = item.substr(dash + 1);
    const std::size_t sign = rest.find_first_of("xX*+");
    const double first = number(item.substr(0, dash)), last = number(rest.substr(0, sign));
    const double step = sign == rest.npos ? 1 : number(rest.substr(sign + 1));
    if (last < first)
        refuse(item, "ends before it begins");
    if (sign == rest.npos || rest[sign] == '+') {
        // By multiples of the step: sums of it would drift.
        for (std::size_t i = 0; first + static_cast<double>(i) * step <= last * kRounding; ++i)
            insert(values, first + static_cast<double>(i) * step);
        return;
    }
    if (step < 1.001)
        refuse(item, "never ends: the factor is over 1");
    for (double value = first; value <= last * kRounding; value *= step)
        insert(values, value);
}

} // namespace

std::vector<double> valuesFromText(std::string_view text)
{
    std::set<double> values;
    std::string_view rest = text;
    while (true) {
        const std::size_t comma = rest.find(',');
        parseItem(trimmed(rest.substr(0, comma)), values);
        if (comma == rest.npos)
            return { values.begin(), values.end() };
        rest.remove_prefix(comma + 1);
    }
}

} // namespace core
