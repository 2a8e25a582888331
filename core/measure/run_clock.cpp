// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/run_clock.h"

#include <ctime>

namespace core {

std::string timeStamp()
{
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm local {};
    localtime_r(&now, &local);
    char text[40];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &local);
    std::string stamp(text, size);
    return stamp.insert(stamp.size() - 2, ":");
}

} // namespace core
