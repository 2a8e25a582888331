// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/decision_wish.h"
#include "ui/lab_wish.h"
#include "ui/live_wish.h"
#include "ui/setup.h"
#include "ui/theme.h"

#include <QStringList>

/// What outlives the program: QSettings of the application's name. Values that make no sense are left out on
/// reading.
namespace ui {

Setup loadSetup();
void saveSetup(const Setup& setup);

DecisionWish loadDecisionWish();
void saveDecisionWish(const DecisionWish& wish);

LabWish loadLabWish();
void saveLabWish(const LabWish& wish);

LiveWish loadLiveWish();
void saveLiveWish(const LiveWish& wish);

/// Newest first, at most ten.
QStringList recentFiles();
void addRecentFile(const QString& file);

ThemeChoice loadThemeChoice();
void saveThemeChoice(ThemeChoice choice);

QByteArray loadGeometry();
QByteArray loadLayout();
void saveWindow(const QByteArray& geometry, const QByteArray& layout);

} // namespace ui
