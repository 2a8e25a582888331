// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/live_bench.h"

#include "core/error.h"
#include "core/measure/disturbance.h"
#include "core/measure/model_summary.h"
#include "core/model/passes.h"
#include "core/schedule/program_server.h"
#include "core/schedule/recorded_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

constexpr std::size_t kEnough = 50; // batches of a size, for their times to count

/// What was recorded, where nothing else is asked for.
void takeRecordedSettings(CellKey& key, const DeviceInfo& device)
{
    if (key.threads == 0)
        key.threads = device.maxThreads;
    if (key.precision == Precision::Model && !device.precisions.empty()
        && std::ranges::find(device.precisions, key.precision) == device.precisions.end())
        key.precision = device.precisions.front();
}

/// The first, where there is no other: until their times are known, only that there is one counts.
std::vector<Device> withSomeAccelerator(std::vector<Device> devices)
{
    if (devices.size() > 1 && std::ranges::none_of(devices, &Device::accelerator))
        devices.front().accelerator = true;
    return devices;
}

} // namespace

LiveBench::LiveBench(const Model& model, const std::vector<LiveServerSpec>& servers,
    const LiveBenchSettings& settings, const Machine& machine)
{
    for (const LiveServerSpec& spec : servers)
        add(model, spec, settings);
    for (const LiveDevice& device : m_devices)
        m_known.push_back(device.device);
    m_meters = std::make_unique<LiveMeters>(meters(machine));
}

LiveBench::~LiveBench() = default;

void LiveBench::add(const Model& model, const LiveServerSpec& spec, const LiveBenchSettings& settings)
{
    m_infos.push_back(spec.engine->device());
    const DeviceInfo& info = m_infos.back();
    CellKey key = spec.key;
    if (const Recording* recording = recordingOf(*spec.engine))
        return addRecorded(model, *recording, std::move(key), settings);
    if (key.threads == 0 && info.maxThreads > 0)
        key.threads = 1;
    if (const auto refusals = spec.engine->refusals(*optimise(*model.graph, {})); !refusals.empty())
        throw Error("Cannot serve: {}", summarise(refusals));
    LiveDevice live;
    live.device = { .name = curveName(key),
        .accelerator = info.kind == DeviceKind::Gpu,
        .servers = 1,
        .most = settings.most,
        .time = ServiceTime::deterministic(1) };
    auto server = std::make_unique<ProgramServer>(*spec.engine, model,
        ProgramServer::Settings { .key = key,
            .dims = settings.dims,
            .most = settings.most,
            .place = m_places[key.threads]++,
            .seed = settings.seed,
            .sampling = settings.sampling });
    m_programs.push_back(server.get());
    live.servers.push_back(std::move(server));
    m_devices.push_back(std::move(live));
}

void LiveBench::addRecorded(
    const Model& model, const Recording& recording, CellKey key, const LiveBenchSettings& settings)
{
    const DeviceInfo& info = m_infos.back();
    takeRecordedSettings(key, info);
    const ServiceTime time
        = recordedTimes(recording, summarise(model, settings.dims), settings.dims, key, settings.most);
    LiveDevice live;
    live.device = { .name = curveName(key),
        .accelerator = info.kind == DeviceKind::Gpu,
        .servers = 1,
        .most = std::min(settings.most, time.largest()),
        .time = time };
    live.servers.push_back(std::make_unique<RecordedServer>(time, settings.seed + m_devices.size()));
    m_programs.push_back(nullptr);
    m_notes.push_back(
        fmt::format("{} stands in with its times: {}. What feeding it costs this machine is left out.",
            live.device.name, recordedText(info)));
    m_devices.push_back(std::move(live));
}

std::vector<LiveMeter> LiveBench::meters(const Machine& machine) const
{
    std::vector<LiveMeter> all;
    for (std::size_t device = 0; device < m_devices.size(); ++device) {
        const DeviceInfo& info = m_infos[device];
        const bool cpu = info.kind == DeviceKind::Cpu && !info.recordedOn;
        const std::string name = cpu ? "CPU" : m_devices[device].device.name;
        const auto found = std::ranges::find(all, name, &LiveMeter::name);
        if (found != all.end()) {
            found->devices.push_back(device);
            continue;
        }
        LiveMeter meter { .name = name, .devices = { device }, .found = {} };
        if (info.recordedOn)
            meter.found.unavailable = fmt::format("{} is recorded and uses no power here.", name);
        else
            meter.found = cpu ? machine.cpuMeter() : machine.gpuMeter(info.uuid);
        all.push_back(std::move(meter));
    }
    return all;
}

void LiveBench::checkPolicies(const std::vector<std::string>& policies, std::optional<Nanoseconds> slo) const
{
    const std::vector<Device> devices = withSomeAccelerator(m_known);
    for (const std::string& policy : policies)
        makePolicy(policy, { devices, slo });
}

void LiveBench::prepareTogether()
{
    const auto running = std::ranges::count_if(m_programs, [](const auto* each) { return each != nullptr; });
    const auto turns = std::make_shared<SamplingTurns>(static_cast<int>(running));
    int turn = 0;
    for (ProgramServer* program : m_programs) {
        if (program)
            program->sampleWith(turns, turn++);
    }
}

/// Once without requests: how fast they are decides the rate, and policies predict by it.
void LiveBench::lookAtDevices()
{
    prepareTogether();
    const auto any = makePolicy("least-work", { m_known, {} });
    runLive({}, m_devices, *any, {});
    for (std::size_t device = 0; device < m_devices.size(); ++device) {
        if (const ProgramServer* program = m_programs[device]) {
            m_devices[device].device.time = ServiceTime::measured(program->samples());
            m_devices[device].device.slowdown = program->slowdown();
        }
        m_known[device] = m_devices[device].device;
    }
    chooseAccelerator();
}

/// Without a GPU the faster device stands in for one, so that policies that tell them apart can be tried.
void LiveBench::chooseAccelerator()
{
    if (m_known.size() < 2 || std::ranges::any_of(m_known, &Device::accelerator))
        return;
    const auto fastest = std::ranges::max_element(m_known, {}, &Device::bestRate);
    fastest->accelerator = true;
    m_devices[static_cast<std::size_t>(fastest - m_known.begin())].device.accelerator = true;
    m_notes.push_back(fmt::format("There is no GPU: {} stands in for one, as the fastest.", fastest->name));
}

std::vector<Request> LiveBench::requestsOf(const LiveLoad& load, LiveComparison& comparison) const
{
    if (load.arrivals.kind == ArrivalProcess::Kind::Trace) {
        std::vector<Request> requests = readTrace(load.arrivals.file);
        const double seconds = std::chrono::duration<double>(requests.back().at).count();
        comparison.rate = seconds > 0 ? static_cast<double>(requests.size()) / seconds : 0;
        return requests;
    }
    double oneByOne = 0;
    for (const Device& device : m_known)
        oneByOne += 1 / device.time.meanSeconds(1);
    comparison.rate = load.rate.value_or(oneByOne * load.load);
    const auto count = static_cast<std::size_t>(std::max(1.0, std::ceil(comparison.rate * load.seconds)));
    return arrivals(load.arrivals, comparison.rate, count, load.seed);
}

LiveComparison LiveBench::compare(const LiveLoad& load, const std::stop_token& stop, const LiveWatch& watch)
{
    checkPolicies(load.policies, load.slo);
    if (watch)
        watch("", nullptr);
    lookAtDevices();
    std::vector<std::string> policies = load.policies;
    if (canMix(m_known) && std::ranges::find(policies, kReferencePolicy) == policies.end())
        policies.emplace_back(kReferencePolicy);
    LiveComparison comparison;
    const std::vector<Request> requests = requestsOf(load, comparison);
    comparison.requests = requests.size();
    for (const std::string& policy : policies) {
        if (stop.stop_requested())
            break;
        if (watch)
            watch(policy, nullptr);
        tryPolicy(comparison, policy, requests, load, stop, watch);
    }
    comparison.stopped = stop.stop_requested();
    conclude(comparison.live, m_known, load.slo.has_value());
    conclude(comparison.simulated, m_known, load.slo.has_value());
    return comparison;
}

/// Runs one after the other are faster than those that come now and then, into caches that others have used
/// and to cores that slept.
void LiveBench::rehearse(const std::string& policy, double rate, std::uint64_t seed, const LiveLoad& load,
    const std::stop_token& stop, const LiveWatch& watch, Times& times)
{
    const auto count = static_cast<std::size_t>(std::max(1.0, std::ceil(rate * load.rehearsal)));
    const bool trace = load.arrivals.kind == ArrivalProcess::Kind::Trace;
    const std::vector<Request> requests
        = arrivals(trace ? ArrivalProcess {} : load.arrivals, rate, count, seed);
    LiveSettings settings { .slo = load.slo, .stop = stop };
    if (watch)
        settings.watch = [&](const LiveState& state) { watch(policy + " (rehearsal)", &state); };
    const auto made = makePolicy(policy, { m_known, load.slo });
    LiveResult rehearsal = runLive(requests, m_devices, *made, settings);
    times.resize(m_devices.size());
    for (std::size_t device = 0; device < times.size(); ++device)
        std::ranges::move(rehearsal.times[device], std::back_inserter(times[device]));
}

/// The devices with the times that they had in service.
std::vector<Device> LiveBench::inServiceOf(Times times) const
{
    std::vector<Device> devices = m_known;
    for (std::size_t device = 0; device < devices.size(); ++device) {
        if (m_programs[device])
            devices[device].time
                = ServiceTime::measured(inService(std::move(times[device]), m_programs[device]->samples()));
    }
    return devices;
}

/// With a rehearsal on both sides: what the machine does changes within seconds.
void LiveBench::tryPolicy(LiveComparison& comparison, const std::string& name,
    std::span<const Request> requests, const LiveLoad& load, const std::stop_token& stop,
    const LiveWatch& watch)
{
    Times times;
    rehearse(name, comparison.rate, ~load.seed, load, stop, watch, times);
    std::optional<OtherLoad> others;
    LiveRun run;
    LiveSettings settings { .slo = load.slo, .stop = stop };
    settings.begin = [&] {
        others.emplace();
        m_meters->begin();
    };
    settings.end = [&] {
        m_meters->end();
        run.others = others->percent();
    };
    if (watch)
        settings.watch = [&](const LiveState& state) { watch(name, &state); };
    const auto policy = makePolicy(name, { m_known, load.slo });
    LiveResult live = runLive(requests, m_devices, *policy, settings);
    run.late = live.late;
    run.energy = m_meters->used(live.measured);
    run.joulesPerItem = m_meters->joulesPerItem(live.measured);
    rehearse(name, comparison.rate, ~load.seed - 1, load, stop, watch, times);
    const std::vector<Device> simulatedOn = inServiceOf(std::move(times));
    const auto came = requests.first(std::min(live.measured.arrived, requests.size()));
    const auto again = makePolicy(name, { m_known, load.slo });
    SimulationResult simulated
        = simulate(came, simulatedOn, *again, { .slo = load.slo, .seed = load.seed, .watch = {} });
    comparison.live.runs.push_back(policyRun(name, std::move(live.measured), came, m_known));
    comparison.simulated.runs.push_back(policyRun(name, std::move(simulated), came, m_known));
    comparison.runs.push_back(std::move(run));
}

std::vector<ServiceTime::Point> inService(
    std::vector<ServiceTime::Point> served, const std::vector<ServiceTime::Point>& alone)
{
    std::map<std::int64_t, std::vector<Nanoseconds>> bySize;
    for (const ServiceTime::Point& point : served)
        bySize[point.items].insert(bySize[point.items].end(), point.samples.begin(), point.samples.end());
    std::erase_if(bySize, [](const auto& size) { return size.second.size() < kEnough; });
    std::vector<double> ratios;
    for (const ServiceTime::Point& point : alone) {
        if (const auto found = bySize.find(point.items); found != bySize.end())
            ratios.push_back(medianOf(found->second) / medianOf(point.samples));
    }
    const double scale = ratios.empty() ? 1 : middleOf(std::move(ratios));
    for (const ServiceTime::Point& point : alone) {
        const auto [place, isNew] = bySize.try_emplace(point.items, point.samples);
        if (!isNew)
            continue;
        for (Nanoseconds& sample : place->second)
            sample = Nanoseconds(std::llround(static_cast<double>(sample.count()) * scale));
    }
    std::vector<ServiceTime::Point> points;
    for (auto& [items, samples] : bySize)
        points.push_back({ items, std::move(samples) });
    return points;
}

} // namespace core
