// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace core {

/// The members of a zip archive, stored or deflated, checked against their sizes and CRCs; no zip64, no
/// encryption. Throws Error, a reason only, for the caller to put the file in front: `its member "x.npy" is
/// damaged.`
std::map<std::string, std::vector<std::byte>> parseZip(std::span<const std::byte> bytes);

/// An archive of stored members with fixed dates: same members, same bytes. Throws Error, a reason only,
/// beyond 4 GiB.
std::string toZip(const std::map<std::string, std::string>& members);

} // namespace core
