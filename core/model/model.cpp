// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model.h"

#include "core/error.h"
#include "core/model/digest.h"
#include "core/model/rebatch.h"
#include "core/model/zoo.h"

namespace core {

Model batched(Model model)
{
    const Rebatch freed = rebatch(*model.graph);
    if (!freed.graph)
        throw Error("Cannot free the batch of {}: {}", model.source,
            freed.pinned.empty() ? "it is not fixed at 1." : freed.pinned.front());
    model.source = std::string(kBatchedPrefix) + model.source;
    model.name += ", any batch";
    model.graph = freed.graph;
    return model;
}

Model openModel(const std::string& source)
{
    if (source.starts_with(kBatchedPrefix))
        return batched(openModel(source.substr(kBatchedPrefix.size())));
    constexpr std::string_view zooPrefix = "zoo:";
    if (source.starts_with(zooPrefix))
        return openZoo(source.substr(zooPrefix.size()));
    return readOnnx(source);
}

std::string sha256Of(const Model& model)
{
    std::vector<std::span<const std::byte>> files { model.bytes };
    for (const ExternalFile& each : model.externalFiles)
        files.push_back(each.bytes);
    return hexDigest(Digest::Sha256, files, model.file.empty() ? Pages::Keep : Pages::Release);
}

} // namespace core
