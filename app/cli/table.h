// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace app {

enum class Align { Left, Right };

/// What becomes of a table wider than the screen.
enum class Overflow { Wide, Elide }; // Elide: the widest texts lose their middle

/// A table for people: columns as wide as their widest field, two spaces apart, one where 100 columns would
/// not do.
class Table {
public:
    struct Column {
        std::string title;
        Align align = Align::Right;
    };
    explicit Table(std::vector<Column> columns, Overflow overflow = Overflow::Wide);

    /// One field a column; "" shows as "-".
    void add(std::vector<std::string> fields);
    std::string text() const;

private:
    std::vector<std::size_t> widths() const;
    std::size_t fittedGap(std::vector<std::size_t>& widths) const;

    std::vector<Column> m_columns;
    Overflow m_overflow;
    std::vector<std::vector<std::string>> m_rows;
};

/// `text` within `width` columns: "…" stands for its middle where it is longer, as a sentence's point is at
/// its end.
std::string elided(const std::string& text, std::size_t width);

/// Columns a terminal shows for UTF-8 text without wide characters.
std::size_t displayWidth(const std::string& text);

/// "name    text", the text indented and wrapped at 100 columns.
std::string labelled(const std::string& name, const std::string& text, std::size_t indent = 14);

} // namespace app
