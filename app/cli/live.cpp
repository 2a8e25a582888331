// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cell_settings.h"
#include "app/cli/context.h"
#include "app/cli/live_text.h"
#include "app/cli/status_line.h"
#include "app/cli/stop_on_signal.h"
#include "app/cli/summary_table.h"
#include "core/call.h"
#include "core/record/profile_list.h"

#include <fmt/format.h>

namespace app {

namespace {

struct LiveOptions {
    ModelOptions model;
    std::vector<std::string> servers, policies;
    std::string arrivals = "poisson", slo;
    std::optional<double> rate;
    double loadPercent = 50, seconds = 20, rehearsal = 10, sampling = 0.3;
    int most = 8;
    std::uint64_t seed = 1;
    bool json = false;
};

core::LiveLoad loadOf(const LiveOptions& options)
{
    core::LiveLoad load { .policies = options.policies,
        .arrivals = asUsage([&] { return core::arrivalsFromText(options.arrivals); }),
        .rate = options.rate,
        .load = options.loadPercent / 100,
        .seconds = options.seconds,
        .rehearsal = options.rehearsal,
        .slo = {},
        .seed = options.seed };
    if (options.slo.empty())
        return load;
    load.slo = core::timeFromText(options.slo);
    if (!load.slo || load.slo->count() <= 0)
        throw UsageError(fmt::format("Cannot read --slo: \"{}\" is no time as 20ms.", options.slo));
    return load;
}

std::vector<core::LiveServerSpec> serversOf(Context& context, const LiveOptions& options)
{
    std::vector<core::LiveServerSpec> servers;
    for (const std::string& text : options.servers) {
        core::CellKey key = settingsOf(text);
        core::Engine& engine = key.engine.starts_with(core::kRecordedPrefix)
            ? context.sweepEngine(key.engine)
            : context.engine(key.engine, "serve");
        servers.push_back({ &engine, std::move(key) });
    }
    return servers;
}

/// "round-robin: 12 s, 3 wait, cpu x1 serves 2, cpu x1 bf16 idles, last answer after 14.2 ms".
std::string lineOf(
    const std::string& policy, const core::LiveState* state, const std::vector<core::Device>& devices)
{
    if (!state)
        return policy + (policy.empty() ? "" : ": ") + "making programs and taking their times";
    std::string text = fmt::format("{}: {:.0f} s, {} wait", policy,
        std::chrono::duration<double>(state->situation.now).count(), state->waiting);
    for (std::size_t device = 0; device < devices.size(); ++device) {
        std::int64_t items = 0;
        for (const core::Running& batch : state->situation.devices[device].running)
            items += batch.items;
        text += items > 0 ? fmt::format(", {} serves {}", devices[device].name, items)
                          : fmt::format(", {} idles", devices[device].name);
    }
    return text + fmt::format(", last answer after {} ms", milliseconds(state->lastLatency));
}

int live(Context& context, const LiveOptions& options)
{
    const StopOnSignal signals; // before the engines start threads
    const core::LiveLoad load = loadOf(options);
    const core::Model model = core::openModel(options.model.model);
    core::LiveBench bench(model, serversOf(context, options),
        { .dims = options.model.dimValues(),
            .most = options.most,
            .seed = options.seed,
            .sampling = std::chrono::duration<double>(options.sampling) });
    asUsage([&] { bench.checkPolicies(load.policies, load.slo); });
    StatusLine line;
    const core::LiveComparison comparison
        = bench.compare(load, signals.token(), [&](const std::string& policy, const core::LiveState* state) {
              line.show([&] { return lineOf(policy, state, bench.devices()); });
          });
    line.clear();
    print(options.json ? core::dumped(jsonOf(comparison, bench), 2) + "\n" : textOf(comparison, bench));
    return comparison.stopped ? kFailed : kOk;
}

void addLoad(CLI::App& command, LiveOptions& options)
{
    command.add_option("--rate", options.rate, "Requests a second")
        ->type_name("R")
        ->check(silent(CLI::PositiveNumber));
    command
        .add_option(
            "--load", options.loadPercent, "Else: that share of what the servers do one by one, in per cent")
        ->type_name("P")
        ->check(silent(CLI::Range(1.0, 1000.0)))
        ->capture_default_str();
    command.add_option("--arrivals", options.arrivals, "How they come in (see simulate)")
        ->type_name("WORD")
        ->capture_default_str();
    command.add_option("--seconds", options.seconds, "Of each policy")
        ->type_name("S")
        ->check(silent(CLI::Range(0.1, 3600.0)))
        ->capture_default_str();
    command
        .add_option("--rehearsal", options.rehearsal, "Seconds before and after each, with other requests")
        ->type_name("S")
        ->check(silent(CLI::Range(0.1, 3600.0)))
        ->capture_default_str();
    command.add_option("--sampling", options.sampling, "Seconds that each batch size is timed for at first")
        ->type_name("S")
        ->check(silent(CLI::Range(0.001, 60.0)))
        ->capture_default_str();
    command.add_option("--most", options.most, "Items of a batch at most")
        ->type_name("N")
        ->check(silent(CLI::Range(1, 64)))
        ->capture_default_str();
    command.add_option("--slo", options.slo, "From arrival to answer at most, as 20ms")->type_name("TIME");
    command.add_option("--seed", options.seed, "Of all that is drawn")->type_name("N")->capture_default_str();
}

} // namespace

void addLive(CLI::App& app, Context& context)
{
    CLI::App* command
        = addCommand(app, "live", "Try policies on real engines, beside what the simulator says");
    auto options = std::make_shared<LiveOptions>();
    options->servers = { "cpu,threads=1", "cpu,threads=1" };
    options->policies = { "round-robin", "least-work", "timeout-batch(max=4,delay=2ms)", "work-steal" };
    options->model.addTo(*command);
    command
        ->add_option(
            "--server", options->servers, "A server's settings, as cpu,threads=1,precision=bf16; repeat it")
        ->type_name("WORDS")
        ->allow_extra_args(false);
    command->add_option("--policy", options->policies, "A policy to try; may be repeated (see simulate)")
        ->type_name("POLICY")
        ->allow_extra_args(false);
    addLoad(*command, *options);
    command->add_flag("--json", options->json, "Print everything as JSON");
    command->footer(
        "Each server is a thread with cores of its own and a program for every batch size; a recorded\n"
        "device (--server recorded:NAME) is one that takes its recorded times. Requests come in by the\n"
        "clock and wait for nobody; LATE is by how much the 99th in 100 came in late. SIM is the\n"
        "simulator on the same requests, with the times that batches took in rehearsals with other\n"
        "requests. GAIN is gpu-only's p99 over that of a policy that mixes: above 1 the mix is better.\n"
        "J/ITEM is what all meters counted, over all items.\n"
        "Example: breakeven-cli live zoo:mobilenetv2 --server cpu,threads=1 --server\n"
        "           cpu,threads=1,precision=bf16 --load 80 --policy least-work");
    command->callback(
        [&context, options] { context.command = [&context, options] { return live(context, *options); }; });
}

} // namespace app
