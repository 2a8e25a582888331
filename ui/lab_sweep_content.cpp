// SPDX-License-Identifier: GPL-3.0-or-later
// From comparisons to lines.
#include "ui/format.h"
#include "ui/lab_sweep_chart.h"
#include "ui/policy_style.h"

#include <QCoreApplication>
#include <cmath>

namespace ui {
namespace {

using Parameter = core::PolicySweep::Parameter;

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::LabSweepChart", text);
}

QString xTitleOf(Parameter parameter)
{
    switch (parameter) {
    case Parameter::Rate:
        return tr("requests a second");
    case Parameter::Variation:
        return tr("coefficient of variation of the gaps between requests");
    case Parameter::Threshold:
        return tr("T of size-threshold: larger requests go to GPUs (items)");
    }
    return {};
}

QString yTitleOf(SweepFigure figure)
{
    switch (figure) {
    case SweepFigure::P99:
        return tr("p99 latency (ms)");
    case SweepFigure::P50:
        return tr("median latency (ms)");
    case SweepFigure::Lost:
        return tr("late or dropped (% of requests)");
    }
    return {};
}

double orNothing(const std::optional<core::Nanoseconds>& time)
{
    return time ? seconds(*time) * 1e3 : std::nan("");
}

double valueOf(const core::SimulationResult& result, SweepFigure figure, LabView view)
{
    const core::TimeFigures& latency = latencyOf(result, view);
    switch (figure) {
    case SweepFigure::P99:
        return orNothing(latency.p99);
    case SweepFigure::P50:
        return orNothing(latency.p50);
    case SweepFigure::Lost:
        return result.arrived == 0 ? std::nan("")
                                   : 100.0 * static_cast<double>(result.missed + result.dropped)
                / static_cast<double>(result.arrived);
    }
    return std::nan("");
}

double valueOf(const core::PolicyComparison& comparison, SweepFigure figure)
{
    const core::OracleBound& oracle = comparison.oracle;
    switch (figure) {
    case SweepFigure::P99:
        return orNothing(oracle.p99);
    case SweepFigure::P50:
        return orNothing(oracle.p50);
    case SweepFigure::Lost:
        return comparison.runs.empty() || comparison.runs.front().result.arrived == 0
            ? std::nan("")
            : 100.0 * static_cast<double>(oracle.missed)
                / static_cast<double>(comparison.runs.front().result.arrived);
    }
    return std::nan("");
}

/// A line ends where its policy falls behind: figures there depend on the number of requests.
SweepLine lineOf(
    const std::vector<core::SweptComparison>& swept, std::size_t run, SweepFigure figure, LabView view)
{
    SweepLine line;
    for (const core::SweptComparison& each : swept) {
        const core::PolicyRun& policy = each.comparison.runs[run];
        const double y = policy.keepsUp ? valueOf(policy.result, figure, view) : std::nan("");
        if (!policy.keepsUp && !line.y.empty() && std::isfinite(line.y.back()))
            line.end = { line.x.back(), line.y.back() };
        line.behindFromTheFirst
            = &each == &swept.front() ? !policy.keepsUp : line.behindFromTheFirst && !policy.keepsUp;
        line.x.push_back(each.value);
        line.y.push_back(y);
    }
    return line;
}

} // namespace

SweepContent sweepContent(const Lab& lab, SweepFigure figure, LabView view, const Theme& theme)
{
    const Parameter parameter = lab.wish().sweep;
    const std::vector<core::SweptComparison>& swept = lab.swept();
    SweepContent content { .lines = {},
        .xTitle = xTitleOf(parameter),
        .yTitle = yTitleOf(figure),
        .logX = parameter != Parameter::Rate,
        .logY = figure != SweepFigure::Lost };
    if (!lab.sweepProblem().isEmpty())
        content.emptyText = lab.sweepProblem();
    else
        content.emptyText
            = lab.sweeping() || lab.simulating() ? tr("Simulating…") : tr("Nothing is simulated.");
    if (swept.empty() || !lab.simulated())
        return content;
    const std::optional<core::Nanoseconds>& slo = lab.simulated()->plan.slo;
    if (slo && figure != SweepFigure::Lost)
        content.limit = seconds(*slo) * 1e3;
    if (figure == SweepFigure::Lost && !slo)
        content.yTitle = tr("dropped (% of requests)");
    const std::vector<core::PolicyRun>& runs = swept.front().comparison.runs;
    for (std::size_t run = 0; run < runs.size(); ++run) {
        SweepLine line = lineOf(swept, run, figure, view);
        const std::string name = core::sweptPolicy(parameter, runs[run].policy);
        line.name = QString::fromStdString(name);
        line.style = policyStyle(theme, name, run);
        content.lines.push_back(std::move(line));
    }
    if (view == LabView::WaitingClient && figure != SweepFigure::Lost)
        return content; // the bound says nothing of those requests
    SweepLine oracle { .name = tr("oracle: a bound"), .style = oracleStyle(theme) };
    for (const core::SweptComparison& each : swept) {
        oracle.x.push_back(each.value);
        oracle.y.push_back(valueOf(each.comparison, figure));
    }
    content.lines.push_back(std::move(oracle));
    return content;
}

} // namespace ui
