// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quantise/quantise.h"
#include "ui/jobs.h"

/// Making an int8 model of the open one, for the window.
namespace ui {

/// What a person chose.
struct QuantiseRequest {
    core::CalibrationMethod method = core::CalibrationMethod::MinMax;
    std::string inputs; // a folder of the model's inputs; empty: made-up ones
    int samples = 8; // made-up ones for the ranges, and as many further ones for accuracy
    std::string output;
};

/// What came of it.
struct QuantiseOutcome {
    QuantiseRequest request;
    std::vector<core::QuantisedLayer> layers;
    core::Accuracy accuracy;
    std::size_t weightBytesBefore = 0, weightBytesAfter = 0;
};

/// Quantises `model` on the engine `engine` with all its threads and writes the file. Progress and outcome
/// are taken on the window's thread.
JobRunner::Job quantiseJob(QuantiseRequest request, core::Model model,
    std::map<std::string, std::int64_t> dims, std::string engine, SharedEngines engines,
    std::function<void(core::QuantiseProgress)> progressed, std::function<void(QuantiseOutcome)> take);

/// "Finding ranges, 3 of 8": for the line beside the progress bar.
QString progressText(const core::QuantiseProgress& progress);

} // namespace ui
