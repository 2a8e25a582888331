// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/function_table.h"
#include "core/model/graph_reader.h"
#include "core/model/limits.h"
#include "core/model/mapped_file.h"
#include "core/model/model.h"
#include "core/model/onnx_proto.h"
#include "core/model/wire.h"

namespace core {
namespace {

using protozero::pbf_reader;

/// Opset 7 brought the broadcasting that all of the operator table assumes.
constexpr int kOldestOpset = 7;

/// A ModelProto's fields, before anything is believed about them.
struct RawModel {
    std::int64_t irVersion = 0;
    OpsetImports opsets;
    std::vector<std::string_view> functions;
    std::string_view producerName, producerVersion;
    std::string_view graph;
    bool hasGraph = false;
};

RawModel readModel(std::span<const std::byte> bytes)
{
    RawModel model;
    pbf_reader reader(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    while (reader.next())
        switch (reader.tag()) {
        case onnx::model::irVersion:
            model.irVersion = reader.get_int64();
            break;
        case onnx::model::producerName:
            model.producerName = viewOf(reader);
            break;
        case onnx::model::producerVersion:
            model.producerVersion = viewOf(reader);
            break;
        case onnx::model::graph:
            model.graph = viewOf(reader);
            model.hasGraph = true;
            break;
        case onnx::model::opsetImport:
            readOpset(reader.get_message(), model.opsets);
            break;
        case onnx::model::function:
            model.functions.push_back(viewOf(reader));
            break;
        default:
            reader.skip();
        }
    return model;
}

[[noreturn]] void failMalformed(const std::string& source)
{
    throw Error("Cannot read model: {} is truncated or not an ONNX file.", source);
}

std::int64_t defaultOpset(const RawModel& model)
{
    const auto found = model.opsets.find("");
    return found == model.opsets.end() ? 0 : found->second;
}

void checkVersions(const RawModel& model, const std::string& source)
{
    const std::int64_t opset = defaultOpset(model);
    if (!model.hasGraph || model.irVersion == 0)
        failMalformed(source);
    if (model.irVersion < 0 || model.irVersion > limits::kNewestVersion)
        throw Error(
            "Cannot read model: {} has IR version {}, which no ONNX release has.", source, model.irVersion);
    if (opset < 0 || opset > limits::kNewestVersion)
        throw Error("Cannot read model: {} has opset {}, which no ONNX release has.", source, opset);
    if (opset == 0)
        throw Error("Cannot read model: {} names no opset of the standard operators.", source);
    if (opset < kOldestOpset)
        throw Error("Cannot read model: {} has opset {}, and only {} and later are supported.", source, opset,
            kOldestOpset);
}

Model parse(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const std::string& name,
    ExternalData* external)
{
    try {
        RawModel raw = readModel(bytes);
        checkVersions(raw, name);
        FunctionTable functions(name, bytes.size());
        for (const std::string_view function : raw.functions)
            functions.add(function);
        ReadContext context { .source = name,
            .opsets = std::make_shared<const OpsetImports>(raw.opsets),
            .external = external,
            .functions = functions };
        auto graph = std::make_shared<Graph>(GraphReader(context).read(raw.graph));
        context.owners->push_back(std::move(owner));
        const std::string version(raw.producerVersion.empty() ? "" : " " + checkedText(raw.producerVersion));
        return { .source = name,
            .name = name,
            .fileBytes = bytes.size(),
            .producer = checkedText(raw.producerName) + version,
            .irVersion = static_cast<int>(raw.irVersion),
            .opset = static_cast<int>(defaultOpset(raw)),
            .graph = std::move(graph),
            .bytes = bytes };
    } catch (const protozero::exception&) {
        failMalformed(name);
    }
}

} // namespace

Model parseOnnx(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const std::string& name)
{
    return parse(bytes, std::move(owner), name, nullptr);
}

Model readOnnx(const std::filesystem::path& path)
{
    const auto file = MappedFile::open(path);
    ExternalData external(path.parent_path());
    Model model = parse(file->bytes(), file, path.string(), &external);
    model.name = path.filename().string();
    model.file = path;
    model.externalFiles = external.files();
    for (const ExternalFile& each : model.externalFiles)
        model.fileBytes += each.bytes.size();
    return model;
}

} // namespace core
