// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/library.h"

#include "core/error.h"
#include "core/record/run_file.h"

#include <cstdlib>

namespace app {

namespace {

bool leftOut()
{
    const char* variable = std::getenv("BREAKEVEN_NO_STORE");
    return variable && *variable;
}

} // namespace

Library::Library(Wanted wanted, const core::Run& run)
{
    if (wanted == Wanted::No || leftOut())
        return;
    try {
        m_store.emplace(core::runLibraryPath());
        m_stored.emplace(*m_store, run, [this](const std::string& sentence) { m_sentence = sentence; });
    } catch (const core::Error& error) {
        std::fprintf(stderr, "breakeven-cli: %s The run will not be in the library.\n", error.what());
    }
}

void Library::take(const core::SweepEvent& event)
{
    if (m_stored)
        (*m_stored)(event);
}

void Library::report() const
{
    const bool complete = m_stored && m_stored->complete();
    if (complete)
        std::fprintf(stderr, "Kept in the run library: breakeven-cli runs show %s\n",
            m_stored->id().substr(0, 8).c_str());
    else if (!m_sentence.empty())
        std::fprintf(stderr, "breakeven-cli: %s Not all of the run is in the library.\n", m_sentence.c_str());
}

core::Run readRunNamed(const std::string& name)
{
    constexpr std::size_t kFewest = 4; // characters of an id
    std::error_code error;
    const bool id = name.size() >= kFewest && name.find_first_not_of("0123456789abcdef") == name.npos;
    if (!id || std::filesystem::exists(name, error))
        return core::readRun(name);
    const core::RunStore store(core::runLibraryPath(), core::RunStore::Access::Read);
    return store.read(store.find(name).id);
}

} // namespace app
