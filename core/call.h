// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace core {

/// A word with parameters as people type it: "timeout-batch(max=16,delay=5ms)". Whoever reads it takes the
/// parameters one by one; finish() refuses what nobody took.
class Call {
public:
    /// Throws Error, one sentence that begins "Cannot read `what`": `Cannot read policy: "aimd(slo" has no
    /// closing bracket.`
    Call(std::string_view text, const char* what);

    const std::string& name() const { return m_name; }
    /// The text with this parameter in the place of what it had, or without it; parameters by their names.
    std::string with(const char* parameter, const std::string& value) const;
    std::string without(const char* parameter) const;

    /// The parameter within [low, high], or `fallback`. Throws Error.
    double number(const char* parameter, double fallback, double low, double high);
    int whole(const char* parameter, int fallback, int low, int high);
    /// With its unit: "5ms", "200us", "2s", "24h"; longer than 0, or 0 itself.
    Nanoseconds time(const char* parameter, Nanoseconds fallback);
    bool has(const char* parameter) const { return m_parameters.contains(parameter); }
    std::string word(const char* parameter, const char* fallback);

    /// Throws Error when a parameter is left over.
    void finish() const;
    /// Throws Error: `Cannot read policy: "x(y)": why.`
    [[noreturn]] void refuse(const std::string& why) const;

private:
    std::optional<std::string> take(const char* parameter);

    std::string m_text, m_what, m_name;
    std::map<std::string, std::string> m_parameters;
};

/// "5ms" as a time; nullopt for anything that is none, and for over a thousand years.
std::optional<Nanoseconds> timeFromText(std::string_view text);
/// A finite number, all of `text`.
std::optional<double> numberFromText(std::string_view text);

} // namespace core
