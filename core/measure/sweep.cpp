// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sweep.h"

#include "core/error.h"
#include "core/measure/blocks.h"
#include "core/measure/cell_run.h"
#include "core/measure/recording.h"
#include "core/measure/runnable_spec.h"
#include "core/measure/turns.h"
#include "core/sensors/memory.h"

#include <new>

namespace core {

namespace {

/// One sweep while it runs. Everything happens on the calling thread.
class Sweep {
public:
    Sweep(SweepSpec spec, const Model& model, std::span<Engine* const> engines, SweepControl control,
        const EventSink& emit, const Machine& machine, const InputMaker& inputs)
        : m_emit([this, &emit](const SweepEvent& event) {
            if (const auto* taken = std::get_if<SamplesTaken>(&event))
                note(*taken);
            emit(event);
        })
        , m_context(std::move(spec), model, engines, std::move(control), m_emit, machine, inputs)
        , m_turns(m_context.spec.rule, m_context.spec.seed)
    {
    }

    void run()
    {
        m_emit(m_context.started());
        m_context.sensors.rest(m_context.machine.rest, m_context.control.stop, m_context.clock, m_emit);
        const auto cells = static_cast<int>(m_context.keys.size());
        for (int begin = 0; begin < cells;) {
            const int end = groupEnd(begin);
            runGroup(begin, end);
            begin = end;
        }
        m_emit(RunFinished { m_context.clock.now(), m_context.stopped(), timeStamp() });
    }

private:
    /// Cells that take turns: those of a batch, where the rule has blocks.
    int groupEnd(int begin) const
    {
        const auto cells = static_cast<int>(m_context.keys.size());
        int end = begin + 1;
        while (m_context.spec.rule.blocks > 0 && end < cells
            && m_context.key(end).batch == m_context.key(begin).batch
            && m_context.key(end).requests == m_context.key(begin).requests)
            ++end;
        return end;
    }

    void runGroup(int begin, int end)
    {
        for (int cell = begin; cell < end; ++cell)
            start(cell);
        for (auto cell = m_turns.next(); cell; cell = m_turns.next())
            takeTurn(*cell);
    }

    /// Up to where its first run can begin; recorded cells to their end.
    void start(int cell)
    {
        if (!m_context.stopped())
            m_context.rest(cell);
        if (m_context.stopped())
            return fail(cell, CellFailure::Cancelled, "Cancelled before it began.");
        m_emit(CellStarted { cell, m_context.clock.now() });
        m_context.progress(cell, CellPhase::Compiling);
        guarded(cell, [&] {
            Engine& engine = engineOf(m_context.key(cell).engine, m_context.engines);
            if (m_context.control.earlier)
                if (auto known = m_context.control.earlier(m_context.key(cell)))
                    return replay(cell, std::move(*known), m_context.clock, m_emit);
            if (const Recording* recording = recordingOf(engine))
                return replay(cell,
                    recording->find(m_context.summary, m_context.spec.dims, m_context.key(cell)),
                    m_context.clock, m_emit);
            const DeviceInfo device = engine.device();
            PreparedCell prepared = staysHere(cell, device) ? prepareHere(m_context, cell, engine)
                                                            : prepareElsewhere(m_context, cell, device);
            if (const auto* failed = std::get_if<CellFailed>(&prepared))
                return m_emit(*failed);
            m_running[cell].run = std::move(std::get<std::unique_ptr<CellRun>>(prepared));
            m_turns.add(cell);
        });
    }

    bool staysHere(int cell, const DeviceInfo& device) const
    {
        const InstructionSet isa = m_context.key(cell).tuning.isa;
        return (isa == InstructionSet::All || isa == device.limit) && !(device.patience && m_context.child);
    }

    /// A cell's next block, or all of it where the rule has none.
    void takeTurn(int cell)
    {
        const StopRule& rule = m_context.spec.rule;
        guarded(cell, [&] {
            Running& running = m_running.at(cell);
            if (rule.blocks > 0) {
                m_context.rest(cell);
                m_context.progress(cell, CellPhase::CoolingDown);
                m_turns.coolDown(m_context.control.stop);
            }
            m_context.block = static_cast<int>(running.ends.size());
            const std::size_t before = running.samples.size();
            CellEnd end = running.run->measure(rule.blocks > 0 ? blockRule(rule) : rule);
            const auto* finished = std::get_if<CellFinished>(&end);
            if (finished && rule.blocks > 0) {
                running.ends.push_back(*finished);
                running.starts.push_back(before);
                running.sizes.push_back(running.samples.size() - before);
            }
            if (rule.blocks > 0 && !running.ends.empty() && m_context.stopped())
                return finish(cell, StoppedBy::User); // what its blocks have shown is kept
            if (!finished || rule.blocks == 0)
                return finish(cell, end);
            if (const auto why = verdict(rule, running.samples, running.starts, running.ends))
                finish(cell, *why);
        });
    }

    void finish(int cell, StoppedBy why)
    {
        Running& running = m_running.at(cell);
        CellFinished end = mergeBlocks(running.ends, running.sizes);
        end.stoppedBy = why;
        end.at = m_context.clock.now();
        finish(cell, end);
    }

    void finish(int cell, const CellEnd& end)
    {
        std::visit([&](const auto& each) { m_emit(each); }, end);
        if (const auto* finished = std::get_if<CellFinished>(&end)) {
            m_context.learn(cell, std::move(m_running.at(cell).latencies), finished->compile);
        }
        drop(cell);
    }

    void drop(int cell)
    {
        m_turns.drop(cell);
        m_running.erase(cell);
    }

    void fail(int cell, CellFailure kind, const std::string& reason)
    {
        m_emit(CellFailed { cell, m_context.clock.now(), kind, reason });
        drop(cell);
    }

    /// One of the three places where errors end: a cell that fails is a row, and the sweep goes on.
    template <typename Action> void guarded(int cell, const Action& action)
    {
        try {
            action();
        } catch (const OutOfMemory& error) {
            fail(cell, CellFailure::OutOfMemory, error.what());
        } catch (const Error& error) {
            fail(cell, CellFailure::Error, error.what());
        } catch (const std::bad_alloc&) {
            fail(cell, CellFailure::OutOfMemory,
                fmt::format("Cannot measure batch {}: out of memory.", m_context.key(cell).batch));
        }
    }

    void note(const SamplesTaken& taken)
    {
        const auto found = m_running.find(taken.cell);
        if (found == m_running.end())
            return;
        Running& running = found->second;
        for (const TimedSample& sample : taken.samples)
            running.latencies.push_back(sample.latency);
        if (m_context.spec.rule.blocks > 0)
            running.samples.insert(running.samples.end(), taken.samples.begin(), taken.samples.end());
    }

    /// A cell between its start and its end.
    struct Running {
        std::unique_ptr<CellRun> run;
        std::vector<Nanoseconds> latencies;
        std::vector<TimedSample> samples; // where the rule has blocks, and these:
        std::vector<CellFinished> ends;
        std::vector<std::size_t> starts, sizes; // of blocks among the samples
    };

    const EventSink m_emit;
    SweepContext m_context;
    Turns m_turns;
    std::map<int, Running> m_running;
};

} // namespace

Machine::Machine()
    : freeMemory([] { return availableMemory(); })
{
}

void runSweep(const SweepSpec& spec, const Model& model, std::span<Engine* const> engines,
    SweepControl control, const EventSink& emit, const Machine& machine, const InputMaker& inputs)
{
    Sweep(runnable(spec, *model.graph, engines), model, engines, std::move(control), emit, machine, inputs)
        .run();
}

void runSweep(const SweepSpec& spec, std::span<Engine* const> engines, SweepControl control,
    const EventSink& emit, const Machine& machine)
{
    checkSpec(spec);
    for (const EngineChoice& choice : spec.engines)
        engineOf(choice.id, engines); // before minutes go into reading a model that nothing can run
    runSweep(spec, openModel(spec.model), engines, std::move(control), emit, machine);
}

} // namespace core
