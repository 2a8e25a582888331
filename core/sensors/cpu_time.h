// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace core {

/// Counters of CPU time over the CPUs this process may run on.
struct CpuTimes {
    std::chrono::nanoseconds at {}; // steady clock
    std::chrono::nanoseconds busy {}; // everything but idle and waiting for I/O, stolen time included
    std::chrono::nanoseconds own {}; // this process, all its threads
    std::chrono::nanoseconds tick {}; // resolution of `busy`
    int cpus = 0;
    std::string unknown; // why `busy` could not be read
};

/// Reads /proc/stat under `root`.
CpuTimes readCpuTimes(const std::string& root = "/");

/// CPUs this process may run on, by number, as the kernel said at the first call: engines pin the calling
/// thread to a core of its own later, which is not what others share with us. A sweep asks before it compiles
/// anything.
const std::vector<int>& affinity();

} // namespace core
