// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/stored_run.h"

#include "core/error.h"

namespace core {

StoredRun::StoredRun(RunStore& store, const Run& run, Failed failed)
    : m_store(&store)
    , m_run(&run)
    , m_failed(std::move(failed))
{
}

void StoredRun::operator()(const SweepEvent& event)
{
    if (std::holds_alternative<RunStarted>(event))
        return begin();
    if (const auto* finished = std::get_if<CellFinished>(&event)) {
        m_pending.push_back(finished->cell);
    } else if (const auto* failed = std::get_if<CellFailed>(&event)) {
        m_pending.push_back(failed->cell);
        if (failed->kind == CellFailure::Cancelled)
            return; // hundreds may come at once
    } else if (std::holds_alternative<RunFinished>(event)) {
        // Once more, whatever failed before: a lock may be gone, a disk may have room again.
        if (m_id.empty())
            begin();
        m_broken = false;
    } else {
        return;
    }
    if (!m_broken)
        write();
}

void StoredRun::begin()
{
    guarded([&] { m_id = m_store->begin(m_run->header); });
}

void StoredRun::write()
{
    if (m_id.empty())
        return;
    guarded([&] {
        m_store->keep(m_id, *m_run, m_pending, m_readings);
        m_pending.clear();
        m_readings = m_run->readings.size();
    });
}

template <typename Action> void StoredRun::guarded(const Action& action)
{
    try {
        action();
    } catch (const Error& error) {
        m_broken = true;
        if (m_failed)
            std::exchange(m_failed, nullptr)(error.what());
    }
}

} // namespace core
