// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model.h"

#include "core/error.h"
#include "core/model/zoo.h"

#include <openssl/evp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace core {

Model openModel(const std::string& source)
{
    constexpr std::string_view zooPrefix = "zoo:";
    if (source.starts_with(zooPrefix))
        return openZoo(source.substr(zooPrefix.size()));
    return readOnnx(source);
}

namespace {

/// Gives back a mapped file's pages that were only read to be hashed: a model's size must not count as memory
/// twice.
void releasePages(std::span<const std::byte> bytes)
{
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto begin = (reinterpret_cast<std::uintptr_t>(bytes.data()) + page - 1) / page * page;
    const auto end = reinterpret_cast<std::uintptr_t>(bytes.data() + bytes.size()) / page * page;
    if (begin < end)
        madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

} // namespace

std::string sha256Of(const Model& model)
{
    constexpr std::size_t kPiece = std::size_t { 4 } << 20;
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned int size = 0;
    bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
    for (std::size_t at = 0; good && at < model.bytes.size(); at += kPiece) {
        const auto piece = model.bytes.subspan(at, std::min(kPiece, model.bytes.size() - at));
        good = EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1;
        if (!model.file.empty()) // only a file's pages can be read again
            releasePages(piece);
    }
    if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1)
        throw Error("Cannot hash model: SHA-256 is not available for {}.", model.source);
    std::string text;
    for (unsigned int i = 0; i < size; ++i)
        text += fmt::format("{:02x}", digest[i]);
    return text;
}

} // namespace core
