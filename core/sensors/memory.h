// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace core {

/// Bytes this process could still allocate without swapping: MemAvailable, less where a cgroup allows less.
/// nullopt when /proc/meminfo cannot be read.
std::optional<std::size_t> availableMemory(const std::string& root = "/");

/// "31.2 GB", "8.4 MB", "512 bytes": decimal units, as the CSV's.
std::string formatBytes(double bytes);

} // namespace core
