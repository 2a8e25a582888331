// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace ui {

/// Watches the event loop: how long it went without turning. It wakes every millisecond, so it runs only when
/// asked for.
class StallMeter final : public QObject {
    Q_OBJECT

public:
    explicit StallMeter(QObject* parent = nullptr);
    /// The longest time between two turns so far, in milliseconds of the clock.
    double longestMs() const { return m_longestMs; }
    /// The most this thread computed between two turns: what a stall is on a machine that nobody else uses.
    double longestOwnMs() const { return m_longestOwnMs; }
    void reset();

private:
    void tick();

    QTimer m_timer;
    QElapsedTimer m_since;
    double m_ownAtTickMs = 0;
    double m_longestMs = 0, m_longestOwnMs = 0;
};

} // namespace ui
