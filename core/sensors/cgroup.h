// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// Limits that control groups, version 1 or 2, put on this process.
namespace core {

/// The folders of this process's group and of those around it, the nearest first, as paths below the root:
/// "sys/fs/cgroup/a/b", "sys/fs/cgroup/a", "sys/fs/cgroup". `controller` is "memory" or "cpu" of version 1,
/// "" of version 2. A container often sees its own group at the top of the tree.
std::vector<std::string> groupFolders(const std::string& root, std::string_view controller);

struct GroupLimits {
    std::optional<double> cpus; // in whole and parts; nullopt: no limit, or none that is known
    std::string cpuGroup; // whose limit it is: the tightest of this group and those around it
    std::optional<std::size_t> memoryBytes;
    std::string memoryGroup;
};

GroupLimits readGroupLimits(const std::string& root = "/");

} // namespace core
