// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep.h"
#include "core/model/model.h"
#include "core/quantise/quantise.h"

#include <filesystem>

/// From an open fp32 model to a file of int8: what the command line and the window do alike.
namespace core {

struct QuantiseFile {
    InputMaker given; // makes the only set of inputs; empty: sets are made from the seed
    std::uint64_t seed = 1;
    int samples = 8, evaluated = 8; // made-up sets for ranges, and further ones for accuracy
    QuantiseOptions how;
    std::filesystem::path output;
};

/// Quantises `model` by `engine` and writes the file. `compiling` has the dimensions that the inputs have.
/// Throws Error: what quantise() throws, a dimension without a value, a file that cannot be written.
QuantisedModel quantiseFile(const Model& model, Engine& engine, const CompileOptions& compiling,
    const QuantiseFile& file, std::stop_token stop = {});

} // namespace core
