// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gpu {

/// What clocks have chosen on one machine, kept in a file so that the next process need not choose again: for
/// each question a few bytes that only whoever asks can read, and has to check. A cache: what cannot be read
/// is not there, what cannot be written is chosen again next time.
class ChoiceBook {
public:
    /// `machine` is all that the choices depend on beside the question: device, driver, libraries. An empty
    /// folder keeps nothing.
    ChoiceBook(const std::filesystem::path& folder, const std::string& machine);

    std::optional<std::vector<std::byte>> find(const std::string& question) const;
    /// Writes the file, together with what others have written to it meanwhile.
    void keep(const std::string& question, std::span<const std::byte> choice);

    const std::filesystem::path& path() const { return m_path; }

private:
    void read();

    std::filesystem::path m_path;
    std::map<std::string, std::string> m_choices; // question to hexadecimal digits
};

} // namespace gpu
