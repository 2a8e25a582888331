// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/ratio.h"
#include "ui/decided.h"
#include "ui/opened_run.h"

#include <vector>

/// The shown run against the pinned one, as values and as words. Pure.
namespace ui {

/// A cell against the same cell of the baseline.
struct CellVerdict {
    bool known = false; // whether both have ended, or only one run has it; else the rest says nothing
    std::optional<core::Ratio> ratio; // of latencies, the shown run's over the baseline's
    core::Verdict verdict = core::Verdict::Unclear;
    std::string why; // of an unclear one; empty: the interval is too wide
};

struct Comparison {
    std::vector<CellVerdict> cells; // as Run::cells; empty: nothing to compare with
    std::vector<std::string> differences; // of the runs themselves, a sentence each
};

CellVerdict verdictOn(const core::Cell& cell, const core::Run& baseline, const core::Run& run);
Comparison comparisonOf(const core::Run& baseline, const core::Run& run);

/// What is drawn with a run; what is null is not there.
struct Company {
    const core::Run* baseline = nullptr;
    const std::vector<OpenedRun>* overlays = nullptr;
    const Comparison* comparison = nullptr;
    const Decided* decided = nullptr;
};

/// "▲", "▼", "=", "?": read together with a letter or a word, never alone.
QString verdictGlyph(core::Verdict verdict);
/// "▲F" where there is room for no more.
QString verdictMark(core::Verdict verdict);
/// "▲ FASTER"; empty while nothing is known.
QString verdictText(const CellVerdict& verdict);
/// "0.912 [0.905, 0.918]"; empty without a ratio.
QString ratioText(const CellVerdict& verdict);
/// What the two say, the reason where there is one, and the command that says the same.
QString verdictToolTip(const CellVerdict& verdict, const QString& command);
/// "▲F 3 faster · ▼S 1 slower · = 12 same · ? 2 unclear": also the key to the marks.
QString comparisonText(const Comparison& comparison);
/// How a command line names a run: its id's beginning, or the file; empty where it has neither.
QString nameForShell(const RunOrigin& origin);
/// Compares the same two runs; empty where one of them is in no file and not in the library.
QString compareCommand(const RunOrigin& baseline, const RunOrigin& run);

} // namespace ui
