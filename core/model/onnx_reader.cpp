// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/graph_reader.h"
#include "core/model/mapped_file.h"
#include "core/model/model.h"
#include "core/model/onnx_proto.h"
#include "core/model/wire.h"

namespace core {
namespace {

using protozero::pbf_reader;

/// Opset 7 brought the broadcasting that all of the operator table assumes.
constexpr int kOldestOpset = 7;
/// Numbers above this are no version of anything.
constexpr std::int64_t kNewestVersion = 1000;

/// A ModelProto's fields, before anything is believed about them.
struct RawModel {
    std::int64_t irVersion = 0;
    std::int64_t opset = 0; // of the default domain
    OpsetImports others; // of the other domains
    std::string_view producerName, producerVersion;
    std::string_view graph;
    bool hasGraph = false;
};

std::string_view viewOf(pbf_reader& reader)
{
    const auto view = reader.get_view();
    return { view.data(), view.size() };
}

void readOpset(pbf_reader reader, RawModel& model)
{
    std::string_view domain;
    std::int64_t version = 0;
    while (reader.next())
        switch (reader.tag()) {
        case onnx::opsetId::domain:
            domain = viewOf(reader);
            break;
        case onnx::opsetId::version:
            version = reader.get_int64();
            break;
        default:
            reader.skip();
        }
    if (domain.empty() || domain == "ai.onnx")
        model.opset = version;
    else if (version >= 1 && version <= kNewestVersion) // of other numbers no operator is known
        model.others.insert_or_assign(checkedText(domain), static_cast<int>(version));
}

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
            readOpset(reader.get_message(), model);
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

void checkVersions(const RawModel& model, const std::string& source)
{
    if (!model.hasGraph || model.irVersion == 0)
        failMalformed(source);
    if (model.irVersion < 0 || model.irVersion > kNewestVersion)
        throw Error(
            "Cannot read model: {} has IR version {}, which no ONNX release has.", source, model.irVersion);
    if (model.opset < 0 || model.opset > kNewestVersion)
        throw Error("Cannot read model: {} has opset {}, which no ONNX release has.", source, model.opset);
    if (model.opset == 0)
        throw Error("Cannot read model: {} names no opset of the standard operators.", source);
    if (model.opset < kOldestOpset)
        throw Error("Cannot read model: {} has opset {}, and only {} and later are supported.", source,
            model.opset, kOldestOpset);
}

Model parse(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const std::string& name,
    ExternalData* external)
{
    try {
        RawModel raw = readModel(bytes);
        checkVersions(raw, name);
        const auto opset = static_cast<int>(raw.opset);
        OpsetImports opsets = std::move(raw.others);
        opsets[""] = opset;
        auto graph = std::make_shared<Graph>(GraphReader(name, std::move(opsets), external).read(raw.graph));
        graph->storage.push_back(std::move(owner));
        const std::string version(raw.producerVersion.empty() ? "" : " " + checkedText(raw.producerVersion));
        return { .source = name,
            .name = name,
            .fileBytes = bytes.size(),
            .producer = checkedText(raw.producerName) + version,
            .irVersion = static_cast<int>(raw.irVersion),
            .opset = opset,
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
