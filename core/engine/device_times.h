// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace core {

/// Where the time of a run went on a device of its own: parts that overlap the host's, and do not add up to it.
struct DeviceTimes {
    std::chrono::nanoseconds enqueue {}; // on the host, until the device had been given all work
    std::chrono::nanoseconds copyIn {}, compute {}, copyOut {}; // on the device, by its clock
    bool operator==(const DeviceTimes&) const = default;
};

} // namespace core
