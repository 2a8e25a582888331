// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace app {

/// Where recorded profiles are looked for: the user's own folder first, then those that came with the
/// program, beside it or in ../share/breakeven/profiles.
std::vector<std::filesystem::path> profileFolders();

/// All engines of this program and behind them all recorded ones: what the window offers.
std::vector<std::unique_ptr<core::Engine>> makeEnginesAndRecorded();

} // namespace app
