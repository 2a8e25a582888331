// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/tensor_file.h"

#include "core/error.h"
#include "core/model/file_handle.h"
#include "core/model/tensor_proto.h"
#include "core/record/npy.h"
#include "core/record/run_file.h"
#include "core/record/zip.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <vector>

namespace core {
namespace {

using Path = std::filesystem::path;

constexpr std::string_view kMember = ".npy";

[[noreturn]] void failToRead(const Path& path, const std::string& reason)
{
    throw Error("Cannot read tensor: {}: {}", path.string(), reason);
}

std::vector<std::byte> readBytes(const Path& path)
{
    const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat facts { };
    if (!file.valid() || fstat(file.get(), &facts) != 0)
        failToRead(path, systemReason() + ".");
    if (!S_ISREG(facts.st_mode))
        failToRead(path, "it is not a regular file.");
    std::vector<std::byte> bytes(static_cast<std::size_t>(facts.st_size));
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t count = ::read(file.get(), bytes.data() + have, bytes.size() - have);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            failToRead(path, count < 0 ? systemReason() + "." : "it became shorter while it was read.");
        have += static_cast<std::size_t>(count);
    }
    return bytes;
}

/// parseTensorProto() with its sentence cut down to the reason, as the others give it.
ParsedTensor parsedProto(std::span<const std::byte> bytes)
{
    constexpr std::string_view beginning = "Cannot read tensor ";
    try {
        return parseTensorProto(bytes);
    } catch (const OutOfMemory&) {
        throw;
    } catch (const Error& error) {
        const std::string_view sentence = error.what();
        throw Error("{}", sentence.starts_with(beginning) ? sentence.substr(beginning.size()) : sentence);
    }
}

Tensor parseProto(std::span<const std::byte> bytes)
{
    const ParsedTensor parsed = parsedProto(bytes);
    if (elementSize(parsed.view.type) == 0)
        throw Error("its element type is not supported.");
    return Tensor::copyOf(parsed.view);
}

std::map<std::string, Tensor> parseNpz(std::span<const std::byte> bytes)
{
    std::map<std::string, Tensor> tensors;
    for (auto& [name, data] : parseZip(bytes)) {
        if (!name.ends_with(kMember))
            throw Error("its member \"{}\" is not a .npy.", name);
        try {
            tensors.emplace(name.substr(0, name.size() - kMember.size()), parseNpy(data));
        } catch (const OutOfMemory&) {
            throw;
        } catch (const Error& error) {
            throw Error("in its member \"{}\" {}", name, error.what());
        }
    }
    return tensors;
}

/// Runs a parser on the file's bytes and puts the file in front of its reason.
template <typename Parse> auto parseFile(const Path& path, Parse parse)
{
    const std::vector<std::byte> bytes = readBytes(path);
    try {
        return parse(std::span<const std::byte>(bytes));
    } catch (const OutOfMemory&) {
        throw;
    } catch (const Error& error) {
        failToRead(path, error.what());
    }
}

/// The same for making a file's bytes.
template <typename Make> std::string makeFile(const Path& path, Make make)
{
    try {
        return make();
    } catch (const Error& error) {
        throw Error("Cannot write tensor: {}: {}", path.string(), error.what());
    }
}

} // namespace

Tensor readTensor(const Path& path)
{
    const std::string ending = path.extension().string();
    if (ending == ".npy")
        return parseFile(path, parseNpy);
    if (ending == ".pb")
        return parseFile(path, parseProto);
    if (ending != ".npz")
        failToRead(path, "its name does not end in .npy, .npz or .pb.");
    auto tensors = readNpz(path);
    if (tensors.size() != 1)
        failToRead(path, fmt::format("it has {} members, expected 1.", tensors.size()));
    return std::move(tensors.begin()->second);
}

std::map<std::string, Tensor> readNpz(const Path& path)
{
    return parseFile(path, parseNpz);
}

void writeTensor(const Path& path, const TensorView& tensor, const std::string& name)
{
    const std::string ending = path.extension().string();
    if (ending != ".npy" && ending != ".pb")
        throw Error("Cannot write tensor: {}: its name does not end in .npy or .pb.", path.string());
    const std::string bytes
        = makeFile(path, [&] { return ending == ".npy" ? toNpy(tensor) : toTensorProto(tensor, name); });
    writeFile(path, bytes, "tensor");
}

void writeNpz(const Path& path, const std::map<std::string, TensorView>& tensors)
{
    const std::string bytes = makeFile(path, [&] {
        std::map<std::string, std::string> members;
        for (const auto& [name, tensor] : tensors)
            members.emplace(name + std::string(kMember), toNpy(tensor));
        return toZip(members);
    });
    writeFile(path, bytes, "tensors");
}

std::string fileNameOf(const std::string& tensorName)
{
    std::string name = tensorName;
    std::ranges::replace_if(
        name, [](char letter) { return letter == '/' || letter == ':'; }, '_');
    return name;
}

} // namespace core
