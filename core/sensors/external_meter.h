// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sensors/rapl.h"

namespace core {

/// An external meter of the whole machine: lines "time,watts", added to a file or written to a pipe by
/// whatever reads the meter. Times are ISO 8601 or Unix seconds; a first line of words is a header. "-" is
/// standard input. Of a file only what is added from now on counts. Never waits for a line, and trusts none:
/// see docs/measuring.md.
PowerMeterOr openExternalMeter(const std::string& path);
PowerMeterOr openExternalMeter(const std::string& path, SteadyNow now);

/// One line: its time since 1970 and its watts; nullopt for anything else.
struct MeterLine {
    std::chrono::nanoseconds time {};
    double watts = 0;
};
std::optional<MeterLine> meterLine(std::string_view line);

} // namespace core
