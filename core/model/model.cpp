// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model.h"

#include "core/model/digest.h"
#include "core/model/zoo.h"

namespace core {

Model openModel(const std::string& source)
{
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
