// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "core/model/model.h"
#include "core/model/passes.h"
#include "core/model/shape_inference.h"
#include "cpu/cpu_engine.h"
#include "tests/support/onnx_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>

using namespace support;

namespace {

/// A chain as networks have them: a product with weights, a sum, an activation, shape arithmetic now and
/// then.
std::string chainFile(int count)
{
    OnnxFile file = reluFile();
    file.inputs = { valueInfo("x", 1, { "batch", "4" }) };
    file.nodes.clear();
    std::string last = "x";
    for (int i = 0; i < count; ++i) {
        const std::string next = i + 1 == count ? "y" : "value_" + std::to_string(i);
        const std::string name = "node_" + std::to_string(i);
        switch (i % 5) {
        case 0:
            file.nodes.push_back(nodeProto("MatMul", { last, "w" }, { next }, name));
            break;
        case 1:
            file.nodes.push_back(nodeProto("Add", { last, "b" }, { next }, name));
            break;
        case 2:
            file.nodes.push_back(nodeProto("Relu", { last }, { next }, name));
            break;
        case 3:
            file.nodes.push_back(nodeProto("Shape", { last }, { "shape_" + std::to_string(i) }, name + "s"));
            file.nodes.push_back(
                nodeProto("Reshape", { last, "shape_" + std::to_string(i) }, { next }, name));
            break;
        default:
            file.nodes.push_back(
                nodeProto("Transpose", { last }, { next }, name) + integersAttribute("perm", { 0, 1 }));
        }
        last = next;
    }
    file.initializers = { tensorProto("w", 1, { 4, 4 }, std::string(64, '\1')),
        tensorProto("b", 1, { 4 }, std::string(16, '\1')) };
    return file.bytes();
}

template <typename Work> double milliseconds(Work work)
{
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
        best = std::min(best, time.count());
    }
    return best;
}

} // namespace

namespace {

std::span<const std::byte> bytesOf(const std::string& bytes)
{
    return std::as_bytes(std::span(bytes.data(), bytes.size()));
}

core::CompileOptions options(const core::Graph& graph)
{
    core::CompileOptions options;
    for (const std::string& symbol : core::dynamicDims(graph))
        options.dims.named[symbol] = 4;
    return options;
}

void report(const std::string& name, const std::string& bytes)
try {
    const core::Model model = core::parseOnnx(bytesOf(bytes), nullptr, name);
    const auto graph = core::optimise(*model.graph);
    const auto with = options(*graph);
    const auto engine = cpu::makeEngine();
    fmt::print("{}: read {:.2f} ms, optimise {:.2f} ms, infer {:.2f} ms, ", name,
        milliseconds([&] { core::parseOnnx(bytesOf(bytes), nullptr, name); }),
        milliseconds([&] { core::optimise(*model.graph); }),
        milliseconds([&] { core::inferShapes(*graph, with.dims); }));
    fmt::print("compile for reference {:.2f} ms, for cpu {:.2f} ms; {} nodes stay\n",
        milliseconds([&] { core::ReferenceEngine().compile(graph, with); }),
        milliseconds([&] { engine->compile(graph, with); }), graph->nodes.size());
} catch (const core::Error& error) {
    fmt::print("{}\n", error.what());
}

} // namespace

/// Prints what it takes to read, optimise, infer and compile, the best of three rounds each: chains of some
/// sizes, or the files given.
int main(int count, char** arguments)
{
    for (int i = 1; i < count; ++i) {
        std::ifstream file(arguments[i], std::ios::binary);
        report(arguments[i], { std::istreambuf_iterator<char>(file), {} });
    }
    if (count < 2)
        for (const int nodes : { 1000, 10'000, 50'000 })
            report(fmt::format("{} nodes", nodes), chainFile(nodes));
}
