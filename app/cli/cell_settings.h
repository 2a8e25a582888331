// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep_spec.h"

#include <string>

namespace app {

/// "cpu,threads=2,batch=8,precision=bf16,tuning=nofusion": an engine and what differs from its defaults.
/// Throws UsageError.
core::CellKey settingsOf(const std::string& text);

} // namespace app
