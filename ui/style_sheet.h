// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace ui {

struct Theme;

/// The style sheet of every widget, in the theme's colours. Widgets are addressed by object name or by the
/// dynamic property "role": "muted", "title", "heading", "primary", "bad", "mono".
QString styleSheetOf(const Theme& theme);

} // namespace ui
