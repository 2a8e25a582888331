// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lab_sweep_chart.h"

class QComboBox;
class QLineEdit;

namespace ui {

class ElidedLabel;

/// Policies while one thing changes: what is swept, which figure is drawn, the chart, and the best of each
/// value.
class LabSweepPage final : public QWidget {
    Q_OBJECT

public:
    explicit LabSweepPage(Lab& lab, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setView(LabView view);
    void refresh();
    LabSweepChart& chart() const { return *m_chart; }

private:
    QComboBox* addChoice(const char* objectName, const QString& accessible);
    void apply();

    Lab& m_lab;
    Theme m_theme;
    LabView m_view = LabView::Requests;
    QComboBox *m_figure, *m_parameter;
    QLineEdit* m_values;
    ElidedLabel* m_bests;
    LabSweepChart* m_chart;
};

} // namespace ui
