// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/format.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <cmath>

namespace ui {
namespace {

constexpr QChar kGroup(0x202f); // narrow no-break space

QString grouped(const QString& number)
{
    const qsizetype point = number.indexOf(QLatin1Char('.'));
    const qsizetype first = number.startsWith(QLatin1Char('-')) ? 1 : 0;
    QString text = number;
    for (qsizetype at = (point < 0 ? number.size() : point) - 3; at > first; at -= 3)
        text.insert(at, kGroup);
    return text;
}

struct Unit {
    double size;
    const char* name;
};

/// `value` in the largest unit it fills at least once; the last unit takes everything smaller.
template <std::size_t count> QString inUnit(double value, int digits, const std::array<Unit, count>& units)
{
    // 0.9995 of a unit already rounds to a full one at three digits: "1.00 s", never "1 000 ms".
    const double rounding = 1 - 0.5 * std::pow(10.0, -digits);
    const auto unit = std::find_if(units.begin(), units.end(),
        [&](const Unit& candidate) { return std::abs(value) >= candidate.size * rounding; });
    const Unit& chosen = unit == units.end() ? units.back() : *unit;
    const QString number = formatSignificant(value / chosen.size, digits);
    return *chosen.name == 0 ? number : number + QChar(0xa0) + QString::fromUtf8(chosen.name);
}

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::format", text);
}

} // namespace

QString unknownFigure()
{
    return QString(QChar(0x2014));
}

QString formatSignificant(double value, int digits)
{
    if (!std::isfinite(value))
        return unknownFigure();
    if (value == 0)
        return QStringLiteral("0");
    const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
    int decimals = std::clamp(digits - 1 - magnitude, 0, 9);
    // Rounding may carry into one more digit: 9.9996 at four digits is 10.00, not 10.000.
    const double scale = std::pow(10.0, decimals);
    const double rounded = std::round(value * scale) / scale;
    if (rounded != 0 && decimals > 0 && std::floor(std::log10(std::abs(rounded))) > magnitude)
        --decimals;
    return grouped(QString::number(value, 'f', decimals));
}

QString formatInteger(std::int64_t value)
{
    return grouped(QString::number(value));
}

double seconds(core::Nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

QString formatDuration(double value)
{
    static constexpr std::array<Unit, 4> units { { { 1, "s" }, { 1e-3, "ms" }, { 1e-6, "µs" },
        { 1e-9, "ns" } } };
    if (std::abs(value) >= 59.95)
        return formatRemaining(value);
    return value == 0 ? QStringLiteral("0") + QChar(0xa0) + QLatin1Char('s') : inUnit(value, 3, units);
}

QString formatRemaining(double value)
{
    if (value < 1)
        return tr("under 1 s");
    const auto whole = static_cast<std::int64_t>(std::llround(std::min(value, 1e12)));
    if (whole < 60)
        return tr("%1 s").arg(whole);
    if (whole < 3600)
        return tr("%1 min %2 s").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
    return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60, 2, 10, QLatin1Char('0'));
}

QString formatMilliseconds(core::Nanoseconds time)
{
    return formatSignificant(seconds(time) * 1e3, 4);
}

QString formatBytes(double bytes)
{
    static constexpr std::array<Unit, 5> units { { { 1e12, "TB" }, { 1e9, "GB" }, { 1e6, "MB" },
        { 1e3, "kB" }, { 1, "B" } } };
    return bytes == 0 ? QStringLiteral("0") + QChar(0xa0) + QLatin1Char('B') : inUnit(bytes, 3, units);
}

QString formatMegabytes(double bytes)
{
    return formatSignificant(bytes / 1e6, 3);
}

QString formatFlop(double flop)
{
    static constexpr std::array<Unit, 5> units { { { 1e12, "TFLOP" }, { 1e9, "GFLOP" }, { 1e6, "MFLOP" },
        { 1e3, "kFLOP" }, { 1, "FLOP" } } };
    return inUnit(flop, 3, units);
}

QString formatCount(double count)
{
    static constexpr std::array<Unit, 4> units { { { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" }, { 1, "" } } };
    return inUnit(count, 3, units);
}

QString cellsText(std::size_t cells)
{
    return cells == 1 ? tr("1 cell") : tr("%1 cells").arg(cells);
}

QString formatPercent(double percent, int decimals)
{
    return QString::number(percent, 'f', decimals) + QChar(0xa0) + QLatin1Char('%');
}

QString formatPlusMinus(double relative)
{
    return QChar(0xb1) + QString(QChar(0xa0)) + formatPercent(relative * 100, relative < 0.1 ? 1 : 0);
}

} // namespace ui
