// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/peaks_file.h"

namespace app {

/// The peaks of `threads` threads, measured where they are not remembered. Says on standard error
/// when they could not be kept. Throws Error when the engine has no way to measure them.
core::Peaks peaksFor(
    core::Engine& engine, int threads, core::PeaksWanted wanted, const std::stop_token& stop);

} // namespace app
