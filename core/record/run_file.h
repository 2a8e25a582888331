// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace core {

/// The run as one self-describing JSON document (schema version, settings, environment, every cell with raw
/// samples).
std::string toJson(const Run& run);

/// The reverse: reads back what toJson() wrote, identical. Throws Error with one sentence for anything else.
Run runFromJson(std::string_view text);

/// Writes through a temporary file beside `path`. Throws Error: `Cannot write run: /x: no such folder.`
void writeRun(const Run& run, const std::filesystem::path& path);
Run readRun(const std::filesystem::path& path);

/// Throws what writeFile() would throw for this path now, without touching it: asked before a sweep of an
/// hour.
void checkWritable(const std::filesystem::path& path, const char* what);

/// "permission denied", "no space left on device": strerror as the end of a sentence.
std::string reasonOf(int error);

/// Writes any text the same careful way: used for CSV and others.
void writeFile(const std::filesystem::path& path, std::string_view bytes, const char* what);

} // namespace core
