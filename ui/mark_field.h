// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace ui {

/// Gives a field the frame of what cannot be read, or takes it away.
void markField(QWidget& field, bool wrong);

} // namespace ui
