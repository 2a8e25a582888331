// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drawing_view.h"

#include <QPainter>
#include <cmath>

namespace ui {
namespace {

constexpr double kTextSize = 11.5, kTitleSize = 13; // units of the drawing

QColor colourOf(const core::Ink& ink, const Theme& theme)
{
    using Role = core::Ink::Role;
    switch (ink.role) {
    case Role::Title:
    case Role::Best:
        return theme.text;
    case Role::Words:
    case Role::Tick:
    case Role::Mark:
        return theme.muted;
    case Role::Grid:
        return theme.grid;
    case Role::Axis:
    case Role::Low:
        return theme.axis;
    case Role::High:
        return theme.muted;
    case Role::Series:
        break;
    }
    const char* engine = ink.kind == core::DeviceKind::Gpu ? "gpu" : "cpu";
    return seriesStyle(theme, engine, ink.kind, ink.place).line;
}

QPen penOf(const core::Ink& ink, const Theme& theme)
{
    using Role = core::Ink::Role;
    QPen pen(colourOf(ink, theme), 1);
    if (ink.role == Role::Series || ink.role == Role::Best)
        pen.setWidthF(2);
    if (ink.role == Role::Mark)
        pen.setDashPattern({ 2, 3 });
    if (ink.role == Role::Series && ink.kind == core::DeviceKind::Gpu)
        pen.setDashPattern({ 2.5, 1.5 }); // of its width
    return pen;
}

void paintText(QPainter& painter, const core::DrawnShape& shape, const Theme& theme)
{
    const bool title = shape.ink.role == core::Ink::Role::Title;
    QFont font = painter.font();
    font.setPixelSize(static_cast<int>(std::lround(title ? kTitleSize : kTextSize)));
    font.setWeight(title ? QFont::DemiBold : QFont::Normal);
    painter.setFont(font);
    painter.setPen(colourOf(shape.ink, theme));
    const QString words = QString::fromStdString(shape.text);
    const double width = QFontMetricsF(font).horizontalAdvance(words);
    const auto [x, y] = shape.points.front();
    const double left = shape.anchor == core::DrawnShape::Anchor::Start ? x
        : shape.anchor == core::DrawnShape::Anchor::Middle              ? x - width / 2
                                                                        : x - width;
    painter.drawText(QPointF(left, y), words);
}

void paintShape(QPainter& painter, const core::DrawnShape& shape, const Theme& theme)
{
    const auto at = [&](std::size_t i) { return QPointF(shape.points[i].first, shape.points[i].second); };
    painter.setBrush(Qt::NoBrush);
    switch (shape.kind) {
    case core::DrawnShape::Kind::Line: {
        QPolygonF line;
        for (std::size_t i = 0; i < shape.points.size(); ++i)
            line << at(i);
        painter.setPen(penOf(shape.ink, theme));
        painter.drawPolyline(line);
        return;
    }
    case core::DrawnShape::Kind::Text:
        return paintText(painter, shape, theme);
    case core::DrawnShape::Kind::Ring:
        painter.setPen(penOf(shape.ink, theme));
        painter.drawEllipse(at(0), shape.radius, shape.radius);
        return;
    case core::DrawnShape::Kind::Disc:
        painter.setPen(Qt::NoPen);
        painter.setBrush(colourOf(shape.ink, theme));
        painter.drawEllipse(at(0), shape.radius, shape.radius);
        return;
    case core::DrawnShape::Kind::Box:
        painter.fillRect(QRectF(at(0), at(1)), colourOf(shape.ink, theme));
        return;
    }
}

} // namespace

void paintDrawing(QPainter& painter, const core::Drawing& drawing, const Theme& theme)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const core::DrawnShape& shape : drawing.shapes)
        paintShape(painter, shape, theme);
    painter.restore();
}

DrawingView::DrawingView(QWidget* parent)
    : QWidget(parent)
    , m_theme(lightTheme())
{
    hide();
}

void DrawingView::draw(std::function<core::Drawing(double width)> make)
{
    m_make = std::move(make);
    remake();
}

void DrawingView::clear()
{
    m_make = nullptr;
    m_drawing = {};
    hide();
}

void DrawingView::setTheme(const Theme& theme)
{
    m_theme = theme;
    update();
}

void DrawingView::remake()
{
    if (!m_make)
        return;
    m_drawing = m_make(width());
    setAccessibleName(QString::fromStdString(m_drawing.title));
    if (!m_drawing.shapes.empty())
        setFixedHeight(static_cast<int>(std::ceil(m_drawing.height)));
    setVisible(!m_drawing.shapes.empty());
    update();
}

void DrawingView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(font());
    paintDrawing(painter, m_drawing, m_theme);
}

void DrawingView::resizeEvent(QResizeEvent*)
{
    remake();
}

} // namespace ui
