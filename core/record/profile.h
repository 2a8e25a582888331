// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace core {

/// Runs that were measured on one machine: a run file, or a folder of them.
struct Profile {
    std::filesystem::path path;
    std::vector<Run> runs; // the latest first; each with a measured cell
    std::vector<std::string> leftOut; // files of the folder that are none, one sentence each
};

inline constexpr std::uintmax_t kMostProfileBytes = 64'000'000; // of one run file
inline constexpr std::size_t kMostProfileFiles = 64; // in one folder

/// Reads and checks it. Files come from other people: times that cannot be, and figures that were recorded
/// themselves, are refused. Throws Error with one sentence.
Profile openProfile(const std::filesystem::path& path);

/// Run files by their ending, and folders, in `folder`; sorted, at most `kMostProfileFiles` and one more.
/// Empty where there is no such folder.
std::vector<std::filesystem::path> profilesIn(const std::filesystem::path& folder);

/// The engine ids that the profile has figures of: GPUs first.
std::vector<std::string> devicesOf(const Profile& profile);

/// Whether a cell of a run ended, by a measurement or by a reason.
bool hasEnded(const Cell& cell);

/// A line that goes to terminals, of text from somebody's file.
std::string plainLine(std::string text);

} // namespace core
