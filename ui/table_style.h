// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QTableView;

namespace ui {

/// What all tables of the window have in common: small text without wrapping, rows that alternate, rows
/// selected as a whole, figures drawn by a FigureDelegate. To be called once, before widths are set.
void styleTable(QTableView& table);

} // namespace ui
