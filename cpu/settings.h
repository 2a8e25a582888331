// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/tuning.h"
#include "cpu/threads.h"

namespace cpu {

/// What a program is compiled for, beside its graph and shapes.
struct Settings {
    Team team;
    core::Tuning tuning;
};

} // namespace cpu
