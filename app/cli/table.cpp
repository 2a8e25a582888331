// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/table.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <sstream>

namespace app {

namespace {

constexpr std::size_t kScreen = 100;
constexpr std::size_t kNarrowest = 8; // a column cut to less says nothing

std::string padded(const std::string& text, std::size_t width, Align align)
{
    const std::string spaces(width - std::min(width, displayWidth(text)), ' ');
    return align == Align::Right ? spaces + text : text + spaces;
}

std::string withoutTrailingSpaces(std::string line)
{
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

/// Where column `column` of UTF-8 text begins.
std::size_t byteOfColumn(const std::string& text, std::size_t column)
{
    std::size_t at = 0;
    for (std::size_t columns = 0; at < text.size(); ++at)
        if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80 && columns++ == column)
            break;
    return at;
}

} // namespace

std::size_t displayWidth(const std::string& text)
{
    // Continuation bytes of UTF-8 (10xxxxxx) take no column of their own.
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string elided(const std::string& text, std::size_t width)
{
    const std::size_t columns = displayWidth(text);
    if (columns <= width || width == 0)
        return text;
    const std::size_t kept = width - 1, tail = kept * 2 / 3;
    return text.substr(0, byteOfColumn(text, kept - tail)) + "…"
        + text.substr(byteOfColumn(text, columns - tail));
}

Table::Table(std::vector<Column> columns, Overflow overflow)
    : m_columns(std::move(columns))
    , m_overflow(overflow)
{
}

void Table::add(std::vector<std::string> fields)
{
    assert(fields.size() == m_columns.size());
    for (std::string& field : fields) {
        if (field.empty())
            field = "-";
    }
    m_rows.push_back(std::move(fields));
}

std::vector<std::size_t> Table::widths() const
{
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < m_columns.size(); ++column) {
        std::size_t width = displayWidth(m_columns[column].title);
        for (const auto& row : m_rows)
            width = std::max(width, displayWidth(row[column]));
        widths.push_back(width);
    }
    return widths;
}

/// Spaces between columns; narrows the widest texts until the table fits where it may.
std::size_t Table::fittedGap(std::vector<std::size_t>& widths) const
{
    const auto total = [&](std::size_t gap) {
        return std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
    };
    if (total(2) <= kScreen)
        return 2;
    while (m_overflow == Overflow::Elide && total(1) > kScreen) {
        std::size_t widest = widths.size();
        for (std::size_t column = 0; column < widths.size(); ++column)
            if (m_columns[column].align == Align::Left && widths[column] > kNarrowest
                && (widest == widths.size() || widths[column] > widths[widest]))
                widest = column;
        if (widest == widths.size())
            break; // nothing left to cut: it is wide
        --widths[widest];
    }
    return 1;
}

std::string Table::text() const
{
    std::vector<std::size_t> widths = this->widths();
    const std::string gap(fittedGap(widths), ' ');
    const auto line = [&](const auto& fieldOf) {
        std::string text;
        for (std::size_t column = 0; column < m_columns.size(); ++column)
            text += (column ? gap : "")
                + padded(elided(fieldOf(column), widths[column]), widths[column], m_columns[column].align);
        return withoutTrailingSpaces(text) + "\n";
    };
    std::string text = line([&](std::size_t column) { return m_columns[column].title; });
    for (const auto& row : m_rows)
        text += line([&](std::size_t column) { return row[column]; });
    return text;
}

std::string labelled(const std::string& name, const std::string& text, std::size_t indent)
{
    std::string result, line = padded(name, indent, Align::Left);
    bool empty = true; // no word on this line yet
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (!empty && displayWidth(line) + 1 + displayWidth(word) > kScreen) {
            result += line + "\n";
            line.assign(indent, ' ');
            empty = true;
        }
        line += (empty ? "" : " ") + word;
        empty = false;
    }
    return result + withoutTrailingSpaces(line) + "\n";
}

} // namespace app
