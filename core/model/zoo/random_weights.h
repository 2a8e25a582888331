// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace core::zoo {

/// The stream of random numbers that belongs to a name under a seed.
std::uint64_t streamOf(std::uint64_t seed, std::string_view name);

/// Number `index` of a stream: 64 well-mixed bits.
std::uint64_t randomBits(std::uint64_t stream, std::uint64_t index);

/// Fills `weights` with an approximately normal distribution (the sum of four uniform numbers, so never
/// beyond 3.5 deviations). Counter based: each element is a function of the stream and its index alone.
/// Integer arithmetic and single float operations only, so the bits are the same on every machine.
void fillRandom(std::span<float> weights, std::uint64_t stream, double deviation, double mean);

} // namespace core::zoo
