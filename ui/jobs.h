// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep.h"
#include "core/measure/trace_spec.h"
#include "core/record/run.h"
#include "ui/comparison.h"
#include "ui/job_runner.h"
#include "ui/model_facts.h"
#include "ui/run_jobs.h"

#include <functional>
#include <memory>
#include <vector>

/// The jobs the window gives its JobRunner. Each function is called on the window's thread and describes work
/// for the worker thread; `take` functions run on the window's thread again.
namespace ui {

/// Makes every engine; called once, on the worker thread, because looking for a GPU may take seconds.
using EngineFactory = std::function<EngineList()>;

/// Engines are touched by jobs alone, which run one at a time.
using SharedEngines = std::shared_ptr<EngineList>;

JobRunner::Job findDevicesJob(
    EngineFactory factory, SharedEngines engines, std::function<void(std::vector<core::DeviceInfo>)> take);

/// Opens a recorded profile and adds those of its engines that are not there yet; takes what was added.
JobRunner::Job openProfileJob(
    std::string path, SharedEngines engines, std::function<void(std::vector<core::DeviceInfo>)> take);

JobRunner::Job loadModelJob(std::string source, std::map<std::string, std::int64_t> dims,
    SharedEngines engines, std::function<void(LoadedModel)> take);

JobRunner::Job costJob(std::shared_ptr<const core::Graph> graph, std::map<std::string, std::int64_t> dims,
    std::function<void(ModelCost)> take);

/// Reads what a sweep of `graph` shall be fed with, and finds the dimensions it has.
JobRunner::Job readInputsJob(std::string source, std::shared_ptr<const core::Graph> graph,
    std::function<void(core::DimBindings)> take);

JobRunner::Job readRunJob(std::string path, std::function<void(core::Run)> take);

/// Writes what `make`, called on the worker thread, returns. `what` names it in an error: "CSV".
JobRunner::Job writeFileJob(std::string path, const char* what, std::function<std::string()> make);

/// Traces `graph` by every spec in turn, until somebody stops it; an engine that fails says why and the next
/// one has its turn.
JobRunner::Job traceJob(std::vector<core::TraceSpec> specs, std::shared_ptr<const core::Graph> graph,
    SharedEngines engines, std::function<void(core::EngineTrace)> take);

/// Every cell of `run` against the baseline.
JobRunner::Job compareJob(core::Run baseline, core::Run run, std::function<void(Comparison)> take);

/// Decides by `run`, which the decision points into.
JobRunner::Job decideJob(core::Run run, core::DecisionSettings settings, std::function<void(Decided)> take);

/// What a sweep is to do.
struct SweepOrder {
    core::SweepSpec spec;
    std::optional<core::Model> model; // nullopt: the job opens it
    std::shared_ptr<core::PauseGate> pause;
    std::shared_ptr<const core::Run> earlier; // that it goes on with; null: it begins anew
};

/// Samples arrive bundled: at most one post every 50 ms while a cell runs, whatever the engine's pace.
JobRunner::Job sweepJob(SweepOrder order, SharedEngines engines, core::Machine machine, Keeping keeping,
    std::function<void(const core::SweepEvent&)> take);

} // namespace ui
