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
    /// The longest time between two turns so far, in milliseconds.
    double longestMs() const { return m_longestMs; }
    void reset();

private:
    void tick();

    QTimer m_timer;
    QElapsedTimer m_since;
    double m_longestMs = 0;
};

} // namespace ui
