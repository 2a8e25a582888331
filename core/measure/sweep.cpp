// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sweep.h"

#include "core/engine/inputs.h"
#include "core/engine/kernel_tuning.h"
#include "core/error.h"
#include "core/measure/estimate.h"
#include "core/measure/forwarded_cell.h"
#include "core/measure/live_bytes.h"
#include "core/measure/model_summary.h"
#include "core/measure/output_check.h"
#include "core/measure/parallel_requests.h"
#include "core/measure/recording.h"
#include "core/measure/reference_outputs.h"
#include "core/measure/run_clock.h"
#include "core/measure/runnable_spec.h"
#include "core/measure/sweep_sensors.h"
#include "core/model/passes.h"
#include "core/sensors/memory.h"

#include <algorithm>
#include <new>

namespace core {

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr Seconds kLongest { 1e9 }; // an estimate beyond 30 years is as good as this

/// Of the GPU that the spec measures, of whose sensors there may be several.
std::string gpuUuid(const SweepSpec& spec, std::span<Engine* const> engines)
{
    for (const EngineChoice& choice : spec.engines) {
        const DeviceInfo device = engineOf(choice.id, engines).device();
        if (!device.uuid.empty() && !device.recordedOn) // which is in another machine
            return device.uuid;
    }
    return {};
}

/// One sweep while it runs. Everything happens on the calling thread.
class Sweep {
public:
    Sweep(SweepSpec spec, const Model& model, std::span<Engine* const> engines, std::stop_token stop,
        const EventSink& emit, const Machine& machine, const InputMaker& inputs)
        : m_spec(std::move(spec))
        , m_model(model)
        , m_engines(engines)
        , m_stop(std::move(stop))
        , m_emit(emit)
        , m_machine(machine)
        , m_inputs(inputs)
        , m_sensors(machine, gpuUuid(m_spec, engines))
        , m_child(machine.child ? machine.child() : ChildSweep {})
        , m_keys(cells(m_spec))
        , m_summary(summarise(model, m_spec.dims))
        , m_recorded(recordedIds(m_spec, m_engines))
    {
    }

    void run()
    {
        m_emit(started());
        m_sensors.rest(m_machine.rest, m_stop, m_clock, m_emit);
        for (std::size_t index = 0; index < m_keys.size(); ++index) {
            m_cell = static_cast<int>(index);
            if (m_stop.stop_requested())
                fail(CellFailure::Cancelled, "Cancelled before it began.");
            else
                runCell();
        }
        m_emit(RunFinished { m_clock.now(), m_stop.stop_requested(), timeStamp() });
    }

private:
    const CellKey& key() const { return m_keys[static_cast<std::size_t>(m_cell)]; }
    std::vector<Tensor> inputsFor(const Shapes& shapes) const
    {
        return m_inputs ? m_inputs(*m_graph, shapes) : synthesiseInputs(*m_graph, shapes, m_spec.seed);
    }
    DimBindings dims() const { return { key().batch, m_spec.dims }; }

    RunStarted started() const
    {
        RunStarted event { .spec = m_spec,
            .model = m_summary,
            .environment = m_machine.environment(),
            .devices = {},
            .cells = m_keys,
            .startedAt = timeStamp(),
            .cpuPower = m_sensors.aboutCpuPower(),
            .gpuPower = m_sensors.aboutGpuPower() };
        for (const EngineChoice& choice : m_spec.engines)
            event.devices.push_back(engineOf(choice.id, m_engines).device());
        sayRecorded(event, m_engines);
        return event;
    }

    void fail(CellFailure kind, const std::string& reason) const
    {
        m_emit(CellFailed { m_cell, m_clock.now(), kind, reason });
    }

    /// One of the three places where errors end: a cell that fails is a row, and the sweep goes on.
    void runCell()
    {
        m_emit(CellStarted { m_cell, m_clock.now() });
        progress(CellPhase::Compiling, {});
        try {
            Engine& engine = engineOf(key().engine, m_engines);
            if (const Recording* recording = recordingOf(engine))
                replay(m_cell, recording->find(m_summary, m_spec.dims, key()), m_clock, m_emit);
            else if (staysHere(engine.device()))
                measureCell(engine);
            else
                measureElsewhere(engine.device());
        } catch (const OutOfMemory& error) {
            fail(CellFailure::OutOfMemory, error.what());
        } catch (const Error& error) {
            fail(CellFailure::Error, error.what());
        } catch (const std::bad_alloc&) {
            fail(CellFailure::OutOfMemory,
                fmt::format("Cannot measure batch {}: out of memory.", key().batch));
        }
    }

    bool staysHere(const DeviceInfo& device) const
    {
        const InstructionSet isa = key().tuning.isa;
        return (isa == InstructionSet::All || isa == device.limit) && !(device.patience && m_child);
    }

    /// In a process of its own.
    void measureElsewhere(const DeviceInfo& device)
    {
        const bool capped = key().tuning.isa != InstructionSet::All;
        const std::string_view isa = instructionSetName(key().tuning.isa);
        if (capped && std::ranges::count(device.instructionSets, key().tuning.isa) == 0)
            return fail(CellFailure::Refused,
                fmt::format("Cannot limit kernels to {}: {} has no more than {}.", isa, device.name,
                    instructionSetName(device.instructionSets.back())));
        if (!m_child)
            throw Error("Cannot limit kernels to {}: this program starts no child processes.", isa);
        const EventSink complete = [&](const SweepEvent& event) {
            const auto* end = std::get_if<CellFinished>(&event);
            m_emit(end ? SweepEvent(m_sensors.withIdle(*end, device.kind)) : event);
        };
        ForwardedCell cell(m_cell, key(), estimateAfter(m_cell), m_clock, complete);
        try {
            const ChildNeeds needs { key().tuning.isa, device.patience.value_or(std::chrono::seconds {}) };
            m_child(
                needs, specOfCell(m_spec, key()), m_stop, [&](const SweepEvent& event) { cell.take(event); });
        } catch (const Error& error) {
            if (!m_stop.stop_requested())
                throw;
            return fail(CellFailure::Cancelled, error.what());
        }
        cell.finish();
        if (cell.finished())
            learn(cell.latencies(), cell.finished()->compile);
    }

    void measureCell(Engine& engine)
    {
        m_graph = graphFor(key().tuning);
        if (const auto refusals = engine.refusals(*m_graph); !refusals.empty())
            return fail(CellFailure::Refused, summarise(refusals));
        const Shapes shapes = inferShapes(*m_graph, dims());
        const DeviceInfo device = engine.device();
        checkFits(leastBytes(*m_graph, shapes) * lanes(device), key().batch, device, m_machine.freeMemory());
        const std::string unchecked
            = findExpected(shapes); // before memory is looked at, of which it takes some
        m_sensors.begin(engine.device().kind);

        auto before = Clock::now();
        auto program = compiled(engine);
        try {
            if (tuneFirst(engine, *program)) {
                program.reset(); // its memory, before as much is taken again
                before = Clock::now();
                program = compiled(engine);
            }
        } catch (const Error& error) {
            if (!m_stop.stop_requested())
                throw;
            return fail(CellFailure::Cancelled, error.what());
        }
        const Nanoseconds compile = Clock::now() - before;
        writeInputs(*program, inputsFor(shapes));
        const Figure difference = unchecked.empty()
            ? Figure::known(outputs().largestDifference(*program, *m_graph, key().precision),
                "reference engine, same inputs")
            : Figure::missing(unchecked);

        const Measurement measurement = measureProgram(*program);
        if (measurement.samples.empty())
            return fail(CellFailure::Cancelled, "Cancelled before its first sample.");
        const double items
            = static_cast<double>(measurement.samples.size()) * static_cast<double>(key().items());
        const LoopEnergy energy = m_sensors.energy(measurement.measured, items);
        m_emit(m_sensors.withIdle(CellFinished { .cell = m_cell,
                                      .at = m_clock.now(),
                                      .stoppedBy = measurement.stoppedBy,
                                      .compile = compile,
                                      .measured = measurement.measured,
                                      .memory = program->memory(),
                                      .peakResidentBytes = m_sensors.peakResident(),
                                      .disturbedPercent = measurement.disturbedPercent,
                                      .powerMeanWatts = energy.meanWatts,
                                      .energyPerInferenceJoules = energy.joulesPerInference,
                                      .outputMaxAbsDiff = difference,
                                      .hiccupPercent = measurement.hiccupPercent,
                                      .othersPercent = measurement.othersPercent,
                                      .library = libraryOf(engine, *program),
                                      .gpu = m_sensors.gpuConditions() },
            engine.device().kind));
        std::vector<Nanoseconds> latencies;
        for (const TimedSample& sample : measurement.samples)
            latencies.push_back(sample.latency);
        learn(std::move(latencies), compile);
    }

    static std::string libraryOf(const Engine& engine, const Program& program)
    {
        const std::string library = engine.device().library, choice = program.choice();
        return choice.empty() ? library : library + ", " + choice;
    }

    std::shared_ptr<const Graph> graphFor(const Tuning& tuning)
    {
        std::shared_ptr<const Graph>& graph = m_graphs[tuning.fuse];
        if (!graph)
            graph = optimise(*m_model.graph, { .fuse = tuning.fuse });
        return graph;
    }

    std::unique_ptr<Program> compiled(Engine& engine) const
    {
        if (key().requests == 1)
            return engine.compile(m_graph, compileOptions());
        return std::make_unique<ParallelRequests>(
            engine, m_graph, compileOptions(), key().requests, lanes(engine.device()));
    }

    CompileOptions compileOptions() const
    {
        return { .dims = dims(),
            .precision = key().precision,
            .threads = std::max(1, key().threads),
            .tuning = key().tuning };
    }

    /// Tunes the kernels where that is asked for, means something and was not done before.
    bool tuneFirst(Engine& engine, const Program& program) const
    {
        const Tuning& tuning = key().tuning;
        if (!m_spec.tuneKernels || !engine.device().tunesKernels || tuning.rules || tuning.plain
            || !program.choice().empty())
            return false;
        progress(CellPhase::Tuning, {});
        return engine.tuneKernels(m_graph, compileOptions(), m_stop).has_value();
    }

    int lanes(const DeviceInfo& device) const { return lanesFor(key().requests, key().threads, device); }

    Measurement measureProgram(Program& program)
    {
        progress(CellPhase::WarmingUp, {});
        m_clock.atLeast(m_clock.now() + warmUp(program, m_spec.rule, m_stop));
        progress(CellPhase::Measuring, {});
        StopRule warm = m_spec.rule;
        warm.warmUpRuns = 0;
        warm.warmUpTime = {};
        m_sensors.beginLoop();
        const Nanoseconds begin = m_clock.now();
        Measurement result = measure(
            program, warm, m_stop, [&](std::span<const TimedSample> samples) { take(samples, begin); });
        m_sensors.endLoop();
        return result;
    }

    /// New samples of the running cell: pass them on with the run's time, look at the sensors.
    void take(std::span<const TimedSample> samples, Nanoseconds begin)
    {
        SamplesTaken event { m_cell, { samples.begin(), samples.end() } };
        for (TimedSample& sample : event.samples)
            sample.at += begin;
        const TimedSample& last = event.samples.back();
        m_clock.atLeast(last.at + last.latency);
        m_emit(event);
        m_emit(m_sensors.read(m_clock.now())); // at most 20 times a second, as the loop reports every 50 ms
        progress(CellPhase::Measuring, { Seconds(last.latency), Seconds(m_clock.now() - begin) });
    }

    struct Live {
        Seconds latency {}, spent {};
    };

    void progress(CellPhase phase, const Live& live) const
    {
        const Seconds running = live.latency.count() > 0
            ? std::max(
                Seconds {}, estimatedTime(m_spec.rule, live.latency) - m_spec.rule.warmUpTime - live.spent)
            : estimated(key());
        const Seconds remaining = running + estimateAfter(m_cell);
        m_emit(CellProgress {
            m_cell, phase, std::chrono::duration_cast<Nanoseconds>(std::min(remaining, kLongest)) });
    }

    Seconds estimated(const CellKey& cell) const
    {
        return m_recorded.contains(cell.engine)
            ? Seconds {}
            : estimateCell(cell, m_spec.rule, m_summary.flopPerItem, m_measured);
    }

    /// Of all cells behind `cell`.
    Seconds estimateAfter(int cell) const
    {
        Seconds sum {};
        for (std::size_t index = static_cast<std::size_t>(cell) + 1; index < m_keys.size(); ++index)
            sum += estimated(m_keys[index]);
        return std::min(sum, kLongest);
    }

    void learn(std::vector<Nanoseconds> latencies, Nanoseconds compile)
    {
        std::sort(latencies.begin(), latencies.end());
        m_measured.push_back({ key(), median(latencies), compile });
    }

    OutputCheck& outputs() { return m_outputs.try_emplace(key().tuning.fuse, m_model.graph).first->second; }

    /// Why the outputs are not checked; empty: they can be.
    std::string findExpected(const Shapes& shapes)
    {
        if (!m_spec.checkOutputs)
            return "Outputs were not checked.";
        if (m_stop.stop_requested())
            return "The sweep was stopped before the outputs were checked.";
        return outputs().prepare(dims(), [&] { return inputsFor(shapes); });
    }

    const SweepSpec m_spec;
    const Model& m_model;
    const std::span<Engine* const> m_engines;
    const std::stop_token m_stop;
    const EventSink& m_emit;
    const Machine& m_machine;
    const InputMaker& m_inputs;
    SweepSensors m_sensors;
    const ChildSweep m_child;
    const std::vector<CellKey> m_keys;
    const ModelSummary m_summary;
    const std::set<std::string> m_recorded; // engines whose cells take no time
    RunClock m_clock;
    std::map<bool, std::shared_ptr<const Graph>> m_graphs; // by Tuning::fuse
    std::shared_ptr<const Graph> m_graph; // of the running cell
    int m_cell = 0;
    std::vector<MeasuredCell> m_measured;
    std::map<bool, OutputCheck> m_outputs; // by Tuning::fuse, as made-up inputs depend on the graph
};

} // namespace

Machine::Machine()
    : freeMemory([] { return availableMemory(); })
{
}

void runSweep(const SweepSpec& spec, const Model& model, std::span<Engine* const> engines,
    std::stop_token stop, const EventSink& emit, const Machine& machine, const InputMaker& inputs)
{
    Sweep(runnable(spec, *model.graph, engines), model, engines, std::move(stop), emit, machine, inputs)
        .run();
}

void runSweep(const SweepSpec& spec, std::span<Engine* const> engines, std::stop_token stop,
    const EventSink& emit, const Machine& machine)
{
    checkSpec(spec);
    for (const EngineChoice& choice : spec.engines)
        engineOf(choice.id, engines); // before minutes go into reading a model that nothing can run
    runSweep(spec, openModel(spec.model), engines, std::move(stop), emit, machine);
}

} // namespace core
