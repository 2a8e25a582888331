// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stall_meter.h"

#include <algorithm>

namespace ui {

StallMeter::StallMeter(QObject* parent)
    : QObject(parent)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(1);
    connect(&m_timer, &QTimer::timeout, this, &StallMeter::tick);
    m_timer.start();
    m_since.start();
}

void StallMeter::reset()
{
    m_longestMs = 0;
    m_since.restart();
}

void StallMeter::tick()
{
    m_longestMs = std::max(m_longestMs, static_cast<double>(m_since.nsecsElapsed()) / 1e6);
    m_since.restart();
}

} // namespace ui
