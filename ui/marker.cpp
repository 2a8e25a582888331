// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/marker.h"

#include <QPainter>

namespace ui {

QPainterPath markerPath(Marker marker, double size)
{
    const double r = size / 2;
    QPainterPath path;
    switch (marker) {
    case Marker::Disc:
        path.addEllipse(QPointF(0, 0), r, r);
        break;
    case Marker::Square:
        path.addRect(-r, -r, 2 * r, 2 * r);
        break;
    case Marker::Triangle:
        path.addPolygon(QPolygonF({ { 0, -1.15 * r }, { 1.1 * r, 0.85 * r }, { -1.1 * r, 0.85 * r } }));
        path.closeSubpath();
        break;
    case Marker::Diamond:
        path.addPolygon(QPolygonF({ { 0, -1.25 * r }, { 1.25 * r, 0 }, { 0, 1.25 * r }, { -1.25 * r, 0 } }));
        path.closeSubpath();
        break;
    case Marker::TriangleDown:
        path.addPolygon(QPolygonF({ { 0, 1.15 * r }, { 1.1 * r, -0.85 * r }, { -1.1 * r, -0.85 * r } }));
        path.closeSubpath();
        break;
    case Marker::Cross: {
        QPainterPath upright;
        path.addRect(-1.1 * r, -0.35 * r, 2.2 * r, 0.7 * r);
        upright.addRect(-0.35 * r, -1.1 * r, 0.7 * r, 2.2 * r);
        path = path.united(upright);
        break;
    }
    }
    return path;
}

void paintSample(QPainter& painter, const QRectF& where, const SeriesStyle& style)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(style.line, 2, style.dash, Qt::FlatCap));
    painter.drawLine(QPointF(where.left(), where.center().y()), QPointF(where.right(), where.center().y()));
    painter.translate(where.center());
    painter.setPen(style.fill == style.line ? QPen(Qt::NoPen) : QPen(style.line, kHollowPen));
    painter.setBrush(style.fill);
    painter.drawPath(markerPath(style.marker, 7));
    painter.restore();
}

} // namespace ui
