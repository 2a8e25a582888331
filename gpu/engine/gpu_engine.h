// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "gpu/engine/device.h"

#include <memory>

namespace gpu {

/// The GPU engine over a device.
std::unique_ptr<core::Engine> makeEngine(std::unique_ptr<Device> device);

} // namespace gpu
