// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// Recorded profiles by name: `recorded:NAME` is a run file NAME.json, or a folder NAME of run files, in one
/// of a few folders; `recorded:NAME/cpu` another device of it. A path does as well as a name.
namespace core {

inline constexpr std::string_view kRecordedPrefix = "recorded:";

/// $XDG_DATA_HOME/breakeven/profiles, or ~/.local/share/breakeven/profiles; empty where the environment names
/// neither.
std::filesystem::path userProfileFolder();

/// Every device of every profile in these folders, in order of folders and names. What cannot be used has an
/// AbsentEngine that says why: a broken file, a name that an earlier folder has, more files than are looked
/// at.
std::vector<std::unique_ptr<Engine>> recordedEngines(std::span<const std::filesystem::path> folders);

/// The one that `id` asks for. Throws Error: `Cannot find profile "h100": there are h200, a100.`
std::unique_ptr<Engine> openRecorded(const std::string& id, std::span<const std::filesystem::path> folders);

/// All devices of the profile at `path`, as engines that are called by the path. Throws Error.
std::vector<std::unique_ptr<Engine>> recordedEnginesOf(const std::filesystem::path& path);

} // namespace core
