// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace app {

/// Where a model's inputs come from, as it was typed.
struct InputOptions {
    std::vector<std::string> files; // NAME=FILE or FILE.npz
    std::string folder; // --inputs; also one .npz

    /// --input and --inputs.
    void addTo(CLI::App& command);
    /// Both as one list, as core::readInputs() takes it. Throws UsageError for what is neither.
    std::vector<std::string> all() const;
    bool empty() const { return files.empty() && folder.empty(); }
};

} // namespace app
