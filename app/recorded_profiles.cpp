// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/recorded_profiles.h"

#include "app/engine_catalog.h"
#include "core/engine/absent_engine.h"
#include "core/error.h"
#include "core/record/profile_list.h"

#include <algorithm>

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

std::vector<std::unique_ptr<core::Engine>> makeEnginesAndRecorded(const std::vector<std::string>& asked)
{
    const std::vector<fs::path> folders = profileFolders();
    auto engines = makeEngines();
    for (auto& engine : core::recordedEngines(folders))
        engines.push_back(std::move(engine));
    for (const std::string& id : asked) {
        const bool known
            = std::ranges::any_of(engines, [&](const auto& engine) { return engine->device().id == id; });
        if (known || !id.starts_with(core::kRecordedPrefix))
            continue;
        try {
            engines.push_back(core::openRecorded(id, folders));
        } catch (const core::Error& why) {
            engines.push_back(std::make_unique<core::AbsentEngine>(
                core::DeviceInfo { .id = id, .name = "recorded profile", .absent = why.what() }));
        }
    }
    return engines;
}

} // namespace app
