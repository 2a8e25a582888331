// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs.h"

#include "core/error.h"
#include "core/measure/model_summary.h"
#include "core/record/continued_run.h"
#include "core/record/given_inputs.h"
#include "core/record/peaks_file.h"
#include "core/record/profile_list.h"
#include "core/record/run_file.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace ui {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kBundle = std::chrono::milliseconds(50);

/// Gathers samples on the worker thread so that the window gets few, large events; everything else passes at
/// once, in order.
class Bundler {
public:
    explicit Bundler(std::function<void(core::SweepEvent)> forward)
        : m_forward(std::move(forward))
    {
    }

    void add(const core::SweepEvent& event)
    {
        const auto* samples = std::get_if<core::SamplesTaken>(&event);
        if (!samples) {
            flush();
            m_forward(event);
            return;
        }
        if (m_pending && (m_pending->cell != samples->cell || m_pending->block != samples->block))
            flush();
        if (!m_pending)
            m_pending = core::SamplesTaken { samples->cell, {}, samples->block };
        m_pending->samples.insert(m_pending->samples.end(), samples->samples.begin(), samples->samples.end());
        if (Clock::now() - m_sent >= kBundle)
            flush();
    }

    void flush()
    {
        if (!m_pending)
            return;
        m_sent = Clock::now();
        m_forward(std::move(*std::exchange(m_pending, std::nullopt)));
    }

private:
    std::function<void(core::SweepEvent)> m_forward;
    std::optional<core::SamplesTaken> m_pending;
    Clock::time_point m_sent {};
};

} // namespace

JobRunner::Job findDevicesJob(
    EngineFactory factory, SharedEngines engines, std::function<void(std::vector<core::DeviceInfo>)> take)
{
    JobRunner::Job job;
    job.work = [factory = std::move(factory), engines, take](std::stop_token, const JobRunner::Post& post) {
        *engines = factory();
        std::vector<core::DeviceInfo> devices;
        for (const auto& engine : *engines)
            devices.push_back(engine->device());
        post([take, devices = std::move(devices)] { take(devices); });
    };
    return job;
}

JobRunner::Job openProfileJob(
    std::string path, SharedEngines engines, std::function<void(std::vector<core::DeviceInfo>)> take)
{
    JobRunner::Job job;
    job.work = [path = std::move(path), engines, take](std::stop_token, const JobRunner::Post& post) {
        std::vector<core::DeviceInfo> added;
        for (auto& engine : core::recordedEnginesOf(path)) {
            const core::DeviceInfo device = engine->device();
            const bool known = std::ranges::any_of(
                *engines, [&](const auto& other) { return other->device().id == device.id; });
            if (known)
                continue;
            added.push_back(device);
            engines->push_back(std::move(engine));
        }
        post([take, added = std::move(added)] { take(added); });
    };
    return job;
}

JobRunner::Job loadModelJob(std::string source, std::map<std::string, std::int64_t> dims,
    SharedEngines engines, std::function<void(LoadedModel)> take)
{
    JobRunner::Job job;
    job.work = [source = std::move(source), dims = std::move(dims), engines, take](
                   std::stop_token, const JobRunner::Post& post) {
        LoadedModel loaded = loadModel(source, *engines, dims);
        post([take, loaded = std::move(loaded)] { take(loaded); });
    };
    return job;
}

JobRunner::Job costJob(std::shared_ptr<const core::Graph> graph, std::map<std::string, std::int64_t> dims,
    std::function<void(ModelCost)> take)
{
    JobRunner::Job job;
    job.work
        = [graph = std::move(graph), dims = std::move(dims), take](std::stop_token,
              const JobRunner::Post& post) { post([take, cost = costOf(*graph, dims)] { take(cost); }); };
    return job;
}

JobRunner::Job readInputsJob(
    std::string source, std::shared_ptr<const core::Graph> graph, std::function<void(core::DimBindings)> take)
{
    JobRunner::Job job;
    job.work = [source = std::move(source), graph = std::move(graph), take](
                   std::stop_token, const JobRunner::Post& post) {
        constexpr const char* kTask = "use these inputs";
        const core::NamedTensors given = core::readInputs(std::span(&source, 1), *graph, kTask);
        post([take, dims = core::boundDims(*graph, given, 0, {}, kTask)] { take(dims); });
    };
    return job;
}

JobRunner::Job readRunJob(std::string path, std::function<void(core::Run)> take)
{
    JobRunner::Job job;
    job.work = [path = std::move(path), take](std::stop_token, const JobRunner::Post& post) {
        auto run = std::make_shared<core::Run>(core::readRun(path));
        post([take, run] { take(std::move(*run)); });
    };
    return job;
}

JobRunner::Job writeFileJob(std::string path, const char* what, std::function<std::string()> make)
{
    JobRunner::Job job;
    job.work = [path = std::move(path), what, make = std::move(make)](
                   std::stop_token, const JobRunner::Post&) { core::writeFile(path, make(), what); };
    return job;
}

namespace {

/// Empty when no inputs are given: then they are made.
core::InputMaker makerOf(const std::vector<std::string>& sources, const core::Graph& graph,
    const std::map<std::string, std::int64_t>& dims, std::uint64_t seed, const char* task)
{
    if (sources.empty())
        return {};
    core::NamedTensors given = core::readInputs(sources, graph, task);
    core::boundDims(graph, given, 0, dims, task); // refuses what contradicts
    return core::givenInputs(std::move(given), seed);
}

} // namespace

namespace {

/// The peaks for a trace: measured where that is asked for, else only looked up, which takes no time.
std::optional<core::Roof> roofOf(
    const core::TraceSpec& spec, core::Engine& engine, const std::stop_token& stop)
{
    const int threads = std::max(1, spec.cell.threads);
    std::optional<core::Peaks> peaks = spec.roof
        ? core::knownPeaks(engine, threads, core::PeaksWanted::Remembered, stop).peaks
        : core::rememberedPeaks(engine.device(), threads);
    return peaks ? std::optional(core::Roof { std::move(*peaks), spec.cell.precision }) : std::nullopt;
}

} // namespace

JobRunner::Job traceJob(std::vector<core::TraceSpec> specs, std::shared_ptr<const core::Graph> graph,
    SharedEngines engines, std::function<void(core::EngineTrace)> take)
{
    JobRunner::Job job;
    job.work = [specs = std::move(specs), graph = std::move(graph), engines, take](
                   std::stop_token stop, const JobRunner::Post& post) {
        for (const core::TraceSpec& spec : specs) {
            if (stop.stop_requested())
                return;
            const auto engine = std::find_if(engines->begin(), engines->end(),
                [&](const auto& each) { return each->device().id == spec.cell.engine; });
            auto trace = std::make_shared<core::EngineTrace>(core::EngineTrace { .spec = spec });
            try {
                if (engine == engines->end())
                    throw core::Error("Cannot trace: there is no engine \"{}\".", spec.cell.engine);
                trace->roof = roofOf(spec, **engine, stop);
                trace->placement = core::runTrace(
                    spec, graph, **engine, stop, makerOf(spec.inputs, *graph, spec.dims, spec.seed, "trace"));
            } catch (const core::Error& error) {
                trace->why = error.what();
            }
            post([take, trace] { take(std::move(*trace)); });
        }
    };
    return job;
}

JobRunner::Job compareJob(core::Run baseline, core::Run run, std::function<void(Comparison)> take)
{
    JobRunner::Job job;
    job.work = [baseline = std::move(baseline), run = std::move(run), take](
                   std::stop_token, const JobRunner::Post& post) {
        post([take, compared = comparisonOf(baseline, run)] { take(compared); });
    };
    return job;
}

JobRunner::Job decideJob(core::Run run, core::DecisionSettings settings, std::function<void(Decided)> take)
{
    JobRunner::Job job;
    job.work = [run = std::make_shared<const core::Run>(std::move(run)), settings = std::move(settings),
                   take](std::stop_token, const JobRunner::Post& post) {
        post([take, decided = Decided { run, settings, core::decide(*run, settings) }] { take(decided); });
    };
    return job;
}

JobRunner::Job sweepJob(SweepOrder order, SharedEngines engines, core::Machine machine, Keeping keeping,
    std::function<void(const core::SweepEvent&)> take)
{
    JobRunner::Job job;
    job.work = [order = std::move(order), engines, machine = std::move(machine), keeping = std::move(keeping),
                   take](std::stop_token stop, const JobRunner::Post& post) {
        std::vector<core::Engine*> borrowed;
        for (const auto& engine : *engines)
            borrowed.push_back(engine.get());
        Bundler bundler([&post, &take](core::SweepEvent event) {
            post(
                [take, event = std::make_shared<const core::SweepEvent>(std::move(event))] { take(*event); });
        });
        KeptSweep kept(keeping, post);
        const core::EventSink sink = [&](const core::SweepEvent& event) {
            bundler.add(event);
            kept.take(event);
        };
        const core::SweepSpec& spec = order.spec;
        const core::Model model = order.model ? *order.model : core::openModel(spec.model);
        core::SweepControl control(stop);
        control.pause = order.pause.get();
        if (order.earlier) {
            core::checkContinues(*order.earlier, core::summarise(model, spec.dims));
            control.earlier = core::earlierCells(order.earlier);
        }
        core::runSweep(spec, model, borrowed, std::move(control), sink, machine,
            makerOf(spec.inputs, *model.graph, spec.dims, spec.seed, "start the sweep"));
        bundler.flush();
        kept.end();
    };
    return job;
}

} // namespace ui
