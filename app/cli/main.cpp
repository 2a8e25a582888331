// SPDX-License-Identifier: GPL-3.0-or-later
// breakeven-cli: the same work as the window, without one. Exit status: 0 it worked, 1 it failed, 2 wrong
// usage.
#include "app/cli/context.h"
#include "core/error.h"

#include <cstdio>
#include <new>

namespace {

int parseAndRun(int argc, char** argv)
{
    CLI::App program("Measures when GPU inference beats CPU inference.", "breakeven-cli");
    program.require_subcommand(1);
    program.set_version_flag("--version", "Breakeven " BREAKEVEN_VERSION);
    program.footer("Example: breakeven-cli sweep zoo:resnet50 --batch 1-16x2 --csv resnet50.csv\n"
                   "Help on a command: breakeven-cli sweep --help");
    program.get_formatter()->column_width(32);
    app::Context context;
    app::addDevices(program, context);
    app::addSensors(program, context);
    app::addProfiles(program, context);
    app::addZoo(program, context);
    app::addInspect(program, context);
    app::addInfer(program, context);
    app::addVerify(program, context);
    app::addQuantise(program, context);
    app::addSweep(program, context);
    app::addContinue(program, context);
    app::addTrace(program, context);
    app::addRoofline(program, context);
    app::addTune(program, context);
    app::addCache(program, context);
    app::addRuns(program, context);
    app::addCompare(program, context);
    app::addAb(program, context);
    app::addDecide(program, context);
    app::addSimulate(program, context);
    app::addCapacity(program, context);
    app::addLive(program, context);
    app::addPrices(program, context);
    app::addConformance(program, context);
    app::addOperators(program, context);
    app::addWorker(program, context);
    app::addCompletion(program, context);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? app::kOk : app::kUsage; // --help is no error
    }
    return context.command();
}

int say(const char* sentence, int status)
{
    std::fprintf(stderr, "breakeven-cli: %s\n", sentence);
    return status;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        return parseAndRun(argc, argv);
    } catch (const app::UsageError& error) {
        return say(error.what(), app::kUsage);
    } catch (const core::Error& error) {
        return say(error.what(), app::kFailed);
    } catch (const std::bad_alloc&) {
        return say("Cannot go on: out of memory.", app::kFailed);
    }
}
