// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/cgroup.h"

#include "core/sensors/system_files.h"
#include "core/sensors/text_file.h"

#include <sstream>

namespace core {

namespace {

constexpr const char* kTree = "sys/fs/cgroup";
/// Version 1 writes "no limit" as the largest multiple of a page that fits; no machine has an exbibyte.
constexpr double kNoMemoryLimit = 1e18;
constexpr std::size_t kDeepest = 64; // groups; what lies deeper is no path of a kernel's

bool lists(std::string_view controllers, std::string_view wanted)
{
    if (controllers.empty() || wanted.empty())
        return controllers == wanted;
    for (std::size_t at = 0; at <= controllers.size();) {
        const std::size_t end = std::min(controllers.find(',', at), controllers.size());
        if (controllers.substr(at, end - at) == wanted)
            return true;
        at = end + 1;
    }
    return false;
}

/// The controllers and the path of the line "4:cpu,cpuacct:/a/b" that has `controller`; version 2's is
/// "0::/a".
std::pair<std::string, std::string> groupOf(const std::string& root, std::string_view controller)
{
    std::istringstream lines(textOrEmpty(root, "proc/self/cgroup"));
    for (std::string line; std::getline(lines, line);) {
        const auto first = line.find(':'), second = line.find(':', first == line.npos ? first : first + 1);
        if (second == line.npos)
            continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        if (lists(controllers, controller))
            return { controllers, line.substr(second + 1) };
    }
    return {};
}

/// Version 2 has "max 100000" or "150000 100000" in one file.
std::optional<double> cpusOf(const std::string& root, const std::string& folder)
{
    std::istringstream words(textOrEmpty(root, folder + "/cpu.max"));
    double quota = 0, period = 0;
    if (words >> quota >> period && quota > 0 && period > 0)
        return quota / period;
    quota = readNumber(root, folder + "/cpu.cfs_quota_us").value.value_or(-1);
    period = readNumber(root, folder + "/cpu.cfs_period_us").value.value_or(0);
    return quota > 0 && period > 0 ? std::optional(quota / period) : std::nullopt;
}

std::optional<double> memoryOf(const std::string& root, const std::string& folder)
{
    for (const char* file : { "/memory.max", "/memory.limit_in_bytes" }) { // "max" is no number
        const auto bytes = readNumber(root, folder + file).value;
        if (bytes && *bytes >= 0 && *bytes < kNoMemoryLimit)
            return bytes;
    }
    return {};
}

/// "/a/b" of "sys/fs/cgroup/memory/a/b".
std::string nameIn(const std::string& folder, const std::string& tree)
{
    return folder.size() > tree.size() ? folder.substr(tree.size()) : "/";
}

} // namespace

std::vector<std::string> groupFolders(const std::string& root, std::string_view controller)
{
    const auto [controllers, path] = groupOf(root, controller);
    const std::string tree = controller.empty() ? kTree : std::string(kTree) + "/" + std::string(controller);
    std::vector<std::string> folders;
    // A path with ".." is of a group outside of what a container sees.
    std::string group = path.find("..") == path.npos ? path : std::string();
    while (group.size() > 1 && folders.size() < kDeepest) {
        folders.push_back(tree + group);
        group.resize(group.rfind('/') == group.npos ? 0 : group.rfind('/'));
    }
    folders.push_back(tree);
    return folders;
}

GroupLimits readGroupLimits(const std::string& root)
{
    GroupLimits limits;
    for (const char* controller : { "", "cpu" }) {
        const auto folders = groupFolders(root, controller);
        for (const std::string& folder : folders) {
            const auto cpus = cpusOf(root, folder);
            if (cpus && (!limits.cpus || *cpus < *limits.cpus)) {
                limits.cpus = cpus;
                limits.cpuGroup = nameIn(folder, folders.back());
            }
        }
    }
    for (const char* controller : { "", "memory" }) {
        const auto folders = groupFolders(root, controller);
        for (const std::string& folder : folders) {
            const auto bytes = memoryOf(root, folder);
            if (bytes && (!limits.memoryBytes || *bytes < static_cast<double>(*limits.memoryBytes))) {
                limits.memoryBytes = static_cast<std::size_t>(*bytes);
                limits.memoryGroup = nameIn(folder, folders.back());
            }
        }
    }
    return limits;
}

} // namespace core
