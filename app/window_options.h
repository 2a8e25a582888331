// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace app {

/// The command line of `breakeven`.
struct WindowOptions {
    std::string file; // a model, "zoo:NAME" or a saved run
    bool run = false, trace = false;
    std::string batches, preset, threads;
    std::vector<std::string> engines; // empty: as the settings have it
    std::string render, png;
    std::string screenshot;
    std::string theme; // empty: as the settings have it
    int width = 0, height = 0; // 0: the default
    std::vector<std::string> kept; // ids of the run library
    std::string baseline; // the same
    bool noStore = false, runs = false;
    bool overTime = false, parts = false, roof = false, decision = false, lab = false, reportStalls = false;
};

/// The options, or nothing and the exit status: 0 after --help, 2 for a wrong command line.
std::pair<std::optional<WindowOptions>, int> parseWindowOptions(int argc, char** argv);

} // namespace app
