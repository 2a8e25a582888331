// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/choice_book.h"

#include "core/error.h"
#include "core/model/digest.h"
#include "core/record/run_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace gpu {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 4 << 20; // of a file: 20,000 questions
constexpr std::string_view kDigits = "0123456789abcdef";

std::optional<std::vector<std::byte>> bytesOf(std::string_view digits)
{
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        const auto high = kDigits.find(digits[i]), low = kDigits.find(digits[i + 1]);
        if (high == kDigits.npos || low == kDigits.npos)
            return {};
        bytes.push_back(static_cast<std::byte>(high * 16 + low));
    }
    return digits.size() % 2 == 0 ? std::optional(bytes) : std::nullopt;
}

std::string digitsOf(std::span<const std::byte> bytes)
{
    std::string digits;
    for (const std::byte byte : bytes)
        digits += fmt::format("{:02x}", static_cast<unsigned>(byte));
    return digits;
}

} // namespace

ChoiceBook::ChoiceBook(const fs::path& folder, const std::string& machine)
{
    if (folder.empty())
        return;
    const std::string key
        = core::hexDigest(core::Digest::Sha256, { std::as_bytes(std::span(machine)) }, core::Pages::Keep);
    m_path = folder / fmt::format("gpu-{}.txt", key.substr(0, 32));
    read();
}

/// A line for each question: its words, " = ", digits. Other lines are not looked at.
void ChoiceBook::read()
{
    std::error_code error;
    if (!fs::is_regular_file(m_path, error) || fs::file_size(m_path, error) > kMostBytes)
        return; // a pipe would wait for its other end
    std::ifstream file(m_path, std::ios::binary);
    for (std::string line; std::getline(file, line);) {
        const auto middle = line.find(" = ");
        if (middle != line.npos && bytesOf(std::string_view(line).substr(middle + 3)))
            m_choices.try_emplace(line.substr(0, middle), line.substr(middle + 3));
    }
}

std::optional<std::vector<std::byte>> ChoiceBook::find(const std::string& question) const
{
    const auto found = m_choices.find(question);
    return found == m_choices.end() ? std::nullopt : bytesOf(found->second);
}

void ChoiceBook::keep(const std::string& question, std::span<const std::byte> choice)
{
    m_choices[question] = digitsOf(choice);
    if (m_path.empty())
        return;
    read(); // what others have found, where we have found nothing
    std::string text;
    for (const auto& [asked, digits] : m_choices)
        text += fmt::format("{} = {}\n", asked, digits);
    if (text.size() > kMostBytes)
        return;
    try {
        std::error_code error;
        fs::create_directories(m_path.parent_path(), error); // writing says what is wrong with it
        core::writeFile(m_path, text, "choices of GPU kernels");
    } catch (const core::Error&) {
        m_path.clear(); // a full or read-only disk: choices are good for this process
    }
}

} // namespace gpu
