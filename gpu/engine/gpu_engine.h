// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "gpu/engine/device.h"

#include <functional>
#include <memory>

namespace gpu {

/// One device of its own for each program that runs beside others: the same hardware with another stream.
using DeviceMaker = std::function<std::unique_ptr<Device>()>;

/// The GPU engine over devices that `make` makes: the first at once, further ones when programs are compiled
/// for places beside the first. Throws what it throws.
std::unique_ptr<core::Engine> makeEngine(DeviceMaker make);

} // namespace gpu
