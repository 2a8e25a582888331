// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model.h"

#include "core/error.h"
#include "core/model/zoo.h"

#include <openssl/evp.h>

#include <array>

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
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned int size = 0;
    if (EVP_Digest(model.bytes.data(), model.bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw Error("Cannot hash model: SHA-256 is not available for {}.", model.source);
    std::string text;
    for (unsigned int i = 0; i < size; ++i)
        text += fmt::format("{:02x}", digest[i]);
    return text;
}

} // namespace core
