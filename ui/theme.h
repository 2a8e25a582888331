// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/ratio.h"
#include "core/engine/engine.h"

#include <QColor>
#include <QPalette>
#include <QString>
#include <vector>

class QApplication;

/// The one place where colours, markers and dashes are chosen. Nothing else in the window names a colour.
namespace ui {

enum class ThemeChoice { System, Light, Dark };

/// "system", "light", "dark"; anything else reads as System.
ThemeChoice themeChoiceFromName(const QString& name);
QString themeChoiceName(ThemeChoice choice);

struct Theme {
    bool dark = false;
    QColor window; // behind the cards
    QColor panel; // docks and bars
    QColor heading; // strips above the sections of a dock
    QColor card; // charts, table, engine cards
    QColor border, grid, axis;
    QColor text, muted;
    QColor accent, onAccent; // the one primary button, focus, progress
    QColor good, warning, bad; // as text
    QColor baseline; // a pinned run
    QColor cpu, gpu; // lines; always these two, Okabe-Ito
    QColor cpuText, gpuText; // the same hues, dark or light enough to read
    std::vector<QColor> others; // lines of any further device
};

Theme lightTheme();
Theme darkTheme();

/// WCAG contrast ratio of two opaque colours, 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);

enum class Marker { Disc, Square, Triangle, Diamond, TriangleDown, Cross };

/// How one series is drawn: never told apart by colour alone.
struct SeriesStyle {
    QColor line, text;
    QColor fill; // of markers: the line's, or the card's where figures are recorded
    Marker marker = Marker::Disc;
    Qt::PenStyle dash = Qt::SolidLine;
};

/// `series` is the place of the series among those of its engine, first 0.
SeriesStyle seriesStyle(const Theme& theme, const std::string& engineId, core::DeviceKind kind, int series);

/// The same curve of a run that lies behind the shown one: lighter, and told from the others by dash and
/// marker.
SeriesStyle overlayStyle(const Theme& theme, const SeriesStyle& own, int overlay);
/// How the legend shows that overlay, whatever devices it has.
SeriesStyle overlaySample(const Theme& theme, int overlay);
/// Of a comparison's word; never without the word or its letter.
QColor verdictColor(const Theme& theme, core::Verdict verdict);

/// Whether the desktop asks for dark windows.
bool systemIsDark();
Theme themeFor(ThemeChoice choice);

/// Gives the application this theme's palette, style sheet and font.
void applyTheme(QApplication& application, const Theme& theme);

} // namespace ui
