// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/chart.h"
#include "ui/time_parts_chart.h"

#include <QWidget>

class QPushButton;
class QStackedLayout;

namespace ui {

/// The latency chart, and where a device told its times a switch to bars of where they went.
class LatencyCard final : public QWidget {
    Q_OBJECT

public:
    explicit LatencyCard(QWidget* parent = nullptr);

    Chart& chart() const { return *m_chart; }
    TimePartsChart& parts() const { return *m_parts; }
    /// `offered`: the charts are over batches. Without a device's times the curve is shown.
    void setParts(TimeParts parts, bool offered);
    void showParts(bool on);
    bool showsParts() const;
    bool canSwitch() const { return m_offered; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();

    Chart* m_chart;
    TimePartsChart* m_parts;
    QStackedLayout* m_pages;
    QPushButton* m_switch;
    bool m_offered = false, m_wanted = false;
};

} // namespace ui
