// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/verdicts.h"

#include "core/record/run_file.h"

namespace app {

void VerdictOptions::addTo(CLI::App& command)
{
    command.add_option("--margin", marginPercent, "Differences up to this many per cent are SAME")
        ->type_name("P")
        ->check(silent(CLI::Range(0.1, 100.0)))
        ->capture_default_str();
    command
        .add_option("--limit", limitPercent,
            "Exit status 1 when the second is SLOWER by more than this many per cent")
        ->type_name("P")
        ->check(silent(CLI::NonNegativeNumber));
    command.add_option("--junit", junit, "Also as JUnit XML, for build servers")->type_name("FILE");
    command.add_flag("--json", json, "As JSON, for programs");
}

void VerdictOptions::writeJunit(const std::string& suite, const std::vector<core::JunitCase>& cases) const
{
    if (!junit.empty())
        core::writeFile(junit, core::toJunit(suite, cases), "JUnit report");
}

core::JunitCase caseOf(const std::string& name, const std::optional<core::Ratio>& ratio,
    core::Verdict verdict, const std::string& why, const VerdictOptions& options)
{
    core::JunitCase result { .name = name };
    if (ratio)
        result.text = fmt::format("{}: {:.3f} times the latency [{:.3f}, {:.3f}]", core::verdictName(verdict),
            ratio->value, ratio->low, ratio->high);
    if (verdict == core::Verdict::Unclear)
        result.skipped = why.empty() ? "the interval is too wide" : why;
    if (verdict == core::Verdict::Slower && options.limitPercent
        && ratio->value > 1 + *options.limitPercent / 100)
        result.failure = fmt::format(
            "slower by {:.1f} %, the limit is {:g} %", (ratio->value - 1) * 100, *options.limitPercent);
    return result;
}

core::Json ratioJson(const core::Ratio& ratio)
{
    return { { "value", ratio.value }, { "low", ratio.low }, { "high", ratio.high } };
}

} // namespace app
