// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/time_parts.h"

#include <QFrame>
#include <optional>

class QCPBars;
class QCustomPlot;
class QPainter;

namespace ui {

class ReadOut;

/// Stacked bars of where a run's time went, one for each cell: parts of the latency, each bar as high as the
/// others with its latency above it, as a batch of 1 beside one of 128 would be a line otherwise. Knows
/// nothing of runs.
class TimePartsChart final : public QFrame {
    Q_OBJECT

public:
    explicit TimePartsChart(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setContent(TimeParts content);
    const TimeParts& content() const { return m_content; }
    /// Reads the bar at this place in the order from left to right; nullopt: none.
    void showBar(std::optional<std::size_t> place);
    std::optional<std::size_t> shownBar() const { return m_shown; }
    /// What the read-out says of it.
    QString readOutText() const { return m_words; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    /// A bar with where it stands on the axis.
    struct Placed {
        const TimeBarSeries* series;
        const TimeBar* bar;
        double x;
    };
    void rebuild();
    void placeBars();
    QCPBars* addPart(const TimeBarSeries& series, TimePart part, QCPBars* below);
    void addTotal(const Placed& placed);
    void styleAxes();
    void paintKey(QPainter& painter, const QRectF& where) const;

    Theme m_theme;
    TimeParts m_content;
    QCustomPlot* m_plot;
    ReadOut* m_readOut;
    std::vector<Placed> m_placed; // by x
    double m_width = 1; // of a bar, in batches
    std::optional<std::size_t> m_shown;
    QString m_words;
};

} // namespace ui
