// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style_sheet.h"

#include "ui/theme.h"

#include <utility>

namespace ui {
namespace {

// Names in @at signs are replaced by the theme's colours.
constexpr const char* kSheet = R"(
QMainWindow, QWidget#central { background: @window@; }
QMainWindow::separator { background: @border@; width: 1px; height: 1px; }
QToolTip { background: @heading@; color: @text@; border: 1px solid @border@; padding: 4px; }
QMenuBar { background: @panel@; }
QMenuBar::item { padding: 4px 9px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: @heading@; color: @text@; }
QMenu { background: @card@; border: 1px solid @border@; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: @accent@; color: @onAccent@; }
QMenu::item:disabled { color: @muted@; }
QMenu::separator { height: 1px; background: @border@; margin: 4px 6px; }

QToolBar#tools { background: @heading@; border: 0; border-bottom: 1px solid @border@; padding: 7px 10px; spacing: 8px; }
QToolBar#tools QToolButton { background: @card@; color: @text@; border: 1px solid @border@; border-radius: 6px;
    padding: 5px 14px; font-weight: 500; }
QToolBar#tools QToolButton:hover { border-color: @muted@; }
QToolBar#tools QToolButton:focus { border-color: @accent@; }
QToolBar#tools QToolButton:disabled { color: @axis@; background: @heading@; }
QToolBar#tools QToolButton[role="primary"] { background: @accent@; color: @onAccent@; border-color: @accent@;
    padding: 5px 20px; }
QToolBar#tools QToolButton[role="primary"]:disabled { background: @heading@; color: @axis@; border-color: @border@; }
QToolBar#tools QToolButton::menu-indicator { image: none; }

QDockWidget { border: 0; color: @text@; }
QScrollArea#side, QScrollArea#side > QWidget > QWidget { background: @panel@; border: 0; }
QScrollArea { border: 0; }
QLabel { background: transparent; }
QLabel[role="heading"] { background: @heading@; font-weight: 600; padding: 6px 14px; }
QLabel[role="title"] { font-weight: 600; }
QLabel[role="muted"] { color: @muted@; }
QLabel[role="bad"] { color: @bad@; }
QLabel[role="warning"] { color: @warning@; }
QLabel#answer { font-size: 18px; font-weight: 600; }
QLabel[role="cpu"] { color: @cpuText@; font-weight: 600; }
QLabel[role="gpu"] { color: @gpuText@; font-weight: 600; }

QFrame#drop { border: 1px dashed @axis@; border-radius: 6px; background: @heading@; }
QFrame#drop[compact="true"] { border: 0; background: transparent; }
QFrame#drop[over="true"] { border: 2px dashed @accent@; }
QFrame#engine { background: @card@; border: 1px solid @border@; border-radius: 8px; }
QFrame#engine[device="absent"] { background: @heading@; }
QFrame#stripe { background: @axis@; border-radius: 2px; }
QFrame#stripe[device="cpu"] { background: @cpu@; }
QFrame#stripe[device="gpu"] { background: @gpu@; }
QFrame#stripe[device="absent"] { background: @border@; }
QCheckBox[role="title"] { font-weight: 600; }
QCheckBox:disabled { color: @muted@; }
QCheckBox { spacing: 6px; }
QCheckBox::indicator { width: 13px; height: 13px; border: 1px solid @axis@; border-radius: 3px; background: @card@; }
QCheckBox::indicator:checked { background: @accent@; border-color: @accent@; image: url(:/breakeven/check.png); }
QCheckBox::indicator:checked:disabled { background: @axis@; border-color: @axis@; }
QCheckBox::indicator:focus { border: 2px solid @accent@; }

QLineEdit, QSpinBox, QComboBox, QPlainTextEdit { background: @card@; color: @text@; border: 1px solid @border@; border-radius: 5px;
    padding: 4px 8px; min-height: 18px; selection-background-color: @accent@; selection-color: @onAccent@; }
QLineEdit:focus, QSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus { border: 1px solid @accent@; }
QLineEdit[invalid="true"], QSpinBox[invalid="true"], QPlainTextEdit[invalid="true"] { border: 1px solid @bad@; }
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled { color: @muted@; background: @heading@; }
QComboBox::drop-down { border: 0; width: 22px; }
QComboBox::down-arrow, QSpinBox::down-arrow { image: url(:/breakeven/arrow-@shade@.png); width: 9px; height: 9px; }
QSpinBox::up-arrow { image: url(:/breakeven/arrow-up-@shade@.png); width: 9px; height: 9px; }
QSpinBox::up-button, QSpinBox::down-button { border: 0; background: transparent; width: 20px; }
QComboBox QAbstractItemView { background: @card@; border: 1px solid @border@; selection-background-color: @accent@;
    selection-color: @onAccent@; }
QPushButton { background: @card@; border: 1px solid @border@; border-radius: 6px; padding: 4px 12px; min-height: 18px; }
QPushButton::menu-indicator { image: url(:/breakeven/arrow-@shade@.png); width: 9px; height: 9px;
    subcontrol-origin: padding; subcontrol-position: right center; right: 8px; }
QPushButton[role="menu"] { padding-right: 26px; }
QPushButton:hover { border-color: @muted@; }
QPushButton:focus { border-color: @accent@; }
QPushButton:disabled { color: @axis@; background: @heading@; }
QPushButton[role="link"] { border: 0; background: transparent; color: @cpuText@; padding: 2px 0; text-align: left; }
QPushButton[role="link"]:hover, QPushButton[role="link"]:focus { text-decoration: underline; }
QPushButton[role="quiet"] { border: 1px solid transparent; background: transparent; padding: 2px 6px; color: @muted@; }
QPushButton[role="quiet"]:hover { color: @text@; }
QPushButton[role="quiet"]:focus { border-color: @accent@; }

QTabBar#axes, QTabBar#docks { background: transparent; }
QTabBar#docks::tab:first { margin-left: 14px; }
QTabBar#axes::tab, QTabBar#docks::tab { background: transparent; color: @muted@; border: 0; border-bottom: 2px solid transparent;
    padding: 4px 2px; margin-right: 18px; font-weight: 500; }
QTabBar#axes::tab:selected, QTabBar#docks::tab:selected { color: @text@; border-bottom: 2px solid @accent@; }
QTabBar#axes::tab:focus, QTabBar#docks::tab:focus { color: @accent@; }

QFrame#tableCard { background: @card@; border: 1px solid @border@; border-radius: 8px; }
QTableView { background: @card@; alternate-background-color: @heading@; border: 0; gridline-color: transparent;
    selection-background-color: @selection@; selection-color: @text@; outline: 0; }
QTableView QLineEdit { border-radius: 0; padding: 0 4px; min-height: 0; }
QHeaderView { background: @card@; border: 0; }
QHeaderView::section { background: @card@; color: @muted@; border: 0; border-bottom: 1px solid @border@;
    padding: 5px 6px; font-weight: normal; }
QTableView::corner { background: @card@; border: 0; }
QTableCornerButton::section { background: @card@; border: 0; }

QWidget#status { background: @heading@; border-top: 1px solid @border@; }
QProgressBar { background: @border@; border: 0; border-radius: 4px; max-height: 8px; min-height: 8px; }
QProgressBar::chunk { background: @accent@; border-radius: 4px; }
QFrame#message { background: @heading@; border: 1px solid @warning@; border-radius: 6px; }
QFrame#message[role="offer"] { border-color: @axis@; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @axis@; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
)";

QColor blend(const QColor& over, const QColor& under, double share)
{
    const auto mix = [share](int a, int b) { return static_cast<int>(a * share + b * (1 - share)); };
    return { mix(over.red(), under.red()), mix(over.green(), under.green()), mix(over.blue(), under.blue()) };
}

} // namespace

QString styleSheetOf(const Theme& theme)
{
    const std::pair<const char*, QColor> colors[] = {
        { "@window@", theme.window },
        { "@panel@", theme.panel },
        { "@heading@", theme.heading },
        { "@card@", theme.card },
        { "@border@", theme.border },
        { "@axis@", theme.axis },
        { "@text@", theme.text },
        { "@muted@", theme.muted },
        { "@accent@", theme.accent },
        { "@onAccent@", theme.onAccent },
        { "@warning@", theme.warning },
        { "@bad@", theme.bad },
        { "@cpu@", theme.cpu },
        { "@gpu@", theme.gpu },
        { "@cpuText@", theme.cpuText },
        { "@gpuText@", theme.gpuText },
        { "@selection@", blend(theme.accent, theme.card, theme.dark ? 0.35 : 0.16) },
    };
    QString sheet = QString::fromLatin1(kSheet);
    for (const auto& [name, color] : colors)
        sheet.replace(QLatin1String(name), color.name());
    sheet.replace(QLatin1String("@shade@"), theme.dark ? QLatin1String("dark") : QLatin1String("light"));
    return sheet;
}

} // namespace ui
