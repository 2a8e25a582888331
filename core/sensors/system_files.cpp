// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/system_files.h"

#include "core/sensors/text_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

namespace core {

namespace {

/// Names in a folder, sorted; none where it cannot be listed.
std::vector<std::string> namesIn(const std::string& root, const std::string& folder)
{
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(below(root, folder), error), end; !error && entry != end;
         entry.increment(error))
        names.push_back(entry->path().filename().string());
    std::ranges::sort(names);
    return names;
}

} // namespace

FileNumber readNumber(const std::string& root, const std::string& path)
{
    const TextFile file = readTextFile(root, path);
    if (!file.text)
        return { {}, file.why };
    double value = 0;
    const char* end = file.text->data() + file.text->size();
    const auto [read, error] = std::from_chars(file.text->data(), end, value);
    if (error != std::errc() || read != end || !std::isfinite(value))
        return { {}, below(root, path) + ": is not a number" };
    return { value, {} };
}

std::vector<std::string> foldersIn(const std::string& root, const std::string& folder)
{
    std::vector<std::string> folders;
    for (const std::string& name : namesIn(root, folder)) {
        std::error_code error;
        if (std::filesystem::is_directory(below(root, folder + "/" + name), error))
            folders.push_back(folder + "/" + name);
    }
    return folders;
}

std::vector<std::string> hwmonFolders(const std::string& root)
{
    std::vector<std::string> folders;
    for (const std::string& folder : foldersIn(root, kHwmon)) {
        folders.push_back(folder);
        if (textOrEmpty(root, folder + "/name").empty())
            folders.push_back(folder + "/device");
    }
    return folders;
}

std::vector<std::string> filesBetween(
    const std::string& root, const std::string& folder, std::string_view begin, std::string_view end)
{
    std::vector<std::string> files;
    for (const std::string& name : namesIn(root, folder)) {
        if (name.size() > begin.size() + end.size() && name.starts_with(begin) && name.ends_with(end))
            files.push_back(folder + "/" + name);
    }
    return files;
}

} // namespace core
