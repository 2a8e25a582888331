// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace app {

/// One line on standard error that is written over again and again. Silent where standard error is not a
/// terminal.
class StatusLine {
public:
    StatusLine();
    ~StatusLine() { clear(); }
    StatusLine(const StatusLine&) = delete;
    StatusLine& operator=(const StatusLine&) = delete;

    /// Shows what `text` makes, at most five times a second: more would be noise to the reader and to the
    /// measurement.
    void show(const std::function<std::string()>& text);
    /// Wipes the line.
    void clear();

private:
    bool m_terminal;
    bool m_shown = false;
    std::chrono::steady_clock::time_point m_last {};
};

} // namespace app
