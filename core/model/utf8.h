// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace core {

/// Whether `text` is well-formed UTF-8 (RFC 3629). Names from files go into JSON and onto the screen, which
/// both demand it.
bool isUtf8(std::string_view text);

} // namespace core
