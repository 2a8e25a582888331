// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/kernel_book.h"

#include "core/error.h"
#include "core/model/digest.h"
#include "core/record/run_file.h"
#include "cpu/isa.h"

#include <dnnl.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>

namespace cpu {

namespace {

namespace fs = std::filesystem;

constexpr int kVersion = 1; // rises with kernels, rules and the file: older choices are not taken
constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::string_view kLetters = "rolROL"; // family, in capitals with the channels last

std::string textOf(const core::Graph& graph, const core::Shapes& shapes, const core::Node& node)
{
    std::string text = fmt::format("{}\n", core::opName(node.kind));
    for (const auto& list : { node.inputs, node.outputs })
        for (const core::ValueId value : list)
            if (value != core::kNoValue)
                text += fmt::format("{}{}{} ", core::elementName(shapes.typeOf(value)), shapes.of(value),
                    graph.value(value).constant ? "c" : "");
    for (const core::PostOp& post : node.epilogue)
        text += fmt::format("{};", static_cast<int>(post.kind));
    return text + fmt::format("{}\n", node.quantised.size());
}

fs::path pathOf(const std::string& key, const fs::path& folder)
{
    return folder / fmt::format("kernels-{}.txt", key);
}

char letterOf(const KernelChoice& choice)
{
    return kLetters[static_cast<std::size_t>(choice.family)
        + (choice.layout == ImageLayout::ChannelsLast ? 3 : 0)];
}

} // namespace

std::string programKey(const core::Graph& graph, const core::Shapes& shapes, const Settings& settings)
{
    const dnnl_version_t* library = dnnl_version();
    std::string text = fmt::format("{} {}.{}.{} {} {} {}\n", kVersion, library->major, library->minor,
        library->patch, processorName(), isaName(), settings.team.threads);
    for (const core::Node& node : graph.nodes)
        text += textOf(graph, shapes, node);
    return core::hexDigest(core::Digest::Sha256, { std::as_bytes(std::span(text)) }, core::Pages::Keep)
        .substr(0, 32);
}

std::optional<KernelChoices> rememberedChoices(
    const std::string& key, std::size_t nodes, const fs::path& folder)
{
    std::error_code error;
    const fs::path path = pathOf(key, folder);
    if (folder.empty() || !fs::is_regular_file(path, error)) // a pipe would wait for its other end
        return {};
    std::ifstream file(path, std::ios::binary);
    std::string text(std::min(kMostBytes, nodes + 2), '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() != nodes + 1 || text.back() != '\n')
        return {};
    KernelChoices choices;
    for (const char letter : std::string_view(text).substr(0, nodes)) {
        const auto at = kLetters.find(letter);
        if (at == kLetters.npos)
            return {};
        choices.push_back(
            { static_cast<KernelFamily>(at % 3), at < 3 ? ImageLayout::Blocked : ImageLayout::ChannelsLast });
    }
    return choices;
}

void rememberChoices(const std::string& key, const KernelChoices& choices, const fs::path& folder)
{
    if (folder.empty())
        throw core::Error(
            "Cannot keep the choice of kernels: neither XDG_CACHE_HOME nor HOME names a folder.");
    std::string text;
    for (const KernelChoice& choice : choices)
        text += letterOf(choice);
    std::error_code error;
    fs::create_directories(folder, error); // writing says what is wrong with it
    core::writeFile(pathOf(key, folder), text + "\n", "choice of kernels");
}

} // namespace cpu
