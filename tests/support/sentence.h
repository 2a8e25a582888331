// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <functional>
#include <string>

namespace support {

/// What `action` throws as core::Error; "" when it throws nothing.
inline std::string sentenceOf(const std::function<void()>& action)
{
    try {
        action();
    } catch (const core::Error& error) {
        return error.what();
    }
    return {};
}

} // namespace support
