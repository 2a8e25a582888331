// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/compare_runs.h"

#include "core/measure/blocks.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

const Cell* cellOf(const Run& run, const CellKey& key)
{
    const auto found = std::ranges::find(run.cells, key, &Cell::key);
    return found == run.cells.end() ? nullptr : &*found;
}

/// Why no verdict comes from the cell; empty: one may.
std::string flawOf(const Cell* cell, std::string_view which)
{
    if (!cell)
        return fmt::format("not in the {} run", which);
    switch (cell->status) {
    case CellStatus::Ok:
    case CellStatus::Unstable: // its interval is wide, which is all that is wrong with it
        return {};
    case CellStatus::Disturbed:
        return fmt::format("disturbed in the {} run ({:.1f} %)", which, cell->finished->disturbedPercent);
    default:
        return fmt::format("{} in the {} run", cellStatusName(cell->status), which);
    }
}

std::vector<Nanoseconds> latenciesOf(const Cell& cell)
{
    std::vector<Nanoseconds> latencies;
    latencies.reserve(cell.samples.size());
    for (const TimedSample& sample : cell.samples)
        latencies.push_back(sample.latency);
    return latencies;
}

} // namespace

CellComparison compareCell(const CellKey& key, const Run& first, const Run& second, double margin)
{
    CellComparison result { .key = key, .first = cellOf(first, key), .second = cellOf(second, key) };
    for (const auto& [cell, which] : { std::pair { result.first, "first" }, { result.second, "second" } }) {
        if (const std::string flaw = flawOf(cell, which); !flaw.empty())
            result.why += (result.why.empty() ? "" : ", ") + flaw;
    }
    if (!result.first || !result.second)
        return result;
    // Blocks had programs of their own each, which samples of one program stand for less well.
    result.ratio = ratioOfGroups(blockMedians(result.first->samples, result.first->blocks),
        blockMedians(result.second->samples, result.second->blocks));
    if (!result.ratio)
        result.ratio = medianRatio(latenciesOf(*result.first), latenciesOf(*result.second));
    if (!result.ratio && result.why.empty())
        result.why = "too few samples for an interval";
    if (result.ratio && result.why.empty())
        result.verdict = verdictOf(*result.ratio, margin);
    return result;
}

std::vector<CellComparison> compareRuns(const Run& first, const Run& second, double margin)
{
    std::vector<CellComparison> result;
    for (const Cell& cell : first.cells)
        result.push_back(compareCell(cell.key, first, second, margin));
    for (const Cell& cell : second.cells) {
        if (!cellOf(first, cell.key))
            result.push_back(compareCell(cell.key, first, second, margin));
    }
    return result;
}

std::vector<std::string> differencesOf(const Run& first, const Run& second)
{
    std::vector<std::string> notes;
    const auto compare = [&](std::string_view what, const std::string& a, const std::string& b) {
        if (a != b)
            notes.push_back(fmt::format(
                "The {} differs: {} and {}.", what, a.empty() ? "unknown" : a, b.empty() ? "unknown" : b));
    };
    const RunStarted &a = first.header, &b = second.header;
    if (a.model.sha256 != b.model.sha256 || a.model.name != b.model.name)
        compare("model", a.model.name + " " + a.model.sha256.substr(0, 12),
            b.model.name + " " + b.model.sha256.substr(0, 12));
    compare("machine", a.environment.host, b.environment.host);
    compare("processor", a.environment.cpu, b.environment.cpu);
    compare("program", a.environment.program, b.environment.program);
    for (const DeviceInfo& device : a.devices) {
        const auto other = std::ranges::find(b.devices, device.id, &DeviceInfo::id);
        if (other != b.devices.end())
            compare(device.id + " library", device.library, other->library);
    }
    if (a.spec.dims != b.spec.dims)
        notes.emplace_back("Dimensions of the inputs differ.");
    return notes;
}

} // namespace core
