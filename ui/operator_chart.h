// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/operator_bars.h"
#include "ui/theme.h"

#include <QFrame>

class QCPBars;
class QCustomPlot;

namespace ui {

class Session;

/// Bars of time by operator, one an engine side by side; the hatched end of a bar is time in plain kernels.
class OperatorChart final : public QFrame {
    Q_OBJECT

public:
    explicit OperatorChart(Session& session, QWidget* parent = nullptr);
    void setTheme(const Theme& theme);
    /// What is drawn, for tests and for people who cannot see it.
    const OperatorBars& content() const { return m_content; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void addEngine(std::size_t engine, double place, double width);
    void addLabel(std::size_t row, std::size_t engine, double place);
    void styleAxes();
    SeriesStyle styleOf(const std::string& engine) const;

    Session& m_session;
    Theme m_theme;
    OperatorBars m_content;
    QCustomPlot* m_plot;
};

} // namespace ui
