// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <memory>
#include <vector>

namespace app {

/// All engines of this program, present or absent: CPU, GPU (found as a plug-in), reference. The only place that
/// names both devices.
std::vector<std::unique_ptr<core::Engine>> makeEngines();

} // namespace app
