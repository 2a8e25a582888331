// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tickers.h"

#include <cmath>

namespace ui {
namespace {

constexpr int kMostTicks = 6;

/// The least of 1, 2, 5 times a power of ten that is at least `step`.
double roundStep(double step)
{
    const double power = std::pow(10.0, std::floor(std::log10(step)));
    for (const double factor : { 1.0, 2.0, 5.0 }) {
        if (factor * power >= step * 0.999)
            return factor * power;
    }
    return 10 * power;
}

} // namespace

std::vector<double> linearTicks(double low, double high, int most)
{
    std::vector<double> ticks;
    if (!(high > low) || most < 1)
        return ticks;
    const double step = roundStep((high - low) / most);
    const double first = std::ceil(low / step - 1e-9);
    const double last = std::floor(high / step + 1e-9);
    // Where a step is lost in the numbers' precision there is nothing to count.
    if (!(last - first < 1000))
        return ticks;
    for (double i = first; i <= last; ++i)
        ticks.push_back(i * step);
    return ticks;
}

std::vector<double> logTicks(double low, double high)
{
    if (!(low > 0) || !(high > low))
        return {};
    const double decades = std::log10(high / low);
    if (decades < 0.9)
        return linearTicks(low, high, kMostTicks - 1);
    std::vector<double> ticks;
    const int stride = std::max(1, static_cast<int>(std::ceil(decades / kMostTicks)));
    const int first = static_cast<int>(std::floor(std::log10(low)));
    const int last = static_cast<int>(std::ceil(std::log10(high)));
    for (int power = first; power <= last; ++power) {
        for (const double factor : { 1.0, 2.0, 5.0 }) {
            if (factor > 1 && decades > 2.2)
                continue;
            const double tick = factor * std::pow(10.0, power);
            if (power % stride == 0 && tick >= low * 0.9999 && tick <= high * 1.0001)
                ticks.push_back(tick);
        }
    }
    return ticks;
}

std::vector<bool> labelsThatFit(
    const std::vector<double>& centres, const std::vector<double>& widths, double gap)
{
    std::vector<bool> fits(centres.size(), false);
    double free = -HUGE_VAL;
    for (std::size_t i = 0; i < centres.size(); ++i) {
        if (centres[i] - widths[i] / 2 < free)
            continue;
        fits[i] = true;
        free = centres[i] + widths[i] / 2 + gap;
    }
    return fits;
}

ValueTicker::ValueTicker(Quantity quantity, const QCPAxis* axis)
    : m_quantity(quantity)
    , m_axis(axis)
{
}

QVector<double> ValueTicker::createTickVector(double, const QCPRange& range)
{
    const auto ticks = m_axis->scaleType() == QCPAxis::stLogarithmic
        ? logTicks(range.lower, range.upper)
        : linearTicks(range.lower, range.upper, kMostTicks - 1);
    return { ticks.begin(), ticks.end() };
}

int ValueTicker::getSubTickCount(double)
{
    return 0;
}

QString ValueTicker::getTickLabel(double tick, const QLocale&, QChar, int)
{
    return formatTick(m_quantity, tick);
}

BatchTicker::BatchTicker(std::vector<double> batches, const QCPAxis* axis)
    : m_batches(std::move(batches))
    , m_axis(axis)
{
}

void BatchTicker::generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
    QVector<double>* subTicks, QVector<QString>* tickLabels)
{
    ticks.clear();
    std::vector<double> centres, widths;
    std::vector<QString> labels;
    const QFontMetricsF metrics(m_axis->tickLabelFont());
    for (const double batch : m_batches) {
        if (!range.contains(batch))
            continue;
        ticks.push_back(batch);
        labels.push_back(QString::number(batch, 'f', 0));
        centres.push_back(m_axis->coordToPixel(batch));
        widths.push_back(metrics.horizontalAdvance(labels.back()));
    }
    if (subTicks)
        subTicks->clear();
    if (!tickLabels)
        return;
    tickLabels->clear();
    const auto fits = labelsThatFit(centres, widths, metrics.averageCharWidth());
    for (std::size_t i = 0; i < labels.size(); ++i)
        tickLabels->push_back(fits[i] ? labels[i] : QString());
}

} // namespace ui
