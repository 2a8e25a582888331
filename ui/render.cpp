// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render.h"

#include "ui/chart_content.h"
#include "ui/format.h"
#include "ui/setup.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFont>
#include <QGuiApplication>
#include <QPainter>

namespace ui {
namespace {

constexpr int kMargin = 20;
constexpr int kGap = 12;
constexpr int kLine = 22;

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::render", text);
}

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

/// The date as people write it; the text itself when it is not one.
QString readableDate(const std::string& iso)
{
    const QDateTime when = QDateTime::fromString(text(iso), Qt::ISODate);
    return when.isValid() ? when.toString(QStringLiteral("yyyy-MM-dd HH:mm")) : text(iso);
}

void paintHeading(QPainter& painter, const QRectF& area, const core::Run& run, const Theme& theme)
{
    const QFont plain = painter.font();
    QFont bold = plain;
    bold.setWeight(QFont::DemiBold);
    bold.setPointSizeF(plain.pointSizeF() * 1.2);
    painter.setFont(bold);
    painter.setPen(theme.text);
    painter.drawText(QRectF(area.left(), area.top(), area.width(), kLine), Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(bold).elidedText(runTitle(run), Qt::ElideRight, area.width()));
    painter.setFont(plain);
    painter.setPen(theme.muted);
    painter.drawText(QRectF(area.left(), area.top() + kLine, area.width(), kLine),
        Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(plain).elidedText(runMachine(run), Qt::ElideRight, area.width()));
}

ChartContent contentFor(const core::Run& run, const Company& company, Quantity quantity, const Theme& theme)
{
    ChartContent content = contentByBatch(run, company, quantity, theme);
    content.emptyText = tr("No cell of this run has a figure.");
    return content;
}

void paintTime(QPainter& painter, const QRect& card, const core::Run& run, const Theme& theme)
{
    TimeCurves curves;
    curves.update(run);
    TimeViewContent content = timeViewContent(run, curves, theme);
    content.emptyText = tr("No cell of this run has a figure.");
    const auto [begin, end] = content.span.value_or(std::pair { 0.0, 0.0 });
    paintTimeView(painter, card, content, theme, begin, end, false);
}

void paintChart(QPainter& painter, const QRect& card, Quantity quantity, ChartContent content,
    const Theme& theme, double scale)
{
    paintChartCard(painter, card, theme, chartTitle(quantity), chartSubtitle(quantity), false);
    const QRect inside = card.adjusted(8, kChartTitleHeight, -10, -8);
    Chart chart(quantity);
    chart.setFont(painter.font());
    chart.setContent(std::move(content));
    chart.setTheme(theme);
    painter.drawPixmap(inside, chart.picture(inside.size(), scale));
}

} // namespace

QString runTitle(const core::Run& run)
{
    const core::ModelSummary& model = run.header.model;
    QString title = text(model.name);
    if (model.parameters > 0)
        title += tr(" · %1 parameters").arg(formatCount(static_cast<double>(model.parameters)));
    if (model.flopPerItem > 0)
        title += tr(" · %1 per item").arg(formatFlop(static_cast<double>(model.flopPerItem)));
    return title;
}

QString runMachine(const core::Run& run)
{
    const core::Environment& machine = run.header.environment;
    QStringList parts;
    if (!machine.cpu.empty())
        parts << (machine.cores > 0 ? tr("%1, %2 cores").arg(text(machine.cpu)).arg(machine.cores)
                                    : text(machine.cpu));
    for (const auto& device : run.header.devices) {
        if (device.kind == core::DeviceKind::Gpu && device.absent.empty())
            parts << (device.recordedOn ? recordedText(device) : text(device.name));
    }
    for (const std::string& part :
        { machine.os, readableDate(run.header.startedAt).toStdString(), machine.program }) {
        if (!part.empty())
            parts << text(part);
    }
    return parts.join(QStringLiteral(" · "));
}

QImage renderRun(const core::Run& run, const Company& company, const Theme& theme, XAxis axis,
    const QSize& size, double scale)
{
    QImage image(size * scale, QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    image.fill(theme.window);
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    painter.setFont(QGuiApplication::font());
    const QRect area = QRect(QPoint(), size).adjusted(kMargin, kMargin - 6, -kMargin, -kMargin);
    paintHeading(painter, QRectF(area.left(), area.top(), area.width(), 2 * kLine), run, theme);
    int top = area.top() + 2 * kLine + 4;
    const auto addLegend = [&](const std::vector<LegendEntry>& entries) {
        paintLegend(painter, QRectF(area.left(), top, area.width(), kLine), entries, theme.text);
        top += kLine;
    };
    addLegend(legendOf(run, company.baseline, theme));
    if (company.overlays && !company.overlays->empty() && axis == XAxis::Batch)
        addLegend(overlayLegend(*company.overlays, theme));
    top += 8;
    if (axis == XAxis::Time) {
        paintTime(painter, QRect(area.left(), top, area.width(), area.bottom() - top), run, theme);
        return image;
    }
    const int width = (area.width() - kGap) / 2;
    const int height = (area.bottom() - top - kGap) / 2;
    for (const Quantity quantity : kQuantities) {
        const int place = static_cast<int>(quantity);
        const QRect card(
            area.left() + place % 2 * (width + kGap), top + place / 2 * (height + kGap), width, height);
        paintChart(painter, card, quantity, contentFor(run, company, quantity, theme), theme, scale);
    }
    return image;
}

} // namespace ui
