// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <string>

namespace core {

/// One row a cell, first line the header, columns as docs/measuring.md names them. Unknown figures are empty
/// fields.
std::string toCsv(const Run& run);

} // namespace core
