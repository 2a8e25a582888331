// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/status_line.h"

#include "app/cli/table.h"

#include <unistd.h>

#include <cstdio>

namespace app {

namespace {

using namespace std::chrono_literals;

constexpr auto kEvery = 200ms;
constexpr const char* kWipe = "\r\033[K";
constexpr std::size_t kWidth = 99; // a line that is wrapped cannot be wiped

} // namespace

StatusLine::StatusLine()
    : m_terminal(isatty(STDERR_FILENO) == 1)
{
}

void StatusLine::show(const std::function<std::string()>& text)
{
    if (!m_terminal)
        return;
    const auto now = std::chrono::steady_clock::now();
    if (m_shown && now - m_last < kEvery)
        return;
    m_last = now;
    m_shown = true;
    std::fprintf(stderr, "%s%s", kWipe, elided(text(), kWidth).c_str());
    std::fflush(stderr);
}

void StatusLine::clear()
{
    if (m_shown)
        std::fputs(kWipe, stderr);
    m_shown = false;
}

} // namespace app
