// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/roof_data.h"

#include <QTimer>
#include <QWidget>

class QCustomPlot;
class QLabel;
class QPushButton;

namespace ui {

class Session;

/// The shown run under this machine's roof: one chart, a point for each batch size. Where the peaks are not
/// known it offers to measure them.
class RoofPage final : public QWidget {
    Q_OBJECT

public:
    explicit RoofPage(Session& session, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    const RoofContent& content() const { return m_content; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refreshSoon();
    void refresh();
    void draw();
    void styleAxes();
    double endOf(const RoofLine& line) const;
    void drawLines();
    void drawSeries();
    void drawLabels();
    /// The mark within a few pixels of `at`, as text; empty: none.
    QString textAt(const QPointF& at) const;

    Session& m_session;
    Theme m_theme;
    RoofContent m_content;
    QCustomPlot* m_plot;
    QLabel* m_why;
    QPushButton* m_measure;
    QTimer m_refresh;
};

} // namespace ui
