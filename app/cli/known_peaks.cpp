// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/known_peaks.h"

#include "core/error.h"

#include <cstdio>

namespace app {

core::Peaks peaksFor(core::Engine& engine, int threads, core::PeaksWanted wanted, const std::stop_token& stop)
{
    const core::KnownPeaks known = core::knownPeaks(engine, threads, wanted, stop);
    if (!known.notKept.empty())
        std::fprintf(stderr, "breakeven-cli: %s\n", known.notKept.c_str());
    if (!known.peaks)
        throw core::Error("Cannot measure the peaks: engine \"{}\" has no way to.", engine.device().id);
    return *known.peaks;
}

} // namespace app
