// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"
#include "app/cli/input_options.h"

namespace app {

/// A model on an engine with its inputs written: what infer, verify, trace and inspect begin with.
struct Prepared {
    core::Model model;
    std::shared_ptr<const core::Graph> graph; // optimised: what the engine runs
    core::CompileOptions options;
    std::vector<core::Tensor> inputs;
    std::vector<std::string> madeUp; // names of those that no file gave
    std::unique_ptr<core::Program> program;
};

/// What to prepare, as it was typed.
struct PrepareOptions {
    ModelOptions model;
    EngineOptions engine;
    InputOptions inputs;
    bool cacheWeights = false; // core::CompileOptions::cacheWeights
    std::int64_t batch = 0; // 0: as the inputs have it, else the model's own, else 1

    void addTo(CLI::App& command);
};

/// Opens, checks and compiles; makes the inputs that are not given. `task` is "run inference". Throws Error,
/// and UsageError for what was typed wrong.
Prepared prepare(Context& context, const PrepareOptions& options, const char* task);

/// The same for a model that is open already.
Prepared prepare(Context& context, const core::Model& model, const PrepareOptions& options, const char* task);

/// Says on standard error which inputs were made up.
void sayMadeUp(const Prepared& prepared);

} // namespace app
