// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/digest.h"

#include "core/error.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#define XXH_INLINE_ALL // the library is small, and its header all of it
#include <xxhash.h>

namespace core {
namespace {

void releasePages(std::span<const std::byte> bytes)
{
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto begin = (reinterpret_cast<std::uintptr_t>(bytes.data()) + page - 1) / page * page;
    const auto end = reinterpret_cast<std::uintptr_t>(bytes.data() + bytes.size()) / page * page;
    if (begin < end)
        madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

bool update(EVP_MD_CTX* context, std::span<const std::byte> bytes, Pages pages)
{
    constexpr std::size_t kStep = std::size_t { 4 } << 20;
    for (std::size_t at = 0; at < bytes.size(); at += kStep) {
        const auto step = bytes.subspan(at, std::min(kStep, bytes.size() - at));
        if (EVP_DigestUpdate(context, step.data(), step.size()) != 1)
            return false;
        if (pages == Pages::Release)
            releasePages(step);
    }
    return true;
}

} // namespace

std::string hexDigest(Digest digest, const std::vector<std::span<const std::byte>>& pieces, Pages pages)
{
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes {};
    unsigned int size = 0;
    const EVP_MD* kind = digest == Digest::Sha1 ? EVP_sha1() : EVP_sha256();
    bool good = context && EVP_DigestInit_ex(context.get(), kind, nullptr) == 1;
    for (const auto& piece : pieces)
        good = good && update(context.get(), piece, pages);
    if (!good || EVP_DigestFinal_ex(context.get(), bytes.data(), &size) != 1)
        throw Error("Cannot hash model: {} is not available.", digest == Digest::Sha1 ? "SHA-1" : "SHA-256");
    std::string text;
    for (unsigned int i = 0; i < size; ++i)
        text += fmt::format("{:02x}", bytes[i]);
    return text;
}

std::string quickDigest(std::span<const std::byte> bytes)
{
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

} // namespace core
