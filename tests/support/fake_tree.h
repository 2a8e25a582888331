// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>
#include <filesystem>
#include <fstream>
#include <string>

namespace support {

/// A folder that stands in for "/" where code reads /proc and /sys.
class FakeTree {
public:
    std::string root() const { return m_folder.path().toStdString(); }
    void write(const std::string& path, const std::string& text) const
    {
        const std::filesystem::path file = std::filesystem::path(root()) / path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    void remove(const std::string& path) const
    {
        std::filesystem::remove_all(std::filesystem::path(root()) / path);
    }

private:
    QTemporaryDir m_folder;
};

} // namespace support
