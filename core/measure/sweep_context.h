// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/estimate.h"
#include "core/measure/output_check.h"
#include "core/measure/run_clock.h"
#include "core/measure/sweep.h"
#include "core/measure/sweep_sensors.h"

#include <map>
#include <memory>
#include <set>
#include <vector>

namespace core {

/// What of the running cell is known for an estimate: a run's latency, and the time already spent.
struct LiveCell {
    std::chrono::duration<double> latency {}, spent {};
};

/// What the cells of a sweep share while it runs. Everything happens on the sweep's thread; all that is
/// borrowed outlives it.
class SweepContext {
public:
    SweepContext(SweepSpec spec, const Model& model, std::span<Engine* const> engines, SweepControl control,
        const EventSink& emit, const Machine& machine, const InputMaker& inputs);

    const SweepSpec spec;
    const Model& model;
    const std::span<Engine* const> engines;
    const SweepControl control;
    const EventSink& emit;
    const Machine& machine;
    const ChildSweep child;
    const std::vector<CellKey> keys;
    const ModelSummary summary;
    SweepSensors sensors;
    RunClock clock;
    int block = 0; // of the running cell

    const CellKey& key(int cell) const { return keys[static_cast<std::size_t>(cell)]; }
    bool stopped() const { return control.stop.stop_requested(); }
    RunStarted started() const;

    /// The model's graph as a tuning has it, made once.
    std::shared_ptr<const Graph> graphFor(const Tuning& tuning);
    std::vector<Tensor> inputsFor(const Graph& graph, const Shapes& shapes) const;
    OutputCheck& outputsFor(const Tuning& tuning);

    void progress(int cell, CellPhase phase, const LiveCell& live = {}) const;
    /// Of all cells behind `cell`, except those whose figures are there.
    std::chrono::duration<double> estimateAfter(int cell) const;
    /// A cell has ended: how long it took guides the estimates of those to come.
    void learn(int cell, std::vector<Nanoseconds> latencies, Nanoseconds compile);

    /// Waits, where somebody wants a pause, and says so; between two runs of `cell`, or before it.
    void rest(int cell);

private:
    std::string aboutEarlier() const;
    std::chrono::duration<double> estimated(const CellKey& cell) const;

    const InputMaker& m_inputs;
    const std::set<std::string> m_recorded; // engines whose cells take no time
    std::map<bool, std::shared_ptr<const Graph>> m_graphs; // by Tuning::fuse
    std::map<bool, OutputCheck> m_outputs; // by Tuning::fuse, as made-up inputs depend on the graph
    std::vector<MeasuredCell> m_measured;
};

} // namespace core
