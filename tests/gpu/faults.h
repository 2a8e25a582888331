// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

/// What goes wrong on a real device.
namespace support {

void launchIllegal(); // a kernel that writes out of bounds: the device is lost to this process
void launchEndless(); // a kernel that never ends, and waits for it
/// All memory of the device, until releaseMemory().
void takeAllMemory();
void releaseMemory();

} // namespace support
