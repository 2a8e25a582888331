// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>

namespace core {

namespace {

constexpr std::size_t kMost = 1 << 20;

} // namespace

std::string systemReason(int error)
{
    std::string text = std::strerror(error);
    if (!text.empty())
        text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    return text;
}

std::string below(const std::string& root, const std::string& path)
{
    return root.empty() || root.back() == '/' ? root + path : root + "/" + path;
}

TextFile readTextFile(const std::string& root, const std::string& path)
{
    const std::string name = below(root, path);
    const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return { {}, name + ": " + systemReason(errno) };
    std::string text;
    char buffer[4096];
    ssize_t count = 0;
    while (text.size() < kMost && (count = read(file, buffer, sizeof buffer)) > 0)
        text.append(buffer, static_cast<std::size_t>(count));
    const std::string why = count < 0 ? name + ": " + systemReason(errno) : std::string();
    close(file);
    if (count < 0)
        return { {}, why };
    while (!text.empty() && (text.back() == '\n' || text.back() == '\0'))
        text.pop_back();
    return { text, {} };
}

std::string textOrEmpty(const std::string& root, const std::string& path)
{
    return readTextFile(root, path).text.value_or("");
}

} // namespace core
