// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/placement.h"

#include "core/error.h"

#include <algorithm>
#include <map>

namespace core {

namespace {

using std::chrono::nanoseconds;

nanoseconds median(std::vector<nanoseconds>& times)
{
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    if (times.size() % 2 == 1)
        return *middle;
    return (*middle + *std::max_element(times.begin(), middle)) / 2;
}

bool sameSteps(const Trace& a, const Trace& b)
{
    return std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(),
        [](const Trace::Step& x, const Trace::Step& y) { return x.node == y.node && x.kernel == y.kernel; });
}

nanoseconds timeOf(std::span<const Trace> traces, std::size_t step)
{
    std::vector<nanoseconds> times;
    for (const Trace& trace : traces)
        times.push_back(trace.steps[step].time);
    return median(times);
}

/// "reorder before conv_7": several insertions have the same name, their places tell them apart.
std::string nameOf(const std::vector<Trace::Step>& steps, std::size_t index)
{
    if (steps[index].node >= 0)
        return steps[index].name;
    const auto next = std::find_if(steps.begin() + static_cast<std::ptrdiff_t>(index), steps.end(),
        [](const Trace::Step& step) { return step.node >= 0; });
    return steps[index].name + (next == steps.end() ? " at the end" : " before " + next->name);
}

PlacedNode rowOf(const std::vector<Trace::Step>& steps, std::size_t index)
{
    const Trace::Step& step = steps[index];
    return { .node = step.node,
        .name = nameOf(steps, index),
        .type = step.node < 0 ? kInserted : step.type,
        .kernel = step.kernel,
        .plain = step.slow,
        .computes = step.computes,
        .cost = step.cost,
        .time = {} };
}

/// Adds what a further step of the node says.
void join(PlacedNode& row, const Trace::Step& step)
{
    if ((" + " + row.kernel + " + ").find(" + " + step.kernel + " + ") == std::string::npos)
        row.kernel += " + " + step.kernel;
    row.plain = row.plain || step.slow;
    if (!row.cost)
        row.cost = step.cost;
}

double shareOf(nanoseconds part, nanoseconds whole)
{
    return whole.count() > 0 ? static_cast<double>(part.count()) / static_cast<double>(whole.count()) : 0;
}

/// Sums `nodes` by operator. `plainTimes` are those of the nodes' slow steps.
std::vector<PlacedOperator> operatorsOf(
    const std::vector<PlacedNode>& nodes, const std::vector<nanoseconds>& plainTimes)
{
    std::map<std::string, PlacedOperator> byType;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        PlacedOperator& row = byType[nodes[i].type];
        row.type = nodes[i].type;
        ++row.calls;
        row.time += nodes[i].time;
        row.plain += plainTimes[i];
        row.share += nodes[i].share;
    }
    std::vector<PlacedOperator> rows;
    for (const auto& [type, row] : byType)
        rows.push_back(row);
    std::stable_sort(rows.begin(), rows.end(),
        [](const PlacedOperator& a, const PlacedOperator& b) { return a.time > b.time; });
    return rows;
}

} // namespace

double NodePlacement::plainShare() const
{
    return shareOf(plain, time);
}

NodePlacement placementOf(std::span<const Trace> traces)
{
    NodePlacement placement { .runs = traces.size() };
    if (traces.empty())
        return placement;
    const std::vector<Trace::Step>& steps = traces.front().steps;
    for (const Trace& trace : traces)
        if (!sameSteps(traces.front(), trace))
            throw Error("Cannot sum up traces: they are not of the same steps.");
    std::map<int, std::size_t> rows; // node to row
    std::vector<nanoseconds> plainTimes;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto known = steps[i].node < 0 ? rows.end() : rows.find(steps[i].node);
        const std::size_t row = known == rows.end() ? placement.nodes.size() : known->second;
        if (known != rows.end()) {
            join(placement.nodes[row], steps[i]);
        } else {
            placement.nodes.push_back(rowOf(steps, i));
            plainTimes.emplace_back();
            rows.emplace(steps[i].node, row);
        }
        const nanoseconds time = timeOf(traces, i);
        placement.nodes[row].time += time;
        placement.time += time;
        if (steps[i].slow) {
            plainTimes[row] += time;
            placement.plain += time;
        }
    }
    for (PlacedNode& node : placement.nodes)
        node.share = shareOf(node.time, placement.time);
    placement.operators = operatorsOf(placement.nodes, plainTimes);
    return placement;
}

std::vector<PlacedNode> mostExpensive(const NodePlacement& placement, std::size_t count)
{
    std::vector<PlacedNode> nodes = placement.nodes;
    std::stable_sort(
        nodes.begin(), nodes.end(), [](const PlacedNode& a, const PlacedNode& b) { return a.time > b.time; });
    nodes.resize(std::min(nodes.size(), count));
    return nodes;
}

std::vector<Trace> tracedRuns(Program& program, std::size_t runs, std::stop_token stop)
{
    program.run();
    std::vector<Trace> traces;
    while (traces.size() < runs && !stop.stop_requested())
        program.run(&traces.emplace_back());
    return traces;
}

} // namespace core
