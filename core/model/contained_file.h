// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/file_handle.h"

#include <filesystem>
#include <string>

namespace core {

/// How the kernel is asked. `Best` is openat2(), and the walk where a kernel or a sandbox does not have it.
/// `Walk` opens one folder after the other; for tests of that way.
enum class ContainedLookup { Best, Walk };

/// `location` without empty and "." parts: one word for one file. Throws Error, a predicate, when it is empty
/// or absolute or has a ".." part: such a path leaves the folder it is relative to, or may.
std::string containedPath(const std::string& location);

/// Opens a file that somebody untrusted has named, for reading: a plain file with one name, inside `folder`,
/// reached through real folders alone. Never blocks and never opens anything for writing.
/// Throws Error with a predicate about the location (`is a FIFO, expected a plain file.`): what
/// containedPath() refuses, symbolic links anywhere on the way, files with several hard links, everything
/// that is no plain file, and what the system refuses.
FileHandle openContained(const std::filesystem::path& folder, const std::string& location,
    ContainedLookup lookup = ContainedLookup::Best);

} // namespace core
