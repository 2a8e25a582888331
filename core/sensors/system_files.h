// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

/// Sensors as the kernel lays them out in /sys: folders of files that hold a number or a word.
namespace core {

inline constexpr const char* kHwmon = "sys/class/hwmon";

/// The finite number that a file holds, or why there is none.
struct FileNumber {
    std::optional<double> value;
    std::string why; // "/sys/...: permission denied"
};
FileNumber readNumber(const std::string& root, const std::string& path);

/// Folders in `folder`, links to some included, sorted, as paths below the root; none where it is missing.
std::vector<std::string> foldersIn(const std::string& root, const std::string& folder);

/// Of drivers: "sys/class/hwmon/hwmon0", and "hwmon0/device" where old drivers keep their files.
std::vector<std::string> hwmonFolders(const std::string& root);

/// Files of a folder whose names begin and end so, sorted, as paths below the root.
std::vector<std::string> filesBetween(
    const std::string& root, const std::string& folder, std::string_view begin, std::string_view end);

} // namespace core
