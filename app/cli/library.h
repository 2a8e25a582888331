// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/stored_run.h"

namespace app {

/// The run library as a sweep of this program sees it: it may be missing or fail, and nothing but a sentence
/// on standard error comes of that.
class Library {
public:
    enum class Wanted { No, Yes };
    /// Opens it unless it is not wanted or BREAKEVEN_NO_STORE is set. `run` outlives this.
    Library(Wanted wanted, const core::Run& run);

    /// After `run` has applied the event.
    void take(const core::SweepEvent& event);
    /// Says where the run is kept, or that it is not.
    void report() const;

private:
    std::optional<core::RunStore> m_store;
    std::optional<core::StoredRun> m_stored;
    std::string m_sentence;
};

/// A run by its file, or by the beginning of its id in the library. Throws core::Error.
core::Run readRunNamed(const std::string& name);

} // namespace app
