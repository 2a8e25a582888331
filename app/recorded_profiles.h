// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace app {

/// Where recorded profiles are looked for: the user's own folder first, then those that came with the
/// program, beside it or in ../share/breakeven/profiles.
std::vector<std::filesystem::path> profileFolders();

/// All engines of this program and behind them all recorded ones: what the window offers. Recorded ones among
/// `asked` that are in no folder are opened by their path; what cannot be opened is absent and says why.
std::vector<std::unique_ptr<core::Engine>> makeEnginesAndRecorded(const std::vector<std::string>& asked);

} // namespace app
