// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/writer.h"
#include "core/model/zoo.h"
#include "tests/support/op_cases.h"

#include <fmt/format.h>

#include <filesystem>

namespace {

constexpr std::uintmax_t kMostBytes = 65536; // what the fuzzers take

/// Files that cannot be written (a fused operator, an opset too old) are no seeds.
bool write(const core::Graph& graph, const std::filesystem::path& path)
{
    try {
        core::writeOnnx(graph, path);
    } catch (const core::Error&) {
        return false;
    }
    if (std::filesystem::file_size(path) <= kMostBytes)
        return true;
    std::filesystem::remove(path);
    return false;
}

} // namespace

/// make-corpus FOLDER: writes the seeds of the fuzzers, every operator's cases and the tiny models of the
/// zoo.
int main(int count, char** arguments)
{
    if (count != 2) {
        fmt::print(stderr, "usage: make-corpus FOLDER\n");
        return 2;
    }
    const std::filesystem::path folder(arguments[1]);
    std::filesystem::create_directories(folder);
    int written = 0, index = 0;
    for (const support::OpCase& each : support::opCases())
        written += write(*each.graph, folder / fmt::format("op-{:04}.onnx", index++));
    for (const char* name : { "tiny-cnn", "tiny-transformer" })
        written += write(core::makeZooGraph(name), folder / fmt::format("{}.onnx", name));
    fmt::print("{} seeds\n", written);
    return written > 0 ? 0 : 1;
}
