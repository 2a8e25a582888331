// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lab_moment.h"

#include "ui/format.h"

#include <algorithm>

namespace ui {
namespace {

/// Adds up what changes, in the order of time; changes at the same time are one step.
std::vector<Step> summed(std::vector<Step> changes)
{
    std::ranges::stable_sort(changes, {}, &Step::at);
    std::vector<Step> steps;
    double value = 0;
    for (const Step& change : changes) {
        value += change.value;
        if (!steps.empty() && steps.back().at == change.at)
            steps.back().value = value;
        else
            steps.push_back({ change.at, value });
    }
    return steps;
}

/// Requests that had come in, those of the very moment included.
std::size_t arrivedAt(const Watched& watched, core::Nanoseconds at)
{
    const auto after = std::ranges::upper_bound(watched.requests, at, {}, &core::Request::at);
    return static_cast<std::size_t>(after - watched.requests.begin());
}

void readAnswers(const Watched& watched, Moment& moment)
{
    const std::vector<core::Nanoseconds>& latencies = watched.result.latencies;
    const auto answer
        = [&](std::uint32_t request) { return watched.requests[request].at + latencies[request]; };
    const auto after = std::ranges::upper_bound(watched.byAnswer, moment.at, {}, answer);
    moment.answered = static_cast<std::size_t>(after - watched.byAnswer.begin());
    moment.lastAnswers = std::min(moment.answered, kLastAnswers);
    if (moment.lastAnswers == 0)
        return;
    std::vector<core::Nanoseconds> last;
    for (auto request = after - static_cast<std::ptrdiff_t>(moment.lastAnswers); request != after; ++request)
        last.push_back(latencies[*request]);
    std::ranges::sort(last);
    moment.median = last[(last.size() - 1) / 2];
    moment.largest = last.back();
}

} // namespace

Moment momentAt(const Watched& watched, core::Nanoseconds at)
{
    const core::BatchRecord& record = watched.record;
    Moment moment { .at = at, .recorded = !record.cut || at < *record.cut };
    moment.arrived = arrivedAt(watched, at);
    moment.devices.resize(watched.devices.size());
    readAnswers(watched, moment);
    if (!moment.recorded)
        return moment;
    const auto dropped = std::ranges::upper_bound(record.drops, at);
    moment.dropped = static_cast<std::size_t>(dropped - record.drops.begin());
    std::size_t gone = moment.dropped;
    for (const core::RecordedBatch& batch : record.batches) {
        if (batch.started > at)
            break;
        gone += batch.requests;
        if (batch.ended > at)
            moment.devices[batch.device].running.push_back(batch);
    }
    moment.waiting = moment.arrived - std::min(moment.arrived, gone);
    return moment;
}

std::vector<Step> waitingOverTime(const Watched& watched)
{
    const core::BatchRecord& record = watched.record;
    std::vector<Step> changes;
    changes.reserve(watched.requests.size() + record.batches.size() + record.drops.size());
    for (const core::Request& request : watched.requests) {
        if (!record.cut || request.at < *record.cut)
            changes.push_back({ seconds(request.at), 1 });
    }
    for (const core::RecordedBatch& batch : record.batches)
        changes.push_back({ seconds(batch.started), -static_cast<double>(batch.requests) });
    for (const core::Nanoseconds drop : record.drops)
        changes.push_back({ seconds(drop), -1 });
    return summed(std::move(changes));
}

std::vector<Step> itemsOverTime(const Watched& watched, std::size_t device)
{
    std::vector<Step> changes;
    for (const core::RecordedBatch& batch : watched.record.batches) {
        if (batch.device != device)
            continue;
        changes.push_back({ seconds(batch.started), static_cast<double>(batch.items) });
        changes.push_back({ seconds(batch.ended), -static_cast<double>(batch.items) });
    }
    return summed(std::move(changes));
}

} // namespace ui
