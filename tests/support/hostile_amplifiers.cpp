// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hostile_files.h"
#include "tests/support/onnx_bytes.h"

#include <cstdint>
#include <cstring>
#include <limits>

namespace support {
namespace {

std::string rawIntegers(const std::vector<std::int64_t>& values)
{
    return { reinterpret_cast<const char*>(values.data()), values.size() * sizeof(std::int64_t) };
}

/// An initialiser of 64-bit integers.
std::string integers(const std::string& name, const std::vector<std::int64_t>& values)
{
    return tensorProto(name, 7, { std::ssize(values) }, rawIntegers(values));
}

std::string scalar(const std::string& name, std::int64_t value)
{
    return tensorProto(name, 7, {}, rawIntegers({ value }));
}

std::string id(int index)
{
    return "v" + std::to_string(index);
}

/// x [batch, 4] and these nodes, the last of which makes y.
OnnxFile withNodes(std::vector<std::string> nodes, std::vector<std::string> initializers = {})
{
    OnnxFile file = reluFile();
    file.nodes = std::move(nodes);
    file.initializers = std::move(initializers);
    return file;
}

/// `count` nodes of a type in a row, the first of which reads `start`.
std::vector<std::string> chain(const char* type, int count, const std::string& start,
    const std::vector<std::string>& more = {}, const std::string& attributes = {})
{
    std::vector<std::string> nodes;
    for (int i = 0; i < count; ++i) {
        std::vector<std::string> inputs { i == 0 ? start : id(i - 1) };
        inputs.insert(inputs.end(), more.begin(), more.end());
        nodes.push_back(nodeProto(type, inputs, { i + 1 == count ? "y" : id(i) }, "") + attributes);
    }
    return nodes;
}

/// Nodes that make much of a few numbers; none may do so before something runs.
void addLargeOutputs(std::vector<HostileFile>& files)
{
    const auto add = [&](const char* name, const std::string& node, std::vector<std::string> initializers,
                         const std::string& sentence) {
        files.push_back({ name, withNodes({ node }, std::move(initializers)).bytes(), sentence });
    };
    constexpr std::int64_t k30 = 1LL << 30, k31 = 1LL << 31, k62 = 1LL << 62;
    constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    add("expanded to 2^60", nodeProto("Expand", { "x", "s" }, { "y" }), { integers("s", { k30, k30, 1, 4 }) },
        "Cannot infer shapes: node \"node\" (Expand) makes a tensor that has shape [1073741824, 1073741824, "
        "1, 4], which is too large.");
    add("tiled 2^40 times", nodeProto("Tile", { "x", "s" }, { "y" }),
        { integers("s", { 1LL << 40, 1LL << 20 }) },
        "Cannot infer shapes: node \"node\" (Tile) makes a tensor that has shape [1099511627776, 4194304], "
        "which is too large.");
    add("tiled -1 times", nodeProto("Tile", { "x", "s" }, { "y" }), { integers("s", { -1, 1 }) },
        "Cannot infer shapes: node \"node\" (Tile) repeats -1 times.");
    add("a fill of 2^62", nodeProto("ConstantOfShape", { "s" }, { "y" }), { integers("s", { k31, k31 }) },
        "Cannot infer shapes: node \"node\" (ConstantOfShape) makes a tensor that has shape [2147483648, "
        "2147483648], which is too large.");
    add("a fill of 2^46", nodeProto("ConstantOfShape", { "s" }, { "y" }), { integers("s", { 1LL << 46 }) },
        "Cannot allocate 281474976710656 bytes for a tensor of shape [70368744177664]: out of memory.");
    add("a negative fill", nodeProto("ConstantOfShape", { "s" }, { "y" }), { integers("s", { -4 }) },
        "Cannot infer shapes: node \"node\" (ConstantOfShape) makes a tensor of shape [-4].");
    add("a range of 2^62", nodeProto("Range", { "a", "b", "c" }, { "y" }),
        { scalar("a", 0), scalar("b", k62), scalar("c", 1) },
        "Cannot infer shapes: node \"node\" (Range) counts from 0 to 4.611686018427388e+18 in steps of 1.");
    add("a range over everything", nodeProto("Range", { "a", "b", "c" }, { "y" }),
        { scalar("a", kLeast), scalar("b", kMost), scalar("c", 1) },
        "Cannot infer shapes: node \"node\" (Range) counts from -9.223372036854776e+18 to "
        "9.223372036854776e+18 in steps of 1.");
    add("a range without a step", nodeProto("Range", { "a", "b", "c" }, { "y" }),
        { scalar("a", 0), scalar("b", 5), scalar("c", 0) },
        "Cannot infer shapes: node \"node\" (Range) has a step of 0.");
    add("a range to NaN", nodeProto("Range", { "a", "b", "c" }, { "y" }),
        { tensorProto("a", 1, {}, rawFloats({ 0 })),
            tensorProto("b", 1, {}, rawFloats({ std::numeric_limits<float>::quiet_NaN() })),
            tensorProto("c", 1, {}, rawFloats({ 1 })) },
        "Cannot infer shapes: node \"node\" (Range) counts from 0 to nan in steps of 1.");
    add("padded by 2^60", nodeProto("Pad", { "x", "s" }, { "y" }), { integers("s", { 0, 1LL << 60, 0, 0 }) },
        "Cannot infer shapes: node \"node\" (Pad) pads by [0, 1152921504606846976, 0, 0].");
    add("padded by -2^63", nodeProto("Pad", { "x", "s" }, { "y" }), { integers("s", { 0, kLeast, 0, 0 }) },
        "Cannot infer shapes: node \"node\" (Pad) pads by [0, -9223372036854775808, 0, 0].");
    add("reshaped to 2^64", nodeProto("Reshape", { "x", "s" }, { "y" }), { integers("s", { k62, 4 }) },
        "Cannot infer shapes: node \"node\" (Reshape) makes a tensor of more than 2^62 elements.");
    add("reshaped to -1 twice", nodeProto("Reshape", { "x", "s" }, { "y" }), { integers("s", { -1, -1 }) },
        "Cannot infer shapes: node \"node\" (Reshape) reshapes [1, 4] to [-1, -1], which leaves a dimension "
        "open.");
    add("sliced by -2^63", nodeProto("Slice", { "x", "a", "a", "a", "a" }, { "y" }),
        { integers("a", { kLeast }) },
        "Cannot infer shapes: node \"node\" (Slice) has axis -9223372036854775808, which a tensor of 2 "
        "dimensions does not have.");
    add("gathered from outside", nodeProto("Gather", { "x", "s" }, { "y" }), { integers("s", { 1LL << 40 }) },
        "");
    add("resized by infinity", nodeProto("Resize", { "x", "", "f" }, { "y" }),
        { tensorProto("f", 1, { 2 }, rawFloats({ std::numeric_limits<float>::infinity(), 1 })) },
        "Cannot infer shapes: node \"node\" (Resize) scales 1 elements by inf.");
    add("resized by NaN", nodeProto("Resize", { "x", "", "f" }, { "y" }),
        { tensorProto("f", 1, { 2 }, rawFloats({ 1, std::numeric_limits<float>::quiet_NaN() })) },
        "Cannot infer shapes: node \"node\" (Resize) scales 4 elements by nan.");
}

/// 64 KB of nodes that each would be allowed alone.
void addLongChains(std::vector<HostileFile>& files)
{
    const std::string axis = integerAttribute("axis", 1);
    std::vector<std::string> nodes;
    for (int i = 0; i < 60; ++i) {
        const std::string from = i == 0 ? "x" : id(i - 1);
        nodes.push_back(nodeProto("Concat", { from, from }, { i == 59 ? "y" : id(i) }, "") + axis);
    }
    files.push_back({ "doubled 60 times", withNodes(nodes).bytes(),
        "Cannot infer shapes: node \"Concat_46\" (Concat) makes a tensor that has shape [1, "
        "562949953421312], which is too large." });
    files.push_back({ "2,800 Relus", withNodes(chain("Relu", 2800, "x")).bytes(), "" });
    files.push_back({ "2,600 Identities", withNodes(chain("Identity", 2600, "x")).bytes(), "" });

    std::vector<std::string> star;
    for (int i = 0; i < 2500; ++i)
        star.push_back(nodeProto("Identity", { "x" }, { id(i) }, ""));
    star.push_back(nodeProto("Relu", { "x" }, { "y" }));
    files.push_back({ "2,500 readers of one value", withNodes(star).bytes(), "" });

    // Constants that folding would have to make: 64 MB each, one after the other.
    std::vector<std::string> folds = chain("Neg", 2000, "big");
    folds.insert(folds.begin(), nodeProto("ConstantOfShape", { "s" }, { "big" }));
    files.push_back(
        { "2,000 constants of 64 MB", withNodes(folds, { integers("s", { 1 << 24 }) }).bytes(), "" });

    // Sums that folding would have to compute: products of 4,096 columns.
    std::vector<std::string> products = chain("MatMul", 1500, "m", { "m" });
    products.insert(products.begin(), nodeProto("ConstantOfShape", { "s" }, { "m" }));
    files.push_back({ "1,500 products of 1,024 columns",
        withNodes(products, { integers("s", { 1024, 1024 }) }).bytes(), "" });

    // Numbers that inference would have to keep, for they follow from a shape: 4,096 for each node.
    std::vector<std::string> known = chain("Neg", 2400, "many");
    known.insert(known.begin(), nodeProto("Expand", { "shape", "s" }, { "many" }));
    known.insert(known.begin(), nodeProto("Shape", { "x" }, { "shape" }));
    files.push_back(
        { "4,096 known numbers 2,400 times", withNodes(known, { integers("s", { 2048, 2 }) }).bytes(), "" });
}

} // namespace

void addAmplifiers(std::vector<HostileFile>& files)
{
    addLargeOutputs(files);
    addLongChains(files);
}

void addTooMany(std::vector<HostileFile>& files)
{
    const auto add = [&](const char* name, const OnnxFile& file, const std::string& what) {
        files.push_back({ name, file.bytes(), "Cannot read model: " + what });
    };
    const auto repeated = [](std::uint32_t field, std::size_t count) {
        std::string bytes;
        const std::string one = bytesField(field, "");
        for (std::size_t i = 0; i < count; ++i)
            bytes += one;
        return bytes;
    };
    OnnxFile file = reluFile();
    file.moreGraph = repeated(1, 250'001);
    add("250,001 nodes", file, "hostile.onnx has more than 250000 nodes.");
    file.moreGraph = repeated(5, 500'001);
    add("500,001 initialisers", file, "hostile.onnx has more than 500000 initialisers.");
    file = withNodes({ nodeProto("Sum", std::vector<std::string>(65'537, "x"), { "y" }) });
    add("65,537 inputs", file, "a node has more than 65536 inputs.");
    file = withNodes({ nodeProto("Split", { "x" }, std::vector<std::string>(65'537, "")) });
    add("65,537 outputs", file, "a node has more than 65536 outputs.");
    file = withNodes({ nodeProto("Relu", { "x" }, { "y" }) + repeated(5, 257) });
    add("257 attributes", file, "a node has more than 256 attributes.");
    file = withNodes({ nodeProto("Transpose", { "x" }, { "y" })
        + bytesField(
            5, bytesField(1, "perm") + bytesField(8, std::string(1'000'001, '\1')) + varintField(20, 7)) });
    add("1,000,001 numbers", file, "a node has more than 1000000 numbers in an attribute.");
    file = withNodes({ nodeProto("Relu", { "x" }, { "y" })
        + bytesField(5, bytesField(1, "texts") + repeated(9, 1'000'001) + varintField(20, 8)) });
    add("1,000,001 texts", file, "a node has more than 1000000 texts in an attribute.");
}

} // namespace support
