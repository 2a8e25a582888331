// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cell_settings.h"
#include "app/cli/context.h"
#include "app/cli/stop_on_signal.h"
#include "app/cli/summary_table.h"
#include "app/cli/table.h"
#include "core/error.h"
#include "core/model/passes.h"
#include "core/record/json_fields.h"
#include "core/schedule/call.h"
#include "core/schedule/program_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace app {

namespace {

struct Options {
    ModelOptions model;
    std::vector<std::string> servers, policies;
    std::string arrivals = "poisson", slo;
    std::optional<double> rate;
    double loadPercent = 50, seconds = 20, sampling = 0.3;
    int most = 8;
    std::uint64_t seed = 1;
    bool json = false;
};

/// A policy on the real servers, and what the simulator made of the same requests with the times these took.
struct PolicyRun {
    std::string policy;
    core::LiveResult live;
    core::SimulationResult simulated;
};

/// The servers, each a device of its own, with the settings they were asked for.
struct Bench {
    core::Model model;
    std::vector<core::CellKey> keys;
    std::vector<core::Engine*> engines;
    std::vector<core::LiveDevice> devices;

    core::ProgramServer& server(std::size_t device)
    {
        return static_cast<core::ProgramServer&>(*devices[device].servers.front());
    }
    /// Servers that sample do so at the same time.
    void prepareTogether()
    {
        const auto all = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(devices.size()));
        for (std::size_t device = 0; device < devices.size(); ++device)
            server(device).sampleTogether(all);
    }
    void takeTimes()
    {
        for (std::size_t device = 0; device < devices.size(); ++device)
            devices[device].device.time = core::ServiceTime::measured(server(device).samples());
    }
    std::vector<core::Device> asDevices() const
    {
        std::vector<core::Device> all;
        for (const core::LiveDevice& each : devices)
            all.push_back(each.device);
        return all;
    }
};

Bench bench(Context& context, const Options& options)
{
    Bench result { .model = core::openModel(options.model.model), .keys = {}, .engines = {}, .devices = {} };
    std::map<int, int> places; // by the number of threads
    for (const std::string& text : options.servers) {
        core::CellKey key = settingsOf(text);
        core::Engine& engine = context.engine(key.engine, "serve");
        const core::DeviceInfo device = engine.device();
        if (key.threads == 0 && device.maxThreads > 0)
            key.threads = 1;
        if (const auto refusals = engine.refusals(*core::optimise(*result.model.graph, {}));
            !refusals.empty())
            throw core::Error("Cannot serve: {}", core::summarise(refusals));
        core::LiveDevice live;
        live.device = { .name = settings(key),
            .accelerator = device.kind == core::DeviceKind::Gpu,
            .servers = 1,
            .most = options.most,
            .time = core::ServiceTime::deterministic(1) };
        live.servers.push_back(std::make_unique<core::ProgramServer>(engine, result.model,
            core::ProgramServer::Settings { .key = key,
                .dims = options.model.dimValues(),
                .most = options.most,
                .place = places[key.threads]++,
                .seed = options.seed,
                .sampling = std::chrono::duration<double>(options.sampling) }));
        result.keys.push_back(key);
        result.engines.push_back(&engine);
        result.devices.push_back(std::move(live));
    }
    return result;
}

/// Without a GPU the faster device stands in for one, so that policies that tell them apart can be tried.
void chooseAccelerator(std::vector<core::LiveDevice>& devices)
{
    const auto isOne = [](const core::LiveDevice& each) { return each.device.accelerator; };
    if (devices.size() > 1 && std::ranges::none_of(devices, isOne))
        std::ranges::max_element(
            devices, {}, [](const core::LiveDevice& each) { return each.device.bestRate(); })
            ->device.accelerator
            = true;
}

core::Policy& made(std::unique_ptr<core::Policy>& policy, const std::string& name,
    const std::vector<core::Device>& devices, const std::optional<core::Nanoseconds>& slo)
{
    policy = asUsage([&] { return core::makePolicy(name, { devices, slo }); });
    return *policy;
}

PolicyRun runPolicy(Bench& bench, const std::string& name, std::span<const core::Request> requests,
    const std::optional<core::Nanoseconds>& slo, const Options& options, const std::stop_token& stop)
{
    PolicyRun run { .policy = name, .live = {}, .simulated = {} };
    std::unique_ptr<core::Policy> policy;
    const std::vector<core::Device> before = bench.asDevices();
    bench.prepareTogether();
    run.live = core::runLive(
        requests, bench.devices, made(policy, name, before, slo), { .slo = slo, .stop = stop });
    bench.takeTimes(); // those of the very programs that answered
    const std::vector<core::Device> after = bench.asDevices();
    run.simulated = core::simulate(
        requests, after, made(policy, name, before, slo), { .slo = slo, .seed = options.seed, .watch = {} });
    return run;
}

std::string time(const std::optional<core::Nanoseconds>& value)
{
    return value ? milliseconds(*value) : "";
}

std::string off(
    const std::optional<core::Nanoseconds>& live, const std::optional<core::Nanoseconds>& simulated)
{
    if (!live || !simulated || simulated->count() <= 0)
        return "";
    return fmt::format(
        "{:+.0f}%", 100 * (static_cast<double>(live->count()) / static_cast<double>(simulated->count()) - 1));
}

std::string textOf(const std::vector<PolicyRun>& runs, const Bench& bench, double rate, std::size_t requests)
{
    Table table({ { "POLICY", Align::Left }, { "P50 ms" }, { "SIM" }, { "OFF" }, { "P99 ms" }, { "SIM" },
                    { "OFF" }, { "REQ/s" }, { "SHARE", Align::Left }, { "DROPPED" }, { "LATE us" } },
        Overflow::Elide);
    for (const PolicyRun& run : runs) {
        const core::SimulationResult& live = run.live.measured;
        std::string share;
        for (const core::DeviceFigures& device : live.devices)
            share += fmt::format("{}{:.0f}", share.empty() ? "" : "/", device.share * 100);
        table.add({ run.policy, time(live.latency.p50), time(run.simulated.latency.p50),
            off(live.latency.p50, run.simulated.latency.p50), time(live.latency.p99),
            time(run.simulated.latency.p99), off(live.latency.p99, run.simulated.latency.p99),
            figure(live.throughput), share + " %", std::to_string(live.dropped),
            run.live.late.p99 ? fmt::format("{:.0f}", static_cast<double>(run.live.late.p99->count()) / 1e3)
                              : "" });
    }
    std::string text = table.text();
    for (std::size_t i = 0; i < bench.devices.size(); ++i)
        text += labelled(i == 0 ? "devices:" : "",
            fmt::format("{}: {:.4g} items/s at best, up to {} at once", bench.devices[i].device.name,
                bench.devices[i].device.bestRate(), bench.devices[i].device.most),
            10);
    text += labelled("load:",
        fmt::format("{} requests at {:.4g} a second, latencies from the scheduled time", requests, rate), 10);
    for (const PolicyRun& run : runs)
        if (const double error = run.live.measured.littleError(); error > 0.02)
            text += labelled(
                "note:", fmt::format("{}: Little's law is off by {:.1f} %.", run.policy, error * 100), 10);
    return text;
}

core::Json jsonOf(const core::SimulationResult& result)
{
    core::Json json { { "completed", result.completed }, { "dropped", result.dropped },
        { "missed", result.missed }, { "throughput", result.throughput },
        { "mean_s", result.latency.meanSeconds } };
    const auto add = [&](const char* name, const std::optional<core::Nanoseconds>& value) {
        if (value)
            json[name] = value->count();
    };
    add("p50_ns", result.latency.p50);
    add("p90_ns", result.latency.p90);
    add("p99_ns", result.latency.p99);
    add("service_p50_ns", result.service.p50);
    add("closed_loop_p99_ns", result.closedLoop.p99);
    return json;
}

int live(Context& context, const Options& options)
{
    const StopOnSignal signals; // before the engines start threads
    const core::ArrivalProcess process = asUsage([&] { return core::arrivalsFromText(options.arrivals); });
    std::optional<core::Nanoseconds> slo;
    if (!options.slo.empty()) {
        slo = core::timeFromText(options.slo);
        if (!slo || slo->count() <= 0)
            throw UsageError(fmt::format("Cannot read --slo: \"{}\" is no time as 20ms.", options.slo));
    }
    Bench on = bench(context, options);
    {
        // Once without requests: how fast they are decides the rate, and policies predict by it.
        on.prepareTogether();
        std::unique_ptr<core::Policy> any;
        core::runLive({}, on.devices, made(any, "least-work", on.asDevices(), {}), {});
        on.takeTimes();
        chooseAccelerator(on.devices);
    }
    double best = 0;
    for (const core::LiveDevice& device : on.devices)
        best += 1 / device.device.time.meanSeconds(1);
    const double rate = options.rate.value_or(best * options.loadPercent / 100);
    const auto count = static_cast<std::size_t>(std::max(1.0, std::ceil(rate * options.seconds)));
    const std::vector<core::Request> requests = core::arrivals(process, rate, count, options.seed);
    std::vector<PolicyRun> runs;
    for (const std::string& policy : options.policies) {
        if (signals.token().stop_requested())
            break;
        runs.push_back(runPolicy(on, policy, requests, slo, options, signals.token()));
    }
    if (!options.json) {
        print(textOf(runs, on, rate, requests.size()));
    } else {
        core::Json all = core::Json::array();
        for (const PolicyRun& run : runs)
            all.push_back({ { "policy", run.policy }, { "live", jsonOf(run.live.measured) },
                { "simulated", jsonOf(run.simulated) } });
        print(core::dumped(
                  core::Json { { "rate", rate }, { "requests", requests.size() }, { "policies", all } }, 2)
            + "\n");
    }
    return signals.token().stop_requested() ? kFailed : kOk;
}

} // namespace

void addLive(CLI::App& app, Context& context)
{
    CLI::App* command
        = addCommand(app, "live", "Try policies on real engines, beside what the simulator says");
    auto options = std::make_shared<Options>();
    options->servers = { "cpu,threads=1", "cpu,threads=1" };
    options->policies = { "round-robin", "least-work", "timeout-batch(max=4,delay=2ms)", "eft-deadline" };
    options->model.addTo(*command);
    command
        ->add_option(
            "--server", options->servers, "A server's settings, as cpu,threads=1,precision=bf16; repeat it")
        ->type_name("WORDS")
        ->allow_extra_args(false);
    command->add_option("--policy", options->policies, "A policy to try; may be repeated (see simulate)")
        ->type_name("POLICY")
        ->allow_extra_args(false);
    command->add_option("--rate", options->rate, "Requests a second")
        ->type_name("R")
        ->check(silent(CLI::PositiveNumber));
    command
        ->add_option(
            "--load", options->loadPercent, "Else: that share of what the servers do one by one, in per cent")
        ->type_name("P")
        ->check(silent(CLI::Range(1.0, 1000.0)))
        ->capture_default_str();
    command->add_option("--arrivals", options->arrivals, "How they come in (see simulate)")
        ->type_name("WORD")
        ->capture_default_str();
    command->add_option("--seconds", options->seconds, "Of each policy")
        ->type_name("S")
        ->check(silent(CLI::Range(0.1, 3600.0)))
        ->capture_default_str();
    command->add_option("--most", options->most, "Items of a batch at most")
        ->type_name("N")
        ->check(silent(CLI::Range(1, 64)))
        ->capture_default_str();
    command->add_option("--slo", options->slo, "From arrival to answer at most, as 20ms")->type_name("TIME");
    command->add_option("--seed", options->seed, "Of all that is drawn")
        ->type_name("N")
        ->capture_default_str();
    command->add_flag("--json", options->json, "Print everything as JSON");
    command->footer(
        "Each server is a thread with cores of its own and a program for every batch size. Requests come\n"
        "in by the clock and wait for nobody; LATE is by how much the 99th in 100 came in late. SIM is the\n"
        "simulator on the same requests, with service times that these programs took right before.\n"
        "Example: breakeven-cli live zoo:mobilenetv2 --server cpu,threads=1 --server\n"
        "           cpu,threads=1,precision=bf16 --load 80 --policy least-work");
    command->callback(
        [&context, options] { context.command = [&context, options] { return live(context, *options); }; });
}

} // namespace app
