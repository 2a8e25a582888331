// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme.h"

#include "ui/style_sheet.h"

#include <QApplication>
#include <QFontDatabase>
#include <QIcon>
#include <QStyle>
#include <QStyleFactory>
#include <algorithm>
#include <array>
#include <cmath>

/// Resources of a static library are only linked in when they are asked for, from outside any namespace.
static void initResources()
{
    Q_INIT_RESOURCE(breakeven);
}

namespace ui {

ThemeChoice themeChoiceFromName(const QString& name)
{
    if (name == QLatin1String("light"))
        return ThemeChoice::Light;
    return name == QLatin1String("dark") ? ThemeChoice::Dark : ThemeChoice::System;
}

QString themeChoiceName(ThemeChoice choice)
{
    switch (choice) {
    case ThemeChoice::System:
        return QStringLiteral("system");
    case ThemeChoice::Light:
        return QStringLiteral("light");
    case ThemeChoice::Dark:
        return QStringLiteral("dark");
    }
    return {};
}

Theme lightTheme()
{
    return {
        .dark = false,
        .window = QColor(0xffffff),
        .panel = QColor(0xffffff),
        .heading = QColor(0xf6f8fa),
        .card = QColor(0xffffff),
        .border = QColor(0xd8dee4),
        .grid = QColor(0xeaeef2),
        .axis = QColor(0xafb8c1),
        .text = QColor(0x1f2328),
        .muted = QColor(0x59636e),
        .accent = QColor(0x0072b2),
        .onAccent = QColor(0xffffff),
        .good = QColor(0x00724f),
        .warning = QColor(0xa14400),
        .bad = QColor(0xb3261e),
        .baseline = QColor(0x8b949e),
        .cpu = QColor(0x0072b2),
        .gpu = QColor(0xd55e00),
        .cpuText = QColor(0x0068a3),
        .gpuText = QColor(0xb04d00),
        .others = { QColor(0x009e73), QColor(0xcc79a7), QColor(Qt::black) },
    };
}

Theme darkTheme()
{
    return {
        .dark = true,
        .window = QColor(0x16191d),
        .panel = QColor(0x1b1f24),
        .heading = QColor(0x23282f),
        .card = QColor(0x1b1f24),
        .border = QColor(0x363d46),
        .grid = QColor(0x2a3038),
        .axis = QColor(0x59636e),
        .text = QColor(0xe6edf3),
        .muted = QColor(0x9aa4af),
        .accent = QColor(0x1173b5),
        .onAccent = QColor(0xffffff),
        .good = QColor(0x3fc79a),
        .warning = QColor(0xf0a04b),
        .bad = QColor(0xff8a80),
        .baseline = QColor(0x8b949e),
        .cpu = QColor(0x56b4e9),
        .gpu = QColor(0xe69f00),
        .cpuText = QColor(0x56b4e9),
        .gpuText = QColor(0xe69f00),
        .others = { QColor(0x2fc597), QColor(0xcc79a7), QColor(0xf5c710) },
    };
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const auto luminance = [](const QColor& color) {
        const auto linear = [](double channel) {
            return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
            + 0.0722 * linear(color.blueF());
    };
    const auto [low, high] = std::minmax({ luminance(a), luminance(b) });
    return (high + 0.05) / (low + 0.05);
}

SeriesStyle seriesStyle(const Theme& theme, const std::string& engineId, core::DeviceKind kind, int series)
{
    static constexpr std::array kMarkers { Marker::Disc, Marker::Square, Marker::Triangle, Marker::Diamond,
        Marker::TriangleDown, Marker::Cross };
    static constexpr std::array kDashes { Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine,
        Qt::DashDotDotLine };
    SeriesStyle style;
    const auto place = static_cast<std::size_t>(std::max(series, 0));
    style.marker = kMarkers[place % kMarkers.size()];
    style.dash = kDashes[place % kDashes.size()];
    if (engineId == "reference") {
        style.line = theme.others.front();
        style.text = theme.good;
    } else if (kind == core::DeviceKind::Gpu) {
        style.line = theme.gpu;
        style.text = theme.gpuText;
    } else {
        style.line = theme.cpu;
        style.text = theme.cpuText;
    }
    style.fill = style.line;
    return style;
}

namespace {

/// `share` of a colour over the card.
QColor faded(const Theme& theme, const QColor& color, double share)
{
    const auto mix = [share](int a, int b) { return static_cast<int>(a * share + b * (1 - share)); };
    return { mix(color.red(), theme.card.red()), mix(color.green(), theme.card.green()),
        mix(color.blue(), theme.card.blue()) };
}

} // namespace

SeriesStyle overlayStyle(const Theme& theme, const SeriesStyle& own, int overlay)
{
    static constexpr std::array kMarkers { Marker::Square, Marker::Triangle, Marker::Diamond,
        Marker::TriangleDown, Marker::Cross, Marker::Disc };
    static constexpr std::array kDashes { Qt::DashLine, Qt::DotLine, Qt::DashDotLine, Qt::DashDotDotLine };
    const auto place = static_cast<std::size_t>(std::max(overlay, 0));
    constexpr double kShare = 0.62;
    return { .line = faded(theme, own.line, kShare),
        .text = own.text,
        .fill = theme.card,
        .marker = kMarkers[place % kMarkers.size()],
        .dash = kDashes[place % kDashes.size()] };
}

SeriesStyle overlaySample(const Theme& theme, int overlay)
{
    SeriesStyle neutral;
    neutral.line = neutral.text = theme.muted;
    SeriesStyle style = overlayStyle(theme, neutral, overlay);
    style.line = theme.muted;
    return style;
}

QColor verdictColor(const Theme& theme, core::Verdict verdict)
{
    switch (verdict) {
    case core::Verdict::Faster:
        return theme.good;
    case core::Verdict::Slower:
        return theme.bad;
    case core::Verdict::Same:
    case core::Verdict::Unclear:
        break;
    }
    return theme.muted;
}

namespace {

QPalette paletteOf(const Theme& theme)
{
    QPalette palette;
    palette.setColor(QPalette::Window, theme.panel);
    palette.setColor(QPalette::WindowText, theme.text);
    palette.setColor(QPalette::Base, theme.card);
    palette.setColor(QPalette::AlternateBase, theme.heading);
    palette.setColor(QPalette::Text, theme.text);
    palette.setColor(QPalette::PlaceholderText, theme.muted);
    palette.setColor(QPalette::Button, theme.card);
    palette.setColor(QPalette::ButtonText, theme.text);
    palette.setColor(QPalette::BrightText, theme.bad);
    palette.setColor(QPalette::ToolTipBase, theme.heading);
    palette.setColor(QPalette::ToolTipText, theme.text);
    palette.setColor(QPalette::Highlight, theme.accent);
    palette.setColor(QPalette::HighlightedText, theme.onAccent);
    palette.setColor(QPalette::Link, theme.cpuText);
    palette.setColor(QPalette::Light, theme.border);
    palette.setColor(QPalette::Midlight, theme.border);
    palette.setColor(QPalette::Mid, theme.border);
    palette.setColor(QPalette::Dark, theme.axis);
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText })
        palette.setColor(QPalette::Disabled, role, theme.axis);
    return palette;
}

/// Inter where it is installed, with the desktop's size; otherwise the desktop's font as it is.
QFont fontFor(const QFont& desktop)
{
    QFont font = desktop;
    if (QFontDatabase::hasFamily(QStringLiteral("Inter")))
        font.setFamily(QStringLiteral("Inter"));
    if (font.pointSizeF() < 9.5)
        font.setPointSizeF(9.5);
    return font;
}

} // namespace

bool systemIsDark()
{
    // Dropping our own palette uncovers the desktop's; Qt 6.4 has no other way to ask.
    const QPalette ours = QGuiApplication::palette();
    QApplication::setPalette(QPalette());
    const QPalette desktop = QGuiApplication::palette();
    QApplication::setPalette(ours);
    return desktop.color(QPalette::Window).lightness() < desktop.color(QPalette::WindowText).lightness();
}

Theme themeFor(ThemeChoice choice)
{
    const bool dark = choice == ThemeChoice::Dark || (choice == ThemeChoice::System && systemIsDark());
    return dark ? darkTheme() : lightTheme();
}

void applyTheme(QApplication& application, const Theme& theme)
{
    initResources();
    application.setWindowIcon(QIcon(QStringLiteral(":/breakeven/breakeven.png")));
    if (application.style()->objectName() != QLatin1String("fusion") && application.styleSheet().isEmpty())
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(paletteOf(theme));
    QApplication::setFont(fontFor(QApplication::font()));
    application.setStyleSheet(styleSheetOf(theme));
}

} // namespace ui
