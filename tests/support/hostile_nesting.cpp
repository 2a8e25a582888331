// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hostile_files.h"
#include "tests/support/onnx_bytes.h"

#include <cstdint>

namespace support {
namespace {

std::string graphAttribute(const std::string& name, const std::string& graph)
{
    return bytesField(5, bytesField(1, name) + bytesField(6, graph) + varintField(20, 5));
}

/// A graph's contents: nodes, and the names of its outputs.
std::string graph(const std::vector<std::string>& nodes, const std::vector<std::string>& outputs)
{
    OnnxFile file;
    file.nodes = nodes;
    for (const std::string& output : outputs)
        file.outputs.push_back(bytesField(1, output));
    return file.graph();
}

std::string branches(const std::string& body)
{
    return graphAttribute("then_branch", body) + graphAttribute("else_branch", body);
}

/// A FunctionProto of domain "f" with input a and output b, as a field of the model.
std::string function(const std::string& name, const std::vector<std::string>& nodes)
{
    std::string bytes = bytesField(1, name) + bytesField(4, "a") + bytesField(5, "b");
    for (const std::string& node : nodes)
        bytes += bytesField(7, node);
    bytes += bytesField(9, bytesField(1, "") + varintField(2, 17));
    return bytesField(25, bytes + bytesField(10, "f"));
}

std::string call(const std::string& name, const std::string& input, const std::string& output)
{
    return nodeProto(name, { input }, { output }, "") + bytesField(7, "f");
}

/// A model whose only node calls function `name`, and these functions.
std::string calling(const std::string& name, const std::string& functions)
{
    OnnxFile file = reluFile();
    file.nodes = { call(name, "x", "y") };
    return file.bytes() + functions + bytesField(8, bytesField(1, "f") + varintField(2, 1));
}

/// f0 is `leaf`; every other function calls the one before twice.
std::string doublings(int count, const std::vector<std::string>& leaf)
{
    std::string functions = function("f0", leaf);
    for (int i = 1; i <= count; ++i) {
        const std::string before = "f" + std::to_string(i - 1);
        functions += function("f" + std::to_string(i), { call(before, "a", "c"), call(before, "c", "b") });
    }
    return functions;
}

void addGraphsInGraphs(std::vector<HostileFile>& files)
{
    const auto add = [&](const char* name, const std::string& node, const std::string& sentence) {
        OnnxFile file = reluFile();
        file.inputs.push_back(valueInfo("c", 9, {}));
        file.nodes = { node };
        files.push_back({ name, file.bytes(), sentence });
    };
    std::string body = graph({ nodeProto("Relu", { "x" }, { "b" }) }, { "b" });
    for (int depth = 0; depth < 17; ++depth)
        body = graph(
            { nodeProto("If", { "c" }, { "b" }) + graphAttribute("then_branch", body)
                + graphAttribute("else_branch", graph({ nodeProto("Relu", { "x" }, { "b" }) }, { "b" })) },
            { "b" });
    const std::string relu = graph({ nodeProto("Relu", { "x" }, { "b" }) }, { "b" });
    add("18 graphs in each other", nodeProto("If", { "c" }, { "y" }) + branches(body),
        "Cannot read model: node \"node\" (If) lies more than 16 graphs deep.");
    add("a branch that is missing", nodeProto("If", { "c" }, { "y" }) + graphAttribute("then_branch", relu),
        "Cannot read model: node \"node\" (If) has no graph \"else_branch\".");
    add("a branch that is a number", nodeProto("If", { "c" }, { "y" }) + integerAttribute("then_branch", 1),
        "Cannot read model: node \"node\" (If) has no graph \"then_branch\".");
    add("a branch without outputs", nodeProto("If", { "c" }, { "y" }) + branches(graph({}, {})),
        "Cannot read model: hostile.onnx has no outputs.");
    add("a branch that reads its own node's output",
        nodeProto("If", { "c" }, { "y" }) + branches(graph({ nodeProto("Relu", { "y" }, { "b" }) }, { "b" })),
        "Cannot read model: the nodes of hostile.onnx form a cycle.");
    add("a branch that makes an outer value again",
        nodeProto("If", { "c" }, { "y" }) + branches(graph({ nodeProto("Relu", { "x" }, { "x" }) }, { "x" })),
        "Cannot read model: the nodes of hostile.onnx form a cycle.");
    add("branches of another number of outputs", nodeProto("If", { "c" }, { "y", "z" }) + branches(relu),
        "Cannot infer shapes: node \"node\" (If) has 2 outputs, and its body gives 1.");
    add("a loop without a body", nodeProto("Loop", { "", "c", "x" }, { "y" }),
        "Cannot read model: node \"node\" (Loop) has no graph \"body\".");
    add("a loop whose body gives nothing",
        nodeProto("Loop", { "", "c", "x" }, { "y" }) + graphAttribute("body", relu),
        "Cannot infer shapes: node \"node\" (Loop) has a body of 1 outputs, expected at least 2.");
    add("a scan of -1 inputs",
        nodeProto("Scan", { "x" }, { "y" }) + graphAttribute("body", relu)
            + integerAttribute("num_scan_inputs", -1),
        "Cannot read model: node \"node\" (Scan) has num_scan_inputs -1, expected 1 or more.");
}

} // namespace

void addNesting(std::vector<HostileFile>& files)
{
    addGraphsInGraphs(files);
    files.push_back({ "a function that calls itself", calling("f0", function("f0", { call("f0", "a", "b") })),
        "Cannot read model: function \"f0\" calls functions more than 16 deep." });
    files.push_back({ "a function defined twice",
        calling("f0", function("f0", { call("f0", "a", "b") }) + function("f0", { call("f0", "a", "b") })),
        "Cannot read model: hostile.onnx defines function \"f0\" twice." });
    const std::vector<std::string> two { nodeProto("Relu", { "a" }, { "c" }),
        nodeProto("Relu", { "c" }, { "b" }) };
    files.push_back({ "functions that double 15 times", calling("f15", doublings(15, two)),
        "Cannot read model: hostile.onnx becomes too large once its functions and inner graphs are written "
        "out." });
    files.push_back({ "functions that double 10 times", calling("f10", doublings(10, two)), "" });
    files.push_back({ "functions that double nothing", calling("f15", doublings(15, {})),
        "Cannot read model: hostile.onnx becomes too large once its functions and inner graphs are written "
        "out." });
    const std::vector<std::string> wide { nodeProto("Sum", std::vector<std::string>(15'000, "a"), { "b" }) };
    files.push_back({ "functions that double 15,000 inputs", calling("f12", doublings(12, wide)),
        "Cannot read model: hostile.onnx becomes too large once its functions and inner graphs are written "
        "out." });
    const std::vector<std::string> named { nodeProto("Relu", { "a" }, { std::string(4000, 'n') }),
        nodeProto("Relu", { std::string(4000, 'n') }, { "b" }) };
    files.push_back({ "functions that double a long name", calling("f12", doublings(12, named)),
        "Cannot read model: hostile.onnx becomes too large once its functions and inner graphs are written "
        "out." });
}

} // namespace support
