// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/batch_record.h"

#include <algorithm>

namespace core {

BatchRecorder::BatchRecorder(Policy& inner, std::size_t most)
    : m_inner(inner)
    , m_most(most)
{
}

std::size_t BatchRecorder::place(const Waiting& waiting, const Situation& situation)
{
    return m_inner.place(waiting, situation);
}

Action BatchRecorder::next(const Situation& situation)
{
    const Action action = m_inner.next(situation);
    if (action.kind == Action::Kind::Wait || m_record.cut)
        return action;
    if (++m_decided > m_most) {
        m_record.cut = situation.now;
        return action;
    }
    if (action.kind == Action::Kind::Drop)
        m_record.drops.push_back(situation.now);
    else if (action.servers > 1)
        m_split[situation.lines[action.line].front().id] = action.servers;
    return action;
}

void BatchRecorder::finished(const Finished& batch)
{
    m_inner.finished(batch);
    if (m_record.cut && batch.started >= *m_record.cut)
        return;
    const auto split = m_split.extract(batch.requests.front().id);
    m_record.batches.push_back({ .started = batch.started,
        .ended = batch.now,
        .items = batch.items,
        .requests = static_cast<std::uint32_t>(batch.requests.size()),
        .device = static_cast<std::uint16_t>(batch.device),
        .servers = static_cast<std::uint16_t>(split.empty() ? 1 : split.mapped()) });
}

BatchRecord BatchRecorder::take()
{
    BatchRecord record = std::move(m_record);
    m_record = {};
    if (record.cut)
        std::erase_if(record.drops, [&](Nanoseconds at) { return at >= *record.cut; });
    std::ranges::stable_sort(record.batches, {}, &RecordedBatch::started);
    return record;
}

RecordedRun simulateRecorded(std::span<const Request> requests, std::span<const Device> devices,
    std::string_view policy, const SimulationSettings& settings)
{
    const auto made = makePolicy(policy, { devices, settings.slo });
    BatchRecorder recorder(*made);
    RecordedRun run { .result = simulate(requests, devices, recorder, settings), .record = {} };
    run.record = recorder.take();
    return run;
}

} // namespace core
