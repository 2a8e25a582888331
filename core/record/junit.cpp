// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/junit.h"

#include "core/model/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

std::string escaped(const std::string& text)
{
    const bool whole = isUtf8(text);
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || (c < 0 && !whole))
                result += "\xEF\xBF\xBD";
            else
                result += c;
        }
    }
    return result;
}

std::string element(const JunitCase& each, const std::string& suite)
{
    std::string inside;
    if (!each.failure.empty())
        inside += fmt::format("    <failure message=\"{}\"/>\n", escaped(each.failure));
    if (!each.skipped.empty())
        inside += fmt::format("    <skipped message=\"{}\"/>\n", escaped(each.skipped));
    if (!each.text.empty())
        inside += fmt::format("    <system-out>{}</system-out>\n", escaped(each.text));
    return fmt::format("  <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">\n{}  </testcase>\n",
        escaped(suite), escaped(each.name), each.seconds, inside);
}

} // namespace

std::string toJunit(const std::string& suite, const std::vector<JunitCase>& cases)
{
    const auto count = [&](std::string JunitCase::*member) {
        return std::ranges::count_if(cases, [&](const JunitCase& each) { return !(each.*member).empty(); });
    };
    std::string xml
        = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"{}\" tests=\"{}\" "
                      "failures=\"{}\" skipped=\"{}\">\n",
            escaped(suite), cases.size(), count(&JunitCase::failure), count(&JunitCase::skipped));
    for (const JunitCase& each : cases)
        xml += element(each, suite);
    return xml + "</testsuite>\n";
}

} // namespace core
