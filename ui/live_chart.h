// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/live_trial.h"
#include "ui/theme.h"

#include <QWidget>

namespace ui {

/// The last 30 seconds of a trial: how many requests wait, and the latest answers' latencies. A gap is where
/// programs were made.
class LiveChart final : public QWidget {
    Q_OBJECT

public:
    explicit LiveChart(LiveTrial& trial, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    QSize minimumSizeHint() const override { return { 240, 150 }; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintTrack(QPainter& painter, const QRect& area, const QString& title, double largest) const;
    double xOf(const QRect& area, double at) const;

    LiveTrial& m_trial;
    Theme m_theme;
};

} // namespace ui
