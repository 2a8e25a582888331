// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lab_moment.h"
#include "ui/lab_table_model.h"
#include "ui/theme.h"

#include <QPixmap>
#include <QWidget>
#include <memory>

namespace ui {

inline constexpr int kTimelineGutter = 132; // left of the curves: titles and ticks
inline constexpr int kTimelineAxis = 24; // below them

/// Queue, devices and latencies of one simulated run over one axis of simulated time, with one cursor. Draws
/// by pixels and not by requests: each column of pixels has the mean and the largest of its time, and the
/// latencies of one pixel are one point.
class LabTimeline final : public QWidget {
    Q_OBJECT

public:
    explicit LabTimeline(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    /// Borrowed until the next call; null: nothing to show but `emptyText`. Shows the whole run.
    void setRun(const Watched* watched, const QString& emptyText);
    void setView(LabView view);
    /// Puts the cursor there, and shows that part of the run; nullopt removes it.
    void showCursor(std::optional<double> seconds);
    std::optional<double> cursor() const { return m_cursor; }
    /// Seconds of the run, and those that are shown.
    double duration() const { return m_duration; }
    std::pair<double, double> range() const { return { m_begin, m_end }; }
    void showRange(double begin, double end);
    void fit();
    /// Latencies that are drawn: of all requests, or of a client's that waits.
    std::size_t points() const { return m_latencies.size(); }
    /// Paints everything anew now; for measuring what that takes.
    void redraw();

signals:
    void cursorMoved(double seconds); // by a person
    void playToggled(); // by keyboard

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Track {
        QString title;
        QColor color;
        std::vector<Step> steps;
    };
    struct Latency {
        double at = 0, ms = 0; // seconds of the arrival
        double logarithm = 0; // of ms; taken once, as it is what drawing would take longest for
    };
    QRect plot() const;
    double secondsAt(double x) const;
    double xAt(double seconds) const;
    void changed();
    void gatherLatencies();
    void moveTo(double seconds);
    // lab_timeline_painting.cpp
    void paintAll(QPainter& painter);
    void paintTrack(QPainter& painter, const QRect& area, const Track& track, bool queue);
    std::vector<StepColumn> queueColumns(int width) const;
    void paintLatencies(QPainter& painter, const QRect& area);
    void paintTitle(QPainter& painter, const QRect& area, const QString& title, const QString& unit);
    void paintTicks(QPainter& painter, const QRect& area, double low, double high, bool logarithmic);
    void paintSeconds(QPainter& painter, const QRect& area);

    Theme m_theme;
    const Watched* m_watched = nullptr;
    QString m_emptyText;
    LabView m_view = LabView::Requests;
    std::vector<Track> m_tracks; // the queue, then devices
    std::vector<Latency> m_latencies; // that are drawn, by arrival
    double m_lowMs = 0, m_highMs = 0; // of them
    double m_duration = 0, m_begin = 0, m_end = 1;
    std::optional<double> m_cursor;
    QPixmap m_picture; // without the cursor; null: to be painted
};

} // namespace ui
