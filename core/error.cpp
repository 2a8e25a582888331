// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"

namespace core {

std::string printable(std::string sentence)
{
    bool afterC2 = false; // 0xC2 0x80 to 0xC2 0x9F are control characters too
    for (char& c : sentence) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f)
            c = '?';
        else if (afterC2 && byte < 0xa0)
            (&c)[-1] = c = '?';
        afterC2 = byte == 0xc2;
    }
    return sentence;
}

} // namespace core
