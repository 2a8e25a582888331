// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep.h"

namespace app {

/// Runs a sweep on the inputs that its spec names: on files, if there are any, whose dimensions it then has.
/// Without batches it takes the files' own.
void runSpec(core::SweepSpec spec, const std::vector<core::Engine*>& engines, core::SweepControl control,
    const core::EventSink& take, const core::Machine& machine = {});

} // namespace app
