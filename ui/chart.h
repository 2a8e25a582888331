// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/chart_data.h"

#include <QFrame>
#include <optional>
#include <utility>

class QCustomPlot;
class QCPItemStraightLine;
class QCPItemText;
class QPainter;

namespace ui {

class ReadOut;

/// What a decision adds to a chart.
struct ChartMarks {
    struct Crossing { // of two curves, with the interval of the batch
        double x = 0, low = 0, high = 0;
        QString label;
        bool operator==(const Crossing&) const = default;
    };
    std::vector<Crossing> crossings;
    std::optional<double> target; // of the y axis
    QString targetLabel;
    bool operator==(const ChartMarks&) const = default;
};

/// Everything a chart shows, as a value.
struct ChartContent {
    bool overRequests = false; // the batch axis shows requests at once
    std::vector<Series> series;
    std::vector<Series> baseline; // drawn thin and grey
    std::vector<Series> overlays; // drawn thin, in their own styles
    std::vector<double> ticks; // of the batch axis
    std::vector<ChartNote> notes;
    ChartMarks marks;
    QString emptyText; // said when there is nothing to draw
};

/// Whether redrawing `after` over `before` would change what people see: another curve, another point, or a
/// point that moved by half a per cent.
bool looksDifferent(const ChartContent& before, const ChartContent& after);

/// One chart over batches on its card: title, axes, curves, crosshair, zoom. Knows nothing of runs.
class Chart final : public QFrame {
    Q_OBJECT

public:
    explicit Chart(Quantity quantity, QWidget* parent = nullptr);

    Quantity quantity() const { return m_quantity; }
    const ChartContent& content() const { return m_content; }
    /// Curves with at least one point, for tests and for people who cannot see the chart.
    int curveCount() const;

    void setTheme(const Theme& theme);
    void setContent(ChartContent content);
    /// Shows everything, and goes on doing so as points come in.
    void fit();
    void setLogarithmic(Qt::Orientation axis, bool on);
    bool isLogarithmic(Qt::Orientation axis) const;
    /// Puts the crosshair at `x` and reads the curves there; nullopt removes it.
    void showCursor(std::optional<double> x);
    std::optional<double> cursor() const { return m_cursorX; }
    void showXRange(double low, double high);
    /// The axes and curves alone, without card and title, `scale` times as many pixels as `size`.
    QPixmap picture(const QSize& size, double scale);

signals:
    void cursorMoved(double x);
    void cursorLeft();
    void cursorStepped(int steps); // by keyboard
    void xRangeChosen(double low, double high);
    void fitChosen();
    void logarithmicChanged(Qt::Orientation axis, bool on);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void connectMouse();
    void zoomToBox(const QRect& box);
    void zoom(double factor);
    void showMenu(const QPoint& at);
    void rebuild();
    void addSeries(const Series& series);
    void addBand(const Series& series);
    void addBaseline(const Series& series);
    void addOverlay(const Series& series);
    void addMarks();
    void addMarkWords();
    void addMarkers(const Series& series);
    void addVerdicts(const Series& series);
    void placeVerdicts();
    void addWords();
    void fitRanges();
    void styleAxes();
    bool hasPoints() const;

    Quantity m_quantity;
    Theme m_theme;
    ChartContent m_content;
    QCustomPlot* m_plot;
    QCPItemStraightLine* m_cursor = nullptr;
    struct VerdictItem {
        QCPItemText* item;
        Point point;
    };
    std::vector<VerdictItem> m_verdicts;
    ReadOut* m_readOut;
    std::optional<double> m_cursorX;
    double m_wordsWidth = 200; // of the plot, for wrapping
    bool m_fits = true; // follow the data until somebody zooms
    bool m_logX = true, m_logY;
};

/// The card behind a chart with its title line; also used for pictures.
void paintChartCard(QPainter& painter, const QRectF& card, const Theme& theme, const QString& title,
    const QString& subtitle, bool focused);
inline constexpr int kChartTitleHeight = 34;

} // namespace ui
