// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/recorded_profiles.h"

#include "app/engine_catalog.h"
#include "core/record/profile_list.h"

namespace app {

namespace fs = std::filesystem;

std::vector<fs::path> profileFolders()
{
    std::vector<fs::path> folders;
    if (fs::path user = core::userProfileFolder(); !user.empty())
        folders.push_back(std::move(user));
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
    if (!error) {
        folders.push_back(program / "profiles");
        folders.push_back((program / "../share/breakeven/profiles").lexically_normal());
    }
    return folders;
}

std::vector<std::unique_ptr<core::Engine>> makeEnginesAndRecorded()
{
    auto engines = makeEngines();
    for (auto& engine : core::recordedEngines(profileFolders()))
        engines.push_back(std::move(engine));
    return engines;
}

} // namespace app
