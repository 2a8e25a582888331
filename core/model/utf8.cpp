// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/utf8.h"

#include <cstdint>

namespace core {

bool isUtf8(std::string_view text)
{
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i++]);
        if (lead < 0x80)
            continue;
        const int following = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4)
            return false;
        std::uint32_t code = lead & (0x3fU >> following);
        for (int k = 0; k < following; ++k, ++i) {
            if (i == text.size() || (static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U)
                return false;
            code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3fU);
        }
        const bool overlong = (following == 2 && code < 0x800) || (following == 3 && code < 0x10000);
        if (overlong || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
            return false;
    }
    return true;
}

} // namespace core
