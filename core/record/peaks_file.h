// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/engine/peaks.h"
#include "core/record/json_fields.h"

#include <filesystem>

/// Peaks as JSON, and a file of them for each device and number of threads, so that they are measured once.
namespace core {

Json toJson(const Peaks& peaks);
/// Throws Error with half a sentence for anything that toJson() does not write.
Peaks peaksOf(const Json& json);

/// $XDG_CACHE_HOME/breakeven, or ~/.cache/breakeven; empty where the environment names neither.
std::filesystem::path cacheFolder();

/// The file in `folder` for what `device` reaches with `threads` threads.
std::filesystem::path peaksPath(const std::filesystem::path& folder, const DeviceInfo& device, int threads);

enum class PeaksWanted { Remembered, Again }; // Again: whatever the file says

struct KnownPeaks {
    std::optional<Peaks> peaks; // nullopt: the engine has no way to measure them
    bool remembered = false; // from the file
    std::string notKept; // why they could not be written, one sentence; empty: they were
};

/// The file's peaks where it is about this device, its instruction sets and number of threads; measured and
/// written otherwise, also where the file is damaged. Throws what measuring throws.
KnownPeaks knownPeaks(Engine& engine, int threads, PeaksWanted wanted, std::stop_token stop,
    const std::filesystem::path& folder = cacheFolder());

/// The file's peaks alone; nullopt where there are none that fit. Takes no time to speak of.
std::optional<Peaks> rememberedPeaks(
    const DeviceInfo& device, int threads, const std::filesystem::path& folder = cacheFolder());

} // namespace core
