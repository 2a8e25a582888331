// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace support {

/// Built with a sanitizer, under which plain arithmetic takes ten times as long and more.
#ifdef BREAKEVEN_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

} // namespace support
