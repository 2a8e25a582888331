// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace core {

/// The 97.5 % quantile of Student's t distribution, by which a mean of `degrees` + 1 values has its 95 %
/// interval: 12.706 (1), 2.776 (4), 1.960 (infinity). `degrees` >= 1. To within 0.001 of the tables.
double studentT975(int degrees);

} // namespace core
