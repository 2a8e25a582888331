// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/chart_data.h"

#include <qcustomplot.h>

/// Where the axes of the charts have their ticks, and what stands beside them.
namespace ui {

/// Round numbers between `low` and `high` for a logarithmic axis: powers of ten over many decades, 1-2-5 over
/// a few, even steps within one. 0 < low < high.
std::vector<double> logTicks(double low, double high);

/// At most about `most` even steps of 1, 2 or 5 times a power of ten.
std::vector<double> linearTicks(double low, double high, int most);

/// Which of the labels fit: `centres` rise, in pixels; a label is kept when it clears the one kept before it.
std::vector<bool> labelsThatFit(
    const std::vector<double>& centres, const std::vector<double>& widths, double gap);

/// Values of a quantity, with units.
class ValueTicker : public QCPAxisTicker {
public:
    ValueTicker(Quantity quantity, const QCPAxis* axis);

protected:
    QVector<double> createTickVector(double step, const QCPRange& range) override;
    int getSubTickCount(double step) override;
    QString getTickLabel(double tick, const QLocale& locale, QChar formatChar, int precision) override;

private:
    Quantity m_quantity;
    const QCPAxis* m_axis;
};

/// The batches that were measured, each with a tick; labels only where they do not touch.
class BatchTicker : public QCPAxisTicker {
public:
    BatchTicker(std::vector<double> batches, const QCPAxis* axis);
    void generate(const QCPRange& range, const QLocale& locale, QChar formatChar, int precision,
        QVector<double>& ticks, QVector<double>* subTicks, QVector<QString>* tickLabels) override;

private:
    std::vector<double> m_batches;
    const QCPAxis* m_axis;
};

} // namespace ui
