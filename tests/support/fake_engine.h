// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/engine/kernel_tuning.h"
#include "core/engine/peaks.h"
#include "core/model/model.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

/// An engine that returns times it was told and fails where it was told: measuring, sweeping and the window
/// are tested without oneDNN, CUDA or the machine's speed.
namespace support {

/// What a FakeEngine does. Plain data; set what a test needs.
struct FakeScript {
    /// Latency of run `index` (from 0, warm-up included) of a program for `batch`. The measuring loop follows
    /// these times instead of the wall clock, so a sweep of 5 s takes milliseconds.
    std::function<std::chrono::nanoseconds(std::int64_t batch, std::size_t index)> latency;
    /// Sleep that long in every run, so that a window has time to show a running cell; 0: return at once.
    std::chrono::nanoseconds sleep {};
    std::chrono::nanoseconds compileSleep {};
    /// Every sample also carries a device time of half its latency.
    bool deviceTimes = false;
    /// Nodes refused, as refusals() gives them.
    std::vector<core::Refusal> refusals;
    /// Batches at which compile() throws core::Error or core::OutOfMemory with this sentence.
    std::map<std::int64_t, std::string> compileErrors, outOfMemory;
    /// Batches at which run number `first` (from 0) throws core::Error with the sentence `second`.
    std::map<std::int64_t, std::pair<std::size_t, std::string>> runErrors;
    /// Called before every run, on the measuring thread: asks for a stop, counts, looks.
    std::function<void(std::int64_t batch, std::size_t index)> beforeRun;
    /// What every traced run writes.
    std::vector<core::Trace::Step> steps;
    /// Value of every float in every output.
    float output = 0;
    /// What measurePeaks() returns, with the threads it was asked for; it throws `peaksError` where that is
    /// set.
    std::optional<core::Peaks> peaks;
    std::string peaksError;
    /// Called by tuneKernels(), which returns what it returns; empty: no choice.
    std::function<core::KernelTuning(const core::CompileOptions&, const std::stop_token&)> tune;
    /// What programs say of how their kernels were chosen; tuneKernels() sets it.
    std::string choice;
    core::MemoryUse memory { .weights = 1'000'000, .arena = 2'000'000, .workspace = 500'000 };
};

/// 1 ms an item, plus or minus up to 1 % in a fixed pattern.
std::chrono::nanoseconds steadyLatency(std::int64_t batch, std::size_t index);

class FakeEngine final : public core::Engine {
public:
    /// A present device "cpu" with 4 threads, or whatever is put in `info`.
    explicit FakeEngine(FakeScript script = {}, core::DeviceInfo info = cpu());

    static core::DeviceInfo cpu();
    static core::DeviceInfo gpu(); // no threads
    static core::DeviceInfo absentGpu();

    core::DeviceInfo device() const override { return m_info; }
    std::vector<core::Refusal> refusals(const core::Graph& graph) const override;
    std::unique_ptr<core::Program> compile(
        std::shared_ptr<const core::Graph> graph, const core::CompileOptions& options) override;
    std::optional<core::Peaks> measurePeaks(int threads, std::stop_token stop) override;
    std::optional<core::KernelTuning> tuneKernels(std::shared_ptr<const core::Graph> graph,
        const core::CompileOptions& options, std::stop_token stop) override;

    FakeScript& script() { return m_script; }
    /// What compile() was asked for, in order.
    const std::vector<core::CompileOptions>& compiled() const { return m_compiled; }
    /// How many nodes the graphs had that came with it.
    const std::vector<std::size_t>& nodes() const { return m_nodes; }
    /// For how many threads peaks were measured, in order.
    const std::vector<int>& peaksMeasured() const { return m_peaksMeasured; }

private:
    FakeScript m_script;
    core::DeviceInfo m_info;
    std::vector<core::CompileOptions> m_compiled;
    std::vector<std::size_t> m_nodes;
    std::vector<int> m_peaksMeasured;
};

/// A program on its own, for tests of measure().
class FakeProgram final : public core::Program {
public:
    /// `outputs`: the shapes of what read() returns.
    explicit FakeProgram(
        const FakeScript& script, std::int64_t batch = 1, std::vector<core::Shape> outputs = {});

    void write(int input, std::span<const std::byte> bytes) override;
    core::Tensor read(int output) override;
    core::Sample run(core::Trace* trace = nullptr) override;
    core::MemoryUse memory() const override { return m_script.memory; }
    std::string choice() const override { return m_script.choice; }

    std::size_t runs() const { return m_runs; }

private:
    FakeScript m_script;
    std::int64_t m_batch;
    std::vector<core::Shape> m_outputs;
    std::size_t m_runs = 0;
};

/// y = Relu(x W) with x [batch, 4] and W [4, 3], as a reader would leave it.
core::Graph tinyGraph();

/// The same as a Model that needs no file.
core::Model tinyModel();

} // namespace support
