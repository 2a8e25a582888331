// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace core {

/// What the machine was when a run was taken.
struct Environment {
    std::string host, os, kernel, cpu; // "Linux 6.1.0", "AMD EPYC 9B14"
    int cores = 0;
    std::size_t memoryBytes = 0;
    std::string program; // "Breakeven 0.1.0, release, GCC 12.2"
    std::vector<std::pair<std::string, std::string>>
        facts; // governor, load average, cgroup limit, hypervisor, ISA
    /// Sentences a reader of the figures must know: "CPU frequency governor is powersave." "Built without
    /// optimisation."
    std::vector<std::string> warnings;
};

/// Reads /proc and /sys under `root` (tests hand in a fake tree).
Environment readEnvironment(const std::string& root = "/");

} // namespace core
