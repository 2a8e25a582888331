// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/model/model.h"
#include "core/model/passes.h"
#include "core/model/shape_inference.h"
#include "tests/support/onnx_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

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
    for (int round = 0; round < 5; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
        best = std::min(best, time.count());
    }
    return best;
}

} // namespace

/// Prints what it takes to read, optimise and infer graphs of some sizes; the best of five rounds each.
int main()
{
    for (const int count : { 1000, 10'000, 50'000 }) {
        const std::string bytes = chainFile(count);
        const auto parse = [&] {
            return core::parseOnnx(
                std::as_bytes(std::span(bytes.data(), bytes.size())), nullptr, "chain.onnx");
        };
        const core::Model model = parse();
        const auto graph = core::optimise(*model.graph);
        fmt::print("{:6} nodes: read {:8.2f} ms, optimise {:8.2f} ms, infer {:8.2f} ms, reference compile "
                   "{:8.2f} ms; {} nodes stay\n",
            count, milliseconds(parse), milliseconds([&] { core::optimise(*model.graph); }),
            milliseconds([&] { core::inferShapes(*graph, {}); }),
            milliseconds([&] { core::ReferenceEngine().compile(graph, {}); }), graph->nodes.size());
    }
}
