// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/tuning.h"
#include "cpu/kernel_choice.h"
#include "cpu/threads.h"

#include <filesystem>

namespace cpu {

/// What a program is compiled for, beside its graph and shapes.
struct Settings {
    Team team;
    core::Tuning tuning;
    std::filesystem::path cache; // where choices that were measured lie; empty: nowhere
    bool cacheWeights = false; // in a folder of it
    KernelChoices choices; // of one graph: set where it is lowered
};

} // namespace cpu
