// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sweep.h"

#include "core/engine/inputs.h"
#include "core/error.h"
#include "core/measure/compare.h"
#include "core/measure/energy.h"
#include "core/measure/estimate.h"
#include "core/measure/live_bytes.h"
#include "core/measure/model_summary.h"
#include "core/measure/parallel_requests.h"
#include "core/measure/reference_outputs.h"
#include "core/model/passes.h"
#include "core/sensors/memory.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <ctime>
#include <new>

namespace core {

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

/// "2026-03-01T12:00:00+01:00".
std::string timeStamp()
{
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm local {};
    localtime_r(&now, &local);
    char text[40];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &local);
    std::string stamp(text, size);
    return stamp.insert(stamp.size() - 2, ":");
}

Engine& engineOf(const std::string& id, std::span<Engine* const> engines)
{
    std::vector<std::string> known;
    for (Engine* engine : engines) {
        const DeviceInfo info = engine->device();
        if (info.id == id) {
            if (!info.absent.empty())
                throw Error("Cannot start the sweep: engine \"{}\" is absent: {}", id, info.absent);
            return *engine;
        }
        known.push_back(info.id);
    }
    throw Error(
        "Cannot start the sweep: there is no engine \"{}\"; there are {}.", id, fmt::join(known, ", "));
}

/// The spec as it can be run: devices without threads have no list of them.
SweepSpec checked(SweepSpec spec, const Graph& graph, std::span<Engine* const> engines)
{
    checkSpec(spec);
    for (EngineChoice& choice : spec.engines) {
        const int most = engineOf(choice.id, engines).device().maxThreads;
        if (most == 0)
            choice.threads.clear();
        else if (choice.threads.empty())
            choice.threads = { 1 };
        for (const int threads : choice.threads) {
            if (threads > most)
                throw Error("Cannot start the sweep: engine \"{}\" has {} threads, not {}.", choice.id, most,
                    threads);
        }
    }
    checkDims(graph, spec.dims, "start the sweep");
    return spec;
}

/// Time since the run's start, for the time stamps of events. Like the measuring loop's clock it follows a
/// program that runs ahead of the wall clock, so that events stay in order.
class RunClock {
public:
    Nanoseconds now() const { return std::max<Nanoseconds>(Clock::now() - m_begin, m_least); }
    void atLeast(Nanoseconds time) { m_least = std::max(m_least, time); }

private:
    Clock::time_point m_begin = Clock::now();
    Nanoseconds m_least {};
};

/// One sweep while it runs. Everything happens on the calling thread.
class Sweep {
public:
    Sweep(SweepSpec spec, const Model& model, std::span<Engine* const> engines, std::stop_token stop,
        const EventSink& emit, const Machine& machine, const InputMaker& inputs)
        : m_spec(std::move(spec))
        , m_model(model)
        , m_graph(optimise(*model.graph))
        , m_engines(engines)
        , m_stop(std::move(stop))
        , m_emit(emit)
        , m_machine(machine)
        , m_inputs(inputs)
        , m_cpuPower(machine.cpuMeter())
        , m_gpuPower(machine.gpuMeter())
        , m_keys(cells(m_spec))
        , m_summary(summarise(model, m_spec.dims))
    {
    }

    void run()
    {
        m_emit(started());
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
            .cpuPower = m_cpuPower.about(),
            .gpuPower = m_gpuPower.about() };
        for (const EngineChoice& choice : m_spec.engines)
            event.devices.push_back(engineOf(choice.id, m_engines).device());
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
            measureCell(engineOf(key().engine, m_engines));
        } catch (const OutOfMemory& error) {
            fail(CellFailure::OutOfMemory, error.what());
        } catch (const Error& error) {
            fail(CellFailure::Error, error.what());
        } catch (const std::bad_alloc&) {
            fail(CellFailure::OutOfMemory,
                fmt::format("Cannot measure batch {}: out of memory.", key().batch));
        }
    }

    void measureCell(Engine& engine)
    {
        if (const auto refusals = engine.refusals(*m_graph); !refusals.empty())
            return fail(CellFailure::Refused, summarise(refusals));
        const Shapes shapes = inferShapes(*m_graph, dims());
        checkMemory(engine.device(), shapes);
        const std::string unchecked
            = findExpected(shapes); // before memory is looked at, of which it takes some
        const bool peakReset = resetPeakResident();
        m_mostResident = residentBytes();

        const auto before = Clock::now();
        const auto program = compiled(engine);
        const Nanoseconds compile = Clock::now() - before;
        writeInputs(*program, inputsFor(shapes));
        const Figure difference = unchecked.empty()
            ? Figure::known(largestDifference(*program), "reference engine, same inputs")
            : Figure::missing(unchecked);

        Figure joulesBefore, joulesAfter;
        const Measurement measurement
            = measureProgram(*program, engine.device().kind, joulesBefore, joulesAfter);
        if (measurement.samples.empty())
            return fail(CellFailure::Cancelled, "Cancelled before its first sample.");
        const double items
            = static_cast<double>(measurement.samples.size()) * static_cast<double>(key().items());
        const LoopEnergy energy = loopEnergy(joulesBefore, joulesAfter, measurement.measured, items);
        m_emit(CellFinished { .cell = m_cell,
            .at = m_clock.now(),
            .stoppedBy = measurement.stoppedBy,
            .compile = compile,
            .measured = measurement.measured,
            .memory = program->memory(),
            .peakResidentBytes = peak(peakReset),
            .disturbedPercent = measurement.disturbedPercent,
            .powerMeanWatts = energy.meanWatts,
            .energyPerInferenceJoules = energy.joulesPerInference,
            .outputMaxAbsDiff = difference,
            .hiccupPercent = measurement.hiccupPercent,
            .othersPercent = measurement.othersPercent });
        learn(measurement, compile);
    }

    std::unique_ptr<Program> compiled(Engine& engine) const
    {
        const CompileOptions options { dims(), key().precision, std::max(1, key().threads) };
        if (key().requests == 1)
            return engine.compile(m_graph, options);
        return std::make_unique<ParallelRequests>(
            engine, m_graph, options, key().requests, lanes(engine.device()));
    }

    int lanes(const DeviceInfo& device) const
    {
        return lanesFor(key().requests, key().threads, device.maxThreads);
    }

    /// What surely cannot fit is said before it is tried: the kernel would kill the program rather than
    /// refuse.
    void checkMemory(const DeviceInfo& device, const Shapes& shapes) const
    {
        std::optional<std::size_t> available = m_machine.freeMemory();
        if (device.kind == DeviceKind::Gpu)
            available = device.memoryBytes > 0 ? std::optional(device.memoryBytes) : std::nullopt;
        const double least = leastBytes(*m_graph, shapes) * lanes(device);
        if (available && least > static_cast<double>(*available)) {
            throw OutOfMemory("Cannot compile batch {}: it needs at least {}, {} are free.", key().batch,
                formatBytes(least), formatBytes(static_cast<double>(*available)));
        }
    }

    Measurement measureProgram(Program& program, DeviceKind kind, Figure& joulesBefore, Figure& joulesAfter)
    {
        EnergyGauge& gauge = kind == DeviceKind::Cpu ? m_cpuPower : m_gpuPower;
        progress(CellPhase::WarmingUp, {});
        m_clock.atLeast(m_clock.now() + warmUp(program, m_spec.rule, m_stop));
        progress(CellPhase::Measuring, {});
        StopRule warm = m_spec.rule;
        warm.warmUpRuns = 0;
        warm.warmUpTime = {};
        joulesBefore = gauge.joules();
        const Nanoseconds begin = m_clock.now();
        Measurement result = measure(
            program, warm, m_stop, [&](std::span<const TimedSample> samples) { take(samples, begin); });
        joulesAfter = gauge.joules();
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
        readSensors();
        progress(CellPhase::Measuring, { Seconds(last.latency), Seconds(m_clock.now() - begin) });
    }

    /// At most 20 times a second, as the loop reports at most every 50 ms.
    void readSensors()
    {
        const Nanoseconds now = m_clock.now();
        const std::size_t resident = residentBytes();
        m_mostResident = std::max(m_mostResident, resident);
        m_emit(SensorReading { now, m_cpuPower.watts(now), m_gpuPower.watts(now), resident });
    }

    struct Live {
        Seconds latency {}, spent {};
    };

    void progress(CellPhase phase, const Live& live) const
    {
        const Seconds running = live.latency.count() > 0
            ? std::max(
                Seconds {}, estimatedTime(m_spec.rule, live.latency) - m_spec.rule.warmUpTime - live.spent)
            : estimateCell(key(), m_spec.rule, m_summary.flopPerItem, m_measured);
        Seconds remaining = running;
        for (std::size_t index = static_cast<std::size_t>(m_cell) + 1; index < m_keys.size(); ++index)
            remaining += estimateCell(m_keys[index], m_spec.rule, m_summary.flopPerItem, m_measured);
        constexpr Seconds kMost { 1e9 }; // an estimate beyond 30 years is as good as this
        m_emit(CellProgress {
            m_cell, phase, std::chrono::duration_cast<Nanoseconds>(std::min(remaining, kMost)) });
    }

    void learn(const Measurement& measurement, Nanoseconds compile)
    {
        std::vector<Nanoseconds> latencies;
        for (const TimedSample& sample : measurement.samples)
            latencies.push_back(sample.latency);
        std::sort(latencies.begin(), latencies.end());
        m_measured.push_back({ key(), median(latencies), compile });
    }

    Figure peak(bool reset) const
    {
        if (reset)
            return peakResidentBytes();
        return Figure::known(
            static_cast<double>(m_mostResident), "resident size of /proc/self/statm, read every 50 ms");
    }

    /// The oracle's outputs, from the graph as the file has it; one run of it serves all cells of a batch.
    /// Why there are none, where there are none.
    std::string findExpected(const Shapes& shapes)
    {
        if (!m_spec.checkOutputs)
            return "Outputs were not checked.";
        if (m_stop.stop_requested())
            return "The sweep was stopped before the outputs were checked.";
        try {
            if (m_expectedBatch != key().batch) {
                m_expected = referenceOutputs(m_model.graph, dims(), inputsFor(shapes));
                m_expectedBatch = key().batch;
            }
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }

    /// Of the program's outputs from the oracle's. Throws Error when they are wrong: how fast they come is of
    /// no interest then.
    double largestDifference(Program& program) const
    {
        program.run();
        double most = 0;
        const std::vector<Tensor> actual = readOutputs(program, *m_graph);
        for (std::size_t index = 0; index < actual.size(); ++index) {
            const Difference off = compare(actual[index].view(), m_expected[index].view());
            if (!passes(off, rounds(*m_graph, key().precision)))
                throw Error(
                    "Cannot measure batch {}: output \"{}\" differs from the reference engine's by up to "
                    "{:.3g}, relative, at a cosine of {:.6f}.",
                    key().batch, m_graph->value(m_graph->outputs[index]).name, off.maxRel, off.cosine);
            most = std::max(most, off.maxAbs);
        }
        return most;
    }

    const SweepSpec m_spec;
    const Model& m_model;
    const std::shared_ptr<const Graph> m_graph;
    const std::span<Engine* const> m_engines;
    const std::stop_token m_stop;
    const EventSink& m_emit;
    const Machine& m_machine;
    const InputMaker& m_inputs;
    EnergyGauge m_cpuPower, m_gpuPower;
    const std::vector<CellKey> m_keys;
    const ModelSummary m_summary;
    RunClock m_clock;
    int m_cell = 0;
    std::size_t m_mostResident = 0;
    std::vector<MeasuredCell> m_measured;
    std::vector<Tensor> m_expected;
    std::int64_t m_expectedBatch = 0;
};

} // namespace

Machine::Machine()
    : freeMemory([] { return availableMemory(); })
{
}

void runSweep(const SweepSpec& spec, const Model& model, std::span<Engine* const> engines,
    std::stop_token stop, const EventSink& emit, const Machine& machine, const InputMaker& inputs)
{
    Sweep(checked(spec, *model.graph, engines), model, engines, std::move(stop), emit, machine, inputs).run();
}

void runSweep(
    const SweepSpec& spec, std::span<Engine* const> engines, std::stop_token stop, const EventSink& emit)
{
    checkSpec(spec);
    for (const EngineChoice& choice : spec.engines)
        engineOf(choice.id, engines); // before minutes go into reading a model that nothing can run
    runSweep(spec, openModel(spec.model), engines, std::move(stop), emit);
}

} // namespace core
