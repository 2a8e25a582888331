// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/profile_list.h"

#include "core/engine/absent_engine.h"
#include "core/error.h"
#include "core/record/recorded_engine.h"
#include "core/sensors/memory.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>

namespace core {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostListedBytes
    = 256'000'000; // that a list of profiles reads: all are kept in memory

std::string idOf(const std::string& name)
{
    return std::string(kRecordedPrefix) + name;
}

/// "h200" of h200.json or the folder h200. A comma separates engines, a slash a device from its profile.
std::string nameOf(const fs::path& path)
{
    const fs::path file = path.has_filename() ? path : path.parent_path();
    return file.extension() == ".json" ? file.stem().string() : file.filename().string();
}

std::unique_ptr<Engine> absent(const std::string& name, std::string why)
{
    return std::make_unique<AbsentEngine>(
        DeviceInfo { .id = idOf(name), .name = "recorded profile", .absent = std::move(why) });
}

/// The first device is called as the profile is, others with their ids behind it.
std::vector<std::unique_ptr<Engine>> enginesOf(const std::string& name, const fs::path& path)
{
    const auto profile = std::make_shared<const Profile>(openProfile(path));
    std::vector<std::unique_ptr<Engine>> engines;
    for (const std::string& device : devicesOf(*profile))
        engines.push_back(std::make_unique<RecordedEngine>(
            idOf(engines.empty() ? name : name + "/" + plainLine(device)), device, profile));
    return engines;
}

std::uintmax_t bytesOf(const fs::path& path)
{
    std::error_code error;
    if (!fs::is_directory(path, error)) {
        const auto bytes = fs::file_size(path, error);
        return error ? 0 : bytes;
    }
    std::uintmax_t sum = 0;
    for (const fs::path& file : profilesIn(path)) {
        if (!fs::is_directory(file, error))
            sum += bytesOf(file);
    }
    return sum;
}

/// Builds the list, one profile after the other.
class List {
public:
    void add(const fs::path& path)
    {
        const std::string name = nameOf(path);
        if (name.empty() || name.find(',') != name.npos || printable(name) != name)
            return addProblem(path, "its name is no word for --engine.");
        if (const auto [other, added] = m_paths.emplace(name, path); !added)
            return addProblem(path, fmt::format("the name is taken by {}.", other->second.string()));
        m_bytes += bytesOf(path);
        if (m_bytes > kMostListedBytes)
            return addProblem(path,
                fmt::format("all profiles together have more than {}; its path still opens it.",
                    formatBytes(static_cast<double>(kMostListedBytes))));
        try {
            for (auto& engine : enginesOf(name, path))
                m_engines.push_back(std::move(engine));
        } catch (const Error& why) {
            m_engines.push_back(absent(name, why.what()));
        }
    }

    void addProblem(const fs::path& path, const std::string& why)
    {
        m_engines.push_back(absent(plainLine(path.string()),
            printable(fmt::format("Cannot use profile {}: {}", path.string(), why))));
    }

    std::vector<std::unique_ptr<Engine>> take() { return std::move(m_engines); }

private:
    std::map<std::string, fs::path> m_paths;
    std::uintmax_t m_bytes = 0;
    std::vector<std::unique_ptr<Engine>> m_engines;
};

/// The first of that name, as the list has it; empty: there is none.
fs::path pathOf(const std::string& name, std::span<const fs::path> folders)
{
    for (const fs::path& folder : folders) {
        for (const fs::path& path : profilesIn(folder)) {
            if (nameOf(path) == name)
                return path;
        }
    }
    return {};
}

std::string namesIn(std::span<const fs::path> folders)
{
    std::vector<std::string> names;
    for (const fs::path& folder : folders) {
        for (const fs::path& path : profilesIn(folder))
            names.push_back(nameOf(path));
    }
    if (!names.empty())
        return fmt::format("there are {}", fmt::join(names, ", "));
    return folders.empty() ? std::string("there is no folder to look in")
                           : fmt::format("there is none in {}", folders.front().string());
}

/// A profile and which device of it; an empty device: its first.
struct Asked {
    fs::path path;
    std::string device;
};

Asked askedBy(const std::string& text, std::span<const fs::path> folders)
{
    std::error_code error;
    if (const fs::path path = pathOf(text, folders); !path.empty())
        return { path, {} };
    if (!text.empty() && fs::exists(text, error))
        return { text, {} };
    const std::size_t slash = text.rfind('/');
    if (slash != text.npos) {
        const std::string head = text.substr(0, slash), device = text.substr(slash + 1);
        if (const fs::path path = pathOf(head, folders); !path.empty())
            return { path, device };
        if (fs::path(head).extension() == ".json" && fs::exists(head, error))
            return { head, device };
        if (fs::path(text).extension() != ".json" && fs::is_directory(head, error))
            return { head, device };
        throw Error("Cannot find profile \"{}\": no such file.", text);
    }
    throw Error("Cannot find profile \"{}\": {}; or give the path of a run file.", text, namesIn(folders));
}

} // namespace

fs::path userProfileFolder()
{
    // The XDG base directory specification: a path that is not absolute is to be ignored.
    if (const char* data = std::getenv("XDG_DATA_HOME"); data && fs::path(data).is_absolute())
        return fs::path(data) / "breakeven" / "profiles";
    if (const char* home = std::getenv("HOME"); home && fs::path(home).is_absolute())
        return fs::path(home) / ".local" / "share" / "breakeven" / "profiles";
    return {};
}

std::vector<std::unique_ptr<Engine>> recordedEngines(std::span<const fs::path> folders)
{
    List list;
    for (const fs::path& folder : folders) {
        const std::vector<fs::path> paths = profilesIn(folder);
        for (std::size_t i = 0; i < std::min(paths.size(), kMostProfileFiles); ++i)
            list.add(paths[i]);
        if (paths.size() > kMostProfileFiles)
            list.addProblem(folder,
                fmt::format("it holds more than {} profiles; the others are left out.", kMostProfileFiles));
    }
    return list.take();
}

std::unique_ptr<Engine> openRecorded(const std::string& id, std::span<const fs::path> folders)
{
    const std::string text = id.substr(std::min(kRecordedPrefix.size(), id.size()));
    const Asked asked = askedBy(text, folders);
    const auto profile = std::make_shared<const Profile>(openProfile(asked.path));
    const std::vector<std::string> devices = devicesOf(*profile);
    const std::string device = asked.device.empty() ? devices.front() : asked.device;
    if (std::ranges::find(devices, device) == devices.end())
        throw Error("Cannot find \"{}\" in profile {}: it has {}.", device, asked.path.string(),
            fmt::join(devices, ", "));
    return std::make_unique<RecordedEngine>(id, device, profile);
}

std::vector<std::unique_ptr<Engine>> recordedEnginesOf(const fs::path& path)
{
    return enginesOf(path.string(), path);
}

} // namespace core
