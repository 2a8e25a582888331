// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/device_times.h"
#include "core/engine/tuning.h"
#include "core/model/cost.h"
#include "core/model/graph.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

/// The two interfaces every device implements. An engine is not aware of sweeps, statistics or files.
namespace core {

struct KernelTuning; // core/engine/kernel_tuning.h
struct Peaks; // core/engine/peaks.h

enum class DeviceKind { Cpu, Gpu };

/// Where and when figures were taken that an engine answers with instead of computing.
struct RecordedOn {
    std::string machine; // "station"
    std::string date; // "2026-12-02"
    bool operator==(const RecordedOn&) const = default;
};

/// Facts about a device, gathered once at start-up.
struct DeviceInfo {
    std::string id; // "cpu", "gpu", "reference": the word of --engine
    DeviceKind kind = DeviceKind::Cpu;
    std::string name; // "AMD EPYC 9B14, 2 cores"
    std::string library; // "oneDNN 3.2.0, AVX-512 with VNNI"
    int maxThreads = 0; // 0: threads mean nothing to this device
    std::size_t memoryBytes = 0; // 0: unknown
    std::vector<Precision> precisions;
    std::string uuid {}; // names a GPU among several, as its driver does: "GPU-6b4..."; empty: unknown
    std::string absent; // why the device cannot be used: "No CUDA driver: ..."; empty: it is there
    std::vector<std::pair<std::string, std::string>> facts; // further lines for the engine's card
    std::vector<InstructionSet>
        instructionSets; // that its kernels can be limited to; empty: means nothing to it
    InstructionSet limit = InstructionSet::All; // the one of them that they stay within in this process
    /// Set where cells want a process of their own, for the device's errors stay with a process: the longest
    /// that one may say nothing before it is taken to hang.
    std::optional<std::chrono::seconds> patience {};
    bool plainLoops = false; // Tuning::plain means something to it
    bool tunesKernels = false; // Engine::tuneKernels() and Tuning::rules mean something to it
    bool recordsWork = false; // Tuning::graph means something to it
    bool ownMemory = false; // Tuning::transfers means something to it
    int streams = 1; // programs that it runs side by side, where threads mean nothing to it
    std::optional<RecordedOn> recordedOn {}; // set: it computes nothing, its figures are another run's
};

/// A node an engine cannot run, and why: a value to show before anyone presses Run.
struct Refusal {
    int node = -1; // index into Graph::nodes
    std::string name; // "resize_3"
    std::string type; // "Resize"
    std::string reason; // "cubic interpolation is not implemented"
};

/// "node "resize_3" (Resize): cubic interpolation is not implemented; and 2 more."
std::string summarise(const std::vector<Refusal>& refusals);

struct CompileOptions {
    DimBindings dims;
    Precision precision = Precision::Model;
    int threads = 1; // ignored by devices without threads
    int place = 0; // programs that run at the same time get places of their own: the i-th `threads` cores
    bool cacheWeights = false; // packed weights may come from the disk, and be left there
    Tuning tuning; // of which `fuse` was the passes' concern, unless the engine runs some of its own
};

/// The time one run took, by the engine's own clocks.
struct Sample {
    std::chrono::nanoseconds host {}; // from the call to the return, outputs ready
    std::optional<DeviceTimes> device; // where the device has a clock
};

/// Bytes a Program has planned.
struct MemoryUse {
    std::size_t weights = 0; // as packed for the device
    std::size_t arena = 0; // activations, inputs and outputs
    std::size_t workspace = 0; // scratch of kernels
    std::size_t total() const { return weights + arena + workspace; }
    MemoryUse& operator+=(const MemoryUse& other)
    {
        weights += other.weights;
        arena += other.arena;
        workspace += other.workspace;
        return *this;
    }
};

/// Where a traced run writes. A traced run is never a sample of a measurement.
struct Trace {
    struct Step {
        int node = -1; // steps of one node have one number; -1: something the engine inserted (a reorder)
        std::string name; // the node's name, or what was inserted
        std::string type; // its operator, "Conv"; empty for what was inserted
        std::string kernel; // "jit:avx512_core", "brg:avx512_core", "own:gather", "plain:Resize"
        bool slow = false; // a reference kernel of a library, or a plain loop where a fast one exists
        ElementType computes = ElementType::Undefined; // what its first output is made of
        std::optional<NodeCost> cost; // of the whole node, on its first step only; nullopt: unknown
        std::chrono::nanoseconds time {};
    };
    std::vector<Step> steps;
};

/// A graph bound to one batch size, precision and thread count on one device: shapes fixed, kernels chosen,
/// weights packed, memory laid out. Used by one thread at a time. run() allocates nothing, unless shapes
/// depend on data.
class Program {
public:
    virtual ~Program() = default;

    /// Copies a dense row-major tensor into graph input `input`. Throws Error when the size differs.
    virtual void write(int input, std::span<const std::byte> bytes) = 0;
    /// A copy of graph output `output` of the last run, dense row-major. Its shape may depend on the data.
    virtual Tensor read(int output) = 0;
    /// Runs once; returns when the device is done.
    virtual Sample run(Trace* trace = nullptr) = 0;
    virtual MemoryUse memory() const = 0;
    /// How its kernels were chosen, "kernels by measurement"; empty: by the engine's rules.
    virtual std::string choice() const { return {}; }
    /// What cacheWeights came to, "98.1 MB of packed weights from the cache"; empty: it was not asked for, or
    /// packing them takes no longer.
    virtual std::string weightsFrom() const { return {}; }
};

/// A device that can run graphs. Made once at start-up; used by one thread at a time.
class Engine {
public:
    virtual ~Engine() = default;

    virtual DeviceInfo device() const = 0;
    /// Nodes it cannot run, from the same table that lowers; empty: compile() will not refuse any.
    virtual std::vector<Refusal> refusals(const Graph& graph) const = 0;
    /// Throws Error (a refused node, a bad shape, a precision the device lacks) or OutOfMemory.
    virtual std::unique_ptr<Program> compile(
        std::shared_ptr<const Graph> graph, const CompileOptions& options)
        = 0;
    /// Measures the highest rates that `threads` of its threads reach, which takes seconds; nullopt: the
    /// engine has no way to. Throws Error when it was stopped before its end.
    virtual std::optional<Peaks> measurePeaks(int threads, std::stop_token stop);
    /// Times the kernels and layouts that it has for the nodes of `graph` against each other, which takes
    /// seconds, and remembers the fastest for every later compile() of the same; nullopt: it has no choice.
    /// Throws what compile() throws, and Error when it was stopped before its end.
    virtual std::optional<KernelTuning> tuneKernels(
        std::shared_ptr<const Graph> graph, const CompileOptions& options, std::stop_token stop);
};

} // namespace core
