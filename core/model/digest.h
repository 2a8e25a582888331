// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace core {

enum class Digest { Sha1, Sha256 };

/// Whether pages are given back once they are hashed: a model's size must not count as memory twice. Only for
/// bytes of mapped files, whose pages can be read again.
enum class Pages { Keep, Release };

/// The digest of the concatenation of `pieces` in hex digits. Throws Error where the system has none.
std::string hexDigest(Digest digest, const std::vector<std::span<const std::byte>>& pieces, Pages pages);

/// 128 bits of XXH3 in hex digits, at the speed of memory: tells contents apart that nobody forged.
std::string quickDigest(std::span<const std::byte> bytes);

} // namespace core
