// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <random>

/// Runs and events with every field set, for tests of what is written, read and drawn.
namespace support {

/// Two engines, two batches: cell 0 ok, 1 disturbed, 2 refused, 3 out of memory. Every optional field is set
/// somewhere.
core::RunStarted exampleStart();
std::vector<core::SweepEvent> exampleEvents();
core::Run exampleRun();

/// `count` samples of about `latency`, back to back from `at`.
std::vector<core::TimedSample> exampleSamples(
    std::size_t count, core::Nanoseconds latency, core::Nanoseconds at = {});

/// `text` with a few bytes changed, dropped, doubled, or its end cut off.
std::string mutated(std::string text, std::mt19937& random);

} // namespace support
