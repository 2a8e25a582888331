// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/drawing.h"
#include "ui/theme.h"

#include <QWidget>
#include <functional>

class QPainter;

namespace ui {

/// A core::Drawing in the theme's colours, from the painter's origin on.
void paintDrawing(QPainter& painter, const core::Drawing& drawing, const Theme& theme);

/// A drawing made for the width there is, as high as it needs; hidden while it has no shapes.
class DrawingView final : public QWidget {
    Q_OBJECT

public:
    explicit DrawingView(QWidget* parent = nullptr);

    /// `make` draws for a width; it is called again whenever that changes, and keeps what it needs.
    void draw(std::function<core::Drawing(double width)> make);
    void clear();
    void setTheme(const Theme& theme);
    const core::Drawing& drawing() const { return m_drawing; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void remake();

    std::function<core::Drawing(double width)> m_make;
    core::Drawing m_drawing;
    Theme m_theme;
};

} // namespace ui
