// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/legend.h"

#include "ui/marker.h"

#include <QCoreApplication>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace ui {
namespace {

constexpr double kSample = 32; // width of the stretch of line
constexpr double kGap = 7; // between line and name
constexpr double kBetween = 16; // between entries

double widthOf(const LegendEntry& entry, const QFontMetricsF& metrics)
{
    return kSample + kGap + metrics.horizontalAdvance(entry.name);
}

double totalWidth(const std::vector<LegendEntry>& entries, const QFontMetricsF& metrics)
{
    double total = -kBetween;
    for (const auto& entry : entries)
        total += widthOf(entry, metrics) + kBetween;
    return total;
}

/// With short names where the others take more than `width`.
std::vector<LegendEntry> fitted(std::vector<LegendEntry> entries, const QFontMetricsF& metrics, double width)
{
    if (totalWidth(entries, metrics) > width) {
        for (auto& entry : entries)
            entry.name = entry.shortName.isEmpty() ? entry.name : entry.shortName;
    }
    return entries;
}

QString moreText(std::size_t hidden)
{
    return QCoreApplication::translate("ui::Legend", "and %1 more").arg(hidden);
}

} // namespace

void paintLegend(
    QPainter& painter, const QRectF& where, const std::vector<LegendEntry>& all, const QColor& text)
{
    const QFontMetricsF metrics(painter.font());
    const std::vector<LegendEntry> entries = fitted(all, metrics, where.width());
    const double more = metrics.horizontalAdvance(moreText(entries.size())) + kBetween;
    double total = totalWidth(entries, metrics);
    std::size_t shown = entries.size();
    while (shown > 0 && total > where.width() - (shown < entries.size() ? more : 0))
        total -= widthOf(entries[--shown], metrics) + kBetween;
    const bool cut = shown < entries.size();
    double x = where.right() - total - (cut ? more : 0);
    painter.setPen(text);
    for (std::size_t i = 0; i < shown; ++i) {
        paintSample(painter, { x, where.top(), kSample, where.height() }, entries[i].style);
        x += kSample + kGap;
        const double width = metrics.horizontalAdvance(entries[i].name);
        painter.drawText(QRectF(x, where.top(), width + 2, where.height()), Qt::AlignVCenter | Qt::AlignLeft,
            entries[i].name);
        x += width + kBetween;
    }
    if (cut)
        painter.drawText(QRectF(x, where.top(), more, where.height()), Qt::AlignVCenter | Qt::AlignLeft,
            moreText(entries.size() - shown));
}

Legend::Legend(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Legend of the charts"));
}

void Legend::setEntries(std::vector<LegendEntry> entries)
{
    m_entries = std::move(entries);
    QStringList names;
    for (const auto& entry : m_entries)
        names << entry.name;
    setAccessibleDescription(names.join(QStringLiteral(", ")));
    update();
}

void Legend::setTheme(const Theme& theme)
{
    m_text = theme.text;
    update();
}

QSize Legend::sizeHint() const
{
    return { 300, fontMetrics().height() + 8 };
}

QSize Legend::minimumSizeHint() const
{
    return { 60, fontMetrics().height() + 8 };
}

void Legend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(font());
    paintLegend(painter, rect(), m_entries, m_text);
}

bool Legend::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(),
            accessibleDescription().replace(QStringLiteral(", "), QStringLiteral("\n")), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace ui
