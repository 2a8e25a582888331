// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"
#include "core/measure/sweep.h"

namespace app {

/// Where a sweep's figures go besides the table.
struct SweepOutput {
    std::string out, csv; // files; "-": standard output
    std::string powerMeter; // as sweepMachine() takes it
    bool events = false, json = false, noStore = false;

    void addTo(CLI::App& command);
    /// What would fail after an hour is looked at before it. Throws UsageError or core::Error.
    void check() const;
};

/// Runs the sweep to its end, shows how far it is, writes what was asked for. The program's exit status.
int runAndReport(
    Context& context, const core::SweepSpec& spec, const SweepOutput& output, core::SweepControl control);

} // namespace app
