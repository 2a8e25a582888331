// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hostile_files.h"

#include "tests/support/onnx_bytes.h"

#include <cstdint>
#include <limits>

namespace support {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

std::string notOnnx()
{
    return "Cannot read model: hostile.onnx is truncated or not an ONNX file.";
}

OnnxFile withNode(const std::string& node)
{
    OnnxFile file = reluFile();
    file.nodes = { node };
    return file;
}

OnnxFile withTensor(const std::string& tensor)
{
    OnnxFile file = withNode(nodeProto("Add", { "x", "w" }, { "y" }));
    file.initializers = { tensor };
    return file;
}

/// A tensor's fields with the elements in `field`, as the file pleases.
std::string typedTensor(const std::vector<std::int64_t>& dims, int type, const std::string& elements)
{
    std::string bytes;
    for (const std::int64_t dim : dims)
        bytes += varintField(1, static_cast<std::uint64_t>(dim));
    return bytes + varintField(2, static_cast<std::uint64_t>(type)) + bytesField(8, "w") + elements;
}

} // namespace

void addBrokenBytes(std::vector<HostileFile>& files)
{
    const std::string good = reluFile().bytes();
    const std::string endless(12, '\x80');
    files.push_back({ "no bytes", "", notOnnx() });
    files.push_back({ "text", "#!/bin/sh\nrm -rf ~\n", notOnnx() });
    files.push_back({ "half a file", good.substr(0, good.size() / 2), notOnnx() });
    files.push_back({ "varint without an end", "\x08" + endless, notOnnx() });
    files.push_back({ "varint cut off", good + "\x08\x80", notOnnx() });
    files.push_back({ "length beyond the end", good + "\x3a\xff\x7f", notOnnx() });
    files.push_back(
        { "length of 2^63, of which 32 bits count", good + "\x3a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
            "Cannot read model: hostile.onnx has no outputs." });
    files.push_back({ "field number 0", good + std::string("\x00\x01", 2), notOnnx() });
    files.push_back({ "a group", good + "\x3b\x3c", notOnnx() });
    files.push_back({ "graph is a number", varintField(1, 8) + varintField(7, 1), notOnnx() });
    files.push_back({ "opset is a number", varintField(8, 17) + good, notOnnx() });
    files.push_back({ "no graph", varintField(1, 8), notOnnx() });
    OnnxFile file = reluFile();
    file.opset = 1ULL << 31U;
    files.push_back({ "opset 2^31", file.bytes(),
        "Cannot read model: hostile.onnx has opset 2147483648, which no ONNX release has." });
    file.opset = static_cast<std::uint64_t>(-1);
    files.push_back({ "opset -1", file.bytes(),
        "Cannot read model: hostile.onnx has opset -1, which no ONNX release has." });
    file = reluFile();
    file.irVersion = 1ULL << 63U;
    files.push_back({ "IR version -2^63", file.bytes(),
        "Cannot read model: hostile.onnx has IR version -9223372036854775808, which no ONNX release has." });
    // An empty dimension, a node that is its own attribute's tensor: nesting that nothing has to follow.
    std::string nested = "x";
    for (int depth = 0; depth < 10'000; ++depth)
        nested = bytesField(5, nested);
    files.push_back({ "10,000 messages in each other", good + bytesField(99, nested), "" });
}

void addBrokenGraphs(std::vector<HostileFile>& files)
{
    const auto add = [&](const char* name, const OnnxFile& file, const std::string& sentence) {
        files.push_back({ name, file.bytes(), sentence });
    };
    add("a node that reads itself", withNode(nodeProto("Add", { "x", "y" }, { "y" })),
        "Cannot read model: the nodes of hostile.onnx form a cycle.");
    OnnxFile file = reluFile();
    file.nodes.clear();
    for (int i = 0; i < 1000; ++i)
        file.nodes.push_back(
            nodeProto("Relu", { "v" + std::to_string((i + 1) % 1000) }, { "v" + std::to_string(i) }));
    file.nodes.push_back(nodeProto("Add", { "x", "v0" }, { "y" }));
    add("a cycle of 1,000", file, "Cannot read model: the nodes of hostile.onnx form a cycle.");
    add("an output made twice", withNode(nodeProto("Split", { "x" }, { "y", "y" })),
        "Cannot read model: value \"y\" is defined twice.");
    add("an input made again", withNode(nodeProto("Relu", { "x" }, { "x" })),
        "Cannot read model: value \"x\" is defined twice.");
    add("read from nowhere", withNode(nodeProto("Relu", { "z" }, { "y" })),
        "Cannot read model: node \"node\" (Relu) reads \"z\", which nothing produces.");
    file = reluFile();
    file.outputs.push_back(valueInfo("w", 1, {}));
    add("an output from nowhere", file, "Cannot read model: output \"w\" is produced by no node.");
    add("escape sequences in a name", withNode(nodeProto("Relu", { "\x1b[2J\xc2\x9b" }, { "y" }, "a\nb")),
        "Cannot read model: node \"a?b\" (Relu) reads \"?[2J??\", which nothing produces.");
    add("a name that is no text", withNode(nodeProto("Relu", { "x" }, { "y" }, "\xc3\x28")),
        "Cannot read model: it has a text that is not UTF-8.");
    add("a name of 4,097 bytes", withNode(nodeProto("Relu", { "x" }, { "y" }, std::string(4097, 'n'))),
        "Cannot read model: it has a text of 4097 bytes, expected at most 4096.");
    file = reluFile();
    file.inputs = { valueInfo("x", 1, { "batch", "4611686018427387904" }) };
    add("an input of 2^62 elements", file,
        "Cannot infer shapes: input \"x\" has shape [1, 4611686018427387904], which is too large.");
    file.inputs = { valueInfo("x", 1, std::vector<std::string>(9, "1")) };
    add("an input of 9 dimensions", file,
        "Cannot infer shapes: input \"x\" has 9 dimensions, expected at most 8.");
    file.inputs = { valueInfo("x", 1, { "-7", "4" }) };
    add("a negative dimension declared", file, ""); // unknown, as some exporters mean it
    file = reluFile();
    file.outputs = { valueInfo("y", 7, { "1", "2", "3" }) };
    add("an output declared otherwise", file, ""); // declared outputs are hearsay
}

namespace {

void addBrokenTensors(std::vector<HostileFile>& files)
{
    const auto add = [&](const char* name, const std::string& tensor, const std::string& sentence) {
        files.push_back({ name, withTensor(tensor).bytes(), sentence });
    };
    const std::string one = rawFloats({ 1 });
    add("a tensor with a negative dimension", tensorProto("w", 1, { -4 }, ""),
        "Cannot read tensor \"w\": shape [-4] has a negative dimension.");
    add("a tensor of 2^80 elements", tensorProto("w", 1, { 1LL << 40, 1LL << 40 }, one),
        "Cannot use shape [1099511627776, 1099511627776]: it has more than 2^62 elements.");
    add("a tensor of 2^64 bytes", tensorProto("w", 1, { 1LL << 62 }, ""),
        "Cannot read tensor \"w\": shape [4611686018427387904] of float32 does not match the 0 bytes "
        "stored.");
    add("a tensor that is too short", tensorProto("w", 1, { 4 }, std::string(15, '\0')),
        "Cannot read tensor \"w\": shape [4] of float32 does not match the 15 bytes stored.");
    add("a tensor that is too long", tensorProto("w", 1, {}, std::string(400, '\0')),
        "Cannot read tensor \"w\": shape [] of float32 does not match the 400 bytes stored.");
    add("a tensor of 17 dimensions", tensorProto("w", 1, std::vector<std::int64_t>(17, 1), one),
        "Cannot read tensor \"w\": it has 17 dimensions, expected at most 16.");
    add("a tensor of 50,000 dimensions", tensorProto("w", 1, std::vector<std::int64_t>(50'000, 1), one),
        "Cannot read tensor \"w\": it has 50000 dimensions, expected at most 16.");
    add("packed floats cut off", typedTensor({ 1 }, 1, bytesField(4, "abc")),
        "Cannot read tensor \"w\": its bytes are not a valid ONNX tensor.");
    add("packed integers cut off", typedTensor({ 1 }, 7, bytesField(7, "\x80")),
        "Cannot read tensor \"w\": its bytes are not a valid ONNX tensor.");
    add("integers for floats", typedTensor({ 1 }, 1, varintField(7, 1)),
        "Cannot read tensor \"w\": shape [1] of float32 does not match the 0 elements stored.");
    add("an element type of 2^31", tensorProto("w", static_cast<int>(1U << 31U), { 1 }, one),
        "Cannot read model: tensor \"w\" has an element type that is not supported.");
    add("elements in another file", externalTensor("w", 1, { 4 }, { { "location", "../../etc/passwd" } }),
        "Cannot read tensor \"w\": it stores its data in another file, which only weights of a model on disk "
        "may.");
    add("no elements and 2^60 of them", tensorProto("w", 1, { 0, 1LL << 60 }, ""),
        "Cannot infer shapes: constant \"w\" has shape [0, 1152921504606846976], which is too large.");
}

} // namespace

void addBrokenNodes(std::vector<HostileFile>& files)
{
    addBrokenTensors(files);
    const auto add = [&](const char* name, const std::string& node, const std::string& sentence) {
        OnnxFile file = withNode(node);
        file.inputs = { valueInfo("x", 1, { "batch", "4", "8", "8" }) };
        file.initializers = { tensorProto("w", 1, { 4, 4, 3, 3 }, std::string(576, '\0')),
            tensorProto("half", 1, { 4, 2, 3, 3 }, std::string(288, '\0')) };
        files.push_back({ name, file.bytes(), sentence });
    };
    const std::string conv = nodeProto("Conv", { "x", "w" }, { "y" });
    const std::string pool = nodeProto("MaxPool", { "x" }, { "y" });
    const auto read = [](const std::string& rest) { return "Cannot read model: node \"node\" " + rest; };
    add("kernel 2^31", pool + integersAttribute("kernel_shape", { 1LL << 31, 1 }),
        read("(MaxPool) has 2147483648 in \"kernel_shape\", expected 1 to 2147483647."));
    add("kernel 0", pool + integersAttribute("kernel_shape", { 0, 0 }),
        read("(MaxPool) has 0 in \"kernel_shape\", expected 1 to 2147483647."));
    add("kernel of 2^31 - 1 and as much padding",
        pool + integersAttribute("kernel_shape", { 0x7fffffff, 0x7fffffff })
            + integersAttribute("pads", { 0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff }),
        "Cannot infer shapes: node \"node\" (MaxPool) makes a tensor that has shape [1, 4, 2147483656, "
        "2147483656], which is too large.");
    add("pads 2^40", conv + integersAttribute("pads", { 1LL << 40, 0, 0, 0 }),
        read("(Conv) has 1099511627776 in \"pads\", expected 0 to 2147483647."));
    add("pads -2^63", conv + integersAttribute("pads", { kLeast, 0, 0, 0 }),
        read("(Conv) has -9223372036854775808 in \"pads\", expected 0 to 2147483647."));
    add("stride 0", conv + integersAttribute("strides", { 0, 1 }),
        read("(Conv) has 0 in \"strides\", expected 1 to 2147483647."));
    add("dilation 2^31 - 1", conv + integersAttribute("dilations", { 0x7fffffff, 1 }),
        "Cannot infer shapes: node \"node\" (Conv) has a window of 4294967295 elements over 8 of its input.");
    add("group 0", conv + integerAttribute("group", 0), read("(Conv) has group 0, expected 1 or more."));
    add("group 2^62", conv + integerAttribute("group", 1LL << 62),
        "Cannot infer shapes: node \"node\" (Conv) has weights for 4 channels in each of 4611686018427387904 "
        "groups, but 4 input channels.");
    add("group that divides nothing",
        nodeProto("Conv", { "x", "half" }, { "y" }) + integerAttribute("group", 3),
        "Cannot infer shapes: node \"node\" (Conv) has weights for 2 channels in each of 3 groups, but 4 "
        "input channels.");
    add("kernel of 3 dimensions", conv + integersAttribute("kernel_shape", { 1, 1, 1 }),
        "Cannot infer shapes: node \"node\" (Conv) has kernel_shape [1, 1, 1] and weights of [3, 3].");
    add("100 strides", conv + integersAttribute("strides", std::vector<std::int64_t>(100, 1)),
        "Cannot infer shapes: node \"node\" (Conv) has 100 strides for 2 spatial dimensions.");
    add("an attribute of the wrong type", conv + textAttribute("group", "1"),
        read("(Conv) has an attribute \"group\" of the wrong type, expected an integer."));
    add("axis -2^63", nodeProto("Softmax", { "x" }, { "y" }) + integerAttribute("axis", kLeast),
        "Cannot infer shapes: node \"node\" (Softmax) has axis -9223372036854775808, which a tensor of 4 "
        "dimensions does not have.");
    add("axis 2^63 - 1", nodeProto("Concat", { "x", "x" }, { "y" }) + integerAttribute("axis", kMost),
        "Cannot infer shapes: node \"node\" (Concat) has axis 9223372036854775807, which a tensor of 4 "
        "dimensions does not have.");
    add("a permutation of one axis",
        nodeProto("Transpose", { "x" }, { "y" }) + integersAttribute("perm", { 0, 0, 0, 0 }),
        "Cannot infer shapes: node \"node\" (Transpose) has axis 0 twice.");
    add("a permutation out of range",
        nodeProto("Transpose", { "x" }, { "y" }) + integersAttribute("perm", { 0, 1, 2, 1LL << 62 }),
        "Cannot infer shapes: node \"node\" (Transpose) has axis 4611686018427387904, which a tensor of 4 "
        "dimensions does not have.");
    add("a cast to type 99", nodeProto("Cast", { "x" }, { "y" }) + integerAttribute("to", 99),
        "Cannot infer shapes: node \"node\" (Cast) casts to a type that is not supported.");
    add("a product of what does not fit", nodeProto("MatMul", { "x", "w" }, { "y" }),
        "Cannot infer shapes: node \"node\" (MatMul) multiplies [1, 4, 8, 8] by [4, 4, 3, 3].");
    add("split into 2^62", nodeProto("Split", { "x" }, { "y" }) + integerAttribute("num_outputs", 1LL << 62),
        "Cannot infer shapes: node \"node\" (Split) splits 1 elements into 1 equal outputs.");
    add("reduce an axis twice",
        nodeProto("ReduceMean", { "x" }, { "y" }) + integersAttribute("axes", { 1, -3 }),
        "Cannot infer shapes: node \"node\" (ReduceMean) has axis -3 twice.");
    add("a constant without a value", nodeProto("Constant", {}, { "y" }),
        "Cannot infer shapes: node \"node\" (Constant) holds a value that is not a dense tensor of numbers.");
    add("a fill with two values",
        nodeProto("ConstantOfShape", { "x" }, { "y" })
            + tensorAttribute("value", tensorProto("v", 1, { 2 }, rawFloats({ 1, 2 }))),
        read("(ConstantOfShape) has a \"value\" of 2 elements, expected 1."));
}

std::vector<HostileFile> hostileFiles()
{
    std::vector<HostileFile> files;
    addBrokenBytes(files);
    addBrokenGraphs(files);
    addBrokenNodes(files);
    addNesting(files);
    addAmplifiers(files);
    addTooMany(files);
    return files;
}

} // namespace support
