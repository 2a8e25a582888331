// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep_spec.h"
#include "core/record/run.h"
#include "ui/model_facts.h"

#include <optional>

namespace ui {

/// What a sweep will take, said before it starts.
struct Estimate {
    std::size_t cells = 0;
    double seconds = 0;
    bool measured = false; // every latency comes from the run at hand; otherwise from the model's FLOP
    double largestBytes = 0; // weights and activations of the largest batch
    std::size_t memoryBytes = 0; // the least memory among the chosen devices that tell theirs; 0: none does
};

/// `run` is the last run, used when it measured the same model; may be null.
Estimate estimate(const core::SweepSpec& spec, const ModelCost& cost, const core::Run* run,
    const std::vector<core::DeviceInfo>& devices);

} // namespace ui
