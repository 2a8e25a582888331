// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <string>
#include <string_view>

namespace core {

/// A field as RFC 4180 asks: in quotes where it has to be.
std::string csvField(std::string_view text);

/// One row a cell, first line the header, columns as docs/measuring.md names them. Unknown figures are empty
/// fields.
std::string toCsv(const Run& run);

} // namespace core
