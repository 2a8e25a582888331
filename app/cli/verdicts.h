// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"
#include "core/analyse/ratio.h"
#include "core/record/json_fields.h"
#include "core/record/junit.h"

namespace app {

/// What compare and ab share: when a difference is one, and what becomes of it.
struct VerdictOptions {
    double marginPercent = core::kMargin * 100;
    std::optional<double> limitPercent; // nullopt: a slower second one is no failure
    std::string junit; // file; empty: none
    bool json = false;

    void addTo(CLI::App& command);
    double margin() const { return marginPercent / 100; }
    /// Throws Error when it cannot be written.
    void writeJunit(const std::string& suite, const std::vector<core::JunitCase>& cases) const;
};

/// A verdict as a case: it fails when it is slower by more than the limit, and is skipped when it is unclear.
core::JunitCase caseOf(const std::string& name, const std::optional<core::Ratio>& ratio,
    core::Verdict verdict, const std::string& why, const VerdictOptions& options);

core::Json ratioJson(const core::Ratio& ratio);

} // namespace app
