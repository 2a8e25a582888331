// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs.h"
#include "core/engine/kernel_tuning.h"
#include "core/error.h"
#include "core/measure/cell_run.h"
#include "core/measure/live_bytes.h"
#include "core/measure/parallel_requests.h"
#include "core/measure/reference_outputs.h"
#include "core/model/passes.h"
#include "core/sensors/memory.h"

#include <algorithm>

namespace core {

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

class LocalCell final : public CellRun {
public:
    LocalCell(SweepContext& context, int cell, Engine& engine)
        : m_context(context)
        , m_cell(cell)
        , m_engine(engine)
        , m_device(engine.device())
        , m_key(context.key(cell))
        , m_graph(context.graphFor(m_key.tuning))
    {
    }

    std::optional<CellFailed> prepare()
    {
        if (const auto refusals = m_engine.refusals(*m_graph); !refusals.empty())
            return failed(CellFailure::Refused, summarise(refusals));
        const Shapes shapes = inferShapes(*m_graph, dims());
        checkFits(
            leastBytes(*m_graph, shapes) * lanes(), m_key.batch, m_device, m_context.machine.freeMemory());
        const std::string unchecked
            = findExpected(shapes); // before memory is looked at, of which it takes some
        m_context.sensors.begin(m_device.kind);

        auto before = Clock::now();
        m_program = compiled();
        try {
            if (tuneFirst()) {
                m_program.reset(); // its memory, before as much is taken again
                before = Clock::now();
                m_program = compiled();
            }
        } catch (const Error& error) {
            if (!m_context.stopped())
                throw;
            return failed(CellFailure::Cancelled, error.what());
        }
        m_compile = Clock::now() - before;
        writeInputs(*m_program, m_context.inputsFor(*m_graph, shapes));
        if (unchecked.empty()) {
            m_agreement
                = m_context.outputsFor(m_key.tuning).difference(*m_program, *m_graph, m_key.precision);
            m_difference = Figure::known(m_agreement->maxAbs, "reference engine, same inputs");
        } else {
            m_difference = Figure::missing(unchecked);
        }
        if (m_context.spec.rule.blocks > 0)
            m_program.reset(); // each block has a program of its own
        return {};
    }

    CellEnd measure(const StopRule& rule) override
    {
        SweepSensors& sensors = m_context.sensors;
        if (m_context.spec.rule.blocks > 0) {
            sensors.begin(m_device.kind); // others have run since
            makeAnew();
        }
        const Measurement measurement = measureProgram(rule);
        if (measurement.samples.empty())
            return failed(CellFailure::Cancelled, "Cancelled before its first sample.");
        const double items
            = static_cast<double>(measurement.samples.size()) * static_cast<double>(m_key.items());
        const CellFinished end { .cell = m_cell,
            .at = m_context.clock.now(),
            .stoppedBy = measurement.stoppedBy,
            .compile = m_compile,
            .measured = measurement.measured,
            .memory = m_program->memory(),
            .disturbedPercent = measurement.disturbedPercent,
            .outputMaxAbsDiff = m_difference,
            .agreement = m_agreement,
            .hiccupPercent = measurement.hiccupPercent,
            .othersPercent = measurement.othersPercent,
            .library = library() };
        if (m_context.spec.rule.blocks > 0)
            m_program.reset();
        return sensors.withIdle(sensors.withLoop(end, items), m_device.kind);
    }

private:
    /// Where a program lies in memory is luck that lasts as long as it does: blocks that each have their own
    /// show it.
    void makeAnew()
    {
        m_context.progress(m_cell, CellPhase::Compiling);
        const auto before = Clock::now();
        m_program = compiled();
        m_compile = Clock::now() - before;
        writeInputs(*m_program, m_context.inputsFor(*m_graph, inferShapes(*m_graph, dims())));
    }

    CellFailed failed(CellFailure kind, std::string reason) const
    {
        return { m_cell, m_context.clock.now(), kind, std::move(reason) };
    }

    DimBindings dims() const { return { m_key.batch, m_context.spec.dims }; }
    int lanes() const { return lanesFor(m_key.requests, m_key.threads, m_device); }

    CompileOptions compileOptions() const
    {
        return { .dims = dims(),
            .precision = m_key.precision,
            .threads = std::max(1, m_key.threads),
            .tuning = m_key.tuning };
    }

    std::unique_ptr<Program> compiled() const
    {
        if (m_key.requests == 1)
            return m_engine.compile(m_graph, compileOptions());
        return std::make_unique<ParallelRequests>(
            m_engine, m_graph, compileOptions(), m_key.requests, lanes());
    }

    /// Tunes the kernels where that is asked for, means something and was not done before.
    bool tuneFirst() const
    {
        const Tuning& tuning = m_key.tuning;
        if (!m_context.spec.tuneKernels || !m_device.tunesKernels || tuning.rules || tuning.plain
            || !m_program->choice().empty())
            return false;
        m_context.progress(m_cell, CellPhase::Tuning);
        return m_engine.tuneKernels(m_graph, compileOptions(), m_context.control.stop).has_value();
    }

    std::string library() const
    {
        const std::string library = m_engine.device().library, choice = m_program->choice();
        return choice.empty() ? library : library + ", " + choice;
    }

    /// Why the outputs are not checked; empty: they can be.
    std::string findExpected(const Shapes& shapes)
    {
        if (!m_context.spec.checkOutputs)
            return "Outputs were not checked.";
        if (m_context.stopped())
            return "The sweep was stopped before the outputs were checked.";
        return m_context.outputsFor(m_key.tuning).prepare(dims(), [&] {
            return m_context.inputsFor(*m_graph, shapes);
        });
    }

    Measurement measureProgram(const StopRule& rule)
    {
        m_context.progress(m_cell, CellPhase::WarmingUp);
        m_context.clock.atLeast(m_context.clock.now() + warmUp(*m_program, rule, m_context.control.stop));
        m_context.progress(m_cell, CellPhase::Measuring);
        StopRule warm = rule;
        warm.warmUpRuns = 0;
        warm.warmUpTime = {};
        m_context.sensors.beginLoop(m_context.clock.now());
        m_inferences = 0;
        const Nanoseconds begin = m_context.clock.now();
        Measurement result = core::measure(*m_program, warm, m_context.control.stop,
            [&](std::span<const TimedSample> samples) { take(samples, begin, rule); });
        m_context.sensors.endLoop(m_context.clock.now());
        return result;
    }

    /// New samples: pass them on with the run's time, look at the sensors, wait where that is wanted.
    void take(std::span<const TimedSample> samples, Nanoseconds begin, const StopRule& rule)
    {
        RunClock& clock = m_context.clock;
        SamplesTaken event { m_cell, { samples.begin(), samples.end() }, m_context.block };
        for (TimedSample& sample : event.samples)
            sample.at += begin;
        const TimedSample& last = event.samples.back();
        clock.atLeast(last.at + last.latency);
        m_context.emit(event);
        m_inferences += static_cast<double>(samples.size()) * static_cast<double>(m_key.items());
        // At most 20 times a second, as the loop reports every 50 ms.
        m_context.emit(m_context.sensors.read(clock.now(), samples, m_inferences));
        m_context.progress(
            m_cell, CellPhase::Measuring, { Seconds(last.latency), Seconds(clock.now() - begin) });
        if (m_context.control.pause && m_context.control.pause->paused())
            pause(rule);
    }

    /// The rest is no part of the cell: its energy does not count, and the caches are warmed again after it.
    void pause(const StopRule& rule)
    {
        m_context.sensors.pauseLoop();
        m_context.rest(m_cell);
        if (m_context.stopped())
            return m_context.sensors.resumeLoop();
        m_context.progress(m_cell, CellPhase::WarmingUp);
        warmUp(*m_program, rule, m_context.control.stop);
        m_context.sensors.resumeLoop();
        m_context.progress(m_cell, CellPhase::Measuring);
    }

    SweepContext& m_context;
    const int m_cell;
    Engine& m_engine;
    const DeviceInfo m_device;
    const CellKey m_key;
    const std::shared_ptr<const Graph> m_graph;
    std::unique_ptr<Program> m_program;
    Nanoseconds m_compile {};
    double m_inferences = 0; // of the running loop
    Figure m_difference;
    std::optional<Difference> m_agreement;
};

} // namespace

PreparedCell prepareHere(SweepContext& context, int cell, Engine& engine)
{
    auto run = std::make_unique<LocalCell>(context, cell, engine);
    if (auto failed = run->prepare())
        return std::move(*failed);
    return std::unique_ptr<CellRun>(std::move(run));
}

} // namespace core
