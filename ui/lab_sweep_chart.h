// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lab_table_model.h"
#include "ui/theme.h"

#include <QWidget>
#include <optional>

class QCustomPlot;
class QPainter;

namespace ui {

enum class SweepFigure { P99, P50, Lost };

/// One policy over the values of a sweep.
struct SweepLine {
    QString name;
    SeriesStyle style;
    std::vector<double> x, y; // where it keeps up and the figure is known; a gap is not-a-number
    std::optional<std::pair<double, double>> end; // the last point before it falls behind
    bool behindFromTheFirst = false; // it has no point, as it never keeps up
};

/// Everything the chart shows, as a value.
struct SweepContent {
    std::vector<SweepLine> lines; // the oracle last
    QString xTitle, yTitle;
    bool logX = false, logY = true;
    std::optional<double> limit; // of the y axis: the SLO
    QString emptyText; // said when there is nothing to draw
};

SweepContent sweepContent(const Lab& lab, SweepFigure figure, LabView view, const Theme& theme);

/// A figure of each policy against what is swept, with its legend beside it.
class LabSweepChart final : public QWidget {
    Q_OBJECT

public:
    explicit LabSweepChart(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setContent(SweepContent content);
    const SweepContent& content() const { return m_content; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void draw();
    void addLine(const SweepLine& line);
    void styleAxes();
    QString textAt(const QPointF& at) const;
    int legendWidth() const;
    QFont legendFont() const;
    void paintLegend(QPainter& painter) const;

    Theme m_theme;
    SweepContent m_content;
    QCustomPlot* m_plot;
};

} // namespace ui
