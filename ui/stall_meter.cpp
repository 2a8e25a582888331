// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stall_meter.h"

#include <algorithm>
#include <ctime>

namespace ui {
namespace {

double threadMs()
{
    timespec used {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

} // namespace

StallMeter::StallMeter(QObject* parent)
    : QObject(parent)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(1);
    connect(&m_timer, &QTimer::timeout, this, &StallMeter::tick);
    m_timer.start();
    reset();
}

void StallMeter::reset()
{
    m_longestMs = 0;
    m_longestOwnMs = 0;
    m_ownAtTickMs = threadMs();
    m_since.restart();
}

void StallMeter::tick()
{
    const double own = threadMs();
    m_longestMs = std::max(m_longestMs, static_cast<double>(m_since.nsecsElapsed()) / 1e6);
    m_longestOwnMs = std::max(m_longestOwnMs, own - m_ownAtTickMs);
    m_ownAtTickMs = own;
    m_since.restart();
}

} // namespace ui
