// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/run.h"

#include "core/measure/blocks.h"
#include "core/measure/criteria.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace core {

namespace {

constexpr std::array<std::string_view, 9> kStatusNames { "waiting", "running", "ok", "unstable", "disturbed",
    "refused", "out-of-memory", "failed", "cancelled" };

std::optional<DeviceTimes> deviceMedians(const std::vector<TimedSample>& samples)
{
    const bool all = std::all_of(
        samples.begin(), samples.end(), [](const TimedSample& sample) { return sample.device.has_value(); });
    if (!all || samples.empty())
        return std::nullopt;
    DeviceTimes medians;
    std::vector<Nanoseconds> times(samples.size());
    for (Nanoseconds DeviceTimes::*part :
        { &DeviceTimes::enqueue, &DeviceTimes::copyIn, &DeviceTimes::compute, &DeviceTimes::copyOut }) {
        std::transform(samples.begin(), samples.end(), times.begin(),
            [&](const TimedSample& sample) { return (*sample.device).*part; });
        const auto middle
            = times.begin() + static_cast<std::ptrdiff_t>((times.size() - 1) / 2); // nearest rank
        std::nth_element(times.begin(), middle, times.end());
        medians.*part = *middle;
    }
    return medians;
}

/// Both intervals, as each sees what the other does not: what follows from sample to sample, and what
/// changes from block to block.
Interval around(const Interval& a, const Interval& b)
{
    return { std::min(a.low, b.low), std::max(a.high, b.high) };
}

Summary summaryOf(const std::vector<TimedSample>& samples, const std::vector<std::size_t>& blocks)
{
    std::vector<Nanoseconds> latencies;
    latencies.reserve(samples.size());
    for (const TimedSample& sample : samples)
        latencies.push_back(sample.latency);
    Summary summary = summarise(latencies);
    summary.device = deviceMedians(samples);
    if (summary.interval)
        if (const auto ofBlocks = blockInterval(*summary.median, samples, blocks))
            summary.interval = around(*summary.interval, *ofBlocks);
    return summary;
}

/// While samples stream in, sorting all of them for each handful would cost more and more. A summary that
/// lags by a twentieth keeps the sum of all sorts proportional to the last one.
bool summaryIsStale(const Cell& cell)
{
    return cell.samples.size() >= cell.summary.samples + 1 + cell.summary.samples / 20;
}

std::string unstableReason(const Cell& cell, const StopRule& rule)
{
    if (cell.finished->stoppedBy == StoppedBy::TooFewSamples) {
        return fmt::format("Only {} samples fit into {:g} s; the rule asks for {}.", cell.samples.size(),
            rule.maxTime.count(), rule.fallbackSamples > 0 ? rule.fallbackSamples : rule.minSamples);
    }
    return stateOf(rule.criterion, rule, cell.samples, cell.blocks).words;
}

CellStatus finishedStatus(const CellFinished& finished)
{
    switch (finished.stoppedBy) {
    case StoppedBy::User:
        return CellStatus::Cancelled;
    case StoppedBy::TimeLimit:
    case StoppedBy::TooFewSamples:
        return CellStatus::Unstable;
    case StoppedBy::Converged:
        break;
    }
    return finished.disturbedPercent > kDisturbedPercent ? CellStatus::Disturbed : CellStatus::Ok;
}

std::string finishedReason(const Cell& cell, const StopRule& rule)
{
    const std::string disturbed = cell.finished->disturbedPercent > kDisturbedPercent
        ? fmt::format("Others took {:.1f} % of the time.", cell.finished->disturbedPercent)
        : std::string();
    switch (cell.status) {
    case CellStatus::Unstable:
        return unstableReason(cell, rule) + (disturbed.empty() ? "" : " " + disturbed);
    case CellStatus::Cancelled:
        return fmt::format("Stopped by the user after {} samples.", cell.samples.size());
    default:
        return disturbed;
    }
}

CellStatus failedStatus(CellFailure kind)
{
    switch (kind) {
    case CellFailure::Refused:
        return CellStatus::Refused;
    case CellFailure::OutOfMemory:
        return CellStatus::OutOfMemory;
    case CellFailure::Error:
        return CellStatus::Failed;
    case CellFailure::Cancelled:
        return CellStatus::Cancelled;
    }
    return CellStatus::Failed;
}

/// Applies one event to a run; one function per kind of event.
struct Fold {
    Run& run;

    Cell* cellOf(int index) const
    {
        const auto at = static_cast<std::size_t>(index);
        return index >= 0 && at < run.cells.size() ? &run.cells[at] : nullptr;
    }

    void operator()(const RunStarted& started) const
    {
        run = {};
        run.header = started;
        for (const CellKey& key : started.cells)
            run.cells.push_back({ .key = key });
    }

    void operator()(const CellStarted& started) const
    {
        if (Cell* cell = cellOf(started.cell))
            cell->status = CellStatus::Running;
    }

    void operator()(const CellProgress& progress) const
    {
        if (Cell* cell = cellOf(progress.cell))
            cell->phase = progress.phase;
    }

    void operator()(const SamplesTaken& taken) const
    {
        Cell* cell = cellOf(taken.cell);
        if (!cell)
            return;
        if (run.header.spec.rule.blocks > 0 && taken.block >= static_cast<int>(cell->blocks.size())
            && !taken.samples.empty())
            cell->blocks.push_back(cell->samples.size());
        cell->samples.insert(cell->samples.end(), taken.samples.begin(), taken.samples.end());
        if (summaryIsStale(*cell))
            cell->refreshSummary();
    }

    void operator()(const SensorReading& reading) const { run.readings.push_back(reading); }

    void operator()(const CellFinished& finished) const
    {
        Cell* cell = cellOf(finished.cell);
        if (!cell)
            return;
        cell->finished = finished;
        cell->refreshSummary();
        cell->status = finishedStatus(finished);
        cell->reason
            = finished.recorded ? finished.recorded->reason : finishedReason(*cell, run.header.spec.rule);
    }

    void operator()(const CellFailed& failed) const
    {
        Cell* cell = cellOf(failed.cell);
        if (!cell)
            return;
        cell->refreshSummary();
        cell->status = failedStatus(failed.kind);
        cell->reason = failed.reason;
    }

    void operator()(const RunFinished& finished) const { run.finished = finished; }
};

} // namespace

std::string_view cellStatusName(CellStatus status)
{
    return kStatusNames[static_cast<std::size_t>(status)];
}

std::optional<CellStatus> cellStatusFromName(std::string_view name)
{
    for (std::size_t index = 0; index < kStatusNames.size(); ++index) {
        if (kStatusNames[index] == name)
            return static_cast<CellStatus>(index);
    }
    return {};
}

std::optional<double> Cell::throughput() const
{
    if (!summary.median || summary.median->count() <= 0)
        return {};
    return static_cast<double>(key.items()) * 1e9 / static_cast<double>(summary.median->count());
}

void Cell::refreshSummary()
{
    summary = summaryOf(samples, blocks);
}

const DeviceInfo* deviceOf(const Run& run, const std::string& id)
{
    const auto& devices = run.header.devices;
    const auto found = std::ranges::find(devices, id, &DeviceInfo::id);
    return found == devices.end() ? nullptr : &*found;
}

void Run::apply(const SweepEvent& event)
{
    std::visit(Fold { *this }, event);
}

} // namespace core
