// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/comparison.h"

#include <string>

namespace ui {

/// The decision on paper, as the bytes of a PDF file: the page's texts, the targets' verdict on each cell,
/// and the four charts. On the window's thread.
std::string decisionPdf(const Decided& decided, const core::Run& run, const Company& company);

} // namespace ui
