// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/time_curves.h"

#include <QPixmap>
#include <QWidget>

namespace ui {

class ReadOut;

/// Everything the view over time shows, as a value; curves are borrowed from a TimeCurves.
struct TimeViewContent {
    std::vector<TrackContent> tracks;
    std::vector<CellSpan> cells;
    std::optional<std::pair<double, double>> span; // seconds of all there is; nullopt: nothing
    QString emptyText; // said then
};

/// Where a track lies, and the values its height stands for.
struct TrackPlace {
    QRect area; // of the curves
    double low = 0, high = 1;
    bool logarithmic = false, collapsed = false;

    double y(double value) const;
};

/// Paints card, title, tracks and axis for the seconds `begin` to `end`; the same in the window and in
/// pictures. Answers where each of content.tracks came to lie.
std::vector<TrackPlace> paintTimeView(QPainter& painter, const QRect& card, const TimeViewContent& content,
    const Theme& theme, double begin, double end, bool focused);

/// All tracks of a run over one axis of time: one cursor, one zoom. Knows nothing of sessions.
class TimeView final : public QWidget {
    Q_OBJECT

public:
    explicit TimeView(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    /// `shown`: the seconds that are shown until somebody zooms.
    void setContent(TimeViewContent content, std::optional<std::pair<double, double>> shown);
    const TimeViewContent& content() const { return m_content; }
    /// Shows everything, and goes on doing so as points come in.
    void fit();
    void showRange(double begin, double end);
    std::pair<double, double> range() const { return { m_begin, m_end }; }
    /// Puts the cursor there and reads all tracks; nullopt removes it.
    void showCursor(std::optional<double> x);
    std::optional<double> cursor() const { return m_cursor; }
    /// "at 12.3 s" and one line for each curve with a point close by.
    QStringList readOutLines() const { return m_lines; }
    /// Tracks that are drawn, and not said to be empty.
    int shownTracks() const;
    /// Paints everything anew now, as new points do; for measuring what that takes.
    void redraw();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    void changed();
    void zoom(double factor, double around);
    void moveBy(double seconds);
    void stepCursor(int steps);
    double secondsAt(int x) const;
    double xAt(double seconds) const;
    QRect plot() const;
    QString tipAt(const QPoint& at) const;

    Theme m_theme;
    TimeViewContent m_content;
    double m_begin = 0, m_end = 1;
    bool m_fits = true; // follow what is shown until somebody zooms
    std::optional<std::pair<double, double>> m_shown;
    std::optional<double> m_cursor;
    QStringList m_lines;
    std::optional<int> m_pressed; // x where a drag began
    int m_dragged = 0; // x where it is now
    bool m_moving = false; // with Shift
    ReadOut* m_readOut;
    QPixmap m_picture; // without cursor; null: to be painted
    std::vector<TrackPlace> m_places;
};

/// What F1 says of it.
QString timeViewExplanation();

} // namespace ui
