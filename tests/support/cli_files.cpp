// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cli_files.h"

#include "core/record/tensor_file.h"
#include "tests/support/onnx_bytes.h"

#include <fstream>

namespace support {

CliFiles::CliFiles()
{
    writeModels();
    writeTensors();
}

void CliFiles::write(const QString& name, const std::string& bytes) const
{
    std::ofstream(path(name).toStdString(), std::ios::binary) << bytes;
}

void CliFiles::writeModels() const
{
    const std::string relu = reluFile().bytes();
    write("relu.onnx", relu);
    write("empty.onnx", "");
    write("truncated.onnx", relu.substr(0, relu.size() - 3));
    write("note.onnx", "Dear reader, this is a letter and no model at all.");
    // A graph field that claims 4 GB and holds nothing.
    write("lying.onnx", varintField(1, 8) + std::string("\x3a\xff\xff\xff\xff\x0f"));
    OnnxFile unknown = reluFile();
    unknown.nodes = { nodeProto("Frobnicate", { "x" }, { "y" }, "frob") };
    write("unknown.onnx", unknown.bytes());
    OnnxFile symbols = reluFile();
    symbols.inputs = { valueInfo("x", 1, { "batch", "length" }) };
    symbols.outputs = { valueInfo("y", 1, { "batch", "length" }) };
    write("symbols.onnx", symbols.bytes());
    write("plain.txt", "a file where a folder should be");
}

void CliFiles::writeTensors() const
{
    using core::ElementType;
    using core::Tensor;
    const auto save = [&](const char* name, const Tensor& tensor) {
        core::writeTensor(path(name).toStdString(), tensor.view(), "x");
    };
    const Tensor two = Tensor::of<float>(ElementType::Float32, { 2, 4 }, { -1, 2, -3, 4, 5, -6, 7, -8 });
    save("two.npy", two);
    save("two.pb", two);
    core::writeNpz(path("two.npz").toStdString(), { { "x", two.view() } });
    core::writeNpz(path("other.npz").toStdString(), { { "z", two.view() } });
    save("wide.npy", Tensor::of<float>(ElementType::Float32, { 1, 5 }, { 1, 2, 3, 4, 5 }));
    save("flat.npy", Tensor::of<float>(ElementType::Float32, { 4 }, { 1, 2, 3, 4 }));
    save("double.npy", Tensor::of<double>(ElementType::Double, { 1, 4 }, { 1, 2, 3, 4 }));
}

} // namespace support
