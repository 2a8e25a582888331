// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run_store.h"

#include <functional>

namespace core {

/// Keeps a run in the library while it is taken: an EventSink that is called with each event after `run` has
/// applied it, on the same thread. It writes when the run begins, when a cell has ended and when the run has,
/// which is never between samples; cells that a stop cancels are written with the next of these. Where the
/// library fails, the run goes on without it.
class StoredRun {
public:
    /// `failed` gets one sentence, once, when something could not be kept. `run` and `store` outlive this.
    using Failed = std::function<void(const std::string& sentence)>;
    StoredRun(RunStore& store, const Run& run, Failed failed);

    void operator()(const SweepEvent& event);

    /// "" before the run has begun, or where it could not be.
    const std::string& id() const { return m_id; }
    /// Whether all that has ended is in the library. After a failure the end of the run tries once more.
    bool complete() const { return !m_id.empty() && m_pending.empty(); }

private:
    void begin();
    void write();
    template <typename Action> void guarded(const Action& action);

    RunStore* m_store;
    const Run* m_run;
    Failed m_failed;
    std::string m_id;
    std::vector<int> m_pending; // cells that have ended and are not kept yet
    std::size_t m_readings = 0; // that are kept
    bool m_broken = false;
};

} // namespace core
