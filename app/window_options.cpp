// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window_options.h"

#include "core/measure/stop_rule.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace app {
namespace {

constexpr int kLargestSide = 8192; // pixels at twice the points stay under 1.1 GB

void declare(CLI::App& cli, WindowOptions& options, std::string& size)
{
    auto* file = cli.add_option("file", options.file, "An ONNX model, zoo:NAME, or a saved run (.json)");
    cli.add_flag("--run", options.run, "Run the sweep at once")->needs(file);
    cli.add_flag("--trace", options.trace, "Trace the model at once and show its nodes")
        ->needs(file)
        ->excludes("--run");
    cli.add_option("--batch", options.batches, "Batch sizes, such as 1,2,4-64x2");
    cli.add_option("--engine", options.engines, "Engines to tick, such as cpu,gpu")
        ->delimiter(',')
        ->allow_extra_args(false);
    cli.add_option("--threads", options.threads, "Threads of the CPU, such as 1,2");
    cli.add_option("--preset", options.preset, "Stop rule")->check(CLI::IsMember(core::stopRulePresets()));
    auto* render
        = cli.add_option("--render", options.render, "Draw the charts of this saved run, without a window");
    auto* png = cli.add_option("--png", options.png, "Where --render writes its picture");
    render->needs(png);
    png->needs(render);
    cli.add_option("--size", size,
        "WIDTHxHEIGHT in points, of the window or of the picture (which has twice the pixels)");
    cli.add_option("--theme", options.theme, "light, dark or system")
        ->check(CLI::IsMember({ "light", "dark", "system" }));
    cli.add_option("--screenshot", options.screenshot,
        "Save the window's own picture as PNG, after the sweep of --run has finished, and leave");
    cli.add_flag("--no-store", options.noStore,
        "Leave sweeps out of the run library, and list none of its runs (see breakeven-cli runs)");
    cli.add_option("--kept", options.kept, "Show this run of the library, or several: ID,ID as overlays")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->excludes(file);
    cli.add_option("--baseline", options.baseline, "Pin this run of the library as the baseline (its id)");
    cli.add_flag("--runs", options.runs, "Show the runs that are kept on this machine");
    cli.add_flag("--over-time", options.overTime, "Show the charts over time");
    cli.add_flag(
        "--time-parts", options.parts, "Show where devices spend the time, in the place of the latency");
    cli.add_flag("--roofline", options.roof, "Show the run under this machine's roof");
    cli.add_flag("--decision", options.decision, "Show which device and batch the run speaks for");
    cli.add_flag("--lab", options.lab, "Show scheduling policies on the run's devices, simulated");
    cli.add_flag("--report-stalls", options.reportStalls,
           "After a sweep, say the longest time the window did not react")
        ->group("");
}

bool readSize(const std::string& text, WindowOptions& options)
{
    int used = 0;
    if (std::sscanf(text.c_str(), "%dx%d%n", &options.width, &options.height, &used) != 2)
        return false;
    const auto sane = [](int side) { return side >= 200 && side <= kLargestSide; };
    return used == static_cast<int>(text.size()) && sane(options.width) && sane(options.height);
}

} // namespace

std::pair<std::optional<WindowOptions>, int> parseWindowOptions(int argc, char** argv)
{
    CLI::App cli { "Breakeven: measures when GPU inference beats CPU inference." };
    cli.set_version_flag("--version", "Breakeven " BREAKEVEN_VERSION);
    WindowOptions options;
    std::string size;
    declare(cli, options, size);
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return { std::nullopt, cli.exit(error) == 0 ? 0 : 2 };
    }
    if (!size.empty() && !readSize(size, options)) {
        std::fprintf(stderr, "Cannot read --size: \"%s\" is not WIDTHxHEIGHT from 200 to %d.\n", size.c_str(),
            kLargestSide);
        return { std::nullopt, 2 };
    }
    return { std::move(options), 0 };
}

} // namespace app
