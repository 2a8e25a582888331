// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

namespace core {

/// A small file of /proc or /sys, or why it could not be read.
struct TextFile {
    std::optional<std::string> text; // without line ends at its end; at most 1 MiB
    std::string why; // "/proc/stat: no such file or directory"
};

/// `path` is relative to `root`: "proc/stat".
TextFile readTextFile(const std::string& root, const std::string& path);

/// The file's text, or "" when it cannot be read.
std::string textOrEmpty(const std::string& root, const std::string& path);

/// What an errno means, to stand in a sentence: "permission denied".
std::string systemReason(int error);

/// `path` below `root`, for messages and for opening.
std::string below(const std::string& root, const std::string& path);

} // namespace core
